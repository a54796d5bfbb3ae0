"""The web process under load: Telegram's updates through the whole door, and the panel's pages."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from actions.sessions import open_session
from models import database
from models.reads.desks import open_memberships
from models.tables import Candidate, Message, Operator
from tests.servers import leashed
from tools.measures.figures import Rows, Run, tell
from tools.measures.site import FIRST_USER, PEOPLE, TALKERS, Site

ROOT = Path(__file__).parents[2]
UPDATES_FOR = 8.0
PAGES_FOR = 4.0
"""Seconds of load."""
AT_ONCE = 8
"""Chats that write at the same time; half as many browsers."""
HEADER = "X-Telegram-Bot-Api-Secret-Token"

Ask = Callable[[int], Awaitable[None]]


@asynccontextmanager
async def web_process(site: Site) -> AsyncIterator[None]:
    """`antichambre web`, ready."""
    process = await asyncio.create_subprocess_exec(
        *leashed([sys.executable, "-m", "manage", "web"]),
        cwd=ROOT,
        env={**os.environ, **site.environment},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def hurried(ask: Ask, workers: int, seconds: float) -> Run:
    """Ask again and again, from several workers at once, for so many seconds."""
    took: list[float] = []
    begun = time.monotonic()

    async def work(worker: int) -> None:
        while time.monotonic() - begun < seconds:
            before = time.monotonic()
            await ask(worker)
            took.append(time.monotonic() - before)

    await asyncio.gather(*(work(worker) for worker in range(workers)))
    return Run(took, time.monotonic() - begun)


async def updates(session: aiohttp.ClientSession, hook: dict[str, str]) -> Run:
    """People write to the operator, each as soon as the last message is answered."""
    number = int(time.time())
    first = FIRST_USER + PEOPLE - TALKERS

    async def write(worker: int) -> None:
        nonlocal number
        number += 1
        user = {"id": first + worker + AT_ONCE * (number % (TALKERS // AT_ONCE))}
        message = {
            "message_id": number,
            "date": int(time.time()),
            "from": {**user, "is_bot": False, "first_name": "Amina", "language_code": "fr"},
            "chat": {**user, "type": "private", "first_name": "Amina"},
            "text": f"Bonjour, une question, la {number}e",
        }
        sent = {"update_id": number, "message": message}
        async with session.post(hook["url"], json=sent, headers={HEADER: hook["secret"]}) as got:
            assert got.status == 200, got.status

    await hurried(write, AT_ONCE, 1.0)  # warm
    return await hurried(write, AT_ONCE, UPDATES_FOR)


async def page(session: aiohttp.ClientSession, url: str, holds: str) -> Run:
    """Browsers open one page again and again."""

    async def look(_worker: int) -> None:
        async with session.get(url, allow_redirects=False) as got:
            text = await got.text()
            assert got.status == 200, (url, got.status)
            assert holds in text, url

    await look(0)
    return await hurried(look, AT_ONCE // 2, PAGES_FOR)


async def signed_in(site: Site) -> tuple[str, Candidate]:
    """An operator's cookie, and a candidate to look at."""
    await database.connect(site.database_url)
    try:
        odile = await Operator.get(email="odile@example.org")
        memberships = await open_memberships(odile.id)
        candidate = await Candidate.filter(status="submitted").order_by("id").first()
        assert candidate is not None
        return await open_session(odile, memberships, datetime.now(UTC)), candidate
    finally:
        await database.close()


async def messages_kept(site: Site) -> int:
    """How many messages are in the database."""
    await database.connect(site.database_url)
    try:
        return await Message.all().count()
    finally:
        await database.close()


async def where(session: aiohttp.ClientSession, site: Site) -> dict[str, Any]:
    """The webhook that the product has just set."""
    async with session.get(f"{site.telegram_url}/webhook") as answer:
        found: dict[str, Any] = await answer.json()
        return found


async def measure(site: Site) -> Rows:
    """Everything over HTTP."""
    cookie, candidate = await signed_in(site)
    headers = {"Cookie": f"session={cookie}", "Accept-Language": "fr"}
    pages = {
        "candidate list, 50 of 10,000": ("/candidates", "Garnier"),
        "candidate list, searched": ("/candidates?q=garn", "Garnier"),
        "candidate page": (f"/candidates/{candidate.id}", candidate.last_name),
        "home": ("/", "Garnier"),
        "sign-in page": ("/login", "<form"),
    }
    rows: Rows = {}
    async with web_process(site), aiohttp.ClientSession() as telegram:
        hook = await asyncio.wait_for(where(telegram, site), 60)
        run = await updates(telegram, hook)
        rows["update: a message to the operator"] = str(run)
        async with aiohttp.ClientSession(headers=headers) as browser:
            for name, (path, holds) in pages.items():
                signed = telegram if path == "/login" else browser
                rows[name] = str(await page(signed, site.url + path, holds))
    kept = await messages_kept(site)
    assert kept >= len(run.seconds), "every message that was answered is kept"
    return rows


if __name__ == "__main__":
    tell(asyncio.run(measure(Site.read(sys.argv[1]))))
