"""Facts of the whole installation."""

from datetime import datetime
from typing import Any

from models.database import transaction
from models.reads.health import MAIL_SERVER, WORKER_SEEN
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


async def note_worker(now: datetime) -> None:
    """A worker lives: the health page and the metrics tell when one was last seen."""
    await _keep(WORKER_SEEN, {"at": now.isoformat()})


async def note_mail_server(error: str, now: datetime) -> None:
    """The mail server went away, for this reason, or (no reason) took a mail again.

    error: without addresses or tokens, see `actions.outbox.plain_error`.
    """
    known = await Installation.get_or_none(key=MAIL_SERVER)
    since = (known.value or {}).get("since") if known else None
    away = {"since": since or now.isoformat(), "error": error} if error else {}
    if known is None or known.value != away:
        await _keep(MAIL_SERVER, away)


async def _keep(key: str, value: dict[str, Any]) -> None:
    """Write a fact down, in place of what it was."""
    fact = Installation(key=key, value=value)
    await Installation.bulk_create([fact], on_conflict=["key"], update_fields=["value"])
