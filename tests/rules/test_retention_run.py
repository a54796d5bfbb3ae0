"""The nightly run: when it is due, when it waits for Telegram, when it stops and asks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.retention import brake, may_delete_yet, next_run, run_is_due, run_moment

PARIS, REUNION = ZoneInfo("Europe/Paris"), ZoneInfo("Indian/Reunion")
STARTED = datetime(2026, 12, 16, 1, tzinfo=UTC)


def utc(words: str) -> datetime:
    """Read "2026-12-16 03:00" as UTC."""
    return datetime.fromisoformat(words).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "moment"),
    [
        ("Europe/Paris", "2026-12-16", "2026-12-16 03:00"),
        ("Europe/Paris", "2026-07-14", "2026-07-14 02:00"),
        ("Europe/Paris", "2026-03-29", "2026-03-29 02:00"),  # the hour was lost at 01:00 UTC
        ("Europe/Paris", "2026-10-25", "2026-10-25 03:00"),  # the hour came back at 01:00 UTC
        ("Indian/Reunion", "2026-12-16", "2026-12-16 00:00"),
        ("UTC", "2028-02-29", "2028-02-29 04:00"),
        ("Pacific/Noumea", "2026-12-16", "2026-12-15 17:00"),
        ("America/Cayenne", "2026-12-16", "2026-12-16 07:00"),
    ],
)
def test_the_run_is_at_four_local(zone: str, day: str, moment: str) -> None:
    assert run_moment(date.fromisoformat(day), ZoneInfo(zone)) == utc(moment)


@pytest.mark.parametrize(
    ("now", "last", "owed"),
    [
        ("2026-12-16 02:59", "2026-12-15", None),  # 03:59 in Paris
        ("2026-12-16 03:00", "2026-12-15", "2026-12-16"),
        ("2026-12-16 03:00", "2026-12-16", None),  # done: repeated or doubled
        ("2026-12-16 22:00", "2026-12-15", "2026-12-16"),  # late on the same day
        ("2026-12-16 01:00", "2026-12-14", "2026-12-15"),  # yesterday's, caught up before four
        ("2027-01-16 10:00", "2026-12-15", "2027-01-16"),  # a month late: one run, today's
        ("2026-12-16 10:00", None, "2026-12-16"),  # the very first
        ("2026-12-16 10:00", "2026-12-20", None),  # the machine's clock was set back
    ],
)
def test_each_local_date_has_one_run(now: str, last: str | None, owed: str | None) -> None:
    done = date.fromisoformat(last) if last else None
    assert run_is_due(utc(now), PARIS, done) == (date.fromisoformat(owed) if owed else None)


@pytest.mark.parametrize("night", ["2026-03-28 12:00", "2026-10-24 12:00", "2028-02-28 12:00"])
def test_asked_every_minute_for_three_days_it_runs_three_times(night: str) -> None:
    now, last, runs = utc(night), utc(night).date(), []
    for _ in range(3 * 24 * 60):
        now += timedelta(minutes=1)
        if day := run_is_due(now, PARIS, last):
            last = day
            runs.append(now.astimezone(PARIS).hour)
    assert runs == [4, 4, 4]


def test_a_clock_set_back_an_hour_does_not_run_twice() -> None:
    last = run_is_due(utc("2026-12-16 03:30"), PARIS, date(2026, 12, 15))
    assert last == date(2026, 12, 16)
    assert run_is_due(utc("2026-12-16 02:30"), PARIS, last) is None
    assert run_is_due(utc("2026-12-16 03:30"), PARIS, last) is None


def test_tonight_is_strictly_later_than_now() -> None:
    assert next_run(utc("2026-12-16 02:59"), PARIS) == utc("2026-12-16 03:00")
    assert next_run(utc("2026-12-16 03:00"), PARIS) == utc("2026-12-17 03:00")
    assert next_run(utc("2026-12-16 21:00"), REUNION) == utc("2026-12-17 00:00")
    assert next_run(utc("2026-03-28 03:00"), PARIS) == utc("2026-03-29 02:00")


@pytest.mark.parametrize(
    ("running", "to_delete", "already", "stops"),
    [
        (20, 20, 0, False),  # everybody, but not more than 20 people
        (21, 21, 0, True),
        (105, 21, 0, False),  # exactly 20 %
        (104, 21, 0, True),
        (100_000, 20_000, 0, False),
        (100_000, 20_001, 0, True),
        (85, 15, 15, True),  # killed half-way: 30 of 100
        (90, 10, 10, False),  # 20 of 100
        (0, 0, 0, False),
    ],
)
def test_a_run_that_would_delete_many_stops(
    running: int, to_delete: int, already: int, stops: bool
) -> None:
    assert brake(running, to_delete, already) is stops


def test_nobody_is_deleted_before_the_queue_was_seen_empty() -> None:
    assert not may_delete_yet(STARTED + timedelta(days=9), None, STARTED)


def test_nobody_is_deleted_within_fifteen_minutes_of_the_empty_queue() -> None:
    seen = STARTED + timedelta(minutes=2)
    assert not may_delete_yet(seen + timedelta(minutes=14, seconds=59), seen, STARTED)
    assert may_delete_yet(seen + timedelta(minutes=15), seen, STARTED)


def test_a_queue_seen_empty_before_the_start_says_nothing() -> None:
    seen = STARTED - timedelta(seconds=1)
    assert not may_delete_yet(STARTED + timedelta(hours=9), seen, STARTED)


def test_when_the_bot_comes_back_the_wait_begins_again() -> None:
    seen, back = STARTED + timedelta(minutes=2), STARTED + timedelta(hours=5)
    now = back + timedelta(hours=1)
    assert not may_delete_yet(now, seen, STARTED, back)
    assert may_delete_yet(now, back, STARTED, back)


def test_while_the_bot_is_away_nobody_is_deleted() -> None:
    assert not may_delete_yet(STARTED + timedelta(days=9), STARTED, STARTED, bot_away=True)


def test_a_clock_set_back_waits() -> None:
    assert not may_delete_yet(STARTED, STARTED + timedelta(hours=1), STARTED)
