"""From the form of an item to the parts of an entry that it asks to change."""

from collections.abc import Collection, Sequence
from typing import Any, Final

from rules.answers import Value, Words
from rules.catalogue import Reason
from rules.catalogue.shapes import USUAL_FORMATS
from rules.dossier import Condition
from rules.requirements.entries import MEGABYTE, Entry, FieldEntry, Option
from rules.requirements.refusals import MustBeWrong
from rules.vocabulary import Stage, WorkStatus
from webhooks.dossier.typed import NO, YES, Typed, both, name_of
from webhooks.forms import whole

OUT_OF_RANGE: Final = -1
"""Stands for a number that is none: no limit takes it."""


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


def check_condition(typed: Typed, entry: Entry) -> None:
    """Raises MustBeWrong: only some answers let people apply, and none was chosen."""
    picks = isinstance(entry, FieldEntry) and entry.kind in ("yes_no", "choice")
    if picks and typed.must and not typed.must_be:
        raise MustBeWrong("must_be", key=entry.key, item=_words(typed, "label"))


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
    return tuple(names.get(one, one) for one in _in_order(written, [name_of(one) for one in was]))


def _in_order(chosen: Collection[str], order: Sequence[str]) -> tuple[str, ...]:
    """Those chosen, as they stand in `order`; unknown ones follow."""
    return (*(one for one in order if one in chosen), *sorted(set(chosen) - set(order)))


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
    return both(typed.words.get(f"{name}_fr", ""), typed.words.get(f"{name}_en", ""))
