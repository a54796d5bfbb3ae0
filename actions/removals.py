"""Letting go of stored files: rows first, objects later, nothing left that names a person."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from actions.apart import Apart
from models.tables import StoredFile
from store.room import Room, StoreDown

LONGEST_CHECK = timedelta(minutes=10)
"""No check of a file lasts longer (see jobs.check), and nothing else puts objects."""


async def let_go(file_ids: Iterable[str], now: datetime) -> int:
    """Turn stored files into removal rows, inside the caller's transaction.

    The rows that point to them (pages, uploads) must be gone. The object is deleted once no
    worker can still be putting it; without its key it is noise from now on. Returns how many files
    are let go.
    """
    ids = list(file_ids)
    if not ids:
        return 0
    return await StoredFile.filter(id__in=ids).update(
        candidate_id=None,
        provider_id=None,
        state="removing",
        due_at=now + LONGEST_CHECK,
        key="",
        sha256="",
    )


async def let_go_of_all(candidate_id: str, now: datetime) -> int:
    """`let_go` of every file of a candidate, those being stored at this moment too."""
    ids = await StoredFile.filter(candidate_id=candidate_id).values_list("id", flat=True)
    return await let_go([str(one) for one in ids], now)


ORPHAN_AGE = timedelta(days=1)
"""Objects without a row are removed after this: rows are committed first, so none is awaited."""

BATCH = 100
FEW = 20
"""So many orphans may go whatever their share."""
SHARE = 0.2


class TooManyOrphans(Exception):
    """So many objects without a row that this is rather the wrong database, or a restored one."""


async def sweep_removals(store: Room, now: datetime) -> int:
    """Delete what is due: the object, then its row; how many went. Safe to repeat and double.

    Files whose storing was cut off are let go here too.

    Raises:
        StoreDown: the rest stays due.
    """
    await StoredFile.filter(state="storing", due_at__lte=now).update(
        candidate_id=None, provider_id=None, state="removing", key="", sha256=""
    )
    gone, last, apart = 0, "", Apart(ends_with=(StoreDown,))
    removing = StoredFile.filter(state="removing", due_at__lte=now).order_by("id")
    while due := await removing.filter(id__gt=last).limit(BATCH):
        for row in due:
            with apart.one(file=row.id):
                await store.delete(row.id)
                gone += await StoredFile.filter(id=row.id, state="removing").delete()
        last = due[-1].id
    return gone


async def sweep_orphans(store: Room, now: datetime) -> int:
    """Delete objects that no row knows, when they are old enough; how many went.

    Raises:
        TooManyOrphans: nothing was deleted, an admin has to look.
        StoreDown: the rest waits for the next sweep.
    """
    await store.tidy(now - ORPHAN_AGE)
    seen, orphans = 0, list[str]()
    async for names in store.list(now - ORPHAN_AGE):
        known = await StoredFile.filter(id__in=names).values_list("id", flat=True)
        orphans += sorted(set(names) - {str(one) for one in known})
        seen += len(names)
    if len(orphans) > max(FEW, SHARE * seen):
        raise TooManyOrphans(f"{len(orphans)} of {seen}")
    apart = Apart(ends_with=(StoreDown,))
    for name in orphans:
        with apart.one(file=name):
            await store.delete(name)
    return len(orphans) - apart.left_out
