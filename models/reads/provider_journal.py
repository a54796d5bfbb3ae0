"""The provider's journal, filtered: by kinds of lines, by who did it, by days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tortoise.queryset import QuerySet

from models.database import rows
from models.tables import Provider, ProviderEvent

PAGE = 50
SYSTEM = "system"
"""Stands for whatever no operator did."""


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """Which lines are wanted; whatever is empty leaves nothing out."""

    kinds: frozenset[str] = frozenset()
    who: str = ""
    """An operator's id, or SYSTEM."""
    first: date | None = None
    last: date | None = None
    """Both included, in the provider's time zone."""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """Lines of the journal, newest first."""

    lines: Sequence[ProviderEvent] = field(default_factory=list)
    next: int = 0
    """Lines before this id come next; 0: there are none."""


async def journal_page(provider: Provider, wanted: JournalFilter, before: int = 0) -> JournalPage:
    """A page of the journal."""
    query = _matching(provider, wanted)
    if before:
        query = query.filter(id__lt=before)
    lines = await query.order_by("-id").limit(PAGE + 1)
    shown = lines[:PAGE]
    return JournalPage(shown, next=shown[-1].id if len(lines) > PAGE else 0)


async def journal_lines(
    provider: Provider, wanted: JournalFilter, most: int
) -> Sequence[ProviderEvent]:
    """The newest `most` lines, oldest first: what an export holds."""
    newest = await _matching(provider, wanted).order_by("-id").limit(most)
    return newest[::-1]


async def actors(provider_id: str) -> list[tuple[str, str]]:
    """Everybody who ever did something, by name: (id, name as it was last written)."""
    found = await rows(
        "SELECT actor_id, actor_name FROM provider_event WHERE id IN (SELECT max(id) "
        "FROM provider_event WHERE provider_id = ? AND actor_id IS NOT NULL GROUP BY actor_id)",
        provider_id,
    )
    return sorted(((one["actor_id"], one["actor_name"]) for one in found), key=lambda one: one[1])


def _matching(provider: Provider, wanted: JournalFilter) -> QuerySet[ProviderEvent]:
    query = ProviderEvent.filter(provider_id=provider.id)
    if wanted.kinds:
        query = query.filter(kind__in=sorted(wanted.kinds))
    if wanted.who == SYSTEM:
        query = query.filter(actor_id=None)
    elif wanted.who:
        query = query.filter(actor_id=wanted.who[:16])
    zone = ZoneInfo(provider.timezone)
    if wanted.first is not None:
        query = query.filter(at__gte=_midnight(wanted.first, zone))
    if wanted.last is not None:
        query = query.filter(at__lt=_midnight(wanted.last + timedelta(days=1), zone))
    return query


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)
