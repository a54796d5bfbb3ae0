"""The form of one item: what is shown in it, and what was typed, kept as it was typed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rules.answers import Value, Words
from rules.catalogue import Reason
from rules.requirements.entries import MEGABYTE, DocumentEntry, Entry, FieldEntry
from rules.vocabulary import Stage
from webhooks.forms import Form

LANGUAGES: Final = ("fr", "en")
YES, NO = "=yes", "=no"
"""Stand for the booleans of yes/no questions; no choice's key begins like this."""
NEW: Final = "+"
"""Begins the mark of a row that was not saved yet."""
MOST_ROWS: Final = 80
WORDS: Final = ("label", "help", "unmet")
TEXTS: Final = (
    "max_length",
    "min",
    "max",
    "decimals",
    "min_age",
    "max_pages",
    "megabytes",
    "validity_days",
    "remind_days",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One choice, or one reason, as its row shows it; `mark` names it in the form."""

    mark: str
    fr: str = ""
    en: str = ""
    advice_fr: str = ""
    advice_en: str = ""

    @property
    def key(self) -> str:
        """The key of what it stands for; empty for a new one."""
        return "" if self.mark.startswith(NEW) else self.mark

    @property
    def empty(self) -> bool:
        """Whether nothing was written in it."""
        return not (self.fr or self.en or self.advice_fr or self.advice_en)

    @property
    def label(self) -> Words:
        """Its words by language."""
        return both(self.fr, self.en)

    @property
    def advice(self) -> Words:
        """What to do next, by language."""
        return both(self.advice_fr, self.advice_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """Everything that the form of an item holds, as text."""

    words: Mapping[str, str]
    """By name of the field: label_fr, label_en, help_fr…"""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Numbers and dates as they were typed."""
    required: bool = True
    who: str = "all"
    stage: str = Stage.APPLICATION
    condition_key: str = ""
    condition_values: frozenset[str] = frozenset()
    must: bool = False
    must_be: frozenset[str] = frozenset()
    dates: str = "any"
    rows: tuple[Row, ...] = ()
    """Choices of a field, reasons of a document."""
    formats: frozenset[str] = frozenset()
    asks_expiry: bool = False
    view_and_forget: bool = False
    sensitive: bool = False

    def text(self, name: str) -> str:
        """One number or date, as typed."""
        return self.texts.get(name, "")


def shown(entry: Entry) -> Typed:
    """The form of an entry as it is."""
    condition = entry.condition
    common: dict[str, Any] = {
        "words": _words_of(entry),
        "required": entry.required,
        "who": entry.statuses[0] if len(entry.statuses) == 1 else "all",
        "stage": entry.stage,
        "condition_key": condition.key if condition else "",
        "condition_values": written(condition.equals) if condition else frozenset(),
    }
    if isinstance(entry, FieldEntry):
        return Typed(**common, **_of_field(entry))
    assert isinstance(entry, DocumentEntry)
    return Typed(**common, **_of_document(entry))


def _words_of(entry: Entry) -> dict[str, str]:
    unmet = entry.unmet if isinstance(entry, FieldEntry) else {}
    sources = {"label": entry.label, "help": entry.help, "unmet": unmet}
    return {
        f"{name}_{code}": words.get(code, "")
        for name, words in sources.items()
        for code in LANGUAGES
    }


def _of_field(entry: FieldEntry) -> dict[str, Any]:
    limits = entry.limits
    names = ("max_length", "min", "max", "decimals", "min_age")
    return {
        "texts": {name: str(limits[name]) for name in names if name in limits},
        "dates": next((name for name in ("past", "future") if limits.get(name)), "any"),
        "rows": tuple(
            Row(one.key, one.label.get("fr", ""), one.label.get("en", "")) for one in entry.choices
        ),
        "must": bool(entry.must_be),
        "must_be": written(entry.must_be),
    }


def _of_document(entry: DocumentEntry) -> dict[str, Any]:
    days = entry.validity_days
    return {
        "texts": {
            "max_pages": str(entry.max_pages),
            "megabytes": str(entry.max_bytes // MEGABYTE),
            "validity_days": "" if days is None else str(days),
            "remind_days": ", ".join(map(str, entry.remind_days)),
        },
        "rows": tuple(_reason_row(one) for one in entry.reasons),
        "formats": frozenset(entry.formats),
        "asks_expiry": entry.asks_expiry,
        "view_and_forget": entry.view_and_forget,
        "sensitive": entry.sensitive,
    }


def _reason_row(reason: Reason) -> Row:
    label, advice = reason.label, reason.advice
    return Row(
        reason.key,
        label.get("fr", ""),
        label.get("en", ""),
        advice.get("fr", ""),
        advice.get("en", ""),
    )


def read(sent: Form) -> Typed:
    """The form as it was sent."""
    return Typed(
        words={
            f"{name}_{code}": sent.text(f"{name}_{code}") for name in WORDS for code in LANGUAGES
        },
        texts={name: sent.text(name) for name in TEXTS},
        required=sent.ticked("required"),
        who=sent.text("who", "all"),
        stage=sent.text("stage", Stage.APPLICATION),
        condition_key=sent.text("condition_key"),
        condition_values=frozenset(sent.all("condition_values")),
        must=sent.ticked("must"),
        must_be=frozenset(sent.all("must_be")),
        dates=sent.text("dates", "any"),
        rows=tuple(_sent_row(sent, mark) for mark in dict.fromkeys(sent.all("row")))[:MOST_ROWS],
        formats=frozenset(sent.all("formats")),
        asks_expiry=sent.ticked("asks_expiry"),
        view_and_forget=sent.ticked("view_and_forget"),
        sensitive=sent.ticked("sensitive"),
    )


def _sent_row(sent: Form, mark: str) -> Row:
    return Row(
        mark,
        sent.text(f"row_fr:{mark}"),
        sent.text(f"row_en:{mark}"),
        sent.text(f"advice_fr:{mark}"),
        sent.text(f"advice_en:{mark}"),
    )


def written(values: Sequence[Value]) -> frozenset[str]:
    """What stands for these answers in a form."""
    return frozenset(map(name_of, values))


def name_of(value: Value) -> str:
    """What stands for this answer in a form."""
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def both(fr: str, en: str) -> dict[str, str]:
    """Words by language, those that are there."""
    return {code: text for code, text in (("fr", fr), ("en", en)) if text}


def with_row(typed: Typed) -> Typed:
    """The form with one more empty row."""
    used = {row.mark for row in typed.rows}
    mark = next(f"{NEW}{n}" for n in range(MOST_ROWS + 1) if f"{NEW}{n}" not in used)
    return replace(typed, rows=(*typed.rows, Row(mark)))


def without_row(typed: Typed, mark: str) -> Typed:
    """The form without this row."""
    return replace(typed, rows=tuple(row for row in typed.rows if row.mark != mark))


def row_higher(typed: Typed, mark: str) -> Typed:
    """The form with this row one place further up."""
    rows = list(typed.rows)
    place = next((n for n, row in enumerate(rows) if row.mark == mark), 0)
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    return replace(typed, rows=tuple(rows))
