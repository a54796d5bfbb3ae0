"""Whom the deletion clock takes first, looking at no more people than have to be looked at.

Everybody is judged by `rules.retention`, as everywhere. The database only brings people in an
order in which nobody further down goes sooner, so one stops as soon as enough were found.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from models.database import rows
from models.reads.due import ENDED_HERE, RUNNING_HERE
from models.reads.retention import Standing, in_order, settings_of, standings
from models.tables import Candidate, Provider
from rules.retention import Outlook, RetentionSettings, local_date

FIRST_LOOK, LONGEST_LOOK = 20, 200
"""People judged at once: few at first, then twice as many each time."""
MOST = 2000
"""People looked at in one stream, however odd the data are; what was found by then is true."""

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Before anybody began."""

ENDING = frozenset({"counting", "reminder_due", "reminder_owed", "reminded", "due"})
"""States that lead to a deletion on a date."""

NO_WAY = (
    "(email = '' OR email_refused_at IS NOT NULL) AND NOT EXISTS (SELECT 1 FROM chat "
    "WHERE chat.bot_id = candidate.bot_id AND chat.user_id = candidate.telegram_id "
    "AND chat.blocked_at IS NULL)"
)
"""Neither mail nor chat can reach them, as `Retained.reachable` has it."""

WARNED = (
    "SELECT warned.candidate_id AS id, CAST(warned.promised AS VARCHAR(10)) AS day "
    "FROM reminder warned JOIN (SELECT id AS person {here} AND {moment} < ?) AS those "
    "ON those.person = warned.candidate_id "
    "WHERE warned.void_at IS NULL AND warned.accepted_at IS NOT NULL AND warned.promised <= ? "
    "ORDER BY warned.promised, warned.candidate_id LIMIT ? OFFSET ?"
)
UNWARNED = (
    "SELECT id {here} AND {moment} < ? AND awaiting_reply_since IS NULL "  # noqa: S608 — constants
    "AND (kept_until IS NULL OR kept_until <= ?) "
    "AND NOT EXISTS (SELECT 1 FROM reminder WHERE reminder.candidate_id = candidate.id "
    "AND reminder.void_at IS NULL AND reminder.accepted_at IS NOT NULL) "
    "AND NOT ({moment} < ? AND clock_start < ? AND kept_until IS NULL AND " + NO_WAY + " "
    "AND NOT EXISTS (SELECT 1 FROM reminder WHERE reminder.candidate_id = candidate.id)) "
    "ORDER BY {moment}, id LIMIT ? OFFSET ?"
)
"""Left out: whoever is held or kept, and those whom nothing can warn (they only ever pile up)."""
OUT_OF_REACH = (
    "SELECT id {here} AND {moment} < ? AND awaiting_reply_since IS NULL AND " + NO_WAY + " "
    "ORDER BY {moment}, id LIMIT ? OFFSET ?"
)


@dataclass(frozen=True, slots=True)
class Stream:
    """Applications, or ended admissions: each with delays and an index of its own."""

    provider_id: str
    settings: RetentionSettings
    here: str
    moment: str
    """The column of the index."""

    def began_before(self, day: date, days: int) -> datetime:
        """Whoever is `days` days after their start on this date, or earlier, began before."""
        first = day - timedelta(days=days)
        since = self.settings.counting_since
        if since is not None and local_date(since, self.settings.zone) > first:
            return NEVER
        midnight = datetime.combine(first + timedelta(days=1), time(0), self.settings.zone)
        return midnight.astimezone(UTC)

    def not_before(self, candidate: Candidate) -> date:
        """Nobody after this one in the index goes before this date."""
        moments = [getattr(candidate, self.moment), self.settings.counting_since]
        start = max(one for one in moments if one is not None)
        return local_date(start, self.settings.zone) + timedelta(days=self.settings.deletion_days)

    async def bring(self, sql: str, *values: Any) -> AsyncIterator[list[dict[str, Any]]]:
        """What a statement finds, in growing pieces."""
        statement = sql.format(here=self.here, moment=self.moment)
        looked = 0
        for size in _sizes():
            found = await rows(statement, self.provider_id, *values, size, looked)
            if found:
                yield found
            looked += len(found)
            if len(found) < size or looked >= MOST:
                return


