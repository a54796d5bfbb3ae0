"""The same update a hundred times in parallel, at two web processes: one effect."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from actions.bots import register_shared_bot
from actions.providers import NewProvider, create_provider
from actions.updates import PATIENCE
from bot.send import Sender
from models.tables import Bot, JoinLink, LedgerEntry, Message
from rules.catalogue import DEMO
from sandbox.app import BotSpec, start
from sandbox.client import Sandbox
from settings import Settings
from tests.figures import Figures, Record
from tests.kills.test_web_process import NOW, TOKEN, environment, started
from webhooks.telegram import HEADER

TEXTS, REPEATS = 4, 100


@dataclass
class Doors:
    """Two web processes of one installation, and what waits for them at Telegram."""

    urls: list[str]
    secret: str
    bot: Bot
    sender: Sender
    session: aiohttp.ClientSession
    offset: int = 0

    async def waiting(self) -> list[dict[str, Any]]:
        """Updates that came since the last look."""
        found = await self.sender.updates(self.bot, self.offset, 0)
        self.offset = found[-1]["update_id"] + 1 if found else self.offset
        return found

    async def post(self, update: dict[str, Any], door: int) -> int:
        """Bring an update to one of the two, waiting until it listens; the status."""
        async with self.session.post(
            self.urls[door], json=update, headers={HEADER: self.secret}
        ) as answer:
            return answer.status

    async def insist(self, update: dict[str, Any], door: int) -> None:
        """Bring it again until it is taken, as Telegram does."""
        limit = time.monotonic() + 60
        while True:
            try:
                if await self.post(update, door) == 200:
                    return
            except aiohttp.ClientConnectionError:  # the process is still starting
                pass
            assert time.monotonic() < limit, "never taken"
            await asyncio.sleep(0.1)


@pytest.fixture
async def telegram() -> AsyncIterator[Sandbox]:
    bots = [BotSpec(TOKEN, "Douceur", "douceur_bot")]
    async with await start(bots=bots) as server, Sandbox(server.url) as sandbox:
        yield sandbox


@pytest.fixture
async def doors(
    database: str, telegram: Sandbox, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[Doors]:
    told = [environment(database, telegram, tmp_path, free_port()) for _ in range(2)]
    settings = Settings.from_environment(told[0])
    sender = Sender(telegram.base_url, TOKEN)
    bot = await register_shared_bot(*await sender.who_am_i(TOKEN))
    urls = [f"http://127.0.0.1:{one['PORT']}/telegram/{bot.id}" for one in told]
    secret = settings.webhook_secret(bot.telegram_id)
    async with AsyncExitStack() as stack:
        for one in told:
            zygote = await stack.enter_async_context(started(one))
            await zygote.serve("never", patience=PATIENCE.total_seconds())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield Doors(urls, secret, bot, sender, session)
    await sender.close()


@pytest.mark.slow
async def test_an_update_that_comes_a_hundred_times_to_two_web_processes_has_one_effect(
    doors: Doors, telegram: Sandbox, record_property: Record
) -> None:
    provider = await create_provider(NewProvider(name="Douceur & Cie", requirements=DEMO), NOW)
    phone = await telegram.phone("Amina")
    await phone.open("douceur_bot", (await JoinLink.get(provider_id=provider.id)).token)
    await phone.send("/messages")
    for update in await doors.waiting():
        for door in (0, 1):
            await doors.insist(update, door)
    said, statuses = len([m for m in await phone.messages() if m.from_bot]), Counter[int]()
    slowest = 0.0
    for number in range(TEXTS):
        await phone.send(f"message {number}")
        (update,) = await doors.waiting()
        began = time.monotonic()
        statuses.update(await asyncio.gather(*(doors.post(update, n % 2) for n in range(REPEATS))))
        await doors.insist(update, number % 2)
        slowest = max(slowest, time.monotonic() - began)
    kept = await Message.all().order_by("id")
    answers = len([m for m in await phone.messages() if m.from_bot]) - said
    texts = {one.text for one in kept}
    lost = TEXTS - len(texts)
    doubled = len(kept) - len(texts) + answers - TEXTS
    Figures(lost=lost, doubled=doubled, seconds=slowest).tell(record_property)
    assert [one.text for one in kept] == [f"message {n}" for n in range(TEXTS)]
    assert set(statuses) <= {200, 503}, statuses
    assert await LedgerEntry.filter(answered_at=None).count() == 0
    assert answers == TEXTS, "each was answered once"
