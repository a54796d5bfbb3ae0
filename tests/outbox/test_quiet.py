"""Reminders at night, with the real mail server and the real chat."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from actions.accounts import another_link
from actions.reminders import owe, quiet_deed
from actions.tokens import TokenKind
from jobs.messenger import Messenger
from models.database import transaction
from models.reads.retention import standing_of
from models.tables import Candidate, Notice, Provider, Reminder
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from sandbox.client import Phone
from tests.outbox.world import House, fate
from tests.servers import Mailbox

MORNING = datetime(2026, 3, 3, 7, tzinfo=UTC)
"""08:00 in Paris."""


@pytest.fixture
async def person(house: House, amina: Phone) -> Candidate:
    """Amina is to be reminded today; nothing was done for 40 days."""
    await Provider.filter(id=house.provider.id).update(deletion_days=45, reminder_days=7)
    person = await house.person("Amina", user_id=amina.id, status="incomplete")
    at = house.clock.now.replace(month=1, day=20)
    await Candidate.filter(id=person.id).update(clock_start=at)
    return await Candidate.get(id=person.id)


async def reminded(house: House, person: Candidate) -> list[Notice]:
    """The run owes the reminder now, by mail and chat."""
    now = house.clock.now
    async with transaction():
        doing = await quiet_deed(person.id, now)
        await owe(doing, await standing_of(doing.candidate, doing.provider, now))
    return await Notice.filter(kind="deletion_reminder").order_by("channel")


async def said(amina: Phone) -> list[str]:
    return [one.text for one in await amina.messages() if one.from_bot]


async def test_a_reminder_that_is_late_in_the_evening_leaves_in_the_morning(
    house: House, messenger: Messenger, smtp: Mailbox, person: Candidate, amina: Phone
) -> None:
    notices = await reminded(house, person)
    assert {one.not_before for one in notices} == {house.clock.now}, "at 11:00 it may leave"
    house.clock.now = datetime(2026, 3, 2, 21, tzinfo=UTC)  # the worker was away all day
    await house.owe(person, NoticeKind.KEPT, {}, channels=(Channel.CHAT,))
    post = house.post(smtp.url)
    assert await post.drain() == 1
    await messenger.drain()
    assert smtp.messages == []
    (news,) = await said(amina)
    assert "supprim" not in news, "what comes after it need not wait for it"
    for notice in notices:
        found = await fate(notice)
        assert (found.state, found.not_before) == ("owed", MORNING)
        assert (found.attempts, found.lease_by) == (0, None)
    assert await post.drain() == 0, "it is not taken in hand all night"
    house.clock.now = MORNING
    await post.drain()
    await messenger.drain()
    (mail,) = smtp.messages
    assert "10 mars 2026" in mail.text, "seven days from today, not from yesterday"
    assert "10 mars 2026" in (await said(amina))[-1]
    assert str((await Reminder.get(candidate_id=person.id)).promised) == "2026-03-10"


async def test_whoever_asks_for_it_again_at_night_gets_it_at_once(
    house: House, smtp: Mailbox, person: Candidate
) -> None:
    await reminded(house, person)
    post = house.post(smtp.url)
    await post.drain()
    house.clock.now = datetime(2026, 3, 2, 21, tzinfo=UTC)
    (mail,) = smtp.messages
    token = re.search(r"/keep/(\S+)", mail.text)
    assert token is not None
    await another_link(token[1], TokenKind.KEEP, house.clock.now)
    await post.drain()
    assert len(smtp.for_("amina@example.org")) == 2
