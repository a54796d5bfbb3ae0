"""The draft of what a provider asks, what it stands on, and whom publishing it would concern."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.reads.settings import NAMED, Concerned
from models.tables import Candidate, Decision, DocumentType, Field, Provider, RequirementsDraft
from rules.requirements import (
    Caution,
    Difference,
    Draft,
    Entry,
    EntryRefused,
    Ground,
    difference,
    document_entry,
    field_entry,
    in_order,
    of_content,
    unconfirmed,
)
from rules.requirements.entries import DOCUMENT_COLUMNS, FIELD_COLUMNS
from rules.vocabulary import RUNNING, DecisionState, Status

Row = Field | DocumentType


@dataclass(frozen=True, slots=True)
class Drafting:
    """The draft, and who changed it last; with nothing composed it is what is asked now."""

    draft: Draft
    version: int
    """What the next change has to know: a form carries it."""
    begun: bool = False
    """Whether something was composed that is not published."""
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What publishing would do, before it is done."""

    difference: Difference
    cautions: tuple[Caution, ...]
    """Legal notes still to be confirmed; there must be none to publish."""
    faults: tuple[EntryRefused, ...]
    """What has to be put right first."""
    running: Concerned
    """Incomplete and to correct: asked too only if the provider says so."""
    behind: int
    """How many of them are judged by rules older than those of now."""
    submitted: int
    """With the operator: untouched."""
    admitted: int
    """Untouched."""


def entry_of(row: Row) -> Entry:
    """A row as an entry."""
    if isinstance(row, Field):
        return field_entry({name: getattr(row, name) for name in FIELD_COLUMNS})
    return document_entry({name: getattr(row, name) for name in DOCUMENT_COLUMNS})


async def rows_of(provider_id: str) -> list[Row]:
    """Every row of the provider, all versions, by place."""
    fields: list[Row] = list(await Field.filter(provider_id=provider_id).order_by("position"))
    documents = await DocumentType.filter(provider_id=provider_id).order_by("position")
    return [*fields, *documents]


def current(rows: Iterable[Row]) -> list[Row]:
    """Those that are asked of newcomers."""
    return [row for row in rows if row.until is None]


def ground_of(provider: Provider, rows: Iterable[Row]) -> Ground:
    """What a draft of this provider stands on."""
    rows = list(rows)
    asked = in_order(entry_of(row) for row in current(rows))
    keys = {one.key for one in asked}
    last = {row.key: row for row in sorted(rows, key=lambda row: row.since)}
    return Ground(
        version=provider.requirements_version,
        published=asked,
        archived=tuple(entry_of(row) for key, row in last.items() if key not in keys),
        activities=frozenset(provider.declared_activities or ()),
        french_required=provider.french_required,
    )


async def ground(provider: Provider) -> Ground:
    """What a draft of this provider stands on, read anew."""
    return ground_of(provider, await rows_of(provider.id))


async def drafting(provider: Provider) -> Drafting:
    """The provider's draft."""
    row = await RequirementsDraft.filter(provider_id=provider.id).first()
    return drafting_of(row, await ground(provider))


def drafting_of(row: RequirementsDraft | None, stands_on: Ground) -> Drafting:
    """The draft of this row; a row without content is one that was published or discarded."""
    if row is None or not row.content:
        draft = Draft.begun(stands_on)
        return Drafting(draft, row.version if row else 0)
    draft = of_content(row.content, stands_on)
    return Drafting(draft, row.version, True, row.changed_by, row.changed_at)


async def effect(provider: Provider, draft: Draft) -> Effect:
    """What publishing this draft would do."""
    mine = Candidate.filter(provider_id=provider.id)
    running = mine.filter(status__in=sorted(RUNNING))
    return Effect(
        difference=difference(draft),
        cautions=unconfirmed(draft),
        faults=draft.faults,
        running=await _concerned(running),
        behind=await running.filter(
            requirements_version__lt=provider.requirements_version
        ).count(),
        submitted=await mine.filter(status=Status.SUBMITTED).count(),
        admitted=await mine.filter(status=Status.ACCEPTED).count(),
    )


async def _concerned(query: Any) -> Concerned:
    first = await query.order_by("last_name", "first_name", "id").limit(NAMED)
    names = (f"{one.first_name} {one.last_name}".strip() for one in first)
    return Concerned(await query.count(), tuple(name for name in names if name))


async def still_to_ask(
    provider_id: str,
    version: int,
    limit: int,
    *,
    waited_for: bool = False,
    but: Collection[str] = (),
) -> list[str]:
    """Ids of running candidates who are judged by older rules than `version`.

    waited_for: also those on whom a decision is pending; they are looked at once it is over.
    but: who is passed over for now.
    """
    query = Candidate.filter(
        provider_id=provider_id,
        status__in=sorted(RUNNING),
        requirements_version__lt=version,
    )
    if not waited_for:
        pending = Decision.filter(state=DecisionState.PENDING, candidate__provider_id=provider_id)
        query = query.exclude(id__in=await pending.values_list("candidate_id", flat=True))
    if but:
        query = query.exclude(id__in=sorted(but))
    found = await query.order_by("id").limit(limit).values_list("id", flat=True)
    return [str(one) for one in found]
