"""Every row of the database as text, to prove that something changed nothing."""

from __future__ import annotations

from collections.abc import Iterable

from models import tables
from models.database import rows


async def everything() -> set[str]:
    """Each row of each table; equal before and after means that nothing was written."""
    found = set()
    for name in tables.__all__:
        table = getattr(tables, name)._meta.db_table
        for row in await rows(f'SELECT * FROM "{table}"'):
            found.add(f"{table} {sorted((key, str(value)) for key, value in row.items())}")
    return found


def naming(found: Iterable[str], names: Iterable[str]) -> set[str]:
    """Those rows that hold one of these ids or words."""
    wanted = tuple(names)
    return {row for row in found if any(name in row for name in wanted)}
