"""Work that begins once the answer has left, so that its length tells nobody anything.

Whether an address has an account must not be heard from how long an answer takes.
"""

import asyncio
import secrets
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger()

LONGEST_WAIT = 0.2
"""Seconds; a random part of it passes first, so that the next request tells nothing either."""


class Afterwards:
    """What this process still has to do for answers that have left."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._tasks: set[asyncio.Task[None]] = set()

    def do(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it soon."""
        task = asyncio.create_task(_in_a_moment(work))
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("left undone after an answer", exc_info=error)

    async def settled(self, _app: object = None) -> None:
        """Wait until nothing is left to do; at the end of the process, and in tests."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))


async def _in_a_moment(work: Coroutine[Any, Any, None]) -> None:
    await asyncio.sleep(LONGEST_WAIT * secrets.randbelow(1001) / 1000)
    await work
