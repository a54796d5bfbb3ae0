"""What has left is written down, whatever it takes: else it would leave again."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from actions.apart import Apart
from models.database import is_passing

log = structlog.get_logger()

PAUSES = (0.5, 2.0, 5.0)
"""Seconds between tries while the database is away: together less than any lease."""

Write = Callable[[], Awaitable[bool]]


async def settled(write: Write, alone: Write, **what: str) -> bool:
    """Write a fate with all that follows from it, or alone where that met a bug of ours.

    Returns False when the lease was lost. Raises what a database raises that stays away.
    """
    apart, held = Apart(), True
    with apart.one(**what):
        held = await _patiently(write)
    return await _patiently(alone) if apart.left_out else held


async def _patiently(write: Write) -> bool:
    for pause in PAUSES:
        try:
            return await write()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("not written down yet", error=type(error).__name__)
        await asyncio.sleep(pause)
    return await write()