def _sizes() -> Iterator[int]:
    size = FIRST_LOOK
    while True:
        yield size
        size = min(2 * size, LONGEST_LOOK)


def _streams(provider: Provider) -> list[Stream]:
    """Those that run; while an administrator's word is awaited, nobody has a date."""
    settings = settings_of(provider)
    found = [
        Stream(provider.id, settings, RUNNING_HERE, "clock_start"),
        Stream(provider.id, settings.of_ended, ENDED_HERE, "ended_at"),
    ]
    return [one for one in found if one.settings.on and not settings.waits_for_word]


async def soonest(
    provider: Provider, now: datetime, ahead: timedelta, limit: int
) -> list[Standing]:
    """The first who are deleted within this time; `warned` says if they know."""
    found: list[Standing] = []
    for stream in _streams(provider):
        found += await _of_stream(stream, now, now + ahead, limit)
    return in_order(found)[:limit]


async def _of_stream(stream: Stream, now: datetime, ahead: datetime, limit: int) -> list[Standing]:
    last = local_date(ahead, stream.settings.zone)
    found: list[Standing] = []
    for judged in (_warned(stream, last, now), _unwarned(stream, last, now)):
        async for batch, sooner in judged:
            found += [one for one in batch if _ends_by(one.outlook, last)]
            if _enough(found, limit, sooner):
                break
    return found


Judged = AsyncIterator[tuple[list[Standing], date]]
"""Some people, and the date before which nobody after them goes."""


async def _warned(stream: Stream, last: date, now: datetime) -> Judged:
    """Whoever was promised a date, by that date: it is never broken."""
    bound = stream.began_before(last, stream.settings.deletion_days)
    async for found in stream.bring(WARNED, bound, last):
        day = date.fromisoformat(str(found[-1]["day"]))
        yield await _judge(stream, found, now), day


async def _unwarned(stream: Stream, last: date, now: datetime) -> Judged:
    """The others, by their start: with reminders they go at the earliest x days from today."""
    settings, today = stream.settings, local_date(now, stream.settings.zone)
    bound = stream.began_before(last, settings.deletion_days)
    before = settings.reminder_days
    earliest = today + timedelta(days=before)
    if earliest > last:
        return
    lost = NEVER
    if before:  # the reminder of today may not be due yet, that of yesterday is
        yesterday = today - timedelta(days=1)
        lost = stream.began_before(yesterday, settings.deletion_days - before)
    async for found in stream.bring(UNWARNED, bound, last, lost, lost):
        judged = await _judge(stream, found, now)
        if judged:
            yield judged, max(earliest, stream.not_before(judged[-1].candidate))


async def unreachable(provider: Provider, now: datetime, limit: int = 200) -> list[Standing]:
    """Whoever would be due but for a warning that nothing can carry: an operator decides."""
    found: list[Standing] = []
    for stream in _streams(provider):
        today, settings = local_date(now, stream.settings.zone), stream.settings
        if not settings.reminder_days:
            continue  # nobody is warned, so nobody is out of reach
        bound = stream.began_before(today, settings.deletion_days - settings.reminder_days)
        async for some in stream.bring(OUT_OF_REACH, bound):
            judged = await _judge(stream, some, now)
            found += [one for one in judged if one.outlook.state == "unreachable"]
            if len(found) >= limit:
                return found[:limit]
    return found


async def _judge(stream: Stream, found: list[dict[str, Any]], now: datetime) -> list[Standing]:
    """What awaits them, in the order of the statement."""
    ids = [one["id"] for one in found]
    people = {one.id: one for one in await Candidate.filter(id__in=ids)}
    there = [people[one] for one in ids if one in people]
    return await standings(there, stream.settings, now)


def _ends_by(outlook: Outlook, last: date) -> bool:
    ends = outlook.deletion_date
    return outlook.state in ENDING and ends is not None and ends <= last


def _enough(found: list[Standing], limit: int, sooner: date) -> bool:
    """Whether nobody who comes later can stand before the last one that is shown."""
    if len(found) < limit:
        return False
    worst = in_order(found)[limit - 1].outlook.deletion_date
    return worst is not None and worst <= sooner
