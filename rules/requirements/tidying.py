"""One spelling of what a form sends for an entry: clean texts, no empty ones, keys for choices."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from rules.answers import Words, tidy
from rules.answers.question import InvalidAnswer
from rules.catalogue import Reason
from rules.catalogue.shapes import french
from rules.requirements import refusals
from rules.requirements.entries import DocumentEntry, Entry, FieldEntry, Option
from rules.vocabulary import Language, WorkStatus

LABEL_LENGTH: Final = 120
HELP_LENGTH: Final = 500
UNMET_LENGTH: Final = 500
CHOICE_LENGTH: Final = 80
"""A button of a phone shows about as much on two lines."""
ADVICE_LENGTH: Final = 300
KEY_LENGTH: Final = 40


def tidied(entry: Entry) -> Entry:
    """The same entry, in one spelling.

    Raises:
        TextTooLong, TextUnreadable.
    """
    entry = entry.but(
        label=_words(entry, "label", entry.label, LABEL_LENGTH),
        help=_words(entry, "help", entry.help, HELP_LENGTH),
        statuses=_statuses(entry.statuses),
    )
    if isinstance(entry, FieldEntry):
        return _field(entry)
    return _document(entry) if isinstance(entry, DocumentEntry) else entry


def _field(entry: FieldEntry) -> FieldEntry:
    options = [
        replace(one, label=_words(entry, "options", one.label, CHOICE_LENGTH))
        for one in entry.options
    ]
    named = with_keys(options)
    offered = {one.key for one in named if not one.archived}
    must_be = entry.must_be
    if entry.kind == "choice":  # an archived choice meets no condition any more
        must_be = tuple(value for value in must_be if value in offered)
    limits = {  # by identity: a limit of 0 is equal to False
        name: value
        for name, value in entry.limits.items()
        if value is not None and value is not False
    }
    return entry.but(
        options=named,
        must_be=must_be,
        unmet=_words(entry, "unmet", entry.unmet, UNMET_LENGTH),
        limits=limits,
    )


def _document(entry: DocumentEntry) -> DocumentEntry:
    reasons = [
        Reason(
            one.key,
            _words(entry, "reasons", one.label, LABEL_LENGTH),
            _words(entry, "reasons", one.advice, ADVICE_LENGTH),
        )
        for one in entry.reasons
    ]
    taken: set[str] = {one.key for one in reasons}
    named = [one if one.key else replace(one, key=_key(one.label, taken)) for one in reasons]
    return entry.but(
        reasons=tuple(named),
        remind_days=tuple(sorted(set(entry.remind_days), reverse=True)),
    )


def with_keys(options: Iterable[Option]) -> tuple[Option, ...]:
    """The choices with a key each, offered ones first.

    A new one that reads like an archived one is that one again, so that answers find it.
    """
    options = list(options)
    archived = {_reading(one.label): one for one in options if one.archived}
    taken = {one.key for one in options}
    offered = []
    for one in options:
        if one.archived:
            continue
        former = archived.pop(_reading(one.label), None) if not one.key else None
        key = one.key or (former.key if former else _key(one.label, taken))
        offered.append(replace(one, key=key))
    kept = {one.key for one in offered}
    left = (one for one in options if one.archived and one.key not in kept)
    return (*offered, *left)


def _reading(label: Words) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((code, tidy.fold(text)) for code, text in label.items()))


def _key(label: Words, taken: set[str]) -> str:
    """A key that says what the label says: `le_soir`, `le_soir_2` when that one is taken."""
    text = next(iter(label.values()), "")
    plain = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in tidy.fold(text))
    stem = "_".join(plain.split())[:KEY_LENGTH] or "choice"
    key, number = stem, 1
    while key in taken:
        number += 1
        key = f"{stem}_{number}"
    taken.add(key)
    return key


def _words(entry: Entry, part: str, words: Mapping[str, Any], limit: int) -> Words:
    """Clean texts by known language, empty ones left out."""
    clean = {}
    for code in Language:
        text = words.get(code)
        if not text:
            continue
        try:
            text = tidy.lines(str(text)) if part in ("help", "unmet") else tidy.line(str(text))
        except InvalidAnswer as unreadable:
            if isinstance(unreadable, tidy.TooLong):
                raise refusals.TextTooLong(
                    part, key=entry.key, item=entry.label, limit=limit
                ) from unreadable
            raise refusals.TextUnreadable(part, key=entry.key, item=entry.label) from unreadable
        if len(text) > limit:
            raise refusals.TextTooLong(part, key=entry.key, item=_shown(entry), limit=limit)
        if text and not tidy.shows_something(text):
            raise refusals.TextUnreadable(part, key=entry.key, item=_shown(entry))
        if text:
            clean[str(code)] = french(text) if code is Language.FRENCH else text
    return clean


def _shown(entry: Entry) -> Words:
    """The label, short enough for a sentence."""
    return {
        code: text if len(text) <= 60 else text[:59] + "…" for code, text in entry.label.items()
    }


def _statuses(statuses: Iterable[str]) -> tuple[str, ...]:
    """In the usual order, none instead of all."""
    wanted = set(statuses)
    if wanted == set(WorkStatus):
        return ()
    known = [str(one) for one in WorkStatus if one in wanted]
    return (*known, *sorted(wanted - set(WorkStatus)))
