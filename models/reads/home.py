"""The home page: the oldest of what waits, and the weeks' figures from the journal."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from models.reads.lists import Filters, Line, candidates
from models.reads.retention import Standing
from models.reads.upcoming import soon, unreachable
from models.tables import Event, Provider
from rules.history import EventKind
from rules.retention import local_date

SHOWN = 8
"""Lines of each list."""
WEEKS = 8
COUNTED = {
    EventKind.SIGNED_UP: "signed_up",
    EventKind.SUBMITTED: "submitted",
    EventKind.ACCEPTED: "accepted",
}


@dataclass(frozen=True, slots=True)
class Funnel:
    """People per week, this week last; each person counts once a week."""

    signed_up: tuple[int, ...]
    submitted: tuple[int, ...]
    accepted: tuple[int, ...]
    median_wait: timedelta | None
    """From an application's sending to the decision on it, in these weeks; None: no decision."""


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on the home page."""

    queue: tuple[Line, ...]
    messages: tuple[Line, ...]
    ending: Sequence[Standing]
    unreachable: int
    """Whom no warning can reach; counted to 200."""
    funnel: Funnel


async def home(provider: Provider, now: datetime) -> Home:
    """What waits at this provider, oldest first."""
    queue = await candidates(provider, Filters(turn="operator", sort="waiting"), now)
    messages = await candidates(provider, Filters(turn="messages", sort="waiting"), now)
    return Home(
        queue=queue.lines[:SHOWN],
        messages=messages.lines[:SHOWN],
        ending=await soon(provider, now, SHOWN),
        unreachable=len(await unreachable(provider, now)),
        funnel=await funnel(provider, now),
    )


async def funnel(provider: Provider, now: datetime) -> Funnel:
    """The last eight weeks (from Monday on, in the provider's zone)."""
    zone = ZoneInfo(provider.timezone)
    weeks = _mondays(local_date(now, zone))
    rows = await Event.filter(
        provider_id=provider.id,
        at__gte=datetime.combine(weeks[0], datetime.min.time(), tzinfo=zone),
        kind__in=[*COUNTED, EventKind.DECIDED],
    ).order_by("at", "id")
    people: dict[tuple[str, date], set[str]] = defaultdict(set)
    for row in rows:
        day = local_date(row.at, zone)
        people[row.kind, day - timedelta(days=day.weekday())].add(row.candidate_id)
    counts = {
        name: tuple(len(people[kind, week]) for week in weeks) for kind, name in COUNTED.items()
    }
    return Funnel(**counts, median_wait=_median_wait(rows))


def _mondays(today: date) -> list[date]:
    this_week = today - timedelta(days=today.weekday())
    return [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def _median_wait(rows: Sequence[Event]) -> timedelta | None:
    sent: dict[str, datetime] = {}
    waits: list[float] = []
    for row in rows:
        if row.kind == EventKind.SUBMITTED:
            sent[row.candidate_id] = row.at
        elif row.kind == EventKind.DECIDED and row.candidate_id in sent:
            waits.append((row.at - sent.pop(row.candidate_id)).total_seconds())
    return timedelta(seconds=median(waits)) if waits else None
