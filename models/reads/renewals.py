"""Documents that run out: of whom, what was asked already, and what still holds of an old notice.

Everything begins at the index on `document.expires_on`, so the cost follows the documents that
expire soon, not all that are kept.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.tables import Document, DocumentType, Event, Notice
from rules.checklist import applies
from rules.dossier import DocumentRule, Dossier
from rules.history import EventKind
from rules.letters import Point
from rules.notices import NoticeKind
from rules.renewals import TOO_LATE, Ask, Paper
from rules.retention import local_date
from rules.vocabulary import DocumentState, NoticeState, Status

BATCH = 200
"""Documents read at once."""

Days = Mapping[str, tuple[int, ...]]
"""By the document type's key: how many days before its end it is asked for."""


async def remind_days(provider_id: str) -> Days:
    """The days of every document type; the same for all versions of a requirement."""
    types = DocumentType.filter(provider_id=provider_id).order_by("since")
    return {key: tuple(days) for key, days in await types.values_list("key", "remind_days")}


def running_out(provider_id: str, first: date, last: date) -> QuerySet[Document]:
    """Validated documents of people who are admitted, that expire between these dates."""
    return Document.filter(
        candidate__provider_id=provider_id,
        candidate__status=Status.ACCEPTED,
        candidate__ended_at=None,
        state=DocumentState.VALIDATED,
        expires_on__gte=first,
        expires_on__lte=last,
    ).order_by("expires_on", "id")


def beyond(query: QuerySet[Document], day: date, last_id: str) -> QuerySet[Document]:
    """What comes after this document in the order of `running_out`."""
    return query.filter(Q(expires_on__gt=day) | Q(expires_on=day, id__gt=last_id))


async def batches(
    provider_id: str, today: date, days: Days, size: int = BATCH
) -> AsyncIterator[list[Document]]:
    """Everything that may be asked for today, or has expired lately, the oldest date first."""
    ahead = max((one for each in days.values() for one in each), default=0)
    query = running_out(provider_id, today - TOO_LATE, today + timedelta(days=ahead))
    batch = await query.limit(size)
    while batch:
        yield batch
        last = batch[-1]
        assert last.expires_on is not None, "it was asked for"
        batch = await beyond(query, last.expires_on, last.id).limit(size)


async def papers_of(
    candidate_ids: Iterable[str], days: Days, zone: ZoneInfo
) -> dict[str, list[Paper]]:
    """By candidate: every validated document that runs out one day."""
    found = await Document.filter(
        candidate_id__in=sorted(set(candidate_ids)),
        state=DocumentState.VALIDATED,
        expires_on__not_isnull=True,
    )
    papers: dict[str, list[Paper]] = {}
    for row in found:
        papers.setdefault(row.candidate_id, []).append(_paper(row, days, zone))
    return papers


def _paper(row: Document, days: Days, zone: ZoneInfo) -> Paper:
    assert row.expires_on is not None, "the query leaves the others out"
    judged = local_date(row.reviewed_at, zone) if row.reviewed_at else None
    asked = days.get(row.key, ())
    return Paper(row.id, row.key, row.version, row.expires_on, asked, judged)


def papers_in(dossier: Dossier, zone: ZoneInfo) -> list[Paper]:
    """The same of one candidate whom the rules know: what still applies to them."""
    papers = []
    for sent in dossier.documents.values():
        rule = dossier.rule(sent.key)
        if not isinstance(rule, DocumentRule) or not applies(dossier, rule):
            continue
        if sent.state is DocumentState.VALIDATED and sent.expires_on is not None:
            judged = local_date(sent.reviewed_at, zone) if sent.reviewed_at else None
            papers.append(
                Paper(sent.id, sent.key, sent.version, sent.expires_on, rule.remind_days, judged)
            )
    return papers


async def asked_of(candidate_ids: Iterable[str]) -> dict[str, set[str]]:
    """By candidate: the marks of what was asked, whatever became of the message."""
    told = Notice.filter(
        candidate_id__in=sorted(set(candidate_ids)), kind=NoticeKind.DOCUMENT_EXPIRES
    )
    asked: dict[str, set[str]] = {}
    for notice in await told:
        marks = {one["mark"] for one in notice.facts["asked"]}
        asked.setdefault(notice.candidate_id or "", set()).update(marks)
    return asked


async def expiries_noted(candidate_ids: Iterable[str]) -> set[tuple[str, str | None, str]]:
    """(candidate, document's key, date) of what the journal says to have expired."""
    lines = Event.filter(
        candidate_id__in=sorted(set(candidate_ids)), kind=EventKind.DOCUMENT_EXPIRED
    )
    return {(one.candidate_id, one.subject, one.after["expires_on"]) for one in await lines}


def asked_column(ask: Ask) -> dict[str, Any]:
    """One document as a notice keeps it."""
    paper = ask.paper
    return {
        "mark": ask.mark,
        "document": paper.document_id,
        "version": paper.version,
        "expires_on": paper.expires_on.isoformat(),
    }


async def still_running_out(notice: Notice, dossier: Dossier) -> tuple[Point, ...]:
    """What a notice still has to ask for, first what expires first.

    Not what was sent anew or dated otherwise since, and not what a later copy says: after an
    outage only the newest leaves.
    """
    later = Notice.filter(
        candidate_id=notice.candidate_id,
        kind=NoticeKind.DOCUMENT_EXPIRES,
        channel=notice.channel,
        state__in=[NoticeState.OWED, NoticeState.ACCEPTED],
        id__gt=notice.id,
    )
    said = {one["document"] for copy in await later for one in copy.facts["asked"]}
    known = {paper.document_id: paper for paper in papers_in(dossier, ZoneInfo("UTC"))}
    wanted = []
    for one in notice.facts["asked"]:
        paper = known.get(one["document"])
        if paper is None or paper.document_id in said or paper.version != one["version"]:
            continue
        if str(paper.expires_on) == one["expires_on"]:
            wanted.append(paper)
    return _points(wanted, dossier)


def what_runs_out(dossier: Dossier, otherwise: date) -> dict[str, Any]:
    """What a mail would ask for if it asked for everything; `otherwise`: a date if nothing is."""
    points = _points(papers_in(dossier, ZoneInfo("UTC")), dossier)
    return {"points": points, "day": points[0].until if points else otherwise}


def _points(papers: Iterable[Paper], dossier: Dossier) -> tuple[Point, ...]:
    """First what expires first."""
    in_order = sorted(papers, key=lambda one: (one.expires_on, one.key))
    rules = [(dossier.rule(one.key), one.expires_on) for one in in_order]
    return tuple(Point(rule.key, rule.label, until=day) for rule, day in rules if rule)
