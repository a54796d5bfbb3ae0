"""A chat that cannot be drawn, and a mail that cannot be read: nobody else waits for them."""

from __future__ import annotations

from actions.reminders import owe, quiet_deed
from jobs.messenger import REST, Messenger
from models.database import transaction
from models.reads.retention import standing_of
from models.tables import Candidate, Chat, Notice, Provider, Reminder
from rules.notices import NoticeKind
from rules.vocabulary import Channel, NoticeState
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


async def test_what_left_does_not_leave_again_though_it_cannot_be_written_down(
    house: House, smtp: Mailbox, messenger: Messenger, amina: Phone
) -> None:
    person, reminder = await reminded(house, amina)
    both = (Channel.MAIL, Channel.CHAT)
    odd = {"reminder": reminder.id, "kind": "incomplete"}
    (earlier,) = await house.owe(person, NoticeKind.DELETION_REMINDER, odd)
    await Notice.filter(id=earlier.id).update(state="accepted", settled_at=house.clock.now)
    facts = {**odd, "date": "2026-04-18"}
    await house.owe(person, NoticeKind.DELETION_REMINDER, facts, channels=both)
    for _ in range(3):
        await house.post(smtp.url).drain()
        await messenger.drain()
        house.clock.forward(hours=2)
    heard = [one.text for one in await amina.messages() if one.from_bot and "18 avril" in one.text]
    assert len(smtp.messages) == len(heard) == 1
    states = await Notice.filter(candidate_id=person.id).values_list("state", flat=True)
    assert set(states) == {NoticeState.ACCEPTED}
    assert (await Reminder.get(id=reminder.id)).accepted_at is None, "no promise is made up"


async def reminded(house: House, phone: Phone) -> tuple[Candidate, Reminder]:
    """Amina, forty days ago, and the reminder that she is owed."""
    person = await house.person("Amina", user_id=phone.id, status="incomplete")
    house.clock.forward(days=40)
    async with transaction():
        doing = await quiet_deed(person.id, house.clock.now)
        reminder = await owe(doing, await standing_of(person, doing.provider, doing.now))
    await Notice.filter(candidate_id=person.id).delete()
    return await Candidate.get(id=person.id), reminder
