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
