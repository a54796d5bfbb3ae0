"""Noticing that the database went back in time, and what is done about it.

The database counts beats, and the store keeps the last one (`store.outside`). A database that
knows fewer beats than the store is an older one: a backup was restored.
"""

from collections.abc import Collection
from datetime import datetime

from actions.apart import Apart
from actions.brake import note_released, stop_waiting
from actions.deeds import SYSTEM, Actor
from actions.erasure import Reason, erase_held, hold
from models.database import dialect, transaction
from models.reads.retention import RESTORE
from models.tables import Candidate, Installation, Provider, ProviderEvent
from rules.history import ProviderEventKind

BEAT = "beat"
LOOK_BACK = 1000
"""Lines of the journals that are looked at again: they may be committed out of order."""


async def last_beat(*, lock: bool = False) -> int:
    """How many beats this database has counted; `lock` keeps others from counting meanwhile."""
    query = Installation.filter(key=BEAT)
    if lock and dialect() != "sqlite":
        query = query.select_for_update(no_key=True)
    found = await query.first()
    return int(found.value["number"]) if found else 0


async def beat(at_least: int = 0) -> int:
    """Count one more, and past `at_least`."""
    async with transaction():
        first = Installation(key=BEAT, value={"number": 0})
        await Installation.bulk_create([first], ignore_conflicts=True)
        number = max(await last_beat(lock=True), at_least) + 1
        await Installation.filter(key=BEAT).update(value={"number": number})
        return number


def is_older(known: int, kept: int) -> bool:
    """Whether a database that counts `known` beats is older than the store, which keeps `kept`.

    A database that has never counted is a new one, not an old one.
    """
    return 0 < known < kept


async def erased_lately(after: int) -> tuple[list[str], int]:
    """Ids of candidates erased since line `after` of the journals, and the line to go on from."""
    lines = (
        await ProviderEvent.filter(
            kind=ProviderEventKind.CANDIDATE_ERASED, id__gt=max(0, after - LOOK_BACK)
        )
        .order_by("id")
        .values_list("id", "subject")
    )
    return [str(subject) for _, subject in lines], max([after, *(int(one) for one, _ in lines)])


async def recover(erased: list[str], kept: int, now: datetime) -> int:
    """Hold every clock for a word, erase again who was erased, count on from the store's beat."""
    again = await note_restored(now, erased)
    await beat(kept)
    return again


async def note_restored(now: datetime, erased_since: list[str]) -> int:
    """A backup was restored: the clock waits for a word, later erasures are done again.

    Args:
        erased_since: ids of candidates erased since the backup, from the list kept outside it.

    Returns how many were erased again.
    """
    # The next runs close the reminders: by the rule, whom a restore holds was warned of nothing.
    await Provider.all().update(clock_waits_for=RESTORE, touched_at=now)
    again, _ = await erase_again(erased_since, now)
    return again


async def erase_again(erased: Collection[str], now: datetime) -> tuple[int, frozenset[str]]:
    """Erase those of the list who are here all the same: a backup has brought them back.

    Returns how many they were, and with whom a bug was met: to be tried again, since nobody else
    would ever.
    """
    again, left = 0, set[str]()
    ids = sorted(erased)
    for start in range(0, len(ids), LOOK_BACK):
        here = Candidate.filter(id__in=ids[start : start + LOOK_BACK])
        for candidate_id in [str(one) for one in await here.values_list("id", flat=True)]:
            apart = Apart()
            with apart.one(candidate=candidate_id):
                again += await _erase_again(candidate_id, now)
            if apart.left_out:
                left.add(candidate_id)
    return again, frozenset(left)


async def _erase_again(candidate_id: str, now: datetime) -> bool:
    async with transaction():
        if not await Candidate.exists(id=candidate_id):
            return False
        await erase_held(await hold(candidate_id), Reason.AGAIN, SYSTEM, now)
        return True


async def give_word(provider_id: str, actor: Actor, now: datetime) -> None:
    """An admin lets the clock run again after a restore; everybody's days count from now.

    Raises ClockDoesNotWait.
    """
    async with transaction():
        await stop_waiting(provider_id, RESTORE)
        await Provider.filter(id=provider_id).update(counting_since=now)
        await note_released(provider_id, actor, now, {"after": RESTORE})
