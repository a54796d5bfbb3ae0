"""Facts of the whole installation."""

from datetime import datetime

from models.database import transaction
from models.tables import Installation, Provider

DEMO = "demo"


async def is_demo() -> bool:
    """Whether this database was made by the demo."""
    return await Installation.exists(key=DEMO)


async def mark_as_demo(now: datetime) -> bool:
    """Mark an empty database as a demo's, for ever; False when it holds providers already."""
    async with transaction():
        if await Provider.exists():
            return False
        await _note(DEMO, now)
        return True


FILLED = "demo_filled"


async def is_filled() -> bool:
    """Whether the demo's people are all there: a filling that was interrupted is not."""
    return await Installation.exists(key=FILLED)


async def mark_as_filled(now: datetime) -> None:
    """The demo's people are all there."""
    async with transaction():
        await _note(FILLED, now)


async def _note(key: str, now: datetime) -> None:
    """Write a fact down, once."""
    if not await Installation.exists(key=key):
        await Installation.create(key=key, value=now.isoformat())
