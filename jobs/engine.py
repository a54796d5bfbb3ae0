"""The engine: each kind of work is drained when woken, and once a second all the same.

The database is the queue of record. A wake, by arq or by a deed of this very process, only
makes it look sooner; losing every wake costs a second.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from time import monotonic

import structlog

from jobs.counts import WORK, WORK_ERRORS
from jobs.halt import Halt
from rules.faults import place_of

log = structlog.get_logger()

Drain = Callable[[], Awaitable[object]]
LOOK = 0.75
"""Seconds between two looks without a wake: whatever is due leaves within a second."""
PAUSE_AFTER_ERROR = 2.0
PATIENCE = 22.0
"""Seconds for what is in hand when the process is to end: all of it is over within 30."""


class Engine:
    """Loops over the kinds of work of one process."""

    def __init__(self, drains: Mapping[str, Drain], halt: Halt | None = None) -> None:
        self._drains = dict(drains)
        self._halt = halt or Halt()
        self._bells = {kind: asyncio.Event() for kind in drains}
        self._turns = {kind: asyncio.Lock() for kind in drains}
        self._loops: set[asyncio.Task[None]] = set()
        self._in_hand: set[asyncio.Task[None]] = set()
        self._over = asyncio.Event()
        self._end: float | None = None

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
        self._loops = {
            asyncio.create_task(self._loop(kind), name=f"look {kind}") for kind in self._drains
        }

    def begin_stop(self, patience: float = PATIENCE) -> None:
        """Take nothing new from now on; what is in hand has `patience` seconds to be finished."""
        self._halt.call()
        self._over.set()
        if self._end is None:
            self._end = monotonic() + patience
        for bell in self._bells.values():
            bell.set()

    async def stop(self, patience: float = PATIENCE) -> None:
        """Finish what is in hand within the time that began with `begin_stop`.

        What takes longer is cut off: its lease runs out, and another worker takes it up.
        """
        self.begin_stop(patience)
        assert self._end is not None
        while at_work := {one for one in (*self._loops, *self._in_hand) if not one.done()}:
            left = self._end - monotonic()
            if left <= 0:
                for task in at_work:
                    task.cancel()
                await asyncio.gather(*at_work, return_exceptions=True)
                return
            await asyncio.wait(at_work, timeout=left)

    async def _loop(self, kind: str) -> None:
        bell = self._bells[kind]
        while not self._halt.called:
            bell.clear()
            await self.look(kind)
            with suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), LOOK)

    async def look(self, kind: str) -> None:
        """Drain one kind of work, one drain at a time in this process.

        Whoever waits for it may be cancelled, as arq cancels its jobs: the work goes on.
        """
        if self._halt.called:
            return
        task = asyncio.create_task(self._drain(kind), name=f"drain {kind}")
        self._in_hand.add(task)
        task.add_done_callback(self._in_hand.discard)
        await asyncio.shield(task)

    async def _drain(self, kind: str) -> None:
        try:
            async with self._turns[kind]:
                if self._halt.called:
                    return
                with WORK.labels(kind).time():
                    await self._drains[kind]()
        except Exception as error:  # noqa: BLE001  # the edge of a job: the rows are kept
            WORK_ERRORS.labels(kind).inc()
            log.error("work put off", kind=kind, error=place_of(error))
            with suppress(TimeoutError):  # an end cuts the pause short
                await asyncio.wait_for(self._over.wait(), PAUSE_AFTER_ERROR)
