"""When a document that runs out is asked for again: tables of dates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.journey import wanted_documents
from rules.renewals import Ask, Paper, due, expired, papers_of_open_space, runs_out
from rules.statuses import may_change
from rules.vocabulary import DocumentState, Stage, Status
from tests.rules import people

END = date(2026, 12, 16)
DAYS = (30, 10, 3)


def paper(key: str = "insurance", *, end: date = END, version: int = 1, **more: Any) -> Paper:
    facts: dict[str, Any] = {"days": DAYS, "validated_on": date(2026, 1, 5)} | more
    return Paper(key, key, version, end, **facts)


def before(days: int) -> date:
    return END - timedelta(days=days)


ONE: list[tuple[str, int, list[int], int | None]] = [
    ("31 days before", 31, [], None),
    ("30 days before", 30, [], 30),
    ("the next day, asked already", 29, [30], None),
    ("29 days before, yesterday's run was missed", 29, [], 30),
    ("11 days before, asked at 30", 11, [30], None),
    ("10 days before", 10, [30], 10),
    ("5 days before, never asked: the newest only", 5, [], 10),
    ("and not the older one after it", 5, [10], None),
    ("3 days before", 3, [30, 10], 3),
    ("the last day, asked three times", 0, [30, 10, 3], None),
    ("the last day, never asked", 0, [], 3),
    ("a week after it expired, never asked", -7, [], 3),
    ("a week after it expired, asked in time", -7, [30, 10, 3], None),
    ("a month and a day after it expired", -31, [], None),
]


@pytest.mark.parametrize(("story", "left", "asked", "wanted"), ONE, ids=[one[0] for one in ONE])
def test_one_document_is_asked_for(
    story: str, left: int, asked: list[int], wanted: int | None
) -> None:
    marks = {Ask(paper(), days).mark for days in asked}
    found = due([paper()], marks, before(left))
    assert [one.days for one in found] == ([wanted] if wanted else []), story


def test_a_new_version_or_another_date_begins_anew() -> None:
    marks = {Ask(paper(), days).mark for days in DAYS}
    assert due([paper(version=2)], marks, before(3))
    assert due([paper(end=END + timedelta(days=1))], marks, before(2))
    assert not due([paper(version=2, end=END.replace(year=2027))], marks, before(3))


def test_nobody_is_asked_for_a_new_one_the_day_after_theirs_was_validated() -> None:
    """Twenty days were left when it was validated: it is asked for ten days before its end."""
    short = paper(validated_on=before(20))
    assert not due([short], set(), before(19))
    assert [one.days for one in due([short], set(), before(10))] == [10]


def test_a_document_validated_just_before_its_end_is_asked_for_all_the_same() -> None:
    late = paper(validated_on=before(2))
    assert [one.days for one in due([late], set(), before(1))] == [3]


def test_a_type_without_days_is_never_asked_for() -> None:
    assert not due([paper(days=())], set(), before(3))


def test_what_expires_the_same_week_comes_in_one_message_and_is_done_with_it() -> None:
    permit = paper("permit", end=END + timedelta(days=6))
    diploma = paper("diploma", end=END + timedelta(days=7))
    found = due([diploma, permit, paper()], set(), before(30))
    assert [(one.paper.key, one.days) for one in found] == [("insurance", 30), ("permit", 30)]
    asked = {one.mark for one in found}
    for day in range(1, 7):
        assert not due([permit, paper()], asked, before(30) + timedelta(days=day))
    later = due([diploma, permit, paper()], asked, before(30) + timedelta(days=7))
    assert [one.paper.key for one in later] == ["diploma"]


LASTING, DATED, UNDATED = (
    people.paper("sirene", validity_days=90),
    people.paper("insurance", asks_expiry=True),
    people.paper("cv", required=False),
)


@pytest.mark.parametrize(
    ("status", "open_ones"),
    [
        ("accepted", {"sirene", "insurance", "identity"}),
        ("submitted", set()),
        ("binned", set()),
        ("incomplete", {"sirene", "insurance", "identity", "cv"}),
    ],
)
def test_who_is_admitted_may_send_anew_what_runs_out_and_nothing_else_of_the_first_stage(
    status: str, open_ones: set[str]
) -> None:
    identity = people.paper("identity", stage=Stage.ADMITTED)
    sent = dict.fromkeys(("sirene", "insurance", "cv"), DocumentState.VALIDATED)
    asked = replace(
        people.dossier(documents=sent, status=Status(status)),
        document_types=(LASTING, DATED, UNDATED, identity),
    )
    keys = ("sirene", "insurance", "cv", "identity")
    assert {key for key in keys if may_change(asked, key)} == open_ones
    if status == "accepted":
        listed = {item.key for item in papers_of_open_space(asked)}
        assert listed == {"sirene", "insurance", "identity"}
        assert {item.key for item in wanted_documents(asked)} == listed


@pytest.mark.parametrize(
    ("days", "over", "soon"),
    [(31, False, False), (30, False, True), (0, False, True), (-1, True, True)],
)
def test_a_card_shows_it_from_the_first_reminder_on(days: int, over: bool, soon: bool) -> None:
    """Its last day still counts."""
    rule = people.paper("insurance", asks_expiry=True, remind_days=DAYS)
    sent = replace(people.sent("insurance", DocumentState.VALIDATED), expires_on=END)
    assert (expired(sent, before(days)), runs_out(rule, sent, before(days))) == (over, soon)
    waiting = replace(sent, state=DocumentState.TO_REVIEW)
    assert not expired(waiting, before(days))
    assert not runs_out(rule, waiting, before(days))


papers = st.builds(
    paper,
    st.sampled_from(["a", "b", "c", "d"]),
    end=st.dates(END, END + timedelta(days=60)),
    days=st.lists(st.integers(1, 90), max_size=4, unique=True).map(tuple),
    validated_on=st.none() | st.dates(END - timedelta(days=100), END),
)


@given(
    found=st.lists(papers, max_size=4, unique_by=lambda one: one.key),
    runs=st.lists(st.integers(1, 25), min_size=1, max_size=60),
)
def test_however_late_the_runs_nothing_is_asked_twice_and_nothing_is_forgotten(
    found: list[Paper], runs: list[int]
) -> None:
    """Days between runs at random, then daily ones: each document is asked for before it is late,
    never twice for one of its days, and never for an older day after a newer one."""
    today, end = END - timedelta(days=120), END + timedelta(days=95)
    asked: list[Ask] = []
    steps = iter(runs)
    while today < end:
        asked += due(found, {one.mark for one in asked}, today)
        today += timedelta(days=next(steps, 1))
    assert len({one.mark for one in asked}) == len(asked)
    for one in found:
        days = [ask.days for ask in asked if ask.paper == one]
        assert days == sorted(days, reverse=True)
        assert days or not one.days
