"""Checking what candidates send: fetched, scanned, opened in a child process, stored."""

import asyncio
import os
import shutil
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import structlog

from actions import checks
from actions.removals import TooManyOrphans, sweep_orphans, sweep_removals
from jobs.check.work import Bench, check_file
from jobs.context import Workshop
from store.room import StoreDown, room

log = structlog.get_logger()

IN_HAND = 8
"""Files that one process fetches and checks at the same time."""
LOOK = 1.0
SWEEP_EVERY = timedelta(seconds=30)
ORPHANS_EVERY = timedelta(hours=6)
LEFTOVER_AGE = timedelta(hours=1)
"""A scratch folder this old belongs to a worker that was killed."""

_next_sweep: dict[tuple[str, str], datetime] = {}
"""When each worker sweeps again, by its name and the kind of sweep."""


async def drain(workshop: Workshop) -> int:
    """Check files until none is due; how many were taken in hand."""
    await sweep_now_and_then(workshop)
    taken = 0
    busy: set[asyncio.Task[None]] = set()
    async with AsyncExitStack() as stack:
        bench: Bench | None = None
        while True:
            room_left = 0 if workshop.halt.called else IN_HAND - len(busy)
            claims = await checks.claim(workshop.clock(), room_left) if room_left else []
            if claims and bench is None:
                bench = await _open_bench(workshop, stack)
                stack.push_async_callback(_end, busy)
            if bench is not None:
                busy.update(asyncio.create_task(check_file(bench, one)) for one in claims)
            taken += len(claims)
            if not busy:
                return taken
            await _next_done(busy)


async def _next_done(busy: set[asyncio.Task[None]]) -> None:
    """Wait for room in hand; while there is some, look for new files every second."""
    patience = None if len(busy) == IN_HAND else LOOK
    done, _ = await asyncio.wait(busy, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    busy -= done
    for task in done:
        task.result()


async def _end(busy: set[asyncio.Task[None]]) -> None:
    """At shutdown: children are killed, leases run out, files wait for the next worker."""
    for task in busy:
        task.cancel()
    await asyncio.gather(*busy, return_exceptions=True)


async def _open_bench(workshop: Workshop, stack: AsyncExitStack) -> Bench:
    return Bench(
        workshop=workshop,
        session=await stack.enter_async_context(aiohttp.ClientSession()),
        children=asyncio.Semaphore(max(1, (os.cpu_count() or 1) - 1)),
        scratch=scratch(workshop),
    )


def scratch(workshop: Workshop) -> Path:
    """Where files lie in clear while they are checked."""
    return workshop.settings.data_dir / "scratch"


async def sweep_now_and_then(workshop: Workshop) -> None:
    """Carry out removals that are due, and tidy up after killed workers, every so often."""
    now = workshop.clock()
    try:
        if _due(workshop, "removals", now, SWEEP_EVERY):
            await sweep_removals(room(), now)
            await asyncio.to_thread(_sweep_scratch, scratch(workshop))
        if _due(workshop, "orphans", now, ORPHANS_EVERY):
            await sweep_orphans(room(), now)
    except StoreDown as error:
        log.warning("store is away", error=str(error))
    except TooManyOrphans as error:
        log.error(
            "the store holds files of another database: nothing was removed", error=str(error)
        )


def _due(workshop: Workshop, kind: str, now: datetime, every: timedelta) -> bool:
    name = (workshop.holder, kind)
    if now < _next_sweep.get(name, now):
        return False
    _next_sweep[name] = now + every
    return True


def _sweep_scratch(folder: Path) -> None:
    """File times are the machine's, so they are compared with the machine's clock."""
    before = (datetime.now(UTC) - LEFTOVER_AGE).timestamp()
    for one in folder.glob("*"):
        if one.stat().st_mtime < before:
            shutil.rmtree(one, ignore_errors=True)
