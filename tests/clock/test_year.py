"""A simulated year: thousands of lives, outages and settings, and every promise at every step."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from rules import retention
from tests.clock.year import memory
from tests.clock.year.diary import Diary, Machines
from tests.clock.year.judge import Counted, Judge
from tests.clock.year.lives import DAY, HOUR, Plan
from tests.clock.year.memory import Memory
from tests.clock.year.real import Real
from tests.clock.year.script import Script
from tests.figures import Figures, Record

BEGIN = datetime(2026, 10, 1, tzinfo=UTC)
SEED = int(os.environ.get("ANTICHAMBRE_YEAR_SEED", "20261122"))
YEARS = int(os.environ.get("ANTICHAMBRE_YEARS", "1"))
"""How many years are lived through, each with the next seed."""
DELAYS = ((45, 7), (30, 5), (20, 3), (60, 14), (10, 2), (3, 1))

AFTER = (60, 90, 40)
"""Days after the end of an admission."""

SHORT_AFTER = (9, 11, 8)
SHORT_DELAYS = ((14, 4), (9, 3), (12, 2), (20, 7), (5, 1))


def judge_of(begin: datetime) -> Judge:
    """An empty diary, on a day on which everything works."""
    return Judge(Diary(Machines(begin - DAY, begin - DAY, begin - DAY)))


async def lived(seed: int, people: int = 5_000, days: int = 365) -> Script:
    """A year in memory."""
    judge = judge_of(BEGIN)
    plan = Plan(seed, people, BEGIN, days, DELAYS, AFTER)
    script = Script(plan, Memory(judge), judge, random.Random(seed), BEGIN)
    await script.play()
    return script


def tell(counted: Counted, record: Record) -> None:
    """What the judge, who ends the year at the first broken promise, has let pass."""
    remark = f"{counted.deleted:,} deletions and {counted.reminded:,} warnings judged, all in time"
    Figures(remark=remark).tell(record)


@pytest.mark.parametrize("seed", range(SEED, SEED + YEARS))
async def test_a_year_of_five_thousand_people_keeps_every_promise(
    seed: int, record_property: Record
) -> None:
    began = time.monotonic()
    print(f"seed {seed}")
    script = await lived(seed)
    counted = script.judge.counted
    tell(counted, record_property)
    print(f"{script.done} steps, {counted}, {time.monotonic() - began:.1f} s")
    assert counted.deleted > 1_000
    assert counted.reminded > counted.deleted / 2
    assert min(counted.warned_by_chat, counted.unreachable, counted.held) > 100
    assert min(counted.braked, counted.binned) > 0
    assert counted.left > 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(SEED, SEED + YEARS))
async def test_some_weeks_on_a_real_database_keep_every_promise(
    seed: int, database: str, record_property: Record
) -> None:
    began = time.monotonic()
    print(f"seed {seed}")
    judge = judge_of(BEGIN)
    busy = {"pace": 1.5, "wanted": 0.5, "stays": 3}
    plan = Plan(seed, 110, BEGIN, 50, SHORT_DELAYS, SHORT_AFTER, **busy)
    script = Script(plan, Real(judge), judge, random.Random(seed), BEGIN)
    await script.play()
    counted = judge.counted
    tell(counted, record_property)
    print(f"{script.done} steps, {counted}, {time.monotonic() - began:.1f} s")
    assert min(counted.deleted, counted.reminded, counted.held) > 10
    assert counted.left > 2


Bound = Callable[..., Any]


def changed(values: Mapping[str, Any]) -> Callable[[Bound], Bound]:
    """A rule that does not see some of what is known of a person."""

    def spoil(rule: Bound) -> Bound:
        return lambda settings, retained, now: rule(settings, replace(retained, **values), now)

    return spoil


SPOILT: dict[str, tuple[str, Callable[[Bound], Bound]]] = {
    "whoever left is forgotten": ("outlook", changed({"ended_at": None})),
    "whoever left goes as fast as an application": (
        "outlook",
        lambda rule: lambda s, r, now: rule(replace(s, ended_days=s.deletion_days), r, now),
    ),
    "hours early": ("outlook", lambda rule: lambda s, r, now: rule(s, r, now + 20 * HOUR)),
    "questions do not hold": ("outlook", changed({"awaiting_reply": False})),
    "files do not hold": ("outlook", changed({"checking_file": False})),
    "decisions do not hold": ("outlook", changed({"decision_pending": False})),
    "kept for nothing": ("outlook", changed({"kept_until": None})),
    "promises are forgotten": ("outlook", changed({"latest_promise": None})),
    "outages do not matter": ("may_delete_yet", lambda rule: lambda *a, **k: True),
    "no brake": ("brake", lambda rule: lambda *a: False),
    "the search is too narrow": (
        "superset_bound",
        lambda rule: lambda s, now: max(rule(s, now), BEGIN) - 3 * DAY,
    ),
    "any copy warns": ("warned_at", lambda rule: lambda m, c, **k: m or c),
    "no copy warns": ("warned_at", lambda rule: lambda m, c, **k: None),
    "night is day": ("quiet_hours", lambda rule: lambda *a: rule(0, 0, a[2])),
    "the copy says a day less": (
        "date_to_say",
        lambda rule: lambda s, r, now: rule(s, r, now) - DAY,
    ),
    "a day less": ("deletion_date", lambda rule: lambda s, r: rule(s, r) - DAY),
}
"""Ways to get it wrong: the judge must object to each."""


async def several_years() -> None:
    """Some mistakes need a rare chain of events."""
    for seed in range(SEED, SEED + 6):
        await lived(seed)


@pytest.mark.parametrize("mistake", SPOILT)
async def test_the_judge_objects_to_a_rule_that_is_wrong(
    mistake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, spoil = SPOILT[mistake]
    where = memory if hasattr(memory, name) else retention
    monkeypatch.setattr(where, name, spoil(getattr(where, name)))
    with pytest.raises(AssertionError):
        await several_years()
