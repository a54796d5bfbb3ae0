"""Webhooks and long polling: order, repeats, secrets, conflicts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from sandbox.client import Phone, Sandbox
from tests.sandbox.conftest import BotHands

KEYS = {"inline_keyboard": [[{"text": "Oui", "callback_data": "yes"}]]}
Json = dict[str, Any]


class Listener:
    """A webhook that keeps what it got and answers what `reply` says."""

    def __init__(self) -> None:
        self.updates: list[Json] = []
        self.headers: list[str] = []
        self.url = ""
        self.now = self.most = 0
        self.pause = 0.0
        self.reply: Callable[[Json], web.Response] = lambda update: web.Response()

    async def handle(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.updates.append(update)
        self.headers.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""))
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.pause)
        self.now -= 1
        return self.reply(update)

    async def send_away(self, request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect("/hook")

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates if "message" in update]


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    """A running webhook."""
    found = Listener()
    app = web.Application()
    app.router.add_post("/hook", found.handle)
    app.router.add_post("/away", found.send_away)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield found
    await runner.cleanup()


async def test_a_webhook_gets_each_update_with_its_secret(
    bot: BotHands, amina: Phone, listener: Listener
) -> None:
    await bot.call("setWebhook", url=listener.url, secret_token="s3cret")
    await amina.send("un")
    await amina.send("deux")
    await amina.quiet()
    assert listener.texts == ["/start", "un", "deux"]
    assert set(listener.headers) == {"s3cret"}
    assert (await bot.call("getWebhookInfo"))["pending_update_count"] == 0


async def test_the_next_message_waits_until_the_last_was_answered_with_2xx(
    bot: BotHands, amina: Phone, listener: Listener
) -> None:
    listener.reply = lambda update: web.Response(status=503)
    await bot.call("setWebhook", url=listener.url)
    await amina.send("un")
    while len(listener.updates) < 3:
        await asyncio.sleep(0.01)
    info = await bot.call("getWebhookInfo")
    assert info["pending_update_count"] == 2
    assert info["last_error_message"].startswith("Wrong response from the webhook: 503")
    assert set(listener.texts) == {"/start"}
    listener.reply = lambda update: web.Response()
    await amina.quiet()
    assert listener.texts[-2:] == ["/start", "un"]


async def test_a_button_press_overtakes_a_stuck_message(
    bot: BotHands, amina: Phone, listener: Listener
) -> None:
    await bot.take()
    await bot.call("sendMessage", chat_id=amina.id, text="Oui ?", reply_markup=KEYS)
    listener.reply = lambda update: web.Response(status=503 if "message" in update else 200)
    await bot.call("setWebhook", url=listener.url)
    await amina.send("un")
    await amina.press("Oui")
    while not any("callback_query" in update for update in listener.updates):
        await asyncio.sleep(0.01)
    assert (await bot.call("getWebhookInfo"))["pending_update_count"] == 1


async def test_chats_go_side_by_side_up_to_max_connections(
    bot: BotHands, sandbox: Sandbox, listener: Listener
) -> None:
    listener.pause = 0.05
    await bot.call("setWebhook", url=listener.url, max_connections=2)
    phones = [await sandbox.phone(f"Person {number}") for number in range(6)]
    await asyncio.gather(*(phone.open("douceur_bot") for phone in phones))
    for phone in phones:
        await phone.quiet()
    assert (len(listener.updates), listener.most) == (6, 2)


async def test_a_redirect_is_not_followed(bot: BotHands, amina: Phone, listener: Listener) -> None:
    await bot.call("setWebhook", url=listener.url.replace("hook", "away"))
    while not (await bot.call("getWebhookInfo")).get("last_error_message"):
        await asyncio.sleep(0.01)
    assert listener.updates == []


async def test_the_answer_of_a_webhook_may_be_a_call(
    bot: BotHands, amina: Phone, listener: Listener
) -> None:
    listener.reply = lambda update: web.json_response(
        {"method": "sendMessage", "chat_id": amina.id, "text": "Reçu"}
    )
    await bot.call("setWebhook", url=listener.url)
    assert (await amina.wait_for("Reçu")).from_bot


async def test_the_answer_of_a_webhook_may_be_a_form(
    bot: BotHands, amina: Phone, listener: Listener
) -> None:
    form = aiohttp.FormData(
        {"method": "sendMessage", "chat_id": str(amina.id), "text": "Reçu"},
        default_to_multipart=True,
    )()
    body = await form.as_bytes()
    headers = {"Content-Type": form.content_type}
    listener.reply = lambda update: web.Response(body=body, headers=headers)
    await bot.call("setWebhook", url=listener.url)
    assert (await amina.wait_for("Reçu")).from_bot


async def test_a_webhook_says_when_to_come_back(
    bot: BotHands, amina: Phone, listener: Listener
) -> None:
    listener.reply = lambda update: web.Response(status=503, headers={"Retry-After": "1"})
    await bot.call("setWebhook", url=listener.url)
    await asyncio.sleep(0.4)
    assert len(listener.updates) == 1


async def test_an_unheard_answer_brings_the_same_update_again(
    bot: BotHands, amina: Phone, sandbox: Sandbox, listener: Listener
) -> None:
    await sandbox.fault("unheard", times=2)
    await bot.call("setWebhook", url=listener.url)
    await amina.quiet()
    assert listener.texts == ["/start"] * 3
    assert len({update["update_id"] for update in listener.updates}) == 1


async def test_an_update_is_repeated_on_demand(
    bot: BotHands, amina: Phone, sandbox: Sandbox, listener: Listener
) -> None:
    await bot.call("setWebhook", url=listener.url, secret_token="s3cret")
    await amina.quiet()
    assert await sandbox.repeat("douceur_bot", times=5) == [200] * 5
    assert len({update["update_id"] for update in listener.updates}) == 1
    assert listener.headers == ["s3cret"] * 6


async def test_a_refused_connection_is_tried_again_and_told(
    bot: BotHands, amina: Phone, sandbox: Sandbox
) -> None:
    await bot.call("setWebhook", url="http://127.0.0.1:9/hook")
    while len(await sandbox.attempts(chat=amina.id)) < 2:
        await asyncio.sleep(0.02)
    info = await bot.call("getWebhookInfo")
    assert info["last_error_message"] == "Connection refused"
    assert info["pending_update_count"] == 1
    await bot.call("deleteWebhook", drop_pending_updates=True)
    assert (await bot.call("getWebhookInfo"))["pending_update_count"] == 0


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://example.org/hook", "bad webhook: An HTTPS URL must be provided for webhook"),
        ("nonsense", "invalid webhook URL specified"),
    ],
)
async def test_a_webhook_must_be_https_or_on_loopback(bot: BotHands, url: str, said: str) -> None:
    assert await bot.refusal("setWebhook", url=url) == f"Bad Request: {said}"


async def test_only_allowed_updates_are_sent(bot: BotHands, amina: Phone) -> None:
    await bot.call("getUpdates", allowed_updates=["message"])
    await bot.take()
    number = await amina.send("un")
    await amina.edit(number, "deux")
    assert [set(update) - {"update_id"} for update in await bot.take()] == [{"message"}]


async def test_long_polling_waits_for_an_update_and_confirms_by_offset(
    bot: BotHands, amina: Phone
) -> None:
    await bot.take()
    polling = asyncio.create_task(bot.call("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    await amina.send("un")
    (update,) = await polling
    assert update["message"]["text"] == "un"
    assert await bot.call("getUpdates") == [update]
    assert await bot.call("getUpdates", offset=update["update_id"] + 1) == []


async def test_a_second_long_poll_ends_the_first_with_a_conflict(
    bot: BotHands, amina: Phone
) -> None:
    await bot.take()
    first = asyncio.create_task(bot.raw("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    second = asyncio.create_task(bot.call("getUpdates", timeout=5))
    status, body = await first
    assert status == 409
    assert body["description"].startswith("Conflict: terminated by other getUpdates request")
    await amina.send("un")
    assert len(await second) == 1


async def test_long_polling_is_refused_while_a_webhook_is_set(
    bot: BotHands, listener: Listener
) -> None:
    await bot.call("setWebhook", url=listener.url)
    said = await bot.refusal("getUpdates")
    assert said.startswith("Conflict: can't use getUpdates method while webhook is active")


async def test_update_numbers_grow_by_one(bot: BotHands, amina: Phone) -> None:
    await amina.send("un")
    await amina.send("deux")
    numbers = [update["update_id"] for update in await bot.take()]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
