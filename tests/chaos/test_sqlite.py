"""SQLite: several processes that write and are killed, and a disk without room."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from actions.providers import NewProvider, create_provider
from models import database as ours
from models.database import sqlite_path
from models.tables import Bot, Candidate, Message, Provider
from rules.catalogue import DEMO
from sandbox.client import Sandbox
from tests.chaos.people import PEOPLE, until
from tests.chaos.site import ROOT, Site, quiet
from tests.clock.world import new_candidate
from tests.disks import fill, small_disk
from tests.figures import Figures, Record
from tests.servers import leashed

WRITERS, KILLS = 4, 15
ROOM = 24
"""Megabytes of the small disk."""

pytestmark = pytest.mark.skipif(
    os.environ.get("ANTICHAMBRE_TEST_DB") == "postgres", reason="this is about SQLite"
)


class Writer:
    """A process that writes, and what it said."""

    def __init__(self, url: str, candidate: Candidate, name: str, folder: Path) -> None:
        self.said = folder / f"{name}.txt"
        command = [sys.executable, "-m", "tests.chaos.writer", url, str(candidate.id), name]
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(leashed(command), cwd=ROOT, stdout=out)

    def lines(self) -> list[str]:
        """Whole lines only: what was being printed at the kill was not acknowledged."""
        return self.said.read_text().split("\n")[:-1]

    async def writes(self) -> None:
        """Wait until it has acknowledged something."""

        async def begun() -> bool:
            assert self.process.poll() is None, "it ended by itself"
            return bool(self.lines())

        await until(begun, 120)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


async def test_sqlite_written_by_four_processes_that_are_killed(
    database: str, tmp_path: Path, record_property: Record
) -> None:
    chance, now = random.Random(20261122), datetime.now(UTC)
    house = await create_provider(NewProvider(name="Douceur & Cie", requirements=DEMO), now)
    provider, bot = await Provider.get(id=house.id), await Bot.create(telegram_id=1, username="b")
    people = [await new_candidate(provider, bot, f"P{n}", n + 1, now) for n in range(WRITERS)]
    writers = [Writer(database, one, f"w{n}-0", tmp_path) for n, one in enumerate(people)]
    all_of_them = list(writers)
    try:
        for kill in range(1, KILLS + 1):
            victim = kill % WRITERS
            await writers[victim].writes()
            await asyncio.sleep(chance.uniform(0.0, 0.4))
            writers[victim].kill()
            writers[victim] = Writer(database, people[victim], f"w{victim}-{kill}", tmp_path)
            all_of_them.append(writers[victim])
        began = time.monotonic()
        await asyncio.gather(*(one.writes() for one in writers))
        seconds = time.monotonic() - began
    finally:
        for one in writers:
            one.kill()
    said = Counter(line for one in all_of_them for line in one.lines())
    locked = sum(count for line, count in said.items() if line.startswith("locked"))
    kept = Counter(await Message.all().values_list("text", flat=True))
    lost = len({line for line in said if not line.startswith("locked")} - set(kept))
    remark = f"{sum(said.values()):,} acknowledged; locked {locked}; integrity_check ok"
    doubled = sum(kept.values()) - len(kept)
    whole = await ours.rows("PRAGMA integrity_check")
    Figures(kills=KILLS, lost=lost, doubled=doubled, seconds=seconds, remark=remark).tell(
        record_property
    )
    assert [list(row.values()) for row in whole] == [["ok"]]
    assert (lost, doubled, locked) == (0, 0, 0)
    assert sum(said.values()) > KILLS * 5, "hardly anything was written"


def ask(url: str, sql: str) -> list[tuple[Any, ...]]:
    """Rows of a database that another process serves."""
    with closing(sqlite3.connect(sqlite_path(url))) as link:
        return list(link.execute(sql))


async def test_sqlite_on_a_full_disk(
    telegram: Sandbox, tmp_path: Path, record_property: Record
) -> None:
    with small_disk(tmp_path / "small", ROOM) as place:
        url = f"sqlite:///{place}/db.sqlite3"
        site = Site(tmp_path, telegram, "", {"DATABASE_URL": url, "DATA_DIR": str(place)})
        for command in (("migrate",), ("provider", "add", "Douceur & Cie")):
            assert await asyncio.to_thread(site.launch(*command).wait, 60) == 0
        site.link = ask(url, "SELECT token FROM join_link")[0][0]
        try:
            await site.start()
            phones = await site.visitors(PEOPLE)
            waste = await asyncio.to_thread(fill, place)
            for number in range(5):
                for phone in phones:
                    await phone.send(f"message {number}")
            await until(lambda: refused(telegram), 60)
            alive = await site.alive()
            waste.unlink()
            began = time.monotonic()
            await quiet(phones)
            seconds = time.monotonic() - began
        finally:
            await site.end()
        found = ask(url, "SELECT candidate_id, text FROM message")
        whole = ask(url, "PRAGMA integrity_check")
    statuses = Counter(one["status"] for one in await telegram.attempts())
    lost, doubled = PEOPLE * 5 - len(set(found)), len(found) - len(set(found))
    remark = f"{statuses[503]} × 503 while it was full; integrity_check {whole[0][0]}"
    Figures(lost=lost, doubled=doubled, seconds=seconds, remark=remark).tell(record_property)
    assert (lost, doubled, alive, whole) == (0, 0, True, [("ok",)])
    assert set(statuses) <= {200, 503}, statuses


async def refused(telegram: Sandbox) -> bool:
    """Whether updates were put off."""
    return sum(one["status"] == 503 for one in await telegram.attempts()) >= PEOPLE
