"""Parts of entries as the journal keeps them: labels in place of keys, for people to read."""

from collections.abc import Iterable
from typing import Any

from rules.answers import Words
from rules.requirements.entries import Entry, FieldEntry


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
    if part == "options":
        return [dict(one["label"]) for one in value if not one.get("archived")]
    if part == "reasons":
        return [dict(one["label"]) for one in value]
    if part == "must_be":
        return [_answer(entry, one) for one in value]
    return value


def _answer(asked: Entry | None, value: Any) -> Words | Any:
    options = asked.options if isinstance(asked, FieldEntry) else ()
    return next((dict(one.label) for one in options if one.key == value), value)
