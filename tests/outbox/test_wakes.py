"""From the moment at which something may leave to the moment at which it was taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiogram  # noqa: F401  # takes seconds, and is imported when it is first needed
import pytest

from actions import wakes
from jobs.engine import LOOK, Engine
from jobs.messenger import Messenger
from models.tables import Candidate, Notice
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from sandbox.client import Phone
from tests.figures import Figures, Record
from tests.outbox.world import House
from tests.servers import Mailbox

PATIENCE = 30.0
"""Seconds: a busy machine is slow, and slow is not wrong. The figures are told, and read."""
BOTH = (Channel.MAIL, Channel.CHAT)


class RealTime:
    """The clock of the wall, for a house whose clock is otherwise moved by hand."""

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def engine(house: House, messenger: Messenger, smtp: Mailbox) -> AsyncIterator[Engine]:
    """A worker's loops for mails and news, which nobody wakes yet."""
    house.clock = RealTime()  # type: ignore[assignment]  # told and read alike
    messenger.clock = house.clock
    made = Engine({Channel.MAIL: house.post(smtp.url).drain, Channel.CHAT: messenger.drain})
    made.start()
    yield made
    await made.stop()


@pytest.fixture
async def person(house: House, engine: Engine, amina: Phone) -> Candidate:
    return await house.person("Amina", user_id=amina.id)


async def delays(record: Record) -> list[float]:
    """When everything has left: how many seconds after it was allowed to, each."""
    async with asyncio.timeout(PATIENCE):
        while await Notice.exists(state="owed"):
            await asyncio.sleep(0.05)
    left = await Notice.filter(state="accepted").order_by("id")
    waited = [(one.settled_at - one.not_before).total_seconds() for one in left if one.settled_at]
    lost = await Notice.all().count() - len(left)
    Figures(lost=lost, seconds=max(waited)).tell(record)
    return waited


async def test_what_a_deed_owes_leaves_at_once(
    house: House, engine: Engine, person: Candidate, record_property: Record
) -> None:
    wakes.listen(engine.wake)
    try:
        for _ in range(3):
            await house.owe(person, channels=BOTH)
            waited = await delays(record_property)
    finally:
        wakes.forget(engine.wake)
    assert len(waited) == 6
    assert 0 <= min(waited) <= max(waited) < PATIENCE / 2


async def test_what_is_owed_for_later_leaves_then_and_never_before(
    house: House, engine: Engine, person: Candidate, record_property: Record
) -> None:
    for wait in (0.3, 0.7, 1.1):
        await house.owe(person, channels=BOTH, wait=wait)
    waited = await delays(record_property)
    assert len(waited) == 6
    assert 0 <= min(waited) <= max(waited) < PATIENCE / 2


async def test_without_any_wake_it_is_found_within_a_second(
    house: House, engine: Engine, person: Candidate, record_property: Record
) -> None:
    """As when Redis is flushed, or whoever owed it is another process, killed after its commit."""
    await house.owe(person, NoticeKind.CORRECTIONS, channels=BOTH)
    waited = await delays(record_property)
    assert len(waited) == 2
    assert max(waited) < PATIENCE / 2
    assert LOOK < 1, "and the look itself takes a little, too"
