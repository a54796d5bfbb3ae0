"""The activation mail once more after 7 and 30 days, through real decisions and a real server."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from actions import accounts, application, decisions
from actions.activation import remind_of_activation
from actions.decisions import Verdict
from actions.deeds import Actor
from models.reads.letters import Gone, Told, telling
from models.tables import Candidate, Notice, Operator, Provider
from rules.notices import NoticeKind
from rules.vocabulary import ActorKind, Outcome
from tests.factories import an_operator
from tests.outbox.world import SITES, House
from tests.servers import Mailbox

SUBJECT = "votre compte vous attend"


@pytest.fixture
async def odile(house: House) -> Operator:
    """Who decides."""
    return await an_operator(house.provider)


async def decides(house: House, odile: Operator, person: Candidate, outcome: Outcome) -> None:
    """A decision that is final at once."""
    verdict = Verdict(outcome=outcome, comment="Bravo.", reason="Je la connais.")
    actor, own = Actor(ActorKind.OPERATOR, odile.id, odile.name), house.provider.id
    now = house.clock.now
    await decisions.decide(person.id, verdict, actor, now, provider_id=own, delay=timedelta(0))


@pytest.fixture
async def amina(house: House, odile: Operator) -> Candidate:
    """Amina, accepted a moment ago."""
    person = await house.person(status="submitted")
    await decides(house, odile, person, Outcome.ACCEPT)
    return person


async def run(house: House) -> int:
    """The round of this hour."""
    return await remind_of_activation(await Provider.get(id=house.provider.id), house.clock.now)


async def sent(house: House, smtp: Mailbox) -> list[str]:
    """Deliver; the subjects of what left since the last time."""
    before = len(smtp.messages)
    await house.post(smtp.url).drain()
    return [one.subject for one in smtp.messages[before:]]


async def test_seven_and_thirty_days_later_each_once_with_a_link_of_its_own(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    assert len(await sent(house, smtp)) == 1
    days = []
    for day in range(1, 100):
        house.clock.forward(days=1)
        for _ in range(2):
            await run(house)
        if subjects := await sent(house, smtp):
            assert [SUBJECT in one for one in subjects] == [True]
            days.append(day)
    assert days == [7, 30]
    links = {mail.text.split("/activate/")[1].split()[0] for mail in smtp.messages}
    assert len(links) == 3


async def test_four_workers_at_once_remind_once(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    await sent(house, smtp)
    house.clock.forward(days=7)
    await asyncio.gather(*(run(house) for _ in range(4)))
    assert await Notice.filter(kind=NoticeKind.ACTIVATION_AGAIN).count() == 1


async def test_the_newest_link_activates_the_account_and_ends_the_reminders(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    await sent(house, smtp)
    house.clock.forward(days=7)
    assert await run(house) == 1
    await sent(house, smtp)
    await accounts.activate(
        smtp.messages[-1].text.split("/activate/")[1].split()[0], house.clock.now
    )
    house.clock.forward(days=23)
    assert await run(house) == 0


async def confirm(house: House, person: Candidate) -> None:
    await Candidate.filter(id=person.id).update(account_confirmed_at=house.clock.now)


async def end(house: House, person: Candidate) -> None:
    await Candidate.filter(id=person.id).update(ended_at=house.clock.now)


async def reject(house: House, person: Candidate) -> None:
    await decides(house, await Operator.get(), person, Outcome.REJECT)


async def throw_away(house: House, person: Candidate) -> None:
    await decides(house, await Operator.get(), person, Outcome.BIN)


@pytest.mark.parametrize("stop", [confirm, end, reject, throw_away], ids=lambda one: one.__name__)
async def test_it_stops_when_there_is_nothing_to_activate(
    house: House, amina: Candidate, smtp: Mailbox, stop: Any
) -> None:
    """Before the round, and between the round and the mail."""
    await sent(house, smtp)
    house.clock.forward(days=7)
    await run(house)
    await stop(house, amina)
    assert not [one for one in await sent(house, smtp) if SUBJECT in one]
    house.clock.forward(days=23)
    assert await run(house) == 0


async def test_an_address_that_is_refused_is_not_written_to_any_more(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    smtp.refuse("550 5.1.1 unknown")
    await sent(house, smtp)
    house.clock.forward(days=7)
    assert await run(house) == 0


async def test_a_reminder_does_not_leave_beside_a_mail_asked_for_after_it(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    await sent(house, smtp)
    house.clock.forward(days=7)
    assert await run(house) == 1
    await application.resend_activation(amina.id, now=house.clock.now, at=house.clock.now)
    (reminder,) = await Notice.filter(kind=NoticeKind.ACTIVATION_AGAIN)
    assert isinstance(await telling(reminder, SITES, house.clock.now), Gone), "a newer is owed"
    assert len(await sent(house, smtp)) == 1
    assert isinstance(await telling(reminder, SITES, house.clock.now), Gone), "one just left"
    house.clock.forward(days=3)
    assert isinstance(await telling(reminder, SITES, house.clock.now), Told)
    await Candidate.filter(id=amina.id).update(email_refused_at=house.clock.now)
    assert isinstance(await telling(reminder, SITES, house.clock.now), Gone), "nobody reads it"


async def test_after_a_month_without_a_worker_one_leaves(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    await sent(house, smtp)
    house.clock.forward(days=35)
    assert await run(house) == 1
    assert len(await sent(house, smtp)) == 1
    for _ in range(60):
        house.clock.forward(days=1)
        assert await run(house) == 0


async def test_after_a_month_without_a_mail_server_one_leaves(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    """The first one was never taken: there is nothing to remind of yet."""
    for _ in range(35):
        house.clock.forward(days=1)
        assert await run(house) == 0
    assert len(await sent(house, smtp)) == 1
    house.clock.forward(days=7)
    assert await run(house) == 1


async def test_who_asked_for_the_mail_again_is_left_in_peace_for_a_while(
    house: House, amina: Candidate, smtp: Mailbox
) -> None:
    await sent(house, smtp)
    house.clock.forward(days=6)
    await application.resend_activation(amina.id, now=house.clock.now, at=house.clock.now)
    await sent(house, smtp)
    house.clock.forward(days=1)
    assert await run(house) == 0
    house.clock.forward(days=2)
    assert await run(house) == 1


async def test_a_second_acceptance_begins_the_days_anew_and_reminds_no_more_than_before(
    house: House, odile: Operator, amina: Candidate, smtp: Mailbox
) -> None:
    await sent(house, smtp)
    house.clock.forward(days=7)
    await run(house)
    assert len(await sent(house, smtp)) == 1
    await decides(house, odile, amina, Outcome.REJECT)
    house.clock.forward(days=1)
    await decides(house, odile, amina, Outcome.ACCEPT)
    house.clock.forward(days=7)
    await run(house)
    assert not [one for one in await sent(house, smtp) if SUBJECT in one]
    house.clock.forward(days=23)
    assert await run(house) == 1


async def test_only_those_who_were_mailed_a_link_are_reminded(house: House) -> None:
    """Not who was accepted without an address, and nobody at another provider."""
    accepted = await house.person(status="accepted", email="")
    other = await Provider.create(slug="vert", name="Vert Jardin", created_at=house.clock.now)
    house.clock.forward(days=8)
    assert await run(house) == 0
    await Candidate.filter(id=accepted.id).update(email="amina@example.org")
    assert await run(house) == 0
    assert await remind_of_activation(other, house.clock.now) == 0
    assert not await Notice.filter(kind=NoticeKind.ACTIVATION_AGAIN).exists()
