"""Reminders, farewells, the chat's own screen: notices that mean more than their words."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions import outbox
from actions.deeds import SYSTEM
from actions.erasure import Reason, erase
from actions.leases import lease_chat, release_chat
from actions.reminders import owe, quiet_deed
from jobs.messenger import Messenger
from models.database import transaction
from models.reads.retention import standing_of
from models.tables import Candidate, Chat, Notice, Reminder
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from sandbox.client import Phone
from tests.outbox.test_news import change
from tests.outbox.world import House, fate, journal
from tests.servers import Mailbox


async def remind(house: House, person: Candidate) -> Reminder:
    """Owe the deletion reminder, 40 days later."""
    house.clock.forward(days=40)
    async with transaction():
        doing = await quiet_deed(person.id, house.clock.now)
        standing = await standing_of(doing.candidate, doing.provider, doing.now)
        row = await owe(doing, standing)
    fresh = await Candidate.get(id=person.id)
    await Chat.filter(candidate_id=person.id).update(card_shown=fresh.version)
    return row


async def test_the_first_acceptance_promises_the_date_that_the_mail_says(
    house: House, smtp: Mailbox
) -> None:
    bruno = await house.person("Bruno", status="incomplete")
    reminder = await remind(house, bruno)
    house.clock.forward(days=2)
    await house.post(smtp.url).drain()
    (mail,) = smtp.messages
    assert "n’est pas refusée" in mail.text
    assert "- Diplôme" in mail.text
    assert "lundi 20 avril 2026" in mail.text
    row = await Reminder.get(id=reminder.id)
    assert (row.promised, row.accepted_by) == (date(2026, 4, 20), "mail")
    assert (await journal(bruno))[-2:] == ["mail_sent", "reminder_accepted"]


async def test_a_refused_address_lets_the_copy_in_the_chat_count(
    house: House, smtp: Mailbox, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id, status="incomplete")
    reminder = await remind(house, person)
    await messenger.drain()
    assert "Garder ma candidature" in (await amina.last()).labels
    assert (await Reminder.get(id=reminder.id)).promised is None, "the mail may still arrive"
    smtp.refuse("550 unknown")
    await house.post(smtp.url).drain()
    assert (await Reminder.get(id=reminder.id)).accepted_by == "chat"


async def test_a_reminder_is_void_as_soon_as_somebody_acts(house: House, smtp: Mailbox) -> None:
    bruno = await house.person("Bruno", status="incomplete")
    await remind(house, bruno)
    await Candidate.filter(id=bruno.id).update(clock_start=house.clock.now)
    await house.post(smtp.url).drain()
    assert smtp.messages == []
    assert (await Notice.get(channel=Channel.MAIL)).state == "void"


async def test_the_last_words_reach_somebody_who_is_gone_and_leave_nothing(
    house: House, smtp: Mailbox, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id, status="binned")
    await change(house, person)
    await messenger.drain()
    card = await amina.last()
    await house.owe(
        person,
        NoticeKind.FINAL_REJECTION,
        {"comment": "Bon courage."},
        channels=(Channel.MAIL, Channel.CHAT),
    )
    await erase(person.id, Reason.AUTOMATIC, SYSTEM, house.clock.now)
    await house.post(smtp.url).drain()
    await messenger.drain()
    rejection, proof = sorted(smtp.messages, key=lambda mail: "effacées" in mail.subject)
    assert "Bon courage." in rejection.text
    assert "a été supprimée" in rejection.text
    assert "effacée le lundi 2 mars 2026" in proof.text
    assert person.id not in rejection.text + rejection.html + proof.text + proof.html
    said = {one.id: one.text for one in await amina.messages() if one.from_bot}
    assert "effacée" in said[card.id], "the proof takes the card's place"
    assert any("Bon courage." in text for text in said.values())
    for notice in await Notice.all():
        assert notice.state == "accepted"
        assert (notice.address, notice.rendered, notice.wipe_at) == (None, None, None)


async def test_an_erasure_while_a_mail_is_on_its_way_settles_it_all_the_same(
    house: House, smtp: Mailbox
) -> None:
    person = await house.person(status="binned")
    (notice,) = await house.owe(person, NoticeKind.FINAL_REJECTION, {"comment": ""})
    post = house.post(smtp.url)
    claimed = await post.claim()
    assert claimed is not None
    told = await post._told(claimed)
    await erase(person.id, Reason.BIN, SYSTEM, house.clock.now)
    sent = await post.send(claimed, told)  # type: ignore[arg-type]  # it is Told: nobody undid it
    await post.settle(claimed, sent, person.email)
    row = await fate(notice)
    assert (row.state, row.address, row.rendered) == ("accepted", None, None)
    assert len(smtp.messages) == 1


async def test_a_mail_put_off_while_somebody_is_erased_writes_nothing_of_them_back(
    house: House,
) -> None:
    person = await house.person(status="binned", language="en")
    (notice,) = await house.owe(person, NoticeKind.FINAL_REJECTION, {"comment": "Bon courage."})
    (claimed,) = await outbox.claim_mails("w1", house.clock.now)
    await erase(person.id, Reason.BIN, SYSTEM, house.clock.now)
    later = outbox.Later("421 busy")
    assert await outbox.settle_mail(claimed, "w1", house.clock.now, later, person.email)
    row = await fate(notice)
    assert (row.state, row.facts) == ("owed", {"language": "en"})


async def test_a_chat_that_the_door_is_answering_waits(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    (notice,) = await house.owe(person, channels=(Channel.CHAT,))
    chat = await Chat.get(user_id=amina.id)
    assert await lease_chat(chat.id, "door", house.clock.now)
    await messenger.drain()
    assert (await fate(notice)).state == "owed"
    await release_chat(chat.id, "door")
    await messenger.drain()
    assert (await fate(notice)).state == "accepted"
    assert (await Chat.get(id=chat.id)).lease_by is None


async def test_news_of_another_space_carry_no_button_that_would_act_in_this_one(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    (notice,) = await house.owe(person, channels=(Channel.CHAT,))
    await Chat.filter(user_id=amina.id).update(candidate_id=None)
    await messenger.drain()
    said = await amina.last()
    assert said.labels == ["Aller à ma candidature"]
    (row,) = said.raw["reply_markup"]["inline_keyboard"]
    assert row[0]["callback_data"] == f"space:{person.id}"
    assert (await fate(notice)).state == "accepted"


@pytest.mark.parametrize("length", [timedelta(minutes=5), timedelta(days=3)])
async def test_farewells_are_tried_for_72_hours_only(
    house: House, smtp: Mailbox, length: timedelta
) -> None:
    from actions.farewells import wipe_farewells

    person = await house.person(status="binned")
    await house.owe(person, NoticeKind.FINAL_REJECTION, {"comment": ""})
    await erase(person.id, Reason.BIN, SYSTEM, house.clock.now)
    smtp.refuse("450 later", times=1)
    post = house.post(smtp.url)
    await post.drain()
    house.clock.forward(seconds=length.total_seconds())
    await wipe_farewells(house.clock.now)
    await post.drain()
    assert len(smtp.messages) == (1 if length < timedelta(days=3) else 0)
