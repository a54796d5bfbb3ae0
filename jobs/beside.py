"""One after the other, and the next beside those that are slow."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from jobs.halt import Halt

SLOW = 0.5
"""Seconds after which something in hand is usually slow: the next one is begun beside it."""

One = TypeVar("One")


async def one_by_one(
    claim: Callable[[], Awaitable[One | None]],
    serve: Callable[[One], Coroutine[Any, Any, None]],
    halt: Halt,
    at_once: int,
    slow: float = SLOW,
) -> int:
    """Serve whatever can be claimed; returns how many were.

    The next is claimed only when the one before is done, or slow: a killed process leaves one in
    doubt as long as the other side answers quickly, and one that is slow holds up nobody.

    Args:
        at_once: so many are in hand at most; with as many, the other side itself is slow.
        slow: seconds after which the next one is begun.
    """
    taken = 0
    serving: set[asyncio.Task[None]] = set()
    try:
        while not halt.called:
            one = await claim()
            if one is not None:
                taken += 1
                serving.add(asyncio.create_task(serve(one)))
            elif not serving:
                break
            await _some_done(serving, at_once, slow)
        while serving:
            await _some_done(serving, at_once, slow)
    except asyncio.CancelledError:  # no time is left: what is in hand is cut off
        for task in serving:
            task.cancel()
        raise
    finally:
        await asyncio.gather(*serving, return_exceptions=True)
    return taken


async def _some_done(serving: set[asyncio.Task[None]], at_once: int, slow: float) -> None:
    """Wait until one is done or all are slow; with as many as may be, until one is done."""
    patience = None if len(serving) >= at_once else slow
    done, _ = await asyncio.wait(serving, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    serving -= done
    failed = [error for task in done if (error := task.exception()) is not None]
    if failed:  # looked at all of them: none goes unnoticed
        raise failed[0]
