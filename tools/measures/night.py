"""The nightly run of the deletion clock over ten thousand people: time, statements, memory."""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from actions import clock
from actions.outages import note_queue, note_started
from models import database
from models.tables import Bot, Candidate, Provider
from store.sealing import Keyring, use_keyring
from tools.measures.figures import Rows, tell
from tools.measures.site import DUE, Site

STATEMENTS = ("execute_query", "execute_query_dict", "execute_insert", "execute_many")


def counted() -> list[int]:
    """The number of statements to the database from now on."""
    made = [0]

    def counting(step: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def one(*args: Any, **kwargs: Any) -> Any:
            made[0] += 1
            return await step(*args, **kwargs)

        return one

    for kind in type(database.connection()).__mro__:
        for name in STATEMENTS:
            if name in vars(kind):
                setattr(kind, name, counting(vars(kind)[name]))
    return made


def peak() -> float:
    """Megabytes that this process held at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def queues_were_empty() -> None:
    """Nobody is deleted right after a start: let the last one be long ago."""
    long_ago = datetime.now(UTC) - timedelta(days=1)
    await note_started(long_ago)
    for bot in await Bot.all():
        await note_queue(bot.id, 0, long_ago)


@dataclass(frozen=True, slots=True)
class Night:
    """What one run cost."""

    people: int
    deleted: int
    reminded: int
    seconds: float
    cpu: float
    """Seconds of this process, whatever else the machine does."""
    statements: int
    memory: float
    """Megabytes at most, of the whole process."""
    grown: float
    """Of these, since before the run."""


async def one_night(site: Site) -> Night:
    """Run it, in a process that did nothing else."""
    use_keyring(Keyring(dict(site.settings.encryption_keys)))
    await database.connect(site.database_url)
    try:
        provider = await Provider.get()
        await queues_were_empty()
        people, memory, made = await Candidate.all().count(), peak(), counted()
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        before, busy = time.monotonic(), time.process_time()
        report = await clock.run(provider, tomorrow, "bench")
        wall, cpu = time.monotonic() - before, time.process_time() - busy
        assert report is not None
        return Night(
            people=people,
            deleted=report.deleted,
            reminded=report.reminded,
            seconds=wall,
            cpu=cpu,
            statements=made[0],
            memory=peak(),
            grown=peak() - memory,
        )
    finally:
        await database.close()


async def measure(site: Site) -> Rows:
    """One night."""
    night = await one_night(site)
    assert night.deleted == DUE, night
    return {
        f"night: {DUE} of {night.people:,} deleted": f"{night.seconds:,.1f} s",
        "night: reminders owed": f"{night.reminded}",
        "night: statements": f"{night.statements:,}",
        "night: peak memory": f"{night.memory:,.0f} MB (+{night.grown:,.0f})",
    }


if __name__ == "__main__":
    tell(asyncio.run(measure(Site.read(sys.argv[1]))))
