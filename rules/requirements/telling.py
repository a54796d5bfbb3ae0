"""Parts of entries as the journal keeps them: labels in place of keys, for people to read."""

from collections.abc import Iterable, Mapping
from typing import Any

from rules.answers import Words
from rules.requirements.entries import PART, Entry, FieldEntry

WHOLE = (
    "condition",
    "choices",
    "must_be",
    "limits",
    "asks_expiry",
    "validity_days",
    "view_and_forget",
    "sensitive",
)
"""Columns that a summary tells when they hold something."""


def told(part: str, value: Any, entry: Entry, entries: Iterable[Entry]) -> Any:
    """A part's column, its keys replaced by the labels that they stand for.

    entry: the one that has the part; entries: where its condition finds its question.
    """
    if value is None:
        return None
    if part == "condition":
        asked = next((one for one in entries if one.key == value["key"]), None)
        question = dict(asked.label) if asked else value["key"]
        return {"question": question, "answers": [_answer(asked, one) for one in value["equals"]]}
    if part == "example_id":
        return True
    if part in ("options", "choices"):
        return [dict(one["label"]) for one in value if not one.get("archived")]
    if part == "reasons":
        return [_reason(one) for one in value]
    if part == "must_be":
        return [_answer(entry, one) for one in value]
    return value


def _reason(column: Mapping[str, Any]) -> dict[str, Any]:
    """Why a document is rejected, and what to do next, where that is said."""
    label, advice = dict(column["label"]), dict(column["advice"])
    return {"reason": label, "advice": advice} if any(advice.values()) else label


def summary(entry: Entry, entries: Iterable[Entry]) -> dict[str, Any]:
    """An entry as a whole: what is asked, of whom, when, and within which limits."""
    columns = entry.columns()
    kind = {"answer": entry.kind} if isinstance(entry, FieldEntry) else {}
    parts = {name: told(name, columns.get(name), entry, entries) for name in WHOLE}
    return {
        "label": dict(entry.label),
        "stage": str(entry.stage),
        **kind,
        "required": entry.required,
        "statuses": list(entry.statuses),
        **{PART.get(name, name): value for name, value in parts.items() if value},
    }


def _answer(asked: Entry | None, value: Any) -> Words | Any:
    options = asked.options if isinstance(asked, FieldEntry) else ()
    return next((dict(one.label) for one in options if one.key == value), value)
