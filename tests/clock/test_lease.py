"""The lease of a night: renewed while the run goes on, given up when somebody else has it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from actions.clock import LEASE, RENEWAL, Lost, Watch
from models.tables import ClockRun
from tests.factories import a_provider

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


async def watched(hands: Hands) -> Watch:
    provider = await a_provider()
    night = await ClockRun.create(
        provider_id=provider.id,
        local_date=date(2026, 11, 22),
        started_at=NOW,
        lease_by="w1",
        lease_until=NOW + LEASE,
    )
    return Watch(night, "w1", hands, NOW)


async def lease(watch: Watch) -> datetime | None:
    return (await ClockRun.get(id=watch.night.id)).lease_until


async def test_a_run_that_goes_on_renews_its_lease_now_and_then(database: str) -> None:
    hands = Hands()
    watch = await watched(hands)
    hands.now += RENEWAL - SECOND
    await watch.keep()
    assert await lease(watch) == NOW + LEASE
    hands.now += SECOND
    await watch.keep()
    assert await lease(watch) == NOW + RENEWAL + LEASE


async def test_a_run_that_was_away_too_long_leaves_the_night_to_the_other(database: str) -> None:
    hands = Hands()
    watch = await watched(hands)
    hands.now += LEASE + SECOND
    taken = hands.now + LEASE
    await ClockRun.filter(id=watch.night.id).update(lease_by="w2", lease_until=taken)
    with pytest.raises(Lost):
        await watch.keep()
    assert await lease(watch) == taken


async def test_a_night_that_another_one_finished_is_left_alone(database: str) -> None:
    hands = Hands()
    watch = await watched(hands)
    hands.now += RENEWAL
    await ClockRun.filter(id=watch.night.id).update(finished_at=NOW)
    with pytest.raises(Lost):
        await watch.keep()
