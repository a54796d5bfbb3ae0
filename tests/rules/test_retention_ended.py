"""Automatic deletion as timelines: people whose admission an operator ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.retention import (
    Reminder,
    Retained,
    RetentionSettings,
    accept_reminder,
    clock_start,
    concerned,
    deletion_date,
    outlook,
    remind_date,
)
from rules.vocabulary import Status
from tests.rules.retention_story import tell

ENDED = {
    # The delay of ended admissions, counted and warned of like the other one.
    "two years after the end, reminded seven days before": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2027-03-01 10:00 the admission ends
        2027-03-01 10:00 → counting for 2029-02-28 J-730
        2029-02-21 03:59 → counting for 2029-02-28
        2029-02-21 04:00 → reminded for 2029-02-28 J-7
        2029-02-28 03:59 → reminded for 2029-02-28 J-0
        2029-02-28 04:00 → deleted
    """,
    "without a reminder the day itself deletes": """
        Paris, 45 days, no reminder, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 30
        2026-12-01 10:00 the admission ends
        2026-12-31 03:59 → counting for 2026-12-31 J-0
        2026-12-31 04:00 → deleted
    """,
    "an admission ended twice counts from the second end": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-01-15 10:00 the admission goes on
        2027-02-01 10:00 the admission ends
        2027-02-01 10:00 → counting for 2027-05-02
        2027-04-25 04:00 → reminded for 2027-05-02
        2027-05-02 04:00 → deleted
    """,
    "whoever goes on is never deleted, not even once warned": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-02-22 04:00 → reminded for 2027-03-01
        2027-02-25 10:00 the admission goes on
        2027-02-25 10:00 → not_concerned, void: off
        2027-02-26 04:00 → not_concerned
        2032-01-01 04:00 → not_concerned
    """,
    "an act in the closed space begins the days anew": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-02-22 04:00 → reminded for 2027-03-01
        2027-02-28 22:00 the candidate acts
        2027-02-28 22:00 → counting for 2027-05-29, void: clock_moved
        2027-05-22 04:00 → reminded for 2027-05-29
        2027-05-29 04:00 → deleted
    """,
    "kept by an operator until a later day": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-02-25 10:00 the operator keeps 60 days
        2027-02-26 10:00 → counting for 2027-04-26
        2027-04-19 04:00 → reminded for 2027-04-26
        2027-04-26 04:00 → deleted
    """,
    "nothing can carry the warning: not deleted, an operator decides": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2026-12-01 11:00 the address is removed
        2026-12-01 12:00 the candidate blocks the bot
        2027-02-22 04:00 → unreachable
        2030-01-01 04:00 → unreachable
    """,
    "a mail accepted days late leaves seven days from then": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-02-21 10:00 the mail is down
        2027-02-26 10:00 → reminder_owed for 2027-03-05
        2027-02-27 10:00 the mail is up
        2027-02-27 10:01 → reminded for 2027-03-06
        2027-03-06 04:00 → deleted
    """,
    "in the bin the bin’s own delay counts": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-12-01 10:00 the admission ends
        2026-12-02 10:00 it goes to the bin
        2026-12-02 10:00 → not_concerned
    """,
}

ENDED_HOLDS = {
    # Holds, outages and restored backups as for everybody else.
    "a file still being checked holds the clock": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 09:00 the candidate sends a file
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2026-12-01 10:00 → held
        2026-12-03 10:00 the file is checked
        2026-12-03 10:00 → counting for 2027-03-03
    """,
    "a worker that was away for months warns first": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2026-12-02 10:00 the worker stops
        2027-06-01 10:00 the worker starts
        2027-06-01 10:00 → reminded for 2027-06-08
        2027-06-08 04:00 → deleted
    """,
    "after a restored backup the days count from the word": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-02-20 10:00 a backup is restored
        2027-02-22 10:00 → held
        2027-02-23 10:00 the operator gives the word
        2027-02-23 10:00 → counting for 2027-05-24
    """,
    "a run that is repeated deletes nobody sooner": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-02-22 10:00 the run is repeated
        2027-02-23 10:00 the run is repeated
        2027-02-28 23:00 → reminded for 2027-03-01
        2027-03-01 04:00 → deleted
    """,
}

ENDED_SETTINGS = {
    # Settings that change: a promise outlives them, switching on starts anew.
    "shortened after the promise: the promise stands": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-02-22 10:00 the ended delay becomes 8
        2027-02-28 04:00 → reminded for 2027-03-01
        2027-03-01 04:00 → deleted
    """,
    "shortened after the end was told: the date that was told stands": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-12-01 10:00 the admission ends
        2027-03-01 10:00 the ended delay becomes 30
        2027-03-01 10:01 → counting for 2028-11-30
        2028-11-23 04:00 → reminded for 2028-11-30
        2028-11-30 04:00 → deleted
    """,
    "never, then two months: counted from the day of the change": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 0
        2026-12-01 10:00 the admission ends
        2026-12-01 10:00 → off
        2028-12-01 10:00 → off
        2029-01-01 10:00 the ended delay becomes 60
        2029-01-01 10:00 → counting for 2029-03-02
        2029-02-23 04:00 → reminded for 2029-03-02
        2029-03-02 04:00 → deleted
    """,
    "the module off deletes nobody; on again, the days count from there": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2026-12-15 10:00 the module is switched off
        2027-06-15 10:00 → off
        2027-07-01 10:00 the module is switched on
        2027-07-01 10:00 → counting for 2027-09-29
    """,
    "applications that are never deleted do not stop this clock": """
        Paris, 0 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 → off
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2027-02-22 04:00 → reminded for 2027-03-01
        2027-03-01 04:00 → deleted
    """,
    "the delay of applications does not matter to it": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-02 10:00 it is accepted
        2026-11-03 10:00 the ended delay becomes 90
        2026-12-01 10:00 the admission ends
        2026-12-02 10:00 the delays become 10 and 3
        2027-02-25 04:00 → counting for 2027-03-01
        2027-02-26 04:00 → reminded for 2027-03-01
        2027-03-01 04:00 → deleted
    """,
}

