"""What an operator says twice within minutes is told once: corrections, and documents to redo.

Something that is still owed gives way to what comes after it, which says all of it. What has
left, or is leaving at this moment, stays as it is.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from rules.decisions import LONGEST_COMMENT
from rules.notices import NoticeKind

GRACE = timedelta(minutes=2)
"""How long after a mail with corrections the next one leaves, if it is sent by hand: what is said
in between is told in one. A decision that was pending has waited."""

NOTE_GRACE = timedelta(minutes=1)
"""How long a rejected document waits for the next one, counted anew with each."""

NOTES_WAIT = timedelta(minutes=3)
"""And how long the first of them waits at most."""

WAITS_FOR_MORE = frozenset({NoticeKind.DOCUMENT_REJECTED, NoticeKind.CORRECTIONS})
"""Kinds that wait; whatever else is told in the same chat makes them leave first, in order."""

JOINED = "told in a later message"
"""Why something that was owed did not leave by itself."""

ACCEPTED = "accepted meanwhile"
"""Why corrections are not told any more."""

CHANGED = "the verdict was changed"
"""Why a rejected document is not told any more."""

Facts = Mapping[str, Any]


def corrections_leave(now: datetime, planned: datetime, last: datetime | None) -> datetime:
    """When a rejection that is final now is told: at once, unless one was told a moment ago.

    planned: when it, or the first of those that it joins, would have been final by itself: nobody
    waits for longer than without "send now". last: when the one before left; None: never.
    """
    return now if last is None else max(now, min(last + GRACE, planned))


def note_leaves(now: datetime, first: datetime | None, grace: timedelta) -> datetime:
    """When a rejected document is told.

    first: when the first of those that it joins was owed. grace: at most NOTE_GRACE; zero where
    decisions are not delayed either.
    """
    waits = now + min(grace, NOTE_GRACE)
    return waits if first is None else max(now, min(waits, first + NOTES_WAIT))


def merged_corrections(earlier: Facts, newer: Facts, touched: Collection[str]) -> Facts | None:
    """Both lists of corrections as one; None when their comments do not fit into one message.

    An item that is still wrong by itself is in the newer list anyway. What the operator had only
    asked for is taken over, unless the candidate has `touched` it since. Earlier things come
    first; of one item the newer words count.
    """
    comment = _both(earlier["comment"], newer["comment"])
    if len(comment) > LONGEST_COMMENT:
        return None
    found = {one["key"]: one for one in newer["items"]}
    asked = {
        one["key"]: one
        for one in earlier["items"]
        if one["key"] in found or (one["state"] == "asked" and one["key"] not in touched)
    }
    items = [_worded(found.get(key, one), one) for key, one in asked.items()]
    items += [one for key, one in found.items() if key not in asked]
    return {**newer, "comment": comment, "items": items}


def _both(earlier: str, newer: str) -> str:
    parts = [earlier.strip(), newer.strip()]
    return "\n\n".join(dict.fromkeys(part for part in parts if part))


def _worded(newer: Mapping[str, Any], earlier: Mapping[str, Any]) -> Mapping[str, Any]:
    return newer if newer["reason"] else {**newer, "reason": earlier["reason"]}


def points_of(facts: Facts) -> list[dict[str, Any]]:
    """The documents that a note of rejections names; an older release wrote one flat."""
    return list(facts["points"]) if "points" in facts else [dict(facts)]


def merged_notes(earlier: Iterable[Facts], point: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The documents of earlier notes, then this one; each once, with its newest reason."""
    found: dict[str, Mapping[str, Any]] = {}
    for one in [*(each for facts in earlier for each in points_of(facts)), point]:
        found.pop(one["key"], None)
        found[one["key"]] = one
    return list(found.values())
