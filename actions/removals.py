"""Letting go of stored files: rows first, objects later, nothing left that names a person."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from models.tables import StoredFile

LEASE = timedelta(minutes=10)
"""The longest that one worker may hold a file that it checks; nothing else puts objects."""


async def let_go(file_ids: Iterable[str], now: datetime) -> int:
    """Turn stored files into removal rows, inside the caller's transaction.

    The rows that point to them (pages, uploads) must be gone. The object is deleted once no
    worker can still be putting it. Returns how many files are let go.
    """
    ids = list(file_ids)
    if not ids:
        return 0
    return await StoredFile.filter(id__in=ids).update(
        candidate_id=None, state="removing", due_at=now + LEASE
    )


async def let_go_of_all(candidate_id: str, now: datetime) -> int:
    """`let_go` of every file of a candidate, those being stored at this moment too."""
    ids = await StoredFile.filter(candidate_id=candidate_id).values_list("id", flat=True)
    return await let_go([str(one) for one in ids], now)
