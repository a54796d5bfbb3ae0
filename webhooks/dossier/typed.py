"""The form of one item: what is shown in it, and what was typed, kept as it was typed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from rules.answers import Value, Words
from rules.catalogue import Reason
from rules.catalogue.shapes import USUAL_FORMATS
from rules.dossier import Condition
from rules.requirements.entries import MEGABYTE, DocumentEntry, Entry, FieldEntry, Option
from rules.vocabulary import Stage, WorkStatus
from webhooks.forms import Form, whole

LANGUAGES: Final = ("fr", "en")
YES, NO = "=yes", "=no"
"""Stand for the booleans of yes/no questions; no choice's key begins like this."""
DATES: Final = ("any", "past", "future")
NEW: Final = "+"
"""Begins the mark of a row that was not saved yet."""
MOST_ROWS: Final = 80
OUT_OF_RANGE: Final = -1
"""Stands for a number that is none: no limit takes it."""
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
        return _both(self.fr, self.en)

    @property
    def advice(self) -> Words:
        """What to do next, by language."""
        return _both(self.advice_fr, self.advice_en)


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
        "condition_values": _written(condition.equals) if condition else frozenset(),
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
        "must_be": _written(entry.must_be),
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


def parts(typed: Typed, entry: Entry) -> dict[str, Any]:
    """What the form asks to change of `entry`; what makes no sense is left to its checks.

    Of an entry whose use is fixed only the words, and the choices, are changed.
    """
    changed: dict[str, Any] = {"label": _words(typed, "label"), "help": _words(typed, "help")}
    if isinstance(entry, FieldEntry) and entry.options:
        changed["options"] = _options(typed)
    if entry.fixed:
        return changed
    changed |= {
        "required": typed.required,
        "statuses": () if typed.who not in list(WorkStatus) else (typed.who,),
        "stage": Stage.ADMITTED if typed.stage == Stage.ADMITTED else Stage.APPLICATION,
        "condition": _condition(typed, entry),
    }
    own = _field_parts if isinstance(entry, FieldEntry) else _document_parts
    return changed | own(typed, entry)


def _field_parts(typed: Typed, entry: Entry) -> dict[str, Any]:
    assert isinstance(entry, FieldEntry)
    made: dict[str, Any] = {"limits": _limits(typed, entry)}
    if entry.kind in ("choice", "choices"):
        made["options"] = _options(typed)
    if entry.kind in ("yes_no", "choice"):
        made["must_be"] = _values(typed.must_be, entry.must_be) if typed.must else ()
        made["unmet"] = _words(typed, "unmet")
    return made


def _document_parts(typed: Typed, _entry: Entry) -> dict[str, Any]:
    days = typed.text("validity_days")
    return {
        "formats": _in_order(typed.formats, USUAL_FORMATS),
        "max_pages": _number(typed, "max_pages"),
        "max_bytes": _number(typed, "megabytes") * MEGABYTE,
        "asks_expiry": typed.asks_expiry,
        "validity_days": whole(days, OUT_OF_RANGE) if days else None,
        "remind_days": _days(typed.text("remind_days")),
        "view_and_forget": typed.view_and_forget,
        "sensitive": typed.sensitive,
        "reasons": tuple(
            Reason(row.key, row.label, row.advice) for row in typed.rows if not row.empty
        ),
    }


def _options(typed: Typed) -> tuple[Option, ...]:
    return tuple(Option(row.key, row.label) for row in typed.rows if not row.empty)


def _condition(typed: Typed, entry: Entry) -> Condition | None:
    if not typed.condition_key:
        return None
    was = entry.condition.equals if entry.condition else ()
    return Condition(typed.condition_key, _values(typed.condition_values, was))


def _values(written: frozenset[str], was: Sequence[Value]) -> tuple[Value, ...]:
    """The answers that were ticked, in the order in which they stood before."""
    names: dict[str, Value] = {YES: True, NO: False}
    return tuple(names.get(one, one) for one in _in_order(written, [_name(one) for one in was]))


def _in_order(chosen: Collection[str], order: Sequence[str]) -> tuple[str, ...]:
    """Those chosen, as they stand in `order`; unknown ones follow."""
    return (*(one for one in order if one in chosen), *sorted(set(chosen) - set(order)))


def _written(values: Sequence[Value]) -> frozenset[str]:
    return frozenset(map(_name, values))


def _name(value: Value) -> str:
    if isinstance(value, bool):
        return YES if value else NO
    return str(value)


def _limits(typed: Typed, entry: FieldEntry) -> dict[str, Any]:
    """The limits of this kind; those that the form does not show are kept."""
    kind, kept = entry.kind, dict(entry.limits)
    numbers = {"text": ("max_length",), "long_text": ("max_length",), "date": ("min_age",)}
    names = numbers.get(kind, ("min", "max", "decimals") if kind == "number" else ())
    for name in names:
        kept.pop(name, None)
        if typed.text(name):
            kept[name] = _signed(typed.text(name))
    if kind == "date":
        kept = {name: value for name, value in kept.items() if name not in ("past", "future")}
        if typed.dates in ("past", "future"):
            kept[typed.dates] = True
    return kept


def _signed(text: str) -> int | float:
    """A number that may be below zero or have decimals; when it is none, one that no limit is."""
    plain = text.replace(",", ".").replace("\u202f", "").replace(" ", "")
    head, _, tail = plain.removeprefix("-").partition(".")
    if whole(head, OUT_OF_RANGE) < 0 or (tail and whole(tail, OUT_OF_RANGE) < 0):
        return float("nan")
    return float(plain) if tail else int(plain)


def _number(typed: Typed, name: str) -> int:
    return whole(typed.text(name), OUT_OF_RANGE)


def _days(text: str) -> tuple[int, ...]:
    pieces = [piece for piece in text.replace(";", ",").replace(" ", ",").split(",") if piece]
    return tuple(whole(piece, OUT_OF_RANGE) for piece in pieces)


def _words(typed: Typed, name: str) -> Words:
    return _both(typed.words.get(f"{name}_fr", ""), typed.words.get(f"{name}_en", ""))


def _both(fr: str, en: str) -> dict[str, str]:
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
