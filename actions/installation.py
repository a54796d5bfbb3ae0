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
        await Installation.get_or_create(key=DEMO, defaults={"value": now.isoformat()})
        return True


FILLED = "demo_filled"


async def is_filled() -> bool:
    """Whether the demo's people are all there: a filling that was interrupted is not."""
    return await Installation.exists(key=FILLED)


async def mark_as_filled(now: datetime) -> None:
    """The demo's people are all there."""
    await Installation.get_or_create(key=FILLED, defaults={"value": now.isoformat()})
