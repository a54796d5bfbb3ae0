"""What the catalogue is made of: fields, document types, rejection reasons, in both languages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from rules.answers.question import Choice, Question, Words
from rules.vocabulary import Stage, WorkStatus

Phase = Literal["C", "R", "blocked"]
"""When an item may be asked.

C: of a candidate. R: of somebody retained; at the application stage only after its note was
shown and confirmed. blocked: only by a provider who declared an activity that permits it, then R.
"""

BOTH: Final = (WorkStatus.INDEPENDENT, WorkStatus.EMPLOYEE)
USUAL_FORMATS: Final = ("jpeg", "png", "heic", "webp", "pdf")
MEGABYTE: Final = 1_000_000

# The longest that so many months can be: nobody is refused a day too soon.
THREE_MONTHS: Final = 92
SIX_MONTHS: Final = 184
ONE_YEAR: Final = 366


def words(fr: str, en: str) -> Words:
    """The same text in both languages; the French one gets its non-breaking spaces here."""
    return {"fr": french(fr), "en": en}


def french(text: str) -> str:
    """The text with the non-breaking spaces of French before ; : ! ? » and after «."""
    for mark in ";:!?»":
        text = text.replace(f" {mark}", f"\u00a0{mark}")
    return text.replace("« ", "«\u00a0")


def note(fr: str, en: str, *, source: tuple[str, str]) -> Words:
    """A legal note: what is known, where from (in French, in English), and its caution."""
    return words(
        f"{fr} Source : {source[0]} ; à vérifier avant de s’y fier.",
        f"{en} Source: {source[1]}; check before relying on it.",
    )


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only of those whose answer to `key` is one of `equals`."""

    key: str
    equals: tuple[str | bool, ...]

    def column(self) -> dict[str, Any]:
        """The condition as a requirement keeps it."""
        return {"key": self.key, "equals": list(self.equals)}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document is rejected, and what the candidate does next."""

    key: str
    label: Words
    advice: Words

    def column(self) -> dict[str, Any]:
        """The reason as a document type keeps it."""
        return {"key": self.key, "label": dict(self.label), "advice": dict(self.advice)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueItem:
    """What fields and documents share."""

    key: str
    label: Words
    help: Words
    """An example and why it is asked, for the candidate."""
    note: Words
    """The legal note, for the provider."""
    statuses: tuple[WorkStatus, ...] = BOTH
    phase: Phase = "C"
    default_on: bool = True
    """Whether a new provider asks it."""
    required: bool = True
    sensitive: bool = False
    """Masked in the journal (fields); each view is journaled (documents)."""
    condition: Condition | None = None
    permitted_by: tuple[str, ...] = ()
    """Provider activities that permit a blocked item."""

    @property
    def stage(self) -> Stage:
        """Where it belongs: application for phase C, admitted for the others."""
        return Stage.APPLICATION if self.phase == "C" else Stage.ADMITTED

    def shared_columns(self) -> dict[str, Any]:
        """The columns that both kinds of requirement have, as plain values."""
        return {
            "key": self.key,
            "label": dict(self.label),
            "help": dict(self.help),
            "required": self.required,
            "statuses": [] if self.statuses == BOTH else [str(one) for one in self.statuses],
            "stage": str(self.stage),
            "condition": self.condition.column() if self.condition else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueField(CatalogueItem):
    """One question."""

    kind: str
    core: bool = False
    """Asked first, always required, never archived."""
    choices: tuple[Choice, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    must_be: tuple[str | bool, ...] = ()
    """The answers that meet the condition of admission; empty: any answer will do."""
    may_require: tuple[str | bool, ...] = ()
    """What `must_be` becomes when the provider makes it a condition; empty: cannot be one."""
    unmet: Words = field(default_factory=dict)
    """What those hear who do not meet the condition."""

    @property
    def question(self) -> Question:
        """What its validator needs."""
        return Question(self.key, self.kind, self.required, self.choices, self.limits)

    def columns(self, *, required_answer: bool = False) -> dict[str, Any]:
        """A new requirement's columns; `required_answer` makes a condition of it."""
        must_be = self.may_require if required_answer else self.must_be
        return self.shared_columns() | {
            "kind": self.kind,
            "core": self.core,
            "choices": [{"key": one.key, "label": dict(one.label)} for one in self.choices],
            "limits": dict(self.limits),
            "must_be": list(must_be) or None,
            "unmet": dict(self.unmet),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueDocument(CatalogueItem):
    """One type of document."""

    formats: tuple[str, ...] = USUAL_FORMATS
    max_pages: int = 10
    max_megabytes: int = 20
    """Of 1,000,000 bytes; Telegram hands bots no more than 20."""
    validity_days: int | None = None
    """Counted when no expiry date is asked, proposed when one is."""
    asks_expiry: bool = False
    remind_days: tuple[int, ...] = (30, 10, 3)
    """Days before it expires on which it is asked again."""
    view_and_forget: bool = False
    """The file is destroyed once verified; what `records` names stays."""
    records: tuple[str, ...] = ()
    """What the operator writes down when verifying: keys of RECORDS."""
    reasons: tuple[Reason, ...]

    def columns(self) -> dict[str, Any]:
        """A new document type's columns."""
        return self.shared_columns() | {
            "formats": list(self.formats),
            "max_pages": self.max_pages,
            "max_bytes": self.max_megabytes * MEGABYTE,
            "asks_expiry": self.asks_expiry,
            "validity_days": self.validity_days,
            "remind_days": list(self.remind_days),
            "view_and_forget": self.view_and_forget,
            "sensitive": self.sensitive,
            "reasons": [reason.column() for reason in self.reasons],
        }