GROUPS = {
    "an ended admission": ENDED,
    "an ended admission on hold": ENDED_HOLDS,
    "an ended admission under other settings": ENDED_SETTINGS,
}


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(story, id=f"{rule}: {title}")
        for rule, stories in GROUPS.items()
        for title, story in stories.items()
    ],
)
def test_timeline(story: str) -> None:
    """Each line of the story comes true."""
    tell(story)


PARIS = ZoneInfo("Europe/Paris")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
SETTINGS = RetentionSettings(True, 45, 7, PARIS)
FATOU = Retained(Status.ACCEPTED, True, LONG_AGO, has_address=True, ended_at=LONG_AGO)


@pytest.mark.parametrize("status", [one for one in Status if one != Status.ACCEPTED])
def test_only_somebody_accepted_has_an_admission_that_ended(status: Status) -> None:
    assert not concerned(replace(FATOU, status=status))


def test_whoever_was_admitted_and_has_not_ended_is_never_concerned() -> None:
    now = LONG_AGO + timedelta(days=3000)
    for status in Status:
        person = replace(FATOU, status=status, ended_at=None)
        assert outlook(SETTINGS, person, now).state == "not_concerned"


def test_the_clock_never_starts_before_the_end() -> None:
    later = LONG_AGO + timedelta(days=9)
    assert clock_start(SETTINGS, replace(FATOU, ended_at=later)) == later
    assert clock_start(SETTINGS, replace(FATOU, clock_start=later)) == later


@pytest.mark.parametrize(("ended", "before"), [(730, 700), (5, 4), (2, 1), (1, 1)])
def test_a_reminder_longer_than_the_delay_is_shortened_and_never_left_out(
    ended: int, before: int
) -> None:
    """Only the default can be shorter than a reminder: other delays are refused when saved."""
    settings = replace(SETTINGS, deletion_days=3650, reminder_days=700, ended_days=ended)
    due = deletion_date(settings, FATOU)
    assert due == date(2020, 1, 1) + timedelta(days=ended)
    assert remind_date(settings, FATOU) == due - timedelta(days=before)
    assert outlook(settings, FATOU, LONG_AGO + timedelta(days=9999)).state == "reminder_due"


def test_the_promise_of_an_ended_admission_leaves_its_own_days() -> None:
    settings = replace(SETTINGS, reminder_days=700, deletion_days=3650, ended_days=30)
    reminder = Reminder(LONG_AGO, date(2020, 1, 31))
    accepted = datetime(2020, 1, 20, 12, tzinfo=UTC)
    kept = accept_reminder(settings.of(FATOU), reminder, accepted, date(2020, 1, 31))
    assert kept.promised == date(2020, 2, 18), "29 days, one less than the delay"
