"""The engine: each kind of work is drained when woken, and once a second all the same.

The database is the queue of record. A wake, by arq or by a deed of this very process, only
makes it look sooner; losing every wake costs a second.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

import structlog

from jobs.counts import WORK, WORK_ERRORS
from rules.faults import place_of

log = structlog.get_logger()

Drain = Callable[[], Awaitable[object]]
LOOK = 0.75
"""Seconds between two looks without a wake: whatever is due leaves within a second."""
PAUSE_AFTER_ERROR = 2.0


class Engine:
    """Loops over the kinds of work of one process."""

    def __init__(self, drains: Mapping[str, Drain]) -> None:
        self._drains = dict(drains)
        self._bells = {kind: asyncio.Event() for kind in drains}
        self._turns = {kind: asyncio.Lock() for kind in drains}
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def kinds(self) -> list[str]:
        """The kinds of work of this process."""
        return [str(kind) for kind in self._drains]

    def wake(self, kind: str) -> None:
        """Look at this kind now; unknown kinds are none of ours."""
        if kind in self._bells:
            self._bells[kind].set()

    def start(self) -> None:
        """Begin to work."""
        self._tasks = [
            asyncio.create_task(self._loop(kind), name=f"drain {kind}") for kind in self._drains
        ]

    async def stop(self, patience: float = 25.0) -> None:
        """Finish what is in hand within `patience` seconds; leases give back the rest."""
        self._stopping = True
        for bell in self._bells.values():
            bell.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _loop(self, kind: str) -> None:
        bell = self._bells[kind]
        while not self._stopping:
            bell.clear()
            await self.look(kind)
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), LOOK)

    async def look(self, kind: str) -> None:
        """Drain one kind of work, one drain at a time in this process."""
        try:
            async with self._turns[kind]:
                with WORK.labels(kind).time():
                    await self._drains[kind]()
        except Exception as error:  # noqa: BLE001  # the edge of a job: the rows are kept
            WORK_ERRORS.labels(kind).inc()
            log.error("work put off", kind=kind, error=place_of(error))
            await asyncio.sleep(PAUSE_AFTER_ERROR)
