"""The list of candidates: filters, search, and pages by key that cost the same at any depth."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Literal

from tortoise.expressions import Q, Subquery
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from models.reads.decisions import pending_of
from models.reads.renewed import to_look_at
from models.reads.retention import Standing, settings_of, standings
from models.reads.upcoming import soon, unreachable
from models.tables import Candidate, Document, Provider, SearchWord
from rules.searching import query_words
from rules.vocabulary import RUNNING, DocumentState, Status, WorkStatus

PAGE = 50
NOBODY: Mapping[str, datetime] = MappingProxyType({})
AFTER_ALL = "\U0010ffff"
"""Sorts after every word that begins like another one."""

Turn = Literal["", "operator", "candidate", "messages", "deletion", "unreachable"]
Sort = Literal["waiting", "newest"]
TURNS: tuple[Turn, ...] = ("", "operator", "candidate", "messages", "deletion", "unreachable")
ENDED = "ended"
"""In the filter beside the statuses: admitted, and no longer working with the provider."""

NOT_PAGED = frozenset({"deletion", "unreachable"})
"""Decided person by person by the deletion clock: the first 200."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What an operator asked to see; empty: everybody."""

    text: str = ""
    status: str = ""
    work_status: str = ""
    turn: Turn = ""
    sort: Sort = "newest"
    after: str = ""
    """Cursor: what comes after this line."""
    before: str = ""
    """Cursor: what comes before it."""

    @property
    def narrow(self) -> bool:
        """Whether anything is left out."""
        return bool(self.text or self.status or self.work_status or self.turn)


@dataclass(frozen=True, slots=True)
class Line:
    """One candidate of the list, and what awaits them."""

    standing: Standing
    since: datetime
    """Since when it has been like that."""
    to_review: int = 0
    """Documents that wait for the operator."""
    leaves: datetime | None = None
    """When the decision leaves that was taken on the whole; None: there is none."""

    @property
    def candidate(self) -> Candidate:
        """The candidate's row."""
        return self.standing.candidate

    @property
    def waits_for_decision(self) -> bool:
        """Whether `since` is how long an application has waited for an operator's decision."""
        mine = self.since == self.candidate.status_since
        return mine and self.candidate.status == Status.SUBMITTED and self.leaves is None

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return f"{self.candidate.first_name} {self.candidate.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the cursors of their neighbours (empty: none)."""

    lines: tuple[Line, ...] = ()
    next: str = ""
    previous: str = ""


async def candidates(
    provider: Provider, filters: Filters, now: datetime, size: int = PAGE
) -> Page:
    """One page of this provider's candidates."""
    if filters.turn in NOT_PAGED:
        found = await (soon if filters.turn == "deletion" else unreachable)(provider, now, 200)
        wanted = await _matching([one.candidate.id for one in found], provider, filters)
        return Page(await _lines([one for one in found if one.candidate.id in wanted], filters))
    sent = await to_look_at(provider.id) if filters.turn == "operator" else {}
    column, falling = _order(filters)
    backwards = bool(filters.before and not filters.after)
    query = _filtered(provider, filters, sent)
    cursor = _cursor(filters.before if backwards else filters.after)
    if cursor is not None:
        query = query.filter(_beyond(column, cursor, below=falling != backwards))
    sign = "-" if falling != backwards else ""
    rows = await query.order_by(f"{sign}{column}", f"{sign}id").limit(size + 1)
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    shown = await _lines(await standings(rows, settings_of(provider), now), filters, sent)
    has_next = more if not backwards else bool(rows)
    has_previous = more if backwards else cursor is not None and bool(rows)
    return Page(
        shown,
        next=_mark(rows[-1], column) if has_next and rows else "",
        previous=_mark(rows[0], column) if has_previous else "",
    )


def _order(filters: Filters) -> tuple[str, bool]:
    """The column that pages follow, and whether it falls."""
    if filters.turn == "messages":
        return "awaiting_reply_since", filters.sort == "newest"
    return ("status_since", False) if filters.sort == "waiting" else ("created_at", True)


def _filtered(
    provider: Provider, filters: Filters, sent: Collection[str] = ()
) -> QuerySet[Candidate]:
    """`sent`: accepted people who wait for the operator, by the documents that they sent."""
    query = Candidate.filter(provider_id=provider.id)
    if filters.status == ENDED:
        query = query.filter(status=Status.ACCEPTED, ended_at__not_isnull=True)
    elif filters.status == Status.ACCEPTED:
        query = query.filter(status=Status.ACCEPTED, ended_at=None)
    elif filters.status in set(Status):
        query = query.filter(status=filters.status)
    if filters.work_status in set(WorkStatus):
        query = query.filter(work_status=filters.work_status)
    if filters.turn == "operator":
        query = query.filter(Q(status=Status.SUBMITTED) | Q(id__in=list(sent)))
    elif filters.turn == "candidate":
        query = query.filter(status__in=sorted(RUNNING))
    elif filters.turn == "messages":
        query = query.filter(awaiting_reply_since__not_isnull=True).exclude(status=Status.BINNED)
    for word in query_words(filters.text):
        having = SearchWord.filter(
            provider_id=provider.id, word__gte=word, word__lt=word + AFTER_ALL
        )
        query = query.filter(id__in=Subquery(having.values("candidate_id")))
    return query


async def _matching(ids: list[str], provider: Provider, filters: Filters) -> set[str]:
    found = await _filtered(provider, filters).filter(id__in=ids).values_list("id")
    return {one for (one,) in found}


def _beyond(column: str, cursor: tuple[datetime, str], *, below: bool) -> Q:
    """What lies on the far side of the cursor's line; the first condition is for the index."""
    moment, last_id = cursor
    side = "lt" if below else "gt"
    from_here: dict[str, Any] = {f"{column}__{side}e": moment}
    further: dict[str, Any] = {f"{column}__{side}": moment}
    beside: dict[str, Any] = {f"id__{side}": last_id}
    return Q(**from_here) & (Q(**further) | Q(**beside))


def _mark(row: Candidate, column: str) -> str:
    moment: datetime = getattr(row, column)
    return f"{moment.isoformat()}~{row.id}"


def _cursor(text: str) -> tuple[datetime, str] | None:
    """A cursor from an address; None when it is empty or was not made by us."""
    moment, _, last_id = text.partition("~")
    try:
        found = datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return (found, last_id[:16]) if last_id else None


async def _lines(
    found: Sequence[Standing], filters: Filters, sent: Mapping[str, datetime] = NOBODY
) -> tuple[Line, ...]:
    ids = [one.candidate.id for one in found]
    waiting, leaving = await to_review(ids), await pending_of(ids)
    return tuple(
        Line(one, sent.get(id_) or _since(one.candidate, filters), waiting[id_], leaving.get(id_))
        for id_, one in zip(ids, found, strict=True)
    )


def _since(candidate: Candidate, filters: Filters) -> datetime:
    if filters.turn == "messages" and candidate.awaiting_reply_since:
        return candidate.awaiting_reply_since
    return candidate.ended_at or candidate.status_since


async def to_review(candidate_ids: Sequence[str]) -> Counter[str]:
    """How many documents of each candidate wait for the operator."""
    if not candidate_ids:
        return Counter()
    waiting = Document.filter(candidate_id__in=candidate_ids, state=DocumentState.TO_REVIEW)
    grouped = waiting.annotate(number=Count("id")).group_by("candidate_id")
    return Counter(dict(await grouped.values_list("candidate_id", "number")))
