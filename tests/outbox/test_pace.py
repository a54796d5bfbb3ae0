"""The order and the pace of mails, over a real mail server."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from actions.deeds import SYSTEM
from actions.erasure import Reason, erase
from jobs.turns import MINUTE, RESERVED, Turns
from models.tables import Candidate, Event, Notice, Provider
from rules.notices import CHANNELS, FAREWELLS, URGENT, NoticeKind
from rules.quiet import REMINDERS
from rules.vocabulary import Channel
from tests.outbox.world import House
from tests.servers import Mailbox

PACE = 12
SECOND = timedelta(seconds=1)
ROUTINE = PACE - PACE // RESERVED
AMINA, CHLOE = "amina@example.org", "chloe@example.org"


@pytest.fixture
async def vert(house: House) -> House:
    """Vert Jardin, on the same installation."""
    now = house.clock.now
    provider = await Provider.create(slug="vert", name="Vert Jardin", created_at=now)
    return House(provider, house.bot, house.clock)


@pytest.fixture
async def amina(house: House) -> Candidate:
    return await house.person("Amina")


@pytest.fixture
async def chloe(vert: House) -> Candidate:
    return await vert.person("Chloé", email=CHLOE)


async def owe(house: House, person: Candidate, count: int, *kind: NoticeKind) -> None:
    for _ in range(count):
        await house.owe(
            person, *(kind or (NoticeKind.CORRECTIONS,)), facts=None if not kind else {}
        )
        house.clock.forward(milliseconds=1)


def arrived(smtp: Mailbox) -> str:
    """Whose mails came, in order: A of Amina, C of Chloé."""
    return "".join(letter.recipients[0][0].upper() for letter in smtp.messages)


async def test_each_provider_has_its_turn(
    house: House, vert: House, amina: Candidate, chloe: Candidate, smtp: Mailbox
) -> None:
    await owe(house, amina, 6)
    await owe(vert, chloe, 3)
    assert await house.post(smtp.url).drain() == 9
    assert arrived(smtp) == "ACACACAAA"
    assert len(smtp.lines) == 1, "over one connection"


async def test_what_somebody_waits_for_leaves_before_everything_that_was_owed_earlier(
    house: House, vert: House, amina: Candidate, chloe: Candidate, smtp: Mailbox
) -> None:
    await owe(house, amina, 3)
    await owe(vert, chloe, 2)
    await owe(house, amina, 1, NoticeKind.EMAIL_CONFIRMATION)
    await house.post(smtp.url).drain()
    assert "confirmez" in smtp.messages[0].subject.lower()
    assert arrived(smtp) == "ACACAA", "and it was her provider's turn"


async def test_one_provider_sends_so_many_a_minute_and_others_go_on(
    house: House, vert: House, amina: Candidate, chloe: Candidate, smtp: Mailbox
) -> None:
    post = house.post(smtp.url, turns=Turns(PACE))
    await owe(house, amina, 30)
    await post.drain()
    assert len(smtp.messages) == ROUTINE
    await owe(vert, chloe, 2)
    await owe(house, amina, 4, NoticeKind.EMAIL_CONFIRMATION)
    house.clock.forward(seconds=1)
    await post.drain()
    assert Counter(arrived(smtp)) == {"A": PACE, "C": 2}, "urgent ones have mails kept for them"
    waiting = await Notice.filter(state="owed", kind="email_confirmation")
    assert [one.attempts for one in waiting] == [0, 0], "not tried, not late by a lease"
    house.clock.now += MINUTE
    await post.drain()
    assert Counter(arrived(smtp))["A"] == PACE + ROUTINE
    for _ in range(2):
        house.clock.now += MINUTE
        await post.drain()
    assert Counter(arrived(smtp)) == {"A": 34, "C": 2}
    assert len({letter.id for letter in smtp.messages}) == 36


async def test_who_was_full_goes_on_while_others_are_still_being_written_to(
    house: House, vert: House, amina: Candidate, chloe: Candidate
) -> None:
    turns, now = Turns(PACE), house.clock.now
    await owe(house, amina, 1, NoticeKind.EMAIL_CONFIRMATION)
    await owe(vert, chloe, 3)
    for _ in range(PACE):
        turns.note(house.provider.id, now)
    served = [await turns.next("w1", now + MINUTE - SECOND / 2)]
    served.append(await turns.next("w1", now + MINUTE))
    served.append(await turns.next("w1", now + MINUTE + SECOND))
    owners = [one.provider_id for one in served if one is not None]
    assert owners == [vert.provider.id, vert.provider.id, house.provider.id]


async def test_urgent_mails_are_looked_for_once_a_second(house: House, amina: Candidate) -> None:
    turns = Turns()
    await owe(house, amina, 3)
    kinds = [await turns.next("w1", house.clock.now)]
    await owe(house, amina, 2, NoticeKind.EMAIL_CONFIRMATION)
    kinds.append(await turns.next("w1", house.clock.now))
    house.clock.forward(seconds=1)
    kinds += [await turns.next("w1", house.clock.now) for _ in range(3)]
    found = [one.kind == NoticeKind.EMAIL_CONFIRMATION for one in kinds if one is not None]
    assert found == [False, False, True, True, False]


async def test_two_workers_keep_one_pace(house: House, amina: Candidate, smtp: Mailbox) -> None:
    one = house.post(smtp.url, turns=Turns(PACE))
    other = house.post(smtp.url, holder="w2", turns=Turns(PACE))
    await owe(house, amina, 20)
    await one.drain()
    house.clock.forward(seconds=5)
    await other.drain()
    assert len(smtp.messages) == ROUTINE
    house.clock.now += MINUTE
    await other.drain()
    await one.drain()
    assert len(smtp.messages) == 2 * ROUTINE


async def test_mails_of_the_erased_are_counted_by_the_worker_that_sent_them(
    house: House, smtp: Mailbox
) -> None:
    post = house.post(smtp.url, turns=Turns(PACE))
    for number in range(ROUTINE + 2):
        gone = await house.person(f"P{number}")
        await erase(gone.id, Reason.OWN_WISH, SYSTEM, house.clock.now)
    await post.drain()
    await post.drain()
    assert len(smtp.messages) == ROUTINE
    assert not await Event.exists(kind="mail_sent")
    house.clock.now += MINUTE
    await post.drain()
    assert len(smtp.messages) == ROUTINE + 2


async def test_a_machine_whose_time_was_set_back_sends_on(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    post = house.post(smtp.url, turns=Turns(PACE))
    await owe(house, amina, 2)
    for _ in range(PACE):
        post.turns.note(house.provider.id, house.clock.now + 60 * MINUTE)
    await post.drain()
    assert len(smtp.messages) == 2


def test_urgent_mails_are_mails_that_nobody_could_do_without() -> None:
    assert all(Channel.MAIL in CHANNELS[kind] for kind in URGENT)
    assert not URGENT & (REMINDERS | FAREWELLS)
