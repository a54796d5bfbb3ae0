"""The panel over HTTP on a real database: two providers, three operators, and their browsers."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp
import playwright.async_api as chrome
import pytest
from aiohttp.test_utils import TestClient

from actions.sessions import open_session
from models.database import refuse_inside_transaction
from models.reads.desks import open_memberships
from models.tables import Bot, Operator, Provider
from settings.reading import Settings
from store import room as rooms
from store.room import Room
from store.sealing import Keyring
from tests.factories import NOW, a_provider, an_operator
from tests.servers import Mailbox
from tests.web.post import PostOffice
from webhooks.app import create_app

Client = TestClient[Any, Any]
Browser = Callable[..., Awaitable["Browsing"]]
Opens = Callable[..., Awaitable[chrome.Page]]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass
class Time:
    """The clock of the web process, moved by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Browsing:
    """One person's browser."""

    client: Client
    cookie: str = ""

    @property
    def origin(self) -> str:
        """What the browser says of its own page."""
        return str(self.client.make_url("")).rstrip("/")

    def headers(self, more: dict[str, str]) -> dict[str, str]:
        """The cookie, and the language the pages are read in."""
        given = {"Accept-Language": "en", **more}
        return {"Cookie": f"session={self.cookie}", **given} if self.cookie else given

    async def get(self, path: str, **headers: str) -> Page:
        """Open a page; redirections are shown, not followed."""
        answer = await self.client.get(path, headers=self.headers(headers), allow_redirects=False)
        return Page(answer, await answer.text())

    async def post(self, path: str, data: Any = None, **headers: str) -> Page:
        """Send a form from our own page."""
        sent = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin", **headers}
        answer = await self.client.post(
            path, data=data or {}, headers=self.headers(sent), allow_redirects=False
        )
        return Page(answer, await answer.text())


@dataclass
class Page:
    """An answer."""

    answer: aiohttp.ClientResponse
    text: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.answer.status

    @property
    def to(self) -> str:
        """Where it redirects."""
        return self.answer.headers.get("Location", "")


@dataclass
class Town:
    """Two companies and those who work there."""

    douceur: Provider
    vert: Provider
    odile: Operator
    oscar: Operator
    victor: Operator


@pytest.fixture
async def town(database: str) -> Town:
    """Douceur & Cie with Odile (admin) and Oscar (reviewer), Vert Jardin with Victor (admin)."""
    await Bot.create(telegram_id=424242, username="antichambre_bot")
    douceur, vert = await a_provider(), await a_provider("Vert Jardin")
    return Town(
        douceur,
        vert,
        await an_operator(douceur),
        await an_operator(douceur, "Oscar", "reviewer"),
        await an_operator(vert, "Victor"),
    )


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[[str], Settings]:
    """Settings of the demo on some database."""

    def read(url: str) -> Settings:
        env = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": url, **SECRETS}
        return Settings.from_environment(env, demo=True)

    return read


@pytest.fixture
def settings(database: str, settings_for: Callable[[str], Settings]) -> Settings:
    """Settings of the demo on the test's database."""
    return settings_for(database)


@pytest.fixture
def real_settings(database: str, tmp_path: Path) -> Settings:
    """Settings of a real installation on the test's database."""
    env = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": database, **SECRETS}
    return Settings.from_environment({**env, "TELEGRAM_TOKEN": "424242:" + "A" * 35})


@pytest.fixture
def room(settings: Settings) -> Iterator[Room]:
    """The installation's file room, in a folder of this test."""
    before = rooms._room
    keys = Keyring(dict(settings.encryption_keys))
    made = Room(settings.storage_url, keys, refuse_inside_transaction)
    rooms.use_room(made)
    yield made
    rooms._room = before


SECRETS = {"SECRET_KEY": "ab" * 32, "ENCRYPTION_KEYS": "k1:" + "A" * 43 + "="}


@pytest.fixture
def time() -> Time:
    """The web process's clock."""
    return Time()


@pytest.fixture
async def client(settings: Settings, time: Time, aiohttp_client: Any) -> Client:
    """The web process."""
    app = create_app(settings, connects=False, clock=time)
    made: Client = await aiohttp_client(app, cookie_jar=aiohttp.DummyCookieJar())
    return made


@pytest.fixture
def post(smtp: Mailbox, settings: Settings, client: Client, time: Time) -> PostOffice:
    """The way of mails out of the installation."""
    return PostOffice(smtp, settings, client, time)


@pytest.fixture
async def browser(client: Client, time: Time) -> Browser:
    """Gives the browser of an operator (signed in), or of anybody."""

    async def open_browser(operator: Operator | None = None) -> Browsing:
        if operator is None:
            return Browsing(client)
        memberships = await open_memberships(operator.id)
        return Browsing(client, await open_session(operator, memberships, time.now))

    return open_browser


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[chrome.Browser]:
    """Debian's Chromium; patient, for a machine that is busy with something else."""
    chrome.expect.set_options(timeout=15_000)
    async with chrome.async_playwright() as playwright:
        made = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield made
        await made.close()


@pytest.fixture
async def opens(
    chromium: chrome.Browser, client: Client, browser: Browser
) -> AsyncIterator[Opens]:
    """Gives a page, signed in as somebody or as nobody; an error in its scripts fails the test."""
    errors: list[str] = []
    contexts = []
    base = str(client.make_url("/"))

    async def open_page(who: Operator | None = None, **options: Any) -> chrome.Page:
        wanted = {"viewport": DESK, "locale": "en-GB", **options}
        context = await chromium.new_context(base_url=base, **wanted)
        contexts.append(context)
        if who is not None:
            secret = (await browser(who)).cookie
            await context.add_cookies([{"name": "session", "value": secret, "url": base}])
        page = await context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda note: errors.append(note.text) if is_fault(note) else None)
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert errors == []


def is_fault(note: chrome.ConsoleMessage) -> bool:
    """An error of a script or of the policy; a refused form is none."""
    return note.type == "error" and not re.search("4(04|09|22)", note.text)
