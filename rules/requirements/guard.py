"""The legal guard: which items show a note that has to be confirmed before they are asked.

An item that belongs to people who are retained (phase R), asked with the application; or words
of the provider's own that suggest data which a candidate may not be asked. A confirmation counts
for this item, at this stage, with these words: changing them asks again. What is published was
confirmed when it was published.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rules.answers import Words
from rules.catalogue import CatalogueItem, forbidden_data
from rules.requirements.draft import CATALOGUE, Draft
from rules.requirements.entries import Entry, FieldEntry
from rules.vocabulary import Stage


@dataclass(frozen=True, slots=True)
class Caution:
    """One legal note about one entry."""

    key: str
    """The entry's."""
    item: Words
    """The entry's label."""
    about: str
    """`phase`, or the sort of forbidden data that its words suggest."""
    title: Words
    note: Words


def cautions(entry: Entry) -> tuple[Caution, ...]:
    """All notes that this entry shows where it stands, confirmed or not."""
    if entry.stage is not Stage.APPLICATION or entry.core:
        return ()
    item = CATALOGUE.get(entry.key)
    found = []
    if item is not None and item.phase != "C":
        found.append(Caution(entry.key, entry.label, "phase", item.label, item.note))
    kind = entry.kind if isinstance(entry, FieldEntry) and item is None else ""
    sorts = {one.key: one for text in _own_words(entry, item) for one in forbidden_data(text)}
    sorts |= {one.key: one for one in forbidden_data("", kind)}
    found += [
        Caution(entry.key, entry.label, one.key, one.label, one.note) for one in sorts.values()
    ]
    return tuple(found)


def _own_words(entry: Entry, item: CatalogueItem | None) -> Iterator[str]:
    """What the provider wrote: the catalogue's own words were weighed already."""
    shipped = set(_words(item)) if item is not None else set()
    return (text for text in _words(entry) if text not in shipped)


def _words(entry: Entry | CatalogueItem) -> Iterator[str]:
    yield from entry.label.values()
    yield from entry.help.values()
    for choice in getattr(entry, "choices", ()):
        yield from choice.label.values()


def sign(entry: Entry) -> str:
    """What a confirmation is kept under: another stage or other words give another sign."""
    said = json.dumps([entry.key, entry.stage, sorted(set(_words(entry)))], ensure_ascii=False)
    return f"{entry.key}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def unconfirmed(draft: Draft) -> tuple[Caution, ...]:
    """The notes that still have to be confirmed before this draft can be published."""
    found: list[Caution] = []
    for entry in draft.entries:
        if not is_confirmed(draft, entry):
            found += cautions(entry)
    return tuple(found)


def is_confirmed(draft: Draft, entry: Entry) -> bool:
    """Whether this entry was confirmed as it is, now or when it was published."""
    if sign(entry) in draft.confirmed:
        return True
    return any(sign(one) == sign(entry) for one in draft.ground.published)


def confirm(draft: Draft, key: str) -> Draft:
    """The draft with the notes of this entry confirmed. Raises NoSuchEntry."""
    return replace(draft, confirmed=draft.confirmed | {sign(draft.entry(key))})
