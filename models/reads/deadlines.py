"""The page of what runs out: documents of admitted people, the first that expires first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.reads.renewals import beyond, remind_days, running_out
from models.tables import Candidate, Document, DocumentType, Notice, Provider
from rules.notices import NoticeKind
from rules.retention import local_date
from rules.vocabulary import Channel, NoticeState

AHEAD = timedelta(days=90)
LOOK_BACK = timedelta(days=3_650)
"""Expired documents stay on the page until a new one is there."""
PAGE = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """That somebody was asked for a new one: when, by which channels."""

    at: datetime
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class Deadline:
    """One document that runs out."""

    candidate: Candidate
    key: str
    label: Mapping[str, str]
    expires_on: date
    asked: Asked | None = None
    """The last message that was accepted for delivery."""
    asks_on: date | None = None
    """When it will be asked for (again) by itself; None: no more, or never."""

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return f"{self.candidate.first_name} {self.candidate.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Deadlines:
    """One page; `next`: the cursor of what follows, empty when nothing does."""

    lines: tuple[Deadline, ...] = ()
    next: str = ""


async def deadlines(
    provider: Provider, now: datetime, after: str = "", size: int = PAGE
) -> Deadlines:
    """What has expired and what expires within 90 days, at this provider."""
    today = local_date(now, ZoneInfo(provider.timezone))
    query = running_out(provider.id, today - LOOK_BACK, today + AHEAD)
    if cursor := _cursor(after):
        query = beyond(query, *cursor)
    found = await query.limit(size + 1).select_related("candidate")
    shown = found[:size]
    lines = await _lines(provider, shown, today)
    last = shown[-1] if len(found) > size else None
    return Deadlines(lines, f"{last.expires_on}~{last.id}" if last else "")


def _cursor(text: str) -> tuple[date, str] | None:
    """A cursor from an address; None when it is empty or was not made by us."""
    day, _, last_id = text.partition("~")
    try:
        return (date.fromisoformat(day), last_id[:16]) if last_id else None
    except ValueError:
        return None


async def _lines(
    provider: Provider, found: Sequence[Document], today: date
) -> tuple[Deadline, ...]:
    if not found:
        return ()
    types = DocumentType.filter(provider_id=provider.id).order_by("since")
    labels = dict(await types.values_list("key", "label"))
    days, asked = await remind_days(provider.id), await _asked(found)
    return tuple(
        Deadline(
            candidate=row.candidate,
            key=row.key,
            label=labels.get(row.key, {}),
            expires_on=row.expires_on,
            asked=asked.get((row.id, row.version, str(row.expires_on))),
            asks_on=_next(row.expires_on, days.get(row.key, ()), today),
        )
        for row in found
        if row.expires_on is not None
    )


async def _asked(found: Sequence[Document]) -> dict[tuple[Any, ...], Asked]:
    """The last accepted message about each document, by id, version and date."""
    told = Notice.filter(
        candidate_id__in=sorted({row.candidate_id for row in found}),
        kind=NoticeKind.DOCUMENT_EXPIRES,
        state=NoticeState.ACCEPTED,
    )
    asked: dict[tuple[Any, ...], Asked] = {}
    for notice in await told.order_by("settled_at", "id"):
        if notice.settled_at is None:
            continue
        for one in notice.facts["asked"]:
            key = (one["document"], one["version"], one["expires_on"])
            known = asked.get(key)
            same = known is not None and known.at.date() == notice.settled_at.date()
            channels = {*(known.channels if known and same else ()), Channel(notice.channel)}
            asked[key] = Asked(notice.settled_at, tuple(sorted(channels)))
    return asked


def _next(expires_on: date, days: Sequence[int], today: date) -> date | None:
    """The first of its days that lies ahead."""
    ahead = [expires_on - timedelta(days=one) for one in days]
    return min((day for day in ahead if day > today), default=None)
