"""Whoever signed up while the module was off, and was never validated since."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.reads.settings import NAMED, Concerned
from models.tables import Candidate, Provider, ProviderEvent
from rules.history import ProviderEventKind
from rules.vocabulary import Status

Period = tuple[datetime, datetime | None]
"""From when to when the module was off; None: it still is."""
WAITING = (Status.INCOMPLETE, Status.SUBMITTED)
"""Not those whom an operator has sent back or rejected since: that was decided."""


async def newcomers(provider: Provider) -> Concerned:
    """How many they are, the first of them by name."""
    found = await _newcomers(provider)
    if found is None:
        return Concerned()
    first = await found.order_by("last_name", "first_name", "id").limit(NAMED)
    names = (f"{one.first_name} {one.last_name}".strip() for one in first)
    return Concerned(await found.count(), tuple(name for name in names if name))


async def oldest_newcomers(provider: Provider, limit: int) -> Sequence[Candidate]:
    """The first `limit` of them by their sign-up."""
    found = await _newcomers(provider)
    return [] if found is None else await found.order_by("created_at", "id").limit(limit)


async def _newcomers(provider: Provider) -> QuerySet[Candidate] | None:
    periods = await off_periods(provider)
    if not periods:
        return None
    during = Q(*(_within(one) for one in periods), join_type=Q.OR)
    return Candidate.filter(
        during, provider_id=provider.id, status__in=WAITING, admitted_at__isnull=True
    )


def _within(period: Period) -> Q:
    start, end = period
    return (
        Q(created_at__gte=start) if end is None else Q(created_at__gte=start, created_at__lt=end)
    )


async def off_periods(provider: Provider) -> list[Period]:
    """When the module was off, by the provider's journal, oldest first."""
    lines = ProviderEvent.filter(
        provider_id=provider.id, kind=ProviderEventKind.SETTINGS_CHANGED, subject="recruitment"
    ).order_by("id")
    periods: list[Period] = []
    since: datetime | None = None
    for at, after in await lines.values_list("at", "after"):
        is_on = after.get("module_on") if isinstance(after, dict) else None
        if is_on is False:
            since = at
        elif is_on and since is not None:
            periods.append((since, at))
            since = None
    if since is not None:
        periods.append((since, None))
    return periods
