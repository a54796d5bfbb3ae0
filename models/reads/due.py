"""Whom the nightly run has to look at, by index; and how many they are, for the brake."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime

from models.database import rows
from models.tables import Candidate, Reminder
from rules import retention as rules
from rules.retention import RetentionSettings

BATCH = 200
"""Candidates read at once: what `models.reads.retention` asks about them is five statements."""


async def below(
    provider_id: str, settings: RetentionSettings, now: datetime
) -> AsyncIterator[list[Candidate]]:
    """Everybody who may be due for a reminder or a deletion at `now`, in batches, oldest first.

    Applications first, then ended admissions. A superset by an index on either, so the cost
    follows those who are due. Empty when nobody can be: the clock is off, or it counts only
    since a later day.
    """
    for apply, sql, moment in (
        (settings, RUNNING_HERE, "clock_start"),
        (settings.of_ended, ENDED_HERE, "ended_at"),
    ):
        async for batch in _below(provider_id, apply, now, sql, moment):
            yield batch


async def _below(
    provider_id: str, settings: RetentionSettings, now: datetime, sql: str, moment: str
) -> AsyncIterator[list[Candidate]]:
    """Those of one kind, in the order of the moment from which they are searched."""
    bound = rules.superset_bound(settings, now)
    since = settings.counting_since
    if not settings.on or (since is not None and since >= bound):
        return
    after, last_id = datetime(1970, 1, 1, tzinfo=UTC), ""
    while batch := await _batch(provider_id, bound, after, last_id, sql, moment):
        yield batch
        after, last_id = getattr(batch[-1], moment), batch[-1].id


RUNNING_HERE = (
    "FROM candidate WHERE provider_id = ? AND status IN ('incomplete', 'to_correct') "
    "AND admitted_at IS NULL"
)
"""Written out, so that the databases see that the partial index candidate_running fits."""

ENDED_HERE = (
    "FROM candidate WHERE provider_id = ? AND ended_at IS NOT NULL AND status = 'accepted'"
)
"""By the index (provider_id, ended_at): those who still work here have none."""


async def _batch(
    provider_id: str, bound: datetime, after: datetime, last_id: str, sql: str, moment: str
) -> list[Candidate]:
    found = await rows(
        f"SELECT id {sql} AND {moment} >= ? AND {moment} < ? AND clock_start < ? "
        f"AND ({moment} > ? OR id > ?) ORDER BY {moment}, id LIMIT ?",
        provider_id,
        after,
        bound,
        bound,
        after,
        last_id,
        BATCH,
    )
    if not found:
        return []
    ids = [one["id"] for one in found]
    return await Candidate.filter(id__in=ids).order_by(moment, "id")


async def with_open_reminder(provider_id: str) -> AsyncIterator[list[Candidate]]:
    """Everybody with an open reminder, in batches: those who acted since are not in `below`."""
    last = 0
    while True:
        found = (
            await Reminder.filter(void_at=None, candidate__provider_id=provider_id, id__gt=last)
            .order_by("id")
            .limit(BATCH)
            .select_related("candidate")
        )
        if not found:
            return
        yield [row.candidate for row in found]
        last = found[-1].id


@dataclass(frozen=True, slots=True)
class People:
    """How many of either kind a number is about: the brake measures each against its own."""

    running: int = 0
    ended: int = 0

    @property
    def both(self) -> int:
        """All of them."""
        return self.running + self.ended


async def people_of(provider_id: str) -> People:
    """How many people of a provider have a clock."""
    running = await rows(f"SELECT COUNT(*) AS number {RUNNING_HERE}", provider_id)
    ended = await rows(f"SELECT COUNT(*) AS number {ENDED_HERE}", provider_id)
    return People(int(running[0]["number"]), int(ended[0]["number"]))


def too_many(there: People, wanted: People, done: People) -> bool:
    """Tell whether a run must stop and ask: so many applications, or so many ended admissions.

    There may be years of ended admissions, and few applications: measured together, all
    applications could go in one night unasked.
    """
    return any(
        wanted_ and rules.brake(there_, wanted_, done_)
        for there_, wanted_, done_ in (
            (there.running, wanted.running, done.running),
            (there.ended, wanted.ended, done.ended),
        )
    )
