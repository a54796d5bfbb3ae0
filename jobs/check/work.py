"""The work on one sent file, from Telegram to the store."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
import structlog

from actions import checks
from actions.bots import note_disconnected
from actions.checks import Checked, Claim, LeaseLost
from jobs.check.fetch import NotNow, TokenRefused, TooBig, Unavailable, fetch
from jobs.check.opening import Broken, CutOff, Refused, open_original, order_for, sha256_of
from jobs.check.scan import ScannerDown, infected
from jobs.context import Workshop
from jobs.counts import FILES
from models.database import TRANSIENT
from models.ids import new_file_id, new_id
from models.tables import Bot
from rules.uploads import CRASH_ATTEMPTS, FETCH_ATTEMPTS, UNAVAILABLE_ATTEMPTS, max_bytes
from store.room import StoreDown, room

log = structlog.get_logger()

RENEW = 10.0
"""Seconds between two renewals of a lease."""
LONGEST = 300.0
"""Seconds after which the work on one file is given up, and put back."""


class Waits(Exception):
    """Nothing is decided: the file is put back, and this attempt counts against it or not."""

    def __init__(self, why: str, *, counts: bool, seconds: int | None = None) -> None:
        super().__init__(why)
        self.counts, self.seconds = counts, seconds


@dataclass(slots=True)
class Bench:
    """What the workers of one process share."""

    workshop: Workshop
    session: aiohttp.ClientSession
    children: asyncio.Semaphore
    """At most cores − 1 decoders at once."""
    scratch: Path
    hashes: dict[str, str] = field(default_factory=dict)
    """Of fetched originals, by upload: a refusal names it too."""


async def check_file(bench: Bench, claimed: Claim) -> None:
    """Check one file to its end: kept, refused, or put back. The edge of a job."""
    try:
        async with _kept_lease(bench, claimed), asyncio.timeout(LONGEST):
            await _decide(bench, claimed)
    except LeaseLost:
        log.info("check given up", upload=claimed.upload_id)
    except TimeoutError:
        await _put_back(bench, claimed, Waits("out of time", counts=True))
    except asyncio.CancelledError:  # this process ends: another one may begin at once
        await _put_back(bench, claimed, Waits("given back", counts=False))
        raise
    except Exception as error:  # noqa: BLE001 — the edge of a job: the row is kept
        log.error("check failed", upload=claimed.upload_id, error=type(error).__name__)
        await _after_bug(bench, claimed, error)
    finally:
        bench.hashes.pop(claimed.upload_id, None)


async def _after_bug(bench: Bench, claimed: Claim, error: Exception) -> None:
    """Try again for a day, then say that it cannot be opened: nobody waits for ever."""
    if claimed.attempts < FETCH_ATTEMPTS:
        await _put_back(bench, claimed, Waits(type(error).__name__, counts=True))
    else:
        await checks.refuse(claimed, "unreadable", bench.workshop.clock())


async def _decide(bench: Bench, claimed: Claim) -> None:
    now = bench.workshop.clock
    try:
        async with _folder(bench.scratch) as folder:
            checked = await _examined(bench, claimed, folder)
        await _store(bench, claimed, checked)
        FILES.labels("kept").inc()
    except Refused as refused:
        sha256 = bench.hashes.get(claimed.upload_id, "")
        await checks.refuse(claimed, refused.key, now(), sha256)
        FILES.labels("refused").inc()
    except StoreDown as error:
        await _put_back(bench, claimed, Waits(f"store: {error}", counts=False))
    except Waits as waits:
        await _put_back(bench, claimed, waits)


async def _put_back(bench: Bench, claimed: Claim, waits: Waits) -> None:
    FILES.labels("later").inc()
    log.info("check waits", upload=claimed.upload_id, why=str(waits), attempts=claimed.attempts)
    await checks.put_back(
        claimed,
        str(waits),
        bench.workshop.clock(),
        counts=waits.counts,
        after=timedelta(seconds=waits.seconds) if waits.seconds else None,
    )


async def _examined(bench: Bench, claimed: Claim, folder: Path) -> Checked:
    """Fetched, scanned, opened. Raises Refused or Waits."""
    original = folder / "original"
    await _fetched(bench, claimed, original)
    bench.hashes[claimed.upload_id] = await asyncio.to_thread(sha256_of, original)
    clamd = bench.workshop.settings.clamd_url
    try:
        if clamd and await infected(clamd, original):
            raise Refused("infected")
    except ScannerDown as error:
        raise Waits(f"scanner: {error}", counts=False) from error
    facts = claimed.facts
    try:
        async with bench.children:
            return await open_original(
                folder, order_for(facts.rule, facts.name, facts.claimed_type)
            )
    except CutOff as error:
        if claimed.attempts >= CRASH_ATTEMPTS:
            raise Refused("unreadable") from error
        raise Waits(str(error), counts=True) from error
    except Broken as error:
        log.error("decoder broken", error=str(error))
        raise Waits(str(error), counts=False) from error


async def _fetched(bench: Bench, claimed: Claim, target: Path) -> None:
    """Telegram's copy in `target`. Raises Refused or Waits."""
    workshop, facts = bench.workshop, claimed.facts
    bot = await Bot.get_or_none(id=facts.bot_id) if facts.bot_id else None
    if bot is None or (bot.retired_at is not None and not bot.token):
        raise Refused("gone")
    if bot.not_before is not None and bot.not_before > workshop.clock():
        pause = (bot.not_before - workshop.clock()).total_seconds()
        raise Waits("Telegram asked to wait", counts=False, seconds=int(pause) + 1)
    try:
        await fetch(
            bench.session,
            workshop.settings.telegram_api_url.rstrip("/"),
            workshop.sender.token(bot),
            facts.telegram_file_id,
            target,
            max_bytes(facts.rule),
        )
    except TooBig as error:
        raise Refused("too_large") from error
    except TokenRefused as error:
        await note_disconnected(bot, workshop.clock())
        raise Waits("token refused", counts=False) from error
    except Unavailable as error:
        if claimed.attempts >= UNAVAILABLE_ATTEMPTS:
            raise Refused("gone") from error
        raise Waits("unavailable", counts=True) from error
    except NotNow as error:
        if claimed.attempts >= FETCH_ATTEMPTS:
            raise Refused("gone") from error
        raise Waits(str(error), counts=True, seconds=error.retry_after) from error


async def _store(bench: Bench, claimed: Claim, checked: Checked) -> None:
    """Rows first, then objects, then the verdict: no object is ever without a row."""
    store = room()
    places = [(new_file_id(), new) for new in checked.files]
    keys = {file_id: store.new_key(file_id) for file_id, _ in places}
    rows = [(new, file_id, keys[file_id]) for file_id, new in places]
    await checks.make_places(claimed, rows, bench.workshop.clock())
    for file_id, new in places:
        await store.put(file_id, keys[file_id], new.data)
    ids = [file_id for file_id, _ in places]
    await checks.keep(claimed, checked, ids, bench.workshop.clock())


@asynccontextmanager
async def _kept_lease(bench: Bench, claimed: Claim) -> AsyncIterator[None]:
    """Renew the lease while the work goes on; a killed worker's ends by itself."""

    async def renew() -> None:
        while True:
            await asyncio.sleep(RENEW)
            with suppress(*TRANSIENT):  # a database that is away: the next renewal may do
                await checks.renew(claimed, bench.workshop.clock())

    task = asyncio.create_task(renew())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@asynccontextmanager
async def _folder(scratch: Path) -> AsyncIterator[Path]:
    """A private folder for one file in clear, gone afterwards."""
    folder = scratch / new_id()
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
