"""The home page: the oldest of what waits, and the weeks' figures from the journal."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from models.database import rows
from models.reads.decisions import Cancelled, cancelled
from models.reads.lists import Filters, Line, candidates
from models.reads.renewed import Renewed, renewed
from models.reads.retention import Standing
from models.reads.sources import Came, came_by
from models.reads.upcoming import soon, unreachable
from models.tables import Event, Provider
from rules.history import EventKind
from rules.retention import local_date
from rules.vocabulary import Status

SHOWN = 8
"""Lines of each list."""
WEEKS = 8
COUNTED_LOST = 50
"""People out of reach are counted up to here; who is among them is judged one by one."""
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
    renewed: Sequence[Renewed]
    """New documents of accepted people, to review."""
    messages: tuple[Line, ...]
    cancelled: tuple[Cancelled, ...]
    """Decisions that an act of the candidate has cancelled: to look at again."""
    ending: Sequence[Standing]
    unreachable: int
    """Whom no warning can reach."""
    many_unreachable: bool
    """There are more than were counted."""
    funnel: Funnel
    came: tuple[Came, ...]
    """By which places people came in these weeks; empty when the provider counts none apart."""


async def home(provider: Provider, now: datetime) -> Home:
    """What waits at this provider, oldest first."""
    waiting = Filters(turn="operator", status=Status.SUBMITTED, sort="waiting")
    queue = await candidates(provider, waiting, now, SHOWN)
    messages = await candidates(provider, Filters(turn="messages", sort="waiting"), now, SHOWN)
    lost = await unreachable(provider, now, COUNTED_LOST + 1)
    return Home(
        queue=queue.lines,
        renewed=[one for one in await renewed(provider, SHOWN) if one.to_review],
        messages=messages.lines,
        cancelled=await cancelled(provider.id, now, SHOWN),
        ending=await soon(provider, now, SHOWN),
        unreachable=min(len(lost), COUNTED_LOST),
        many_unreachable=len(lost) > COUNTED_LOST,
        funnel=await funnel(provider, now),
        came=await _came(provider, now),
    )


async def _came(provider: Provider, now: datetime) -> tuple[Came, ...]:
    """Nothing is counted for the many who count no places apart."""
    if not provider.source_tags:
        return ()
    return tuple(one for one in await came_by(provider, now) if one.key and one.signed_up)


async def funnel(provider: Provider, now: datetime) -> Funnel:
    """The last eight weeks (from Monday on, in the provider's zone)."""
    zone = ZoneInfo(provider.timezone)
    midnight = datetime.min.time()
    weeks = [
        datetime.combine(day, midnight, tzinfo=zone) for day in _mondays(local_date(now, zone))
    ]
    people = await _people(provider.id, weeks)
    counts = {
        name: tuple(people[kind, week] for week in range(WEEKS)) for kind, name in COUNTED.items()
    }
    return Funnel(**counts, median_wait=await _median_wait(provider.id, weeks[0]))


def _mondays(today: date) -> list[date]:
    this_week = today - timedelta(days=today.weekday())
    return [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]


async def _people(provider_id: str, weeks: Sequence[datetime]) -> Counter[tuple[str, int]]:
    """How many different people by kind of event and number of the week, counted by the database.

    Reading the rows themselves took a second with ten thousand candidates.
    """
    before = " ".join(f"WHEN at < ? THEN {week}" for week in range(WEEKS - 1))
    asked = ", ".join("?" for _ in COUNTED)
    found = await rows(
        f"SELECT kind, CASE {before} ELSE {WEEKS - 1} END AS week, "  # noqa: S608 — numbers and ?
        "COUNT(DISTINCT candidate_id) AS people FROM event "
        f"WHERE provider_id = ? AND at >= ? AND kind IN ({asked}) GROUP BY kind, week",
        *weeks[1:],
        provider_id,
        weeks[0],
        *COUNTED,
    )
    return Counter({(one["kind"], one["week"]): one["people"] for one in found})


async def _median_wait(provider_id: str, since: datetime) -> timedelta | None:
    found = Event.filter(
        provider_id=provider_id,
        at__gte=since,
        kind__in=[EventKind.SUBMITTED, EventKind.DECIDED],
    ).order_by("at", "id")
    sent: dict[str, datetime] = {}
    waits: list[float] = []
    for kind, candidate_id, at in await found.values_list("kind", "candidate_id", "at"):
        if kind == EventKind.SUBMITTED:
            sent[candidate_id] = at
        elif candidate_id in sent:
            waits.append((at - sent.pop(candidate_id)).total_seconds())
    return timedelta(seconds=median(waits)) if waits else None
