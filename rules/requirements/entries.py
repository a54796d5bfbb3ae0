"""What a provider asks, as it is composed: one entry per field or document type, plain values.

An entry has the columns of its row, but for its place, which is its place in the list.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final, Self

from rules.answers import SENSITIVE_KINDS, Value, Words
from rules.catalogue import CORE, REASONS, CatalogueDocument, CatalogueField, Reason
from rules.catalogue.shapes import USUAL_FORMATS
from rules.checklist import WORK_STATUS
from rules.dossier import Condition
from rules.vocabulary import Stage

PICKED: Final = frozenset({"choice", "choices"})
MEGABYTE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field; an archived one is shown where it was answered, offered no more."""

    key: str
    label: Words
    archived: bool = False

    def column(self) -> dict[str, Any]:
        """The choice as a field keeps it."""
        kept: dict[str, Any] = {"key": self.key, "label": dict(self.label)}
        return kept | {"archived": True} if self.archived else kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(ABC):
    """What fields and document types share."""

    key: str
    label: Words
    help: Words = field(default_factory=dict)
    required: bool = True
    statuses: tuple[str, ...] = ()
    """Work statuses concerned; empty: all."""
    stage: Stage = Stage.APPLICATION
    condition: Condition | None = None

    @property
    def is_document(self) -> bool:
        """Whether it is a document type, not a field."""
        return isinstance(self, DocumentEntry)

    @property
    def own(self) -> bool:
        """Whether the provider made it up: it is in no catalogue."""
        return self.key.startswith("own_")

    @property
    def core(self) -> bool:
        """Whether it is asked first of everybody, and never archived."""
        return self.key in CORE

    @property
    def fixed(self) -> bool:
        """Whether only its words may change: the product itself counts on the rest."""
        return self.core or self.key == WORK_STATUS

    def shared_columns(self) -> dict[str, Any]:
        """The columns that both kinds of requirement have, as plain values."""
        condition = self.condition
        return {
            "key": self.key,
            "label": dict(self.label),
            "help": dict(self.help),
            "required": self.required,
            "statuses": list(self.statuses),
            "stage": str(self.stage),
            "condition": condition and {"key": condition.key, "equals": list(condition.equals)},
        }

    @abstractmethod
    def columns(self) -> dict[str, Any]:
        """The row's columns, but for its place and its versions, as JSON can keep them."""

    def but(self, **changes: Any) -> Self:
        """The same entry with these attributes changed."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEntry(Entry):
    """One question."""

    kind: str
    options: tuple[Option, ...] = ()
    """Choices, archived ones included."""
    limits: Mapping[str, Any] = field(default_factory=dict)
    must_be: tuple[Value, ...] = ()
    """The answers that meet the condition of admission; empty: no condition."""
    unmet: Words = field(default_factory=dict)

    @property
    def choices(self) -> tuple[Option, ...]:
        """The choices that are offered."""
        return tuple(one for one in self.options if not one.archived)

    @property
    def values(self) -> tuple[Value, ...]:
        """The answers that a condition may name; none for most kinds."""
        if self.kind == "yes_no":
            return (True, False)
        return tuple(one.key for one in self.choices) if self.kind in PICKED else ()

    @property
    def sensitive(self) -> bool:
        """Whether its answers are sealed and masked."""
        return self.kind in SENSITIVE_KINDS

    def columns(self) -> dict[str, Any]:
        """The row's columns, but for its place and its versions."""
        return self.shared_columns() | {
            "kind": self.kind,
            "core": self.core,
            "choices": [one.column() for one in self.options],
            "limits": dict(self.limits),
            "must_be": list(self.must_be) or None,
            "unmet": dict(self.unmet),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEntry(Entry):
    """One document to send."""

    formats: tuple[str, ...] = USUAL_FORMATS
    max_pages: int = 10
    max_bytes: int = 20 * MEGABYTE
    asks_expiry: bool = False
    validity_days: int | None = None
    remind_days: tuple[int, ...] = (30, 10, 3)
    view_and_forget: bool = False
    sensitive: bool = False
    reasons: tuple[Reason, ...] = REASONS
    example_id: str | None = None

    def columns(self) -> dict[str, Any]:
        """The row's columns, but for its place and its versions."""
        return self.shared_columns() | {
            "formats": list(self.formats),
            "max_pages": self.max_pages,
            "max_bytes": self.max_bytes,
            "asks_expiry": self.asks_expiry,
            "validity_days": self.validity_days,
            "remind_days": list(self.remind_days),
            "view_and_forget": self.view_and_forget,
            "sensitive": self.sensitive,
            "reasons": [one.column() for one in self.reasons],
            "example_id": self.example_id,
        }


def _shared(columns: Mapping[str, Any]) -> dict[str, Any]:
    asked = columns["condition"]
    return {
        "key": columns["key"],
        "label": columns["label"],
        "help": columns["help"],
        "required": columns["required"],
        "statuses": tuple(columns["statuses"]),
        "stage": Stage(columns["stage"]),
        "condition": Condition(asked["key"], tuple(asked["equals"])) if asked else None,
    }


def field_entry(columns: Mapping[str, Any]) -> FieldEntry:
    """A field from its row's columns."""
    return FieldEntry(
        **_shared(columns),
        kind=columns["kind"],
        options=tuple(
            Option(one["key"], one["label"], bool(one.get("archived")))
            for one in columns["choices"]
        ),
        limits=columns["limits"],
        must_be=tuple(columns["must_be"] or ()),
        unmet=columns["unmet"],
    )


def document_entry(columns: Mapping[str, Any]) -> DocumentEntry:
    """A document type from its row's columns."""
    return DocumentEntry(
        **_shared(columns),
        formats=tuple(columns["formats"]),
        max_pages=columns["max_pages"],
        max_bytes=columns["max_bytes"],
        asks_expiry=columns["asks_expiry"],
        validity_days=columns["validity_days"],
        remind_days=tuple(columns["remind_days"]),
        view_and_forget=columns["view_and_forget"],
        sensitive=columns["sensitive"],
        reasons=tuple(Reason(r["key"], r["label"], r["advice"]) for r in columns["reasons"]),
        example_id=columns.get("example_id"),
    )


def from_catalogue(item: CatalogueField | CatalogueDocument) -> Entry:
    """A copy of a catalogue item, as a provider starts from it."""
    if isinstance(item, CatalogueField):
        return field_entry(item.columns())
    return document_entry(item.columns())


FIELD_COLUMNS: Final = frozenset(FieldEntry(key="", label={}, kind="text").columns())
DOCUMENT_COLUMNS: Final = frozenset(DocumentEntry(key="", label={}).columns())
FIELD_PARTS: Final = frozenset(one.name for one in fields(FieldEntry)) - {"key", "kind"}
DOCUMENT_PARTS: Final = frozenset(one.name for one in fields(DocumentEntry)) - {"key"}
"""What may be changed of an entry: its key and its kind of answer never are."""


PART: Final = {"choices": "options"}
"""What a column is called as a part, where the names differ."""


def in_order(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """As the candidate meets them: by stage, core first, questions before documents."""
    return tuple(sorted(entries, key=group))  # stable: within a group the order is kept


def group(entry: Entry) -> tuple[bool, bool, int]:
    """Entries of one group may change places."""
    first = CORE.index(entry.key) if entry.core else len(CORE)
    return entry.stage is Stage.ADMITTED, entry.is_document, first


def of_columns(
    fields: Sequence[Mapping[str, Any]], documents: Sequence[Mapping[str, Any]]
) -> tuple[Entry, ...]:
    """Entries from two lists of columns, in order."""
    return in_order((*map(field_entry, fields), *map(document_entry, documents)))
