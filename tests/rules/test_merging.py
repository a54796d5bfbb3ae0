"""What is said twice within minutes, as one: lists, words, moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rules.decisions import LONGEST_COMMENT
from rules.merging import (
    GRACE,
    NOTE_GRACE,
    NOTES_WAIT,
    corrections_leave,
    merged_corrections,
    merged_notes,
    note_leaves,
    points_of,
)

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def item(key: str, state: str = "asked", reason: str = "") -> dict[str, Any]:
    return {"key": key, "label": {"fr": key}, "state": state, "reason": reason}


def facts(*items: dict[str, Any], comment: str = "") -> dict[str, Any]:
    return {"comment": comment, "items": list(items)}


@pytest.mark.parametrize(
    ("planned", "last", "leaves"),
    [
        (timedelta(0), None, timedelta(0)),  # its delay is over, or there is none
        (-10 * SECOND, None, timedelta(0)),  # the worker was late
        (5 * MINUTE, None, timedelta(0)),  # "send now" is now
        (5 * MINUTE, timedelta(0), GRACE),  # and again: whatever follows is one more mail
        (5 * MINUTE, -30 * SECOND, GRACE - 30 * SECOND),
        (5 * MINUTE, -GRACE, timedelta(0)),  # long ago
        (30 * SECOND, timedelta(0), 30 * SECOND),  # sent by hand shortly before
        (timedelta(0), timedelta(0), timedelta(0)),  # it has waited
    ],
)
def test_corrections_leave_at_once_unless_some_left_a_moment_ago(
    planned: timedelta, last: timedelta | None, leaves: timedelta
) -> None:
    before = None if last is None else NOW + last
    assert corrections_leave(NOW, NOW + planned, before) == NOW + leaves


@pytest.mark.parametrize(
    ("first", "grace", "leaves"),
    [
        (None, timedelta(0), timedelta(0)),
        (None, 5 * MINUTE, NOTE_GRACE),
        (None, 20 * SECOND, 20 * SECOND),
        (-30 * SECOND, 5 * MINUTE, NOTE_GRACE),  # counted anew from the last one
        (-150 * SECOND, 5 * MINUTE, NOTES_WAIT - 150 * SECOND),  # but not for ever
        (-5 * MINUTE, 5 * MINUTE, timedelta(0)),  # never before now
    ],
)
def test_a_rejected_document_waits_for_the_next_one_but_not_for_long(
    first: timedelta | None, grace: timedelta, leaves: timedelta
) -> None:
    began = None if first is None else NOW + first
    assert note_leaves(NOW, began, grace) == NOW + leaves


@pytest.mark.parametrize(
    ("earlier", "newer", "touched", "expected"),
    [
        # both lists, the earlier first
        ([item("a")], [item("b")], (), ["a asked ", "b asked "]),
        # what was asked for and was answered since is asked for no more
        ([item("a"), item("c")], [item("b")], ("a",), ["c asked ", "b asked "]),
        # what was wrong and is no longer, is no longer told
        ([item("a", "rejected", "Floue")], [item("b")], (), ["b asked "]),
        # one item once, with the newer words, in its first place
        (
            [item("a", "rejected", "Floue"), item("c")],
            [item("b"), item("a", "rejected", "Expirée")],
            (),
            ["a rejected Expirée", "c asked ", "b asked "],
        ),
        # words are not lost to silence
        (
            [item("a", "missing", "Avant lundi")],
            [item("a", "missing")],
            (),
            ["a missing Avant lundi"],
        ),
        # asked for, sent, then rejected: the newer list has it
        ([item("a")], [item("a", "rejected", "Floue")], ("a",), ["a rejected Floue"]),
    ],
)
def test_no_item_is_lost_and_none_is_told_twice(
    earlier: list[Any], newer: list[Any], touched: tuple[str, ...], expected: list[str]
) -> None:
    both = merged_corrections(facts(*earlier), facts(*newer), touched)
    assert both is not None
    told = [f"{one['key']} {one['state']} {one['reason']}" for one in both["items"]]
    assert told == expected


@pytest.mark.parametrize(
    ("earlier", "newer", "comment"),
    [
        ("", "", ""),
        ("Merci", "", "Merci"),
        ("", "Merci", "Merci"),
        ("Merci", " Merci ", "Merci"),
        ("Bonjour", "Et aussi", "Bonjour\n\nEt aussi"),
    ],
)
def test_both_comments_are_told(earlier: str, newer: str, comment: str) -> None:
    both = merged_corrections(facts(comment=earlier), facts(comment=newer), ())
    assert both is not None
    assert both["comment"] == comment


def test_comments_that_do_not_fit_together_stay_two_messages() -> None:
    half = "x" * (LONGEST_COMMENT // 2)
    assert merged_corrections(facts(comment=half), facts(comment=half[1:] + "y"), ()) is None
    assert merged_corrections(facts(comment=half), facts(comment=half[3:] + "y"), ()) is not None


def test_documents_are_told_in_the_order_of_their_last_rejection() -> None:
    old = {"key": "a", "label": {}, "reason": "Floue", "advice": ""}
    assert points_of(old) == [old], "as an older release wrote it"
    notes = [old, {"points": [item("b", reason="Coupée"), item("c", reason="Vide")]}]
    told = merged_notes(notes, item("b", reason="Expirée"))
    assert [(one["key"], one["reason"]) for one in told] == [
        ("a", "Floue"),
        ("c", "Vide"),
        ("b", "Expirée"),
    ]
