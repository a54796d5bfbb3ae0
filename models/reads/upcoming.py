"""What the deletion clock will do: who is next, who cannot be reached, what a change would do."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from models.reads.retention import (
    People,
    Standing,
    below,
    in_order,
    people_of,
    settings_of,
    standings,
    too_many,
)
from models.tables import Provider
from rules.retention import Outlook, RetentionSettings, next_run

SOON = timedelta(days=7)
"""How far ahead the home page looks."""

HORIZON = timedelta(days=30)
"""How far ahead the preview of a change looks."""

EXAMINED = 5000
"""How many candidates a preview looks at; beyond, it says that there are more."""

ENDING = frozenset({"counting", "reminder_due", "reminder_owed", "reminded", "due"})
"""States that lead to a deletion on a date."""


async def soon(provider: Provider, now: datetime, limit: int = 20) -> list[Standing]:
    """Whoever is to be deleted within a week, first the first; `warned` says if they know.

    Those whom nothing can reach are not among them: see `unreachable`.
    """
    ending, _ = await soon_and_unreachable(provider, now, limit)
    return ending


async def soon_and_unreachable(
    provider: Provider, now: datetime, limit: int
) -> tuple[list[Standing], int]:
    """`soon`, and how many `unreachable` would find without a limit, in one look."""
    settings = settings_of(provider)
    last = (now + SOON).astimezone(settings.zone).date()
    found = [one async for one in _standing_below(provider, settings, now, now + SOON)]
    ending = in_order(one for one in found if _ends_by(one.outlook, last))[:limit]
    return ending, sum(one.outlook.state == "unreachable" for one in found)


@dataclass(frozen=True, slots=True)
class Week:
    """What the clock does within a week, as far as it was looked at."""

    ending: tuple[Standing, ...]
    """First the first."""
    unreachable: tuple[Standing, ...]
    more: bool
    """There are more people than were looked at."""


async def week_ahead(provider: Provider, now: datetime) -> Week:
    """Everybody who is deleted within a week, and whom no warning can reach."""
    settings = settings_of(provider)
    last = (now + SOON).astimezone(settings.zone).date()
    found: list[Standing] = []
    async for one in _standing_below(provider, settings, now, now + SOON):
        found.append(one)
        if len(found) > EXAMINED:
            break
    return Week(
        ending=tuple(in_order(one for one in found if _ends_by(one.outlook, last))),
        unreachable=tuple(one for one in found if one.outlook.state == "unreachable"),
        more=len(found) > EXAMINED,
    )


def _ends_by(outlook: Outlook, last: date) -> bool:
    ends = outlook.deletion_date
    return outlook.state in ENDING and ends is not None and ends <= last


async def unreachable(provider: Provider, now: datetime, limit: int = 200) -> list[Standing]:
    """Whoever would be due but for a warning that nothing can carry: an operator decides."""
    settings = settings_of(provider)
    found: list[Standing] = []
    async for one in _standing_below(provider, settings, now, now):
        if one.outlook.state == "unreachable":
            found.append(one)
            if len(found) == limit:
                break
    return found


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the next run would do under some settings, and what follows within 30 days."""

    tonight: datetime
    """The next run."""
    reminders_tonight: int = 0
    deletions_tonight: int = 0
    by_date: dict[date, int] = field(default_factory=dict)
    """Deletions by local date, tonight's included, if nobody acts; the first date comes first."""
    held: int = 0
    unreachable: int = 0
    stops: bool = False
    """So many at once that the run would stop and ask first."""
    more: bool = False
    """There are more candidates than were examined: each number is "at least"."""


async def forecast(provider: Provider, settings: RetentionSettings, now: datetime) -> Forecast:
    """What these settings would do, saved now (see `models.reads.retention.settings_if`)."""
    tonight = next_run(now, settings.zone)
    states: Counter[str] = Counter()
    dates: Counter[date] = Counter()
    due: Counter[bool] = Counter()
    examined = 0
    async for one in _standing_below(provider, settings, tonight, tonight + HORIZON):
        examined += 1
        if examined > EXAMINED:
            break
        states[one.outlook.state] += 1
        due[one.retained.ended] += one.outlook.state == "due"
        if one.outlook.state in ENDING and one.outlook.deletion_date is not None:
            dates[max(one.outlook.deletion_date, tonight.astimezone(settings.zone).date())] += 1
    return Forecast(
        tonight,
        reminders_tonight=states["reminder_due"],
        deletions_tonight=states["due"],
        by_date=dict(sorted(dates.items())),
        held=states["held"],
        unreachable=states["unreachable"],
        stops=too_many(await people_of(provider.id), People(due[False], due[True]), People()),
        more=examined > EXAMINED,
    )


async def _standing_below(
    provider: Provider, settings: RetentionSettings, now: datetime, ahead: datetime
) -> AsyncIterator[Standing]:
    """What awaits, as of `now`, everybody who may fall due until `ahead`."""
    async for batch in below(provider.id, settings, ahead):
        for one in await standings(batch, settings, now):
            yield one
