"""The nightly run killed with kill -9 at any statement, and doubled: exactly once all the same."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from actions.clock import LEASE
from actions.outages import note_queue, note_started
from models import database as ours
from models.tables import Bot, Candidate, ClockRun, Event, Notice, Provider, Reminder, Tombstone
from rules.notices import NoticeKind
from tests.clock.world import new_candidate
from tests.figures import Figures, Record

ROOT = Path(__file__).parents[2]
LONG_AGO = datetime(2026, 9, 1, 9, tzinfo=UTC)
FOUR = datetime(2026, 11, 10, 4, tzinfo=UTC)
DUE, SOON, SAFE = 8, 4, 30
LONGEST = 60
"""Seconds from a kill until all is done, the lease included."""


async def crowd() -> tuple[Provider, list[str], list[str]]:
    """Eight people who are due tonight, four who must be warned, thirty who acted lately."""
    provider = await Provider.create(
        slug="douceur",
        name="Douceur & Cie",
        created_at=LONG_AGO,
        timezone="UTC",
        deletion_days=45,
        reminder_days=7,
    )
    bot = await Bot.create(telegram_id=4242, username="douceur_bot")
    await note_started(LONG_AGO)
    await note_queue(bot.id, 0, LONG_AGO)
    due = [await new_candidate(provider, bot, f"Due{n}", n, LONG_AGO) for n in range(DUE)]
    for one in due:
        await Event.create(
            provider_id=provider.id,
            candidate_id=one.id,
            at=LONG_AGO,
            kind="signed_up",
            actor_kind="candidate",
        )
        await Reminder.create(
            candidate_id=one.id,
            clock_start=LONG_AGO,
            due=FOUR.date() - timedelta(days=25),
            owed_at=LONG_AGO,
            accepted_at=LONG_AGO,
            accepted_by="mail",
            promised=FOUR.date(),
            zone="UTC",
        )
    start = FOUR - timedelta(days=40)
    soon = [await new_candidate(provider, bot, f"S{n}", 100 + n, start) for n in range(SOON)]
    for n in range(SAFE):
        await new_candidate(provider, bot, f"Safe{n}", 200 + n, FOUR - timedelta(days=1))
    return provider, [one.id for one in due], [one.id for one in soon]


async def start_night(
    url: str, now: datetime, holder: str, left: int = 0, *more: str
) -> asyncio.subprocess.Process:
    """Start a worker's process."""
    arguments = (url, now.isoformat(), holder, str(left), *more)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.clock.night",
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def check_whole_or_gone(ids: list[str]) -> int:
    """Each one is wholly there or wholly gone; returns how many are gone."""
    gone = 0
    for candidate_id in ids:
        there = await Candidate.exists(id=candidate_id)
        assert await Event.exists(candidate_id=candidate_id) is there
        assert await Reminder.exists(candidate_id=candidate_id) is there
        assert await Tombstone.exists(candidate_id=candidate_id) is not there
        gone += not there
    farewells = await Notice.filter(kind=NoticeKind.ERASED).count()
    assert farewells == 2 * gone, "a farewell by mail and one in the chat, exactly once"
    return gone


@pytest.mark.slow
async def test_a_run_killed_again_and_again_finishes_and_does_nothing_twice(
    database: str, record_property: Record
) -> None:
    chance = random.Random(20261110)
    provider, due, soon = await crowd()
    now, killed = FOUR, 0
    while not await ClockRun.exists(provider_id=provider.id, finished_at__isnull=False):
        began = time.monotonic()
        await ours.close()
        process = await start_night(database, now, f"w{killed}", chance.randint(1, 220))
        _, errors = await asyncio.wait_for(process.communicate(), 60)
        await ours.connect(database)
        assert process.returncode in (0, -signal.SIGKILL), errors.decode()
        killed += process.returncode == -signal.SIGKILL
        await check_whole_or_gone(due)
        now += LEASE
        assert killed < 40
    farewells = await Notice.filter(kind=NoticeKind.ERASED).count()
    reminded = await Notice.filter(kind=NoticeKind.DELETION_REMINDER).count()
    figures = Figures(
        kills=killed,
        lost=SOON + SAFE - await Candidate.all().count(),
        doubled=farewells - 2 * DUE + reminded - 2 * SOON,
        seconds=time.monotonic() - began,
        waited=LEASE.total_seconds(),
    )
    figures.tell(record_property)
    assert figures.whole <= LONGEST
    assert killed >= 3, "nothing was killed"
    assert await check_whole_or_gone(due) == DUE
    run = await ClockRun.get(provider_id=provider.id)
    assert run.deleted == DUE
    for candidate_id in soon:
        assert await Reminder.filter(candidate_id=candidate_id).count() == 1
        assert await Notice.filter(candidate_id=candidate_id).count() == 2
    assert await Candidate.all().count() == SOON + SAFE


@pytest.mark.slow
async def test_two_processes_at_the_same_time_do_everything_once(
    database: str, record_property: Record
) -> None:
    provider, due, soon = await crowd()
    began = time.monotonic()
    await ours.close()
    workers = [await start_night(database, FOUR, name, 0, "steal") for name in ("a", "b")]
    ended = await asyncio.gather(*(asyncio.wait_for(w.communicate(), 60) for w in workers))
    await ours.connect(database)
    for worker, (_, errors) in zip(workers, ended, strict=True):
        assert worker.returncode == 0, errors.decode()
    farewells = await Notice.filter(kind=NoticeKind.ERASED).count()
    reminded = await Notice.filter(kind=NoticeKind.DELETION_REMINDER).count()
    Figures(
        lost=SOON + SAFE - await Candidate.all().count(),
        doubled=farewells - 2 * DUE + reminded - 2 * SOON,
        seconds=time.monotonic() - began,
    ).tell(record_property)
    assert sum(int(out) for out, _ in ended) == DUE, "each deletion is one worker's"
    assert await check_whole_or_gone(due) == DUE
    assert (await ClockRun.get(provider_id=provider.id)).deleted == DUE
    for candidate_id in soon:
        assert await Reminder.filter(candidate_id=candidate_id).count() == 1
        assert await Notice.filter(candidate_id=candidate_id).count() == 2
