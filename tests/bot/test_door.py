"""The door: every update once, in order, answered; and what the webhook lets in."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient

from actions import updates
from bot import door as door_module
from bot.door import Answer
from bot.polling import by_chat, poll
from models.tables import Candidate, KeptUpdate, LedgerEntry, Message, Provider
from settings import Settings
from tests.bot.conftest import TOKEN, House, Person, link
from webhooks.app import create_app
from webhooks.keys import DOOR
from webhooks.telegram import HEADER

Client = TestClient[web.Request, web.Application]


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return Settings.from_environment(
        {
            "DATA_DIR": str(tmp_path / "data"),
            "DATABASE_URL": database,
            "TELEGRAM_TOKEN": TOKEN,
            "SECRET_KEY": "ab" * 32,
            "ENCRYPTION_KEYS": "k1:" + "A" * 43 + "=",
        }
    )


@pytest.fixture
async def client(house: House, settings: Settings, aiohttp_client: Any) -> Client:
    app = create_app(settings, connects=False)
    app[DOOR] = house.door
    made: Client = await aiohttp_client(app)
    return made


class Webhook:
    """Telegram, as far as this bot's webhook is concerned."""

    def __init__(self, client: Client, house: House, settings: Settings) -> None:
        self.client, self.path = client, f"/telegram/{house.bot.id}"
        self.secret = settings.webhook_secret(house.bot.telegram_id)

    async def post(self, body: Any, secret: str | bytes | None = None, path: str = "") -> int:
        data = BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
        headers = {HEADER: self.secret if secret is None else secret}
        async with self.client.post(path or self.path, data=data, headers=headers) as answer:
            return answer.status


@pytest.fixture
def webhook(client: Client, house: House, settings: Settings) -> Webhook:
    return Webhook(client, house, settings)


async def waiting(house: House) -> list[dict[str, Any]]:
    """Updates that Telegram holds for the bot."""
    return await house.door.sender.updates(house.bot, 0, 0)


async def signed_up(person: Person, provider: Provider) -> None:
    await person.follow(await link(provider))
    await person.say("/messages")


async def test_an_update_that_arrives_a_hundred_times_at_once_has_one_effect(
    house: House, webhook: Webhook, amina: Person, douceur: Provider
) -> None:
    await signed_up(amina, douceur)
    await amina.phone.send("Bonjour, une question")
    (update,) = await house.door.sender.updates(house.bot, house.offset, 0)
    before = len(await amina.bot_messages())

    statuses = await asyncio.gather(*(webhook.post(update) for _ in range(100)))

    assert set(statuses) <= {200, 503}
    assert 200 in statuses
    assert await Message.all().count() == 1
    assert len(await amina.bot_messages()) == before + 1


async def test_two_web_processes_that_get_the_same_update_write_it_once(
    house: House, amina: Person, douceur: Provider
) -> None:
    await signed_up(amina, douceur)
    await amina.phone.send("Bonjour")
    (update,) = await house.door.sender.updates(house.bot, house.offset, 0)
    other = door_module.Door(house.door.sender, house.door.dispatcher)

    answers = await asyncio.gather(
        house.door.handle(house.bot, update), other.handle(house.bot, update)
    )

    assert Answer.DONE in answers
    assert await Message.all().count() == 1


async def test_an_update_whose_answer_was_lost_is_answered_with_the_current_screen(
    house: House, amina: Person, douceur: Provider
) -> None:
    await signed_up(amina, douceur)
    await amina.phone.send("Bonjour")
    (update,) = await house.door.sender.updates(house.bot, house.offset, 0)
    await house.sandbox.fault("502", method="sendMessage", times=1)

    assert await house.door.handle(house.bot, update) is Answer.AGAIN
    assert await house.door.handle(house.bot, update) is Answer.AGAIN, "perhaps still on its way"
    house.door.clock = lambda: datetime.now(UTC) + timedelta(seconds=16)
    before = len(await amina.bot_messages())
    assert await house.door.handle(house.bot, update) is Answer.DONE
    assert await house.door.handle(house.bot, update) is Answer.DONE

    assert len(await amina.bot_messages()) == before + 1
    assert await Message.all().count() == 1


async def test_somebody_who_blocked_the_bot_holds_nothing_up(
    house: House, amina: Person, douceur: Provider
) -> None:
    await signed_up(amina, douceur)
    await amina.phone.send("Bonjour")
    await amina.phone.block()
    for update in await house.door.sender.updates(house.bot, house.offset, 0):
        assert await house.door.handle(house.bot, update) is Answer.DONE
    assert await Message.all().count() == 1


