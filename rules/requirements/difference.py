"""What a draft changes of what is asked now, item by item and part by part."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rules.answers import Words
from rules.requirements.draft import Draft
from rules.requirements.entries import PART, Entry

WORDING: Final = frozenset({"help", "unmet", "example_id"})
"""Columns that help to answer, and change nothing of what is asked: new ones reach at once
everybody who is asked the item under the same label."""

HANDLING: Final = frozenset({"reasons", "remind_days", "sensitive", "view_and_forget"})
"""Columns on the operator's side: they hold at once for every version of the item."""

AT_ONCE: Final = WORDING | HANDLING


@dataclass(frozen=True, slots=True)
class Change:
    """One part of an entry that is changed; values as its column keeps them."""

    key: str
    item: Words
    """The entry's label, as it will be."""
    part: str
    before: Any
    after: Any

    @property
    def at_once(self) -> bool:
        """Whether it reaches everybody when it is published, whatever their version."""
        return self.part in AT_ONCE


@dataclass(frozen=True, slots=True)
class Difference:
    """From what is asked now to what the draft asks."""

    added: tuple[Entry, ...] = ()
    archived: tuple[Entry, ...] = ()
    changed: tuple[Change, ...] = ()
    reordered: bool = False
    """Whether items that stay change places among themselves."""

    def __bool__(self) -> bool:
        """Whether anything changes at all."""
        return self.asks_otherwise or bool(self.changed)

    @property
    def asks_otherwise(self) -> bool:
        """Whether there is something that people in course may be asked, or not: a new version."""
        changed = any(not one.at_once for one in self.changed)
        return bool(self.added or self.archived or self.reordered or changed)


def difference(draft: Draft) -> Difference:
    """What publishing this draft would change."""
    was = {one.key: one for one in draft.ground.published}
    wanted = {one.key: one for one in draft.entries}
    changed = [
        change
        for key, entry in wanted.items()
        if key in was
        for change in changes(was[key], entry)
    ]
    return Difference(
        added=tuple(one for one in draft.entries if one.key not in was),
        archived=tuple(one for one in draft.ground.published if one.key not in wanted),
        changed=tuple(changed),
        reordered=_reordered(draft),
    )


def changes(before: Entry, after: Entry) -> Iterator[Change]:
    """The parts in which two states of an entry differ."""
    now = after.columns()
    for name, value in before.columns().items():
        if now[name] != value:
            yield Change(after.key, after.label, PART.get(name, name), value, now[name])


def _reordered(draft: Draft) -> bool:
    """Whether those that stay in their stage stand in another order."""
    was = {one.key: one.stage for one in draft.ground.published}
    stay = [one.key for one in draft.entries if was.get(one.key) == one.stage]
    begun = Draft.begun(draft.ground)
    return [one.key for one in begun.entries if one.key in stay] != stay
