"""A chat that cannot be drawn, and a mail that cannot be read: nobody else waits for them."""

from __future__ import annotations

from jobs.messenger import REST, Messenger
from models.tables import Candidate, Chat, Notice, Provider
from rules.notices import NoticeKind
from rules.vocabulary import NoticeState
from sandbox.client import Phone, Sandbox
from tests.outbox.world import House, fate
from tests.servers import Mailbox


async def test_a_card_that_cannot_be_drawn_keeps_no_other_chat_waiting(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    bruno = await sandbox.phone("Bruno", "Petit", language_code="fr")
    await bruno.open("douceur_bot")
    odd = await house.person("Amina", user_id=amina.id)
    other = await house.person("Bruno", user_id=bruno.id)
    for person in (odd, other):
        await Candidate.filter(id=person.id).update(version=person.version + 9)
    await Candidate.filter(id=odd.id).update(work_status="of_tomorrow")
    await messenger.drain()
    assert (await Chat.get(candidate_id=other.id)).card_shown == other.version + 9
    rests = await Chat.get(candidate_id=odd.id)
    assert (rests.card_shown, rests.lease_by) == (odd.version, None)
    assert rests.not_before == house.clock.now + REST
    await Candidate.filter(id=odd.id).update(work_status="independent")
    house.clock.now += REST
    await messenger.drain()
    assert (await Chat.get(candidate_id=odd.id)).card_shown == odd.version + 9


async def test_a_mail_whose_hours_cannot_be_told_is_put_off_and_shown(
    house: House, smtp: Mailbox
) -> None:
    amina, bruno = await house.person("Amina"), await house.person("Bruno")
    facts = {"reminder": 1, "date": "2026-04-01", "kind": "incomplete"}
    (odd,) = await house.owe(amina, NoticeKind.DELETION_REMINDER, facts)
    house.clock.forward(seconds=1)
    (other,) = await house.owe(bruno)
    elsewhere = await Provider.create(
        slug="odd", name="Odd", created_at=house.clock.now, timezone="Nowhere/Atall"
    )
    await Notice.filter(id=odd.id).update(provider_id=elsewhere.id)
    assert await house.post(smtp.url).drain() == 2
    assert (await fate(other)).state == NoticeState.ACCEPTED
    put_off = await fate(odd)
    assert put_off.state == NoticeState.OWED
    assert put_off.last_error.startswith("could not be written")
    assert put_off.not_before > house.clock.now
