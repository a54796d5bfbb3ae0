"""Quiet hours as tables: local hours, changes of the clocks, spans over midnight, other zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.errors import Refusal
from rules.notices import CHANNELS, FAREWELLS, TO_OPERATORS, NoticeKind
from rules.quiet import (
    REMINDERS,
    NotAnHour,
    QuietHours,
    TooQuiet,
    check_quiet_hours,
    may_wait,
    quiet_hours,
)

PARIS, LA_REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
NOUMEA, MIQUELON = ZoneInfo("Pacific/Noumea"), ZoneInfo("America/Miquelon")
BEIRUT = ZoneInfo("Asia/Beirut")
"""There the clocks change at midnight."""


def at(text: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("hours", "zone", "owed", "leaves"),
    [
        # an ordinary night, from both sides
        ((20, 8), PARIS, "2026-12-09 04:00", "2026-12-09 08:00"),
        ((20, 8), PARIS, "2026-12-09 07:59:59", "2026-12-09 08:00"),
        ((20, 8), PARIS, "2026-12-09 08:00", "2026-12-09 08:00"),
        ((20, 8), PARIS, "2026-12-09 14:07", "2026-12-09 14:07"),
        ((20, 8), PARIS, "2026-12-09 19:59:59", "2026-12-09 19:59:59"),
        ((20, 8), PARIS, "2026-12-09 20:00", "2026-12-10 08:00"),
        ((20, 8), PARIS, "2026-12-31 23:30", "2027-01-01 08:00"),
        # within one day
        ((12, 14), PARIS, "2026-12-09 11:59", "2026-12-09 11:59"),
        ((12, 14), PARIS, "2026-12-09 13:00", "2026-12-09 14:00"),
        ((12, 14), PARIS, "2026-12-09 14:00", "2026-12-09 14:00"),
        # from or to midnight
        ((0, 7), PARIS, "2026-12-09 23:59", "2026-12-09 23:59"),
        ((0, 7), PARIS, "2026-12-09 00:00", "2026-12-09 07:00"),
        ((18, 0), PARIS, "2026-12-09 18:00", "2026-12-10 00:00"),
        # equal hours: never quiet
        ((0, 0), PARIS, "2026-12-09 03:00", "2026-12-09 03:00"),
        ((8, 8), PARIS, "2026-12-09 08:30", "2026-12-09 08:30"),
        # elsewhere it is another hour
        ((20, 8), LA_REUNION, "2026-12-09 04:00", "2026-12-09 08:00"),
        ((20, 8), NOUMEA, "2026-12-09 21:00", "2026-12-10 08:00"),
        ((20, 8), MIQUELON, "2026-12-09 19:30", "2026-12-09 19:30"),
        # 29 March 2026, 02:00 to 03:00 does not exist
        ((20, 8), PARIS, "2026-03-28 22:00", "2026-03-29 08:00"),
        ((20, 8), PARIS, "2026-03-29 03:30", "2026-03-29 08:00"),
        ((22, 2), PARIS, "2026-03-29 01:30", "2026-03-29 03:00"),
        ((2, 3), PARIS, "2026-03-29 01:59", "2026-03-29 01:59"),
        ((2, 3), PARIS, "2026-03-29 03:00", "2026-03-29 03:00"),
        ((3, 2), PARIS, "2026-03-29 01:00", "2026-03-30 02:00"),
        # midnight itself does not exist
        ((20, 0), BEIRUT, "2026-03-28 22:00", "2026-03-29 01:00"),
    ],
)
def test_a_reminder_leaves_when_it_is_not_quiet(
    hours: tuple[int, int], zone: ZoneInfo, owed: str, leaves: str
) -> None:
    quiet = QuietHours(*hours, zone)
    moment = at(owed, zone)
    assert quiet.after(moment) == at(leaves, zone).astimezone(UTC)
    assert quiet.cover(moment) == (owed != leaves)


@pytest.mark.parametrize(
    ("hours", "owed", "fold", "leaves", "late"),
    [
        # 25 October 2026, 02:00 to 03:00 is there twice
        ((20, 8), "2026-10-25 02:30", 0, "2026-10-25 08:00", 0),
        ((20, 8), "2026-10-25 02:30", 1, "2026-10-25 08:00", 0),
        ((20, 3), "2026-10-25 02:30", 0, "2026-10-25 03:00", 0),
        ((20, 3), "2026-10-25 02:30", 1, "2026-10-25 03:00", 0),
        ((20, 2), "2026-10-25 01:30", 0, "2026-10-25 02:00", 0),
        ((20, 2), "2026-10-25 02:30", 1, "2026-10-25 02:30", 1),
    ],
)
def test_an_hour_that_is_there_twice_is_the_same_hour(
    hours: tuple[int, int], owed: str, fold: int, leaves: str, late: int
) -> None:
    quiet = QuietHours(*hours, PARIS)
    assert quiet.after(at(owed, PARIS, fold)) == at(leaves, PARIS, late).astimezone(UTC)


@settings(max_examples=300, deadline=None)
@given(
    begin=st.integers(0, 23),
    end=st.integers(0, 23),
    zone=st.sampled_from([PARIS, LA_REUNION, NOUMEA, MIQUELON, BEIRUT]),
    minutes=st.integers(0, 2 * 365 * 1440),
)
def test_whenever_it_is_owed_it_leaves_as_soon_as_it_may(
    begin: int, end: int, zone: ZoneInfo, minutes: int
) -> None:
    owed = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    quiet = QuietHours(begin, end, zone)
    leaves = quiet.after(owed)
    assert owed <= leaves <= owed + timedelta(days=2)
    assert not quiet.cover(leaves)
    step = owed
    while step < leaves:  # not a minute earlier
        assert quiet.cover(step)
        step += timedelta(minutes=15)


@pytest.mark.parametrize(
    ("hours", "since", "until", "awake"),
    [
        ((20, 8), "2026-12-09 19:00", "2026-12-10 09:00", 2),
        ((20, 8), "2026-12-09 21:00", "2026-12-10 07:00", 0),
        ((20, 8), "2026-12-09 09:00", "2026-12-09 11:00", 2),
        ((20, 8), "2026-12-09 12:00", "2026-12-12 12:00", 36),
        ((12, 14), "2026-12-09 11:00", "2026-12-09 15:00", 2),
        ((0, 0), "2026-12-09 11:00", "2026-12-10 11:00", 24),
        ((2, 3), "2026-03-29 00:00", "2026-03-29 05:00", 4),
        ((22, 2), "2026-10-25 00:00", "2026-10-25 05:00", 4),
        ((20, 8), "2026-12-09 11:00", "2026-12-09 10:00", 0),
        ((0, 0), "2026-12-09 11:00", "2026-12-09 10:00", 0),
    ],
)
def test_the_time_that_is_not_quiet_is_counted(
    hours: tuple[int, int], since: str, until: str, awake: int
) -> None:
    quiet = QuietHours(*hours, PARIS)
    counted = quiet.awake(at(since, PARIS).astimezone(UTC), at(until, PARIS).astimezone(UTC))
    assert counted == timedelta(hours=awake)


def test_a_provider_that_chose_nothing_is_quiet_from_eight_to_eight() -> None:
    assert quiet_hours(None, None, PARIS) == QuietHours(20, 8, PARIS)
    assert quiet_hours(0, 0, PARIS) == QuietHours(0, 0, PARIS), "0 is an hour, not nothing"
    assert quiet_hours(22, None, PARIS) == QuietHours(22, 8, PARIS)


@pytest.mark.parametrize("hours", [(20, 8), (0, 0), (23, 23), (8, 9), (8, 4), (23, 19), (0, 20)])
def test_hours_of_the_clock_are_taken(hours: tuple[int, int]) -> None:
    check_quiet_hours(*hours)


@pytest.mark.parametrize(
    ("hours", "refusal"),
    [
        ((24, 8), NotAnHour),
        ((20, -1), NotAnHour),
        ((9, 8), TooQuiet),
        ((11, 8), TooQuiet),
        ((0, 21), TooQuiet),
    ],
)
def test_other_hours_are_refused(hours: tuple[int, int], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_quiet_hours(*hours)


def test_only_a_reminder_that_nobody_has_just_asked_for_can_wait() -> None:
    assert may_wait(NoticeKind.DELETION_REMINDER, {"reminder": 1})
    assert not may_wait(NoticeKind.DELETION_REMINDER, {"reminder": 1, "asked": True})
    for kind in set(NoticeKind) - REMINDERS:
        assert not may_wait(kind, {})
    assert not REMINDERS & (FAREWELLS | TO_OPERATORS)
    assert all(kind in CHANNELS for kind in REMINDERS)
