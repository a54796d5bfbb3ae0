"""Deletions killed at every step while the store of files fails: whole or gone, told once."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions.outbox import LEASE
from models import database as ours
from models.ids import new_file_id
from models.tables import Candidate, ClockRun, Notice, StoredFile
from store.room import Room
from store.sealing import Keyring
from tests.chaos.site import ROOT
from tests.clock.test_kills import DUE, FOUR, SAFE, SOON, check_whole_or_gone, crowd
from tests.figures import Figures, Record
from tests.files.s3 import s3_server
from tests.proxies import Proxy, proxy
from tests.servers import Mailbox

FILES = 3
"""Of each person."""
AT_LEAST = 12
"""Kills."""
RING = Keyring({"k1": bytes(range(32))})


@asynccontextmanager
async def a_store(kind: str, folder: Path) -> AsyncIterator[tuple[str, str, Proxy | None]]:
    """The address that the product has, the one behind it, and what fails between them."""
    if kind == "folder":
        yield f"file://{folder}/store", f"file://{folder}/store", None
        return
    with s3_server() as server:
        async with proxy(server.port) as between:
            direct = server.url()
            yield direct.replace(f":{server.port}/", f":{between.port}/"), direct, between


async def give_files(room: Room, now: datetime) -> None:
    """Everybody has some files."""
    for person in await Candidate.all():
        for number in range(FILES):
            file_id = new_file_id()
            key = room.new_key(file_id)
            await room.put(file_id, key, f"file {number}".encode())
            await StoredFile.create(
                id=file_id,
                key=key,
                state="kept",
                candidate_id=person.id,
                provider_id=person.provider_id,
                created_at=now,
            )


async def objects(room: Room) -> set[str]:
    """Everything in the store."""
    found = [names async for names in room.list(datetime.now().astimezone() + timedelta(days=1))]
    return {name for some in found for name in some}


async def check_files(room: Room) -> int:
    """No row without its file at any time; how many objects are there."""
    there = await objects(room)
    rows = {row.id for row in await StoredFile.filter(state="kept")}
    assert rows <= there, "a row without its file"
    known = {row.id for row in await StoredFile.all()}
    assert there <= known, "a file without a row"
    return len(there)


async def one_night(job: dict[str, object]) -> bool:
    """Run a worker; whether it was killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.clock.erasing", json.dumps(job), cwd=ROOT, stderr=-1
    )
    _, errors = await asyncio.wait_for(process.communicate(), 120)
    assert process.returncode in (0, -signal.SIGKILL), errors.decode()
    return process.returncode == -signal.SIGKILL


async def done() -> bool:
    """Nobody is to be deleted any more, no file to be removed, no farewell to be sent."""
    return (
        await ClockRun.exists(finished_at__isnull=False)
        and not await StoredFile.exclude(state="kept").exists()
        and not await Notice.filter(channel="mail", state="owed", kind="erased").exists()
    )


async def next_end(kills: int, chance: random.Random) -> int:
    """At which step the next worker ends: in deletions first, then in files and farewells."""
    if await ClockRun.exists(finished_at__isnull=False):
        return chance.randint(2, 25) if kills < AT_LEAST else 0
    return chance.randint(20, 160) if kills < AT_LEAST / 2 else chance.randint(150, 250)


@pytest.mark.parametrize("kind", ["folder", "s3"])
async def test_deletions_killed_at_every_step_while_the_store_fails(
    database: str, smtp: Mailbox, tmp_path: Path, kind: str, record_property: Record
) -> None:
    chance, kills, nights, now = random.Random(20261123), 0, 0, FOUR
    _, due, _ = await crowd()
    async with a_store(kind, tmp_path) as (url, behind, between):
        room = Room(behind, RING, ours.refuse_inside_transaction)
        await give_files(room, now)
        job = {"database": database, "store": url, "smtp": smtp.url}
        while not await done():
            began = time.monotonic()
            if between is not None and nights % 2 == 0:
                between.refusals = [500, 503, 500, 503, 503]
            left = await next_end(kills, chance)
            told = {"now": now.isoformat(), "holder": f"w{now}", "left": left}
            await ours.close()
            kills += await one_night(job | told)
            await ours.connect(database)
            await check_whole_or_gone(due)
            await check_files(room)
            now += LEASE + timedelta(seconds=1)
            nights += 1
            assert nights < 60, "it never ends"
        left_over = await check_files(room)
    farewells = Counter(mail.id for mail in smtp.messages if "effac" in mail.text)
    doubled = sum(farewells.values()) - len(farewells)
    refused = between.refused if between else 0
    Figures(
        kills=kills,
        lost=SOON + SAFE - await Candidate.all().count() + DUE - len(farewells),
        doubled=doubled,
        seconds=time.monotonic() - began,
        waited=LEASE.total_seconds() + 1,
        remark=f"{refused} × 500 or 503 of the store; {left_over} files of {SOON + SAFE} people",
    ).tell(record_property)
    assert kills >= 3
    assert await check_whole_or_gone(due) == DUE
    assert left_over == (SOON + SAFE) * FILES
    assert len(farewells) == DUE, "each one is told"
    assert doubled <= kills
    assert max(farewells.values()) <= 1 + kills
