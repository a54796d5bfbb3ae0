"""When an activation mail leaves once more: a table of days since the first one left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from rules.activation import Mailed, again

FIRST = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def on(days: float) -> datetime:
    return FIRST + timedelta(days=days)


LEFT = [0.0]
TABLE: list[tuple[str, list[float | None], float, int | None]] = [
    ("the day after", LEFT, 1, None),
    ("an hour before the seventh day is over", LEFT, 6.95, None),
    ("seven days later", LEFT, 7, 7),
    ("late by a day", LEFT, 8, 7),
    ("late by three weeks, the month is not over", LEFT, 29.9, 7),
    ("seven days later, with the first one still on its way", [None], 7, None),
    ("once the reminder has left, nothing until the month is over", [0, 7], 29.9, None),
    ("thirty days later", [0, 7], 30, 30),
    ("thirty days later, the reminder of the seventh still on its way", [0, None], 30, None),
    ("a month of downtime: one, not two", LEFT, 31, 30),
    ("and none after that one", [0, 31], 38, None),
    ("the seventh day's reminder left only on the 29th: not two on two days", [0, 29], 30, None),
    ("three days after it", [0, 29], 32, 30),
    ("the seventh day's reminder left on the 31st: it is the one of the month", [0, 31], 34, None),
    ("they asked for another mail yesterday", [0, 6], 7, None),
    ("they asked for one on the eighth day themselves", [0, 8], 15, None),
    ("and that does not spare them the month's", [0, 8], 30, 30),
    ("two months later", [0, 7], 60, 30),
    ("after three months nobody is reminded any more", LEFT, 91, None),
]


@pytest.mark.parametrize(("story", "left", "now", "due"), TABLE, ids=[one[0] for one in TABLE])
def test_a_reminder_is_due(
    story: str, left: list[float | None], now: float, due: int | None
) -> None:
    mails = [Mailed(None if day is None else on(day)) for day in left]
    assert again(FIRST, mails, on(now)) == due, story


def test_whatever_the_days_of_the_rounds_two_mails_are_never_near_each_other() -> None:
    """Rounds on any days, each mail leaving at once: at most two reminders, three days apart."""
    for every in (0.04, 1, 2.5, 6, 11, 23, 31, 40, 77):
        left, day = [0.0], 0.0
        while day < 120:
            day += every
            if again(FIRST, [Mailed(on(one)) for one in left], on(day)) is not None:
                left.append(day)
        gaps = [later - earlier for earlier, later in pairwise(left)]
        assert len(left) <= 3, every
        assert all(gap >= 3 for gap in gaps), every
        assert len(left) > 1 or every > 45, every
