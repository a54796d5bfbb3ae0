"""Kill -9 of the web process at every point of an update: effects once, an answer always."""

import asyncio
import base64
import json
import os
import random
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from actions.bots import register_shared_bot
from actions.providers import NewProvider, create_provider
from bot.send import Sender
from models.tables import Candidate, JoinLink, LedgerEntry, Message
from rules.catalogue import DEMO
from sandbox.app import BotSpec, start
from sandbox.client import Phone, Sandbox
from sandbox.delivery import Timing
from settings import Settings
from tests.figures import Figures, Record
from tests.kills.zygote import POINTS

KILLS = 54 if "ANTICHAMBRE_CHAOS" in os.environ else 30
"""On each database: both together are more than fifty; `make chaos` does nearly twice as many."""
FEWEST = KILLS - 4
"""All may be served before the last fuses."""
PATIENCE = 1.0
"""Seconds, fewer than the product's 15, so that a test of many kills does not take hours."""
PEOPLE = 6
TEXTS = 14
TOKEN = "1234567890:AAtest-token-of-the-kill-tests-0000"
ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Zygote:
    """The forking process; each child serves until its fuse kills it."""

    def __init__(self, process: asyncio.subprocess.Process, environment: dict[str, str]) -> None:
        self.process, self.environment = process, environment

    async def line(self) -> Any:
        assert self.process.stdout is not None
        return await asyncio.wait_for(self.process.stdout.readline(), 60)

    async def serve(self, point: str, crossing: int = 1, patience: float = PATIENCE) -> int:
        """Start a child; its pid."""
        assert self.process.stdin is not None
        job = {
            "environment": self.environment,
            "point": point,
            "crossing": crossing,
            "patience": patience,
        }
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        await self.process.stdin.drain()
        return int(json.loads(await self.line())["pid"])

    async def ended(self) -> None:
        """Wait for the child's death."""
        await self.line()


@pytest.fixture
async def telegram() -> AsyncIterator[Sandbox]:
    bots = [BotSpec(TOKEN, "Douceur", "douceur_bot")]
    timing = Timing(first_retry=0.05, longest_retry=0.4)
    async with await start(bots=bots, timing=timing) as server, Sandbox(server.url) as sandbox:
        yield sandbox


def environment(database: str, telegram: Sandbox, folder: Path, port: int) -> dict[str, str]:
    """What a web process is told."""
    key = base64.urlsafe_b64encode(b"k" * 32).decode()
    return {
        "DATABASE_URL": database,
        "DATA_DIR": str(folder / "data"),
        "TELEGRAM_TOKEN": TOKEN,
        "TELEGRAM_API_URL": telegram.base_url,
        "SECRET_KEY": "s" * 40,
        "ENCRYPTION_KEYS": f"k1:{key}",
        "PORT": str(port),
    }


@asynccontextmanager
async def started(told: dict[str, str]) -> AsyncIterator[Zygote]:
    """A zygote and its child, killed at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.kills.zygote",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        made = Zygote(process, told)
        assert await made.line() == b"ready\n"
        yield made
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


@pytest.fixture
async def zygote(
    database: str, telegram: Sandbox, tmp_path: Path, free_port: Callable[[], int]
) -> AsyncIterator[Zygote]:
    async with started(environment(database, telegram, tmp_path, free_port())) as made:
        yield made


async def connect_bot(zygote: Zygote) -> None:
    settings = Settings.from_environment(zygote.environment)
    sender = Sender(settings.telegram_api_url, settings.telegram_token)
    bot = await register_shared_bot(*await sender.who_am_i(TOKEN))
    secret = settings.webhook_secret(bot.telegram_id)
    await sender.set_webhook(bot, settings.webhook_url(bot.id), secret)
    await sender.close()


async def talk(phone: Phone, link: str) -> None:
    """Sign up, then write to the operator, faster than anybody answers."""
    await phone.open("douceur_bot", link)
    await phone.send("/messages")
    for number in range(TEXTS):
        await phone.send(f"message {number}")


async def not_noted(phones: list[Phone]) -> list[int]:
    """For each chat: how many answers it got beyond those that are noted as given."""
    beyond = []
    for phone in phones:
        said = len([one for one in await phone.messages() if one.from_bot])
        noted = LedgerEntry.filter(chat_user_id=phone.id).exclude(answered_at=None)
        beyond.append(said - await noted.count())
    return beyond


async def kill_until_tired(
    zygote: Zygote, chance: random.Random, phones: list[Phone]
) -> tuple[int, int]:
    """Serve with one fuse after another; each point is crossed by many updates.

    Returns the kills, and the most answers that one of them may have doubled in one chat.
    """
    kills, worst, before = 0, 0, await not_noted(phones)
    while kills < KILLS:
        child = await zygote.serve(POINTS[kills % len(POINTS)], chance.randint(1, 2))
        try:
            await asyncio.wait_for(zygote.ended(), 20)
        except TimeoutError:  # nothing left to do: the last child served it all
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
            await zygote.ended()
            break
        kills += 1
        after = await not_noted(phones)
        worst = max(worst, *(new - old for new, old in zip(after, before, strict=True)))
        before = after
    return kills, worst


@pytest.mark.slow
async def test_the_web_process_killed_at_every_point_of_an_update_loses_and_doubles_nothing(
    zygote: Zygote, telegram: Sandbox, record_property: Record
) -> None:
    provider = await create_provider(
        NewProvider(name="Douceur & Cie", slug="douceur", requirements=DEMO), NOW
    )
    link = (await JoinLink.get(provider_id=provider.id)).token
    await connect_bot(zygote)
    phones = [await telegram.phone(f"Amina{number}") for number in range(PEOPLE)]
    await asyncio.gather(*(talk(phone, link) for phone in phones))

    kills, worst = await kill_until_tired(zygote, random.Random(20261122), phones)
    began = time.monotonic()
    await zygote.serve("never")
    await asyncio.gather(*(phone.quiet(timeout=120) for phone in phones))
    seconds = time.monotonic() - began

    updates = PEOPLE * (TEXTS + 2)
    said = [len([m for m in await phone.messages() if m.from_bot]) for phone in phones]
    Figures(
        kills=kills,
        lost=PEOPLE * TEXTS - await Message.all().count(),
        doubled=sum(said) - updates,
        seconds=seconds,
        remark=f"in one chat by one kill: {worst} at most",
    ).tell(record_property)
    assert kills >= FEWEST
    assert await Candidate.all().count() == PEOPLE
    for phone in phones:
        candidate = await Candidate.get(telegram_id=phone.id)
        written = await Message.filter(candidate_id=candidate.id).order_by("id")
        assert [one.text for one in written] == [f"message {n}" for n in range(TEXTS)]
    assert await LedgerEntry.all().count() == updates
    assert await LedgerEntry.filter(answered_at=None).count() == 0
    assert all(count >= TEXTS + 2 for count in said), "every update got an answer"
    assert worst <= 1, "a kill catches every chat's answer in hand, none of them twice"
