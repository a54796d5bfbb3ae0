"""The triggers that keep history, taken down for one transaction: only a restore does that."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.raw import Raw


@asynccontextmanager
async def lowered(raw: Raw) -> AsyncIterator[None]:
    """Let everything be deleted in here; the triggers are back when it ends, or rolled back."""
    if raw.dialect == "sqlite":
        found = await raw.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        down = [f'DROP TRIGGER "{name}"' for name, _ in found]
        up = [str(sql) for _, sql in found]
    else:
        found = await raw.rows(
            "SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND n.nspname = current_schema()"
        )
        down = [f'ALTER TABLE "{row[0]}" DISABLE TRIGGER USER' for row in found]
        up = [f'ALTER TABLE "{row[0]}" ENABLE TRIGGER USER' for row in found]
    for statement in down:
        await raw.run(statement)
    yield
    for statement in up:
        await raw.run(statement)
