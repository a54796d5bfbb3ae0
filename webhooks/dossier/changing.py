"""Changes in plain words: which part of which item, before and after."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rules.dossier import Condition
from rules.requirements import Change, Draft, Entry, FieldEntry
from rules.requirements.entries import MEGABYTE
from rules.vocabulary import Language, Stage
from webhooks.dossier import showing
from words.language import N_, pick, translate

PARTS: Final[Mapping[str, str]] = {
    "label": N_("Name"),
    "help": N_("Help"),
    "required": N_("Required"),
    "statuses": N_("For whom"),
    "stage": N_("When"),
    "condition": N_("Asked only if"),
    "options": N_("Choices"),
    "limits": N_("Limits"),
    "must_be": N_("Condition of admission"),
    "unmet": N_("Sentence for those who do not meet it"),
    "formats": N_("Kinds of file"),
    "max_pages": N_("Pages at most"),
    "max_bytes": N_("Megabytes at most"),
    "asks_expiry": N_("Expiry date asked"),
    "validity_days": N_("Days of validity"),
    "remind_days": N_("Reminders before it expires, in days"),
    "view_and_forget": N_("View and forget"),
    "sensitive": N_("Every view journaled"),
    "reasons": N_("Reasons for rejection"),
    "example_id": N_("Example"),
}
LIMITS: Final[Mapping[str, str]] = {
    "min": N_("at least {value}"),
    "max": N_("at most {value}"),
    "max_length": N_("{value} characters at most"),
    "decimals": N_("{value} decimals at most"),
    "min_age": N_("{value} years old at least"),
    "past": N_("in the past"),
    "future": N_("in the future"),
    "name": N_("a person’s name"),
}
FORMATS: Final[Mapping[str, str]] = {
    "pdf": "PDF",
    "jpeg": "JPEG",
    "png": "PNG",
    "heic": "HEIC",
    "webp": "WebP",
}


@dataclass(frozen=True, slots=True)
class Told:
    """One part of one item, as a person reads it."""

    key: str
    item: str
    part: str
    before: str
    after: str
    at_once: bool
    """Whether it reaches everybody when it is published."""


def told(change: Change, draft: Draft, language: str) -> Told:
    """A change in words."""
    name = PARTS.get(change.part)
    was = _entry(draft.ground.published, change.key)
    now = _entry(draft.entries, change.key)
    before = _said(change.part, change.before, was, draft.ground.published, language)
    after = _said(change.part, change.after, now, draft.entries, language)
    if before == after:  # the other language's words, or an advice: only what differs, in full
        before = _spelled_out(change.before, change.after)
        after = _spelled_out(change.after, change.before)
    return Told(
        key=change.key,
        item=pick(change.item, language),
        part=translate(language, name) if name else change.part,
        before=before,
        after=after,
        at_once=change.at_once,
    )


def _spelled_out(rows: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]) -> str:
    """Choices or reasons that are not among the others, in every language, with their advice."""
    texts = [
        " / ".join(
            words[code]
            for words in (one["label"], one.get("advice", {}))
            for code in Language
            if words.get(code)
        )
        for one in rows
        if one not in others
    ]
    return ", ".join(texts) or "–"


def _entry(entries: Sequence[Entry], key: str) -> Entry | None:
    return next((one for one in entries if one.key == key), None)


def _said(
    part: str, value: Any, entry: Entry | None, entries: Sequence[Entry], language: str
) -> str:
    """A column's value in words; a dash for nothing."""
    if isinstance(value, bool):
        return translate(language, "yes") if value else translate(language, "no")
    if part == "condition" and entry is not None:
        held = Condition(value["key"], tuple(value["equals"])) if value else None
        return showing.condition(entry.but(condition=held), entries, language) or "–"
    if part == "must_be" and isinstance(entry, FieldEntry):
        return _either(showing.values(entry, value or (), language), language)
    words = SAID.get(part)
    if words is not None:
        return words(value, language)
    return "–" if value in (None, "", [], {}) else str(value)


def _either(answers: list[str], language: str) -> str:
    return f" {translate(language, 'or')} ".join(answers) or "–"


def _words(value: Mapping[str, str], _language: str) -> str:
    """Both languages, in one order: either may be what changed, and databases sort keys."""
    return " / ".join(value[one] for one in Language if value.get(one)) or "–"


def _statuses(value: Sequence[str], language: str) -> str:
    if len(value) != 1:
        return translate(language, "everybody")
    only = {"independent": N_("independents only"), "employee": N_("employees only")}
    return translate(language, only.get(value[0], value[0]))


def _stage(value: str, language: str) -> str:
    words = N_("To apply") if value == Stage.APPLICATION else N_("Once accepted")
    return translate(language, words)


def _labels(value: Sequence[Mapping[str, Any]], language: str) -> str:
    """Choices or reasons, those that are offered."""
    shown = [pick(one["label"], language) for one in value if not one.get("archived")]
    return ", ".join(shown) or "–"


def _limits(value: Mapping[str, Any], language: str) -> str:
    known = [(LIMITS[name], limit) for name, limit in value.items() if name in LIMITS]
    return ", ".join(translate(language, text, value=limit) for text, limit in known) or "–"


def _formats(value: Sequence[str], _language: str) -> str:
    return ", ".join(FORMATS.get(one, one) for one in value) or "–"


def _days(value: Sequence[int], _language: str) -> str:
    return ", ".join(map(str, value)) or "–"


def _megabytes(value: int, _language: str) -> str:
    return str(value // MEGABYTE)


def _example(value: str | None, language: str) -> str:
    return translate(language, "a file") if value else "–"


SAID: Final[Mapping[str, Callable[[Any, str], str]]] = {
    "label": _words,
    "help": _words,
    "unmet": _words,
    "statuses": _statuses,
    "stage": _stage,
    "options": _labels,
    "reasons": _labels,
    "limits": _limits,
    "formats": _formats,
    "remind_days": _days,
    "max_bytes": _megabytes,
    "example_id": _example,
}
