"""Changing keys: what an older key sealed is sealed again by the first one.

Small transactions, each of rows that nobody holds at the moment; cut off at any place, the next
run does what is left. The content of documents is not touched, only the key of each.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from actions.sealed import SEALED, Sealed, with_part
from models.database import dialect, transaction
from store.sealing import CannotOpen, Keyring, key_of

BATCH = 100
"""Rows in one transaction."""
LOOKS = 5
"""How often rows that somebody held are looked at again."""


@dataclass(slots=True)
class Count:
    """What became of one column."""

    what: str
    looked_at: int = 0
    resealed: int = 0
    held: int = 0
    """In somebody's hands each time: left for the next run."""
    unreadable: int = 0
    """No key of the ring opens these; they are left as they are."""
    keys: set[str] = field(default_factory=set)
    """Ids of older keys that are still needed."""


Tell = Callable[[str, int], None]
"""Progress: of what, how many were looked at."""


async def rotate(ring: Keyring, tell: Tell) -> list[Count]:
    """Seal everything by the first key."""
    counts = []
    for one in SEALED:
        count = Count(one.what)
        for _ in range(LOOKS):
            count.looked_at = count.held = count.unreadable = 0
            count.keys = set()
            await _rotate_column(one, ring, count, tell)
            if not count.held:
                break
        counts.append(count)
    return counts


async def _rotate_column(one: Sealed, ring: Keyring, count: Count, tell: Tell) -> None:
    async for rows in _pages(one):
        count.looked_at += len(rows)
        old = [row for row in rows if _is_old(row, one, ring)]
        if old:
            await _reseal(one, [row.pk for row in old], ring, count)
        tell(one.what, count.looked_at)


async def _pages(one: Sealed) -> AsyncIterator[list[Any]]:
    """Every row with something in this column, in the order of its key."""
    last: Any = None
    while True:
        query = one.model.filter(**{f"{one.column}__isnull": False}).order_by("id").limit(BATCH)
        if last is not None:
            query = query.filter(pk__gt=last)
        rows: list[Any] = await query
        if not rows:
            return
        yield rows
        last = rows[-1].pk


def _is_old(row: Any, one: Sealed, ring: Keyring) -> bool:
    part = one.part(getattr(row, one.column))
    return part is not None and key_of(part) != ring.first


async def _reseal(one: Sealed, keys: list[Any], ring: Keyring, count: Count) -> None:
    """Read these rows again, locked, and write each with its new seal.

    Rows that another transaction holds are passed over: whoever waits for nobody can be in no
    deadlock with the deeds of candidates.
    """
    async with transaction():
        query = one.model.filter(pk__in=keys)
        if dialect() != "sqlite":
            query = query.select_for_update(skip_locked=True, no_key=True)
        rows: list[Any] = await query
        count.held += len(keys) - len(rows)
        for row in rows:
            if _is_old(row, one, ring):
                await _reseal_row(one, row, ring, count)


async def _reseal_row(one: Sealed, row: Any, ring: Keyring, count: Count) -> None:
    value = getattr(row, one.column)
    part = one.part(value)
    assert part is not None, "only sealed values come here"
    try:
        fresh = ring.reseal(part, one.purpose(row))
    except CannotOpen:
        count.unreadable += 1
        count.keys.add(key_of(part))
        return
    await one.model.filter(pk=row.pk).update(**{one.column: with_part(value, fresh)})
    count.resealed += 1