async def test_a_bug_undoes_its_own_work_keeps_the_update_sealed_and_says_sorry(
    house: House, amina: Person, douceur: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await signed_up(amina, douceur)
    from actions import messages

    works = messages.receive

    async def broken(*args: Any, **kwargs: Any) -> None:
        await works(*args, **kwargs)
        raise ZeroDivisionError

    monkeypatch.setattr(messages, "receive", broken)
    said = await amina.say("secret words")

    assert "rien de ce que vous avez envoyé n’est perdu" in said.text.lower().replace("'", "’")
    assert await Message.all().count() == 0
    kept = await KeptUpdate.get()
    assert "secret" not in kept.payload
    assert kept.error.startswith("ZeroDivisionError in ")

    monkeypatch.setattr(messages, "receive", works)
    (again,) = await updates.kept_updates(house.bot.id)
    await updates.take_again(again[0])
    assert await house.door.handle(house.bot, json.loads(again[1])) is Answer.DONE
    assert (await Message.get()).text == "secret words"


async def test_the_ledger_forgets_after_a_week_and_kept_updates_after_two(
    house: House, amina: Person, douceur: Provider
) -> None:
    await signed_up(amina, douceur)
    assert await LedgerEntry.all().count() == 2
    await updates.sweep(datetime.now(UTC) + timedelta(days=6))
    assert await LedgerEntry.all().count() == 2
    await updates.sweep(datetime.now(UTC) + timedelta(days=8))
    assert await LedgerEntry.all().count() == 0


async def test_long_polling_confirms_only_what_was_handled(
    house: House, amina: Person, bruno: Person, douceur: Provider
) -> None:
    token = await link(douceur)
    await amina.phone.open("douceur_bot", token)
    await bruno.phone.open("douceur_bot", token)
    polling = asyncio.create_task(poll(house.door, house.bot))
    for person in (amina, bruno):
        await person.phone.quiet()
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    assert await Candidate.all().count() == 2


def test_a_batch_is_split_by_person_and_kept_in_order() -> None:
    def update(number: int, user: int) -> dict[str, Any]:
        private = {"id": user, "type": "private"}
        return {"update_id": number, "message": {"from": {"id": user}, "chat": private}}

    batch = [update(3, 1), update(1, 2), update(2, 1)]
    assert [[one["update_id"] for one in part] for part in by_chat(batch)] == [[2, 3], [1]]


WRONG_SECRETS: list[str | bytes] = ["", "wrong", "é" * 10, "x" * 5000]


@pytest.mark.parametrize("secret", WRONG_SECRETS)
async def test_a_wrong_secret_is_refused_like_an_unknown_bot(
    webhook: Webhook, secret: str | bytes
) -> None:
    assert await webhook.post({"update_id": 1}, secret) == 401
    assert await webhook.post({"update_id": 1}, path="/telegram/nobody") == 401
    assert await LedgerEntry.all().count() == 0


NONSENSE: list[bytes] = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 50_000,
]


@pytest.mark.parametrize("body", NONSENSE, ids=range(len(NONSENSE)))
async def test_what_telegram_never_sends_is_refused_without_an_error(
    webhook: Webhook, body: bytes
) -> None:
    assert await webhook.post(body) == 400


STRANGE: list[dict[str, Any]] = [
    {},
    {"update_id": "1"},
    {"update_id": 1},
    {"update_id": 2, "message": None},
    {"update_id": 3, "message": []},
    {"update_id": 4, "message": {"from": 1, "chat": 2}},
    {"update_id": 5, "message": {"from": {"id": 1}, "chat": {"id": -5, "type": "group"}}},
    {"update_id": 6, "callback_query": {"id": 7, "from": {"id": 1}}},
    {"update_id": 7, "my_chat_member": {"date": 10**30}},
    {"update_id": 8, "channel_post": {"text": "hello"}},
    {"update_id": 9, "message": {"from": {"id": "x"}, "chat": {"id": "x", "type": "private"}}},
    {"update_id": 2**70, "message": {}},
]


@pytest.mark.parametrize("update", STRANGE, ids=range(len(STRANGE)))
async def test_strange_updates_are_taken_and_change_nothing(
    webhook: Webhook, update: dict[str, Any]
) -> None:
    assert await webhook.post(update) == 200
    assert await Candidate.all().count() == 0


async def test_an_oversized_update_is_refused(webhook: Webhook) -> None:
    assert await webhook.post({"update_id": 1, "text": "x" * 2_000_000}) == 400
