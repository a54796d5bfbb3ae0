"""What the deletion clock will do: who is next, who cannot be reached, what a change would do."""

from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from models.reads.due import People, below, people_of, too_many
from models.reads.retention import Standing, standings
from models.reads.soonest import ENDING, soonest, unreachable
from models.tables import Provider
from rules.retention import RetentionSettings, next_run

__all__ = ["SOON", "Forecast", "forecast", "soon", "unreachable"]

SOON = timedelta(days=7)
"""How far ahead the home page looks."""

HORIZON = timedelta(days=30)
"""How far ahead the preview of a change looks."""

EXAMINED = 5000
"""How many candidates a preview looks at; beyond, it says that there are more."""


async def soon(provider: Provider, now: datetime, limit: int = 20) -> list[Standing]:
    """Whoever is to be deleted within a week, first the first; `warned` says if they know.

    Those whom nothing can reach are not among them: see `unreachable`.
    """
    return await soonest(provider, now, SOON, limit)


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
