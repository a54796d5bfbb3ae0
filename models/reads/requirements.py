"""What a provider asks, in each of its requirements versions: fields and document types."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from models.tables import DocumentType, Event, Field, Provider
from rules.answers import Choice, Question
from rules.catalogue.shapes import Reason
from rules.dossier import Condition, DocumentRule, FieldRule
from rules.history import EventKind
from rules.switches import under_switches
from rules.vocabulary import Stage

R = TypeVar("R", Field, DocumentType)
KEPT = 500
"""Sets of requirements kept in memory, those last used."""


@dataclass(frozen=True, slots=True)
class Requirements:
    """One version of what a provider asks, each list in the order in which it is met."""

    fields: tuple[FieldRule, ...]
    document_types: tuple[DocumentRule, ...]
    former: tuple[FieldRule | DocumentRule, ...] = ()
    """What earlier versions asked and this one does not, as it was last: its words are needed
    wherever something given for it is shown."""


_kept: OrderedDict[tuple[str, int, int], Requirements] = OrderedDict()


async def requirements(provider: Provider, version: int) -> Requirements:
    """What version `version` of the provider asks, under the provider's switches of now.

    The rows are read once and kept: whoever changes one raises the provider's settings version
    in the same transaction, and the rows are then read anew. They are most of a dossier.
    """
    key = (provider.id, version, provider.settings_version)
    kept = _kept.get(key)
    if kept is None:
        kept = await _read(provider.id, version)
        _kept[key] = kept
        if len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    french = provider.french_required and version >= (provider.french_since or 0)
    fields = tuple(
        under_switches(one, provider.accepted_statuses, french_required=french)
        for one in kept.fields
    )
    return replace(kept, fields=fields)


async def _read(provider_id: str, version: int) -> Requirements:
    fields = await Field.filter(provider_id=provider_id, since__lte=version).order_by("position")
    types = await DocumentType.filter(provider_id=provider_id, since__lte=version).order_by(
        "position"
    )
    return Requirements(
        tuple(_field_rule(row) for row in fields if _holds(row, version)),
        tuple(_document_rule(row) for row in types if _holds(row, version)),
        (
            *(_field_rule(row) for row in _last_of(fields, version)),
            *(_document_rule(row) for row in _last_of(types, version)),
        ),
    )


def _holds(row: Field | DocumentType, version: int) -> bool:
    return row.until is None or version < row.until


def _last_of(rows: Sequence[R], version: int) -> list[R]:
    """The last row of each key that this version asks no more."""
    asked = {row.key for row in rows if _holds(row, version)}
    last = {row.key: row for row in sorted(rows, key=lambda row: row.since)}
    return [row for key, row in last.items() if key not in asked]


async def document_rules(provider_id: str, version: int) -> tuple[DocumentRule, ...]:
    """The document types of one requirements version, in order."""
    rows = await DocumentType.filter(provider_id=provider_id, since__lte=version).order_by(
        "position"
    )
    return tuple(_document_rule(row) for row in rows if _holds(row, version))


def _shared(row: Field | DocumentType) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "help": row.help,
        "required": row.required,
        "statuses": frozenset(row.statuses),
        "stage": Stage(row.stage),
        "position": row.position,
        "condition": _condition(row.condition),
    }


def _condition(column: Mapping[str, Any] | None) -> Condition | None:
    return Condition(column["key"], tuple(column["equals"])) if column else None


def _field_rule(row: Field) -> FieldRule:
    choices = tuple(_choice(one) for one in row.choices if not one.get("archived"))
    former = tuple(_choice(one) for one in row.choices if one.get("archived"))
    return FieldRule(
        **_shared(row),
        question=Question(row.key, row.kind, row.required, choices, row.limits, former),
        core=row.core,
        must_be=tuple(row.must_be or ()),
        unmet=row.unmet,
    )


def _choice(column: Mapping[str, Any]) -> Choice:
    return Choice(column["key"], column["label"])


def _document_rule(row: DocumentType) -> DocumentRule:
    return DocumentRule(
        **_shared(row),
        formats=tuple(row.formats),
        max_pages=row.max_pages,
        max_bytes=row.max_bytes,
        asks_expiry=row.asks_expiry,
        validity_days=row.validity_days,
        remind_days=tuple(row.remind_days),
        view_and_forget=row.view_and_forget,
        sensitive=row.sensitive,
        reasons=tuple(Reason(one["key"], one["label"], one["advice"]) for one in row.reasons),
        example_id=row.example_id,
    )


async def set_aside(candidate_id: str) -> frozenset[str]:
    """Keys of what this person gave and the provider stopped asking of them.

    Erasing what no longer applies is for what the person changed: this is kept.
    """
    lines = Event.filter(candidate_id=candidate_id, kind=EventKind.REQUIREMENTS_CHANGED)
    told = [line.after for line in await lines]
    return frozenset(one["key"] for after in told for one in after["set_aside"])
