"""A provider's own bot, from the page of settings to Telegram: two bots on one sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from actions.bots import note_disconnected
from bot.door import Door
from bot.routers import build_dispatcher
from bot.send import Sender
from commands.telegram import Bots
from models.tables import Bot, Candidate, JoinLink, Membership, Operator, Provider, ProviderEvent
from sandbox.app import BotSpec, Server, start
from sandbox.client import Sandbox
from sandbox.delivery import Timing
from settings.reading import Settings
from tests.factories import NOW, a_candidate
from tests.web.conftest import SECRETS, Browser, Client, Time, Town
from webhooks.app import create_app
from webhooks.keys import DOOR

SHARED, OWN = "424242:AAE-made-up-token", "5555:AAE-own-made-up-token"
PAGE = "/settings/bot"
PATIENCE = 10.0


@pytest.fixture
async def telegram() -> AsyncIterator[Server]:
    """A sandbox with the shared bot, and the one that Odile made."""
    bots = [BotSpec(SHARED, "A", "antichambre_bot"), BotSpec(OWN, "Douceur", "douceur_bot")]
    async with await start(bots=bots, timing=Timing(0.02, 0.1, 5.0)) as running:
        yield running


@pytest.fixture
async def sandbox(telegram: Server) -> AsyncIterator[Sandbox]:
    async with Sandbox(telegram.url) as client:
        yield client


@pytest.fixture
def settings(
    database: str, telegram: Server, tmp_path: Path, free_port: Callable[[], int]
) -> Settings:
    """A real installation, whose Telegram is the sandbox."""
    port = str(free_port())
    env = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database, "PORT": port, **SECRETS}
    env |= {"TELEGRAM_TOKEN": SHARED, "TELEGRAM_API_URL": telegram.url}
    return Settings.from_environment(env)


@pytest.fixture
async def door(telegram: Server) -> AsyncIterator[Door]:
    sender = Sender(telegram.url, SHARED)
    yield Door(sender, build_dispatcher)
    await sender.close()


@pytest.fixture
async def client(settings: Settings, time: Time, door: Door, aiohttp_client: Any) -> Client:
    """The web process, where its address says."""
    app = create_app(settings, connects=False, clock=time)
    app[DOOR] = door
    server = TestServer(app, port=settings.port)
    made: Client = await aiohttp_client(server, cookie_jar=aiohttp.DummyCookieJar())
    return made


@pytest.fixture
async def town(town: Town) -> Town:
    await Operator.all().update(language="en")
    return town


async def connect(town: Town, browser: Browser, token: str = OWN, version: int = 1) -> Any:
    odile = await browser(town.odile)
    return await odile.post(PAGE, {"token": token, "version": str(version)})


@asynccontextmanager
async def kept(settings: Settings, door: Door) -> AsyncIterator[Bots]:
    """The part of the web process that keeps bots connected."""
    bots = Bots(settings, door)
    try:
        yield bots
    finally:
        await bots.close()


async def until(holds: Callable[[], Any]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.sleep(0.02)


async def test_the_token_is_checked_kept_sealed_and_never_shown(
    town: Town, browser: Browser, settings: Settings
) -> None:
    page = await connect(town, browser, f"  {OWN}\n")
    assert (page.status, page.to) == (303, "/settings/bot?connected=1")
    bot = await Bot.get(provider_id=town.douceur.id)
    assert (bot.telegram_id, bot.username) == (5555, "douceur_bot")
    assert OWN not in str(bot.token)
    assert "made-up" not in str(bot.token)
    odile = await browser(town.odile)
    for path in (page.to, "/settings/journal"):
        shown = await odile.get(path)
        assert "@douceur_bot" in shown.text
        assert "made-up" not in shown.text
    line = await ProviderEvent.get(kind="bot_connected")
    assert (line.before, line.after, line.actor_name) == (None, {"bot": "@douceur_bot"}, "Odile")
    anybody = await browser()
    assert "/t.me/douceur_bot?start=" in (await anybody.get("/join/douceur-cie")).text
    assert "/t.me/antichambre_bot?start=" in (await anybody.get("/join/vert-jardin")).text


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("", "not a bot’s token"),
        ("https://t.me/douceur_bot", "not a bot’s token"),
        ("5555:", "not a bot’s token"),
        ("5555:AAE own made", "not a bot’s token"),
        ("5555:../../getMe?x=AAAAAAAAAA", "not a bot’s token"),
        ("9999:AAE-nobody-has-this", "does not accept this token"),
        (SHARED, "in use elsewhere"),
    ],
)
async def test_a_token_that_does_not_do_is_said_beside_the_field(
    town: Town, browser: Browser, token: str, words: str
) -> None:
    page = await connect(town, browser, token)
    assert page.status == 422
    assert 'id="token-error"' in page.text
    assert words in page.text
    assert not token or token not in page.text, "a secret is not sent back"
    assert not await Bot.exists(provider_id=town.douceur.id)
    assert (await Provider.get(id=town.douceur.id)).settings_version == 1


async def test_telegram_away_is_said_and_changes_nothing(
    town: Town, browser: Browser, sandbox: Sandbox
) -> None:
    await sandbox.fault("502", method="getMe", times=-1)
    page = await connect(town, browser)
    assert (page.status, "Telegram does not answer" in page.text) == (422, True)
    assert not await Bot.exists(provider_id=town.douceur.id)


async def test_another_providers_bot_is_refused(town: Town, browser: Browser) -> None:
    victor = await browser(town.victor)
    assert (await victor.post(PAGE, {"token": OWN, "version": "1"})).status == 303
    page = await connect(town, browser)
    assert (page.status, "in use elsewhere" in page.text) == (422, True)
    assert "Vert" not in page.text
    theirs = await Bot.get(provider_id=town.vert.id)
    odile = await browser(town.odile)
    assert (await odile.get(f"{PAGE}/{theirs.id}/back")).status == 404
    assert (await odile.post(f"{PAGE}/{theirs.id}/back", {"version": "1"})).status == 404
    assert (await Bot.get(id=theirs.id)).token is not None


async def test_the_second_admin_connects_nothing(town: Town, browser: Browser) -> None:
    await Membership.filter(operator_id=town.oscar.id).update(role="admin")
    await Provider.filter(id=town.douceur.id).update(settings_version=2)
    oscar = await browser(town.oscar)
    late = await oscar.post(PAGE, {"token": OWN, "version": "1"})
    assert late.status == 409
    assert not await Bot.exists(provider_id=town.douceur.id)


async def test_it_answers_by_webhook_a_moment_later(
    town: Town, browser: Browser, settings: Settings, door: Door, sandbox: Sandbox
) -> None:
    await connect(town, browser)
    async with kept(settings, door) as bots:
        await bots.look()
        await until(lambda: sandbox.calls("setMyCommands"))
        amina = await sandbox.phone("Amina", language_code="fr")
        link = await JoinLink.get(provider_id=town.douceur.id)
        await amina.open("douceur_bot", link.token)
        await amina.wait_for("Bienvenue")
    own = await Bot.get(provider_id=town.douceur.id)
    assert (await Candidate.get(telegram_id=amina.id)).bot_id == own.id
    (hook,) = [one for one in await sandbox.calls("setWebhook") if "5555" in str(one["token"])]
    assert hook["arguments"]["url"] == settings.webhook_url(own.id)
    assert hook["arguments"]["secret_token"] == settings.webhook_secret(5555)
    assert settings.webhook_secret(5555) != settings.webhook_secret(424242)
    menus = [one for one in await sandbox.calls("setMyCommands") if "5555" in str(one["token"])]
    assert {one["arguments"].get("language_code") for one in menus} == {"fr", "en", None}


async def test_it_answers_by_long_polling_until_it_is_taken_back(
    town: Town, browser: Browser, settings: Settings, door: Door, sandbox: Sandbox
) -> None:
    """Without a public address Telegram is asked for updates, of each bot."""
    polling = replace(settings, telegram_api_url="https://api.telegram.org")
    assert not polling.uses_webhook
    link = await JoinLink.get(provider_id=town.douceur.id)
    amina = await sandbox.phone("Amina", language_code="fr")
    async with kept(polling, door) as bots:
        await bots.look()
        await connect(town, browser)
        await bots.look()
        await amina.open("douceur_bot", link.token)
        await amina.wait_for("Bienvenue")
        own = await Bot.get(provider_id=town.douceur.id)
        odile = await browser(town.odile)
        back = await odile.post(f"{PAGE}/{own.id}/back", {"version": "2"})
        assert (back.status, back.to) == (303, "/settings/bot?back=1")
        await bots.look()
        assert set(bots.served) == {"shared"}
        assert "people concerned: 1" in (await odile.get("/settings/journal")).text
        await amina.open("antichambre_bot", link.token)
        await amina.wait_for("Prénom")
    assert await Candidate.all().count() == 1


async def test_taking_it_back_shows_whom_it_concerns(
    town: Town, browser: Browser, sandbox: Sandbox, client: Client
) -> None:
    await connect(town, browser)
    own = await Bot.get(provider_id=town.douceur.id)
    person = await a_candidate(town.douceur, "Amina Benali", bot_id=own.id, telegram_id=77)
    odile = await browser(town.odile)
    asked = await odile.get(f"{PAGE}/{own.id}/back")
    assert "1 person is with this bot" in asked.text
    assert "Amina Benali" in asked.text
    assert (await Bot.get(id=own.id)).token is not None
    await sandbox.fault("502", method="deleteWebhook")
    away = await odile.post(f"{PAGE}/{own.id}/back", {"version": "2"})
    assert (away.status, "Telegram does not answer" in away.text) == (422, True)
    assert (await odile.post(f"{PAGE}/{own.id}/back", {"version": "2"})).status == 303
    assert len(await sandbox.calls("deleteWebhook")) == 2
    shown = await odile.get("/settings/bot")
    assert "taken back" in shown.text
    assert "1 of your people is with it" in shown.text
    assert (await odile.post(f"{PAGE}/{own.id}/back", {"version": "3"})).status == 404
    answer = await client.post(f"/telegram/{own.id}", json={"update_id": 1})
    assert answer.status == 401, "as unknown as any other"
    assert person.bot_id == own.id


async def test_each_bot_has_a_secret_of_its_own(
    town: Town, browser: Browser, settings: Settings, client: Client
) -> None:
    await connect(town, browser)
    own, shared = await Bot.get(provider_id=town.douceur.id), await Bot.get(provider_id=None)
    for bot, number, status in (
        (own, 5555, 200),
        (own, 424242, 401),
        (shared, 5555, 401),
        (own, 0, 401),
    ):
        header = {"X-Telegram-Bot-Api-Secret-Token": settings.webhook_secret(number)}
        answer = await client.post(f"/telegram/{bot.id}", json={"update_id": 1}, headers=header)
        assert answer.status == status, (bot.username, number)


async def test_a_revoked_token_is_told_and_the_new_one_mends_it(
    town: Town, browser: Browser, settings: Settings, door: Door, sandbox: Sandbox
) -> None:
    await connect(town, browser)
    await sandbox.revoke("douceur_bot")
    async with kept(settings, door) as bots:
        await bots.look()
        await until(
            lambda: Bot.exists(provider_id=town.douceur.id, disconnected_at__not_isnull=True)
        )
        odile, oscar = await browser(town.odile), await browser(town.oscar)
        home = (await odile.get("/")).text
        assert "Telegram refuses your own bot" in home
        assert 'href="/settings/bot">Give its new token' in home
        assert "An administrator can give" in (await oscar.get("/")).text
        assert "refused by Telegram" in (await odile.get(PAGE)).text
        assert "antichambre_bot?start=" in (await odile.get("/join/douceur-cie")).text
        assert "Telegram refuses" not in (await (await browser(town.victor)).get("/")).text
        await sandbox.revoke("douceur_bot", False)
        assert (await connect(town, browser, version=2)).status == 303
        assert "Telegram refuses your own bot" not in (await odile.get("/")).text
        before = len(await sandbox.calls("setWebhook"))
        await bots.look()
        await until(lambda: _more(sandbox, before))
    assert await Bot.filter(provider_id=town.douceur.id).count() == 1


async def _more(sandbox: Sandbox, before: int) -> bool:
    return len(await sandbox.calls("setWebhook")) > before


async def test_a_bot_that_telegram_accepts_again_is_served_again(
    town: Town, browser: Browser, settings: Settings, door: Door, sandbox: Sandbox
) -> None:
    await connect(town, browser)
    own = await Bot.get(provider_id=town.douceur.id)
    await sandbox.fault("401", method="setWebhook", bot=OWN)
    async with kept(settings, door) as bots:
        await bots.look()
        await asyncio.wait({bots.served[own.id].task})
        assert (await Bot.get(id=own.id)).disconnected_at is not None
        first = bots.served[own.id]
        await bots.look()
        assert bots.served[own.id] is first, "still refused, as far as anybody knows"
        await Bot.filter(id=own.id).update(disconnected_at=None)
        await bots.look()
        assert await bots.served[own.id].task


async def test_a_replaced_bot_is_still_served(
    town: Town, browser: Browser, settings: Settings, door: Door, sandbox: Sandbox
) -> None:
    await connect(town, browser)
    await sandbox.add_bot("6666:AAE-second-made-up", "Second", "second_bot")
    assert (await connect(town, browser, "6666:AAE-second-made-up", 2)).status == 303
    line = await ProviderEvent.filter(kind="bot_connected").order_by("-id").first()
    assert line is not None
    assert (line.before, line.after) == ({"bot": "@douceur_bot"}, {"bot": "@second_bot"})
    async with kept(settings, door) as bots:
        await bots.look()
        assert len(bots.served) == 3
    page = await (await browser(town.odile)).get(PAGE)
    assert "its chats go on" in page.text
    assert "second_bot?start=" in (await (await browser()).get("/join/douceur-cie")).text


async def test_what_is_wrong_with_the_shared_bot_is_told_as_before(
    town: Town, browser: Browser
) -> None:
    shared = await Bot.get(provider_id=None)
    await note_disconnected(shared, NOW)
    page = await (await browser(town.odile)).get("/")
    assert "Whoever runs this installation" in page.text
