"""The operators' mornings as rules: when, to whom, and who has waited for too long."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rules.digest import (
    OVERDUE,
    Digest,
    Group,
    days_waited,
    is_overdue,
    morning,
    newly_overdue,
    wants_digest,
)

PARIS, REUNION, NOUMEA = (
    ZoneInfo(name) for name in ("Europe/Paris", "Indian/Reunion", "Pacific/Noumea")
)


def utc(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hour", "zone", "told"),
    [
        ("2026-12-16", "05:59:59", PARIS, None),
        ("2026-12-16", "06:00:00", PARIS, "2026-12-16"),
        ("2026-12-16", "18:59:59", PARIS, "2026-12-16"),
        ("2026-12-16", "19:00:00", PARIS, None),
        ("2026-07-16", "05:00:00", PARIS, "2026-07-16"),
        ("2026-12-16", "02:59:59", REUNION, None),
        ("2026-12-16", "03:00:00", REUNION, "2026-12-16"),
        ("2026-12-16", "20:00:00", NOUMEA, "2026-12-17"),
        # The hour changes at 02:00 or 03:00: 07:00 is there once, on both days.
        ("2026-03-29", "04:59:59", PARIS, None),
        ("2026-03-29", "05:00:00", PARIS, "2026-03-29"),
        ("2026-10-25", "05:59:59", PARIS, None),
        ("2026-10-25", "06:00:00", PARIS, "2026-10-25"),
    ],
)
def test_a_morning_begins_at_seven_local_and_ends_in_the_evening(
    day: str, hour: str, zone: ZoneInfo, told: str | None
) -> None:
    assert morning(utc(day, hour), zone) == (date.fromisoformat(told) if told else None)


def test_a_moment_without_zone_has_no_morning() -> None:
    with pytest.raises(ValueError, match="zone"):
        morning(datetime(2026, 12, 16, 9), PARIS)


@pytest.mark.parametrize(
    ("choice", "role", "gets"),
    [
        (None, "admin", True),
        (None, "reviewer", False),
        (True, "reviewer", True),
        (False, "admin", False),
    ],
)
def test_administrators_get_the_digest_unless_they_say_otherwise(
    choice: bool | None, role: str, gets: bool
) -> None:
    assert wants_digest(choice, role) is gets


@pytest.mark.parametrize(
    ("waited", "days", "overdue"),
    [
        (timedelta(hours=-3), 0, False),
        (timedelta(hours=23), 0, False),
        (timedelta(days=29, hours=23, minutes=59), 29, False),
        (timedelta(days=30), 30, True),
        (timedelta(days=34, hours=5), 34, True),
    ],
)
def test_thirty_days_are_too_long(waited: timedelta, days: int, overdue: bool) -> None:
    now = utc("2026-12-16", "06:00")
    assert days_waited(now - waited, now) == days
    assert is_overdue(now - waited, now) is overdue


@pytest.mark.parametrize("nights", [[1] * 60, [1, 3, 30, 1, 25], [60]])
def test_each_application_crosses_the_window_once_however_late_the_looks_are(
    nights: list[int],
) -> None:
    start = utc("2026-01-01", "06:00")
    sent = [start + timedelta(hours=7 * number) for number in range(60)]
    told: list[datetime] = []
    last, now = None, start + OVERDUE
    for pause in nights:
        now += timedelta(days=pause)
        after, until = newly_overdue(last, now)
        found = [one for one in sent if (after is None or one > after) and one <= until]
        assert all(is_overdue(one, now) for one in found)
        told += found
        last = now
    assert sorted(told) == sent


@pytest.mark.parametrize(
    ("digest", "tells"),
    [
        ({}, False),
        ({"asking": True}, False),
        ({"failed": 2}, True),
        ({"failed": 2, "admin": False}, False),
        ({"waiting": Group(1)}, True),
        ({"deleted": {"bin": 1}}, True),
        ({"stopped": "restore", "admin": False}, True),
    ],
)
def test_what_is_worth_a_mail(digest: dict[str, Any], tells: bool) -> None:
    told = Digest(since=date(2026, 12, 15), **digest)
    assert told.tells is tells
