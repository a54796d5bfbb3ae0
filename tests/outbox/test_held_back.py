"""What was held back by an operator: no reminder of it, and a fresh start when it is let go."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions import application, decisions, withholding
from actions.activation import remind_of_activation
from actions.decisions import Verdict
from actions.deeds import Actor
from models.tables import Event, Notice, Provider
from rules.notices import NoticeKind
from rules.statuses import SpaceClosed
from rules.vocabulary import ActorKind, Outcome
from rules.withholding import WITHHELD
from tests.factories import an_operator
from tests.outbox.world import House


async def activation_mail(house: House) -> tuple[Notice, Actor]:
    """The mail of somebody whom Odile has accepted a moment ago."""
    odile = await an_operator(house.provider)
    actor = Actor(ActorKind.OPERATOR, odile.id, odile.name)
    person = await house.person(status="submitted")
    verdict = Verdict(outcome=Outcome.ACCEPT, comment="Bravo.", reason="Je la connais.")
    now, own = house.clock.now, house.provider.id
    await decisions.decide(person.id, verdict, actor, now, provider_id=own, delay=timedelta(0))
    return await Notice.get(candidate_id=person.id, kind=NoticeKind.ACTIVATION), actor


async def test_nobody_is_reminded_of_a_mail_that_was_held_back(house: House) -> None:
    mail, _ = await activation_mail(house)
    await Notice.filter(id=mail.id).update(state="void", settled_at=house.clock.now)
    house.clock.forward(days=8)
    provider = await Provider.get(id=house.provider.id)
    assert await remind_of_activation(provider, house.clock.now) == 0
    await Notice.filter(id=mail.id).update(state="accepted", settled_at=mail.owed_at)
    assert await remind_of_activation(provider, house.clock.now) == 1


async def test_a_mail_that_is_let_go_begins_anew(house: House) -> None:
    mail, actor = await activation_mail(house)
    now, own = house.clock.now, house.provider.id
    await Notice.filter(id=mail.id).update(
        attempts=9, failing_since=now, state="void", last_error=WITHHELD
    )
    candidate = mail.candidate_id or ""
    await withholding.let_go(candidate, mail.id, actor, now, provider_id=own)
    fresh = await Notice.get(id=mail.id)
    assert (fresh.state, fresh.attempts, fresh.failing_since) == ("owed", 0, None)


async def test_nobody_keeps_an_application_that_is_in_the_bin(house: House) -> None:
    person = await house.person(status="binned")
    with pytest.raises(SpaceClosed):
        await application.keep(person.id, now=house.clock.now, at=house.clock.now)
    assert not await Event.exists(candidate_id=person.id, kind="kept")
