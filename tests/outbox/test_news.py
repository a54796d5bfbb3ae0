"""News in the chat, through the sandbox: order, patience, blocked people, the status card."""

from __future__ import annotations

import time

from actions import chat_outbox
from actions.deeds import SYSTEM, deed
from jobs.messenger import FAR_UP, Messenger
from models.tables import Bot, Candidate, Chat, Message, Notice
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from sandbox.client import Phone, Sandbox
from tests.outbox.world import House, fate, journal

CHAT = (Channel.CHAT,)


async def said(house: House, person: Candidate, text: str) -> Notice:
    """A message of the operator, owed in the chat."""
    message = await Message.create(candidate_id=person.id, text=text, at=house.clock.now)
    (notice,) = await house.owe(
        person, NoticeKind.MESSAGE, {"message_id": message.id}, channels=CHAT
    )
    return notice


async def heard(phone: Phone) -> list[str]:
    """What the bot wrote on this phone, without the card."""
    return [one.text for one in await phone.messages() if one.from_bot and "✉️" in one.text]


async def test_news_arrive_in_the_order_in_which_they_were_owed(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    for number in range(5):
        await said(house, person, f"no {number}")
    await messenger.drain()
    assert [one.rsplit("\n", 1)[-1] for one in await heard(amina)] == [
        f"✉️ no {number}" for number in range(5)
    ]
    (first, *_) = await Message.filter(candidate_id=person.id).order_by("id")
    assert first.delivered_at == house.clock.now
    assert first.telegram_message_id is not None


async def test_a_correction_can_be_answered_with_one_press(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    (notice,) = await house.owe(person, channels=CHAT)
    await messenger.drain()
    message = await amina.last()
    assert "Douceur & Cie" in message.text
    assert "Flou" in message.text
    assert "📷 Diplôme" in message.labels
    assert (await fate(notice)).state == "accepted"


async def test_429_silences_this_chat_only_for_as_long_as_asked(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    bruno = await sandbox.phone("Bruno")
    await bruno.open("douceur_bot")
    her = await house.person(user_id=amina.id)
    him = await house.person("Bruno", user_id=bruno.id)
    for text in ("un", "deux"):
        await said(house, her, text)
    await said(house, him, "à vous")
    await sandbox.forget_records()
    await sandbox.fault("429", retry_after=7, chat=amina.id, times=1)
    await messenger.drain()
    assert await heard(amina) == []
    assert len(await heard(bruno)) == 1
    house.clock.forward(seconds=6.9)
    await messenger.drain()
    assert len(await sandbox.calls("sendMessage", amina.id)) == 1, "no call before 7 s"
    house.clock.forward(seconds=0.2)
    await messenger.drain()
    assert [one[-4:].strip() for one in await heard(amina)] == ["️ un", "deux"]


async def test_a_global_429_silences_the_bot(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    people = [await house.person(user_id=amina.id)]
    for name in ("Bruno", "Chloé", "Victor"):
        phone = await sandbox.phone(name)
        await phone.open("douceur_bot")
        people.append(await house.person(name, user_id=phone.id))
    notices = [await said(house, person, "bonjour") for person in people]
    await sandbox.fault("429", retry_after=7, times=-1)
    await messenger.drain()
    bot = await Bot.get(id=house.bot.id)
    assert bot.not_before is not None
    assert (bot.not_before - house.clock.now).total_seconds() == 7
    late = await said(house, await house.person("Odile", user_id=77), "plus tard")
    await sandbox.forget_records()
    house.clock.forward(seconds=6.9)
    await messenger.drain()
    assert await sandbox.calls("sendMessage") == []
    await sandbox.clear_faults()
    house.clock.forward(seconds=0.2)
    await messenger.drain()
    assert {(await fate(one)).state for one in notices} == {"accepted"}
    assert (await fate(late)).state == "failed", "that account never pressed Start"


async def test_a_proxys_error_page_is_waited_out_and_the_order_is_kept(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    notices = [await said(house, person, f"no {number}") for number in range(3)]
    for kind in ("502", "500", "reset"):
        await sandbox.fault(kind, chat=amina.id, times=1)
        await messenger.drain()
        assert await heard(amina) == []
        row = await fate(notices[0])
        assert row.state == "owed"
        assert row.last_error
        assert "could not be written" not in row.last_error, "no bug of ours"
        house.clock.forward(minutes=5)
    await messenger.drain()
    assert [one[-1] for one in await heard(amina)] == ["0", "1", "2"]
    assert (await fate(notices[0])).attempts == 4


async def test_403_is_noted_and_nothing_more_is_sent(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    notices = [await said(house, person, text) for text in ("un", "deux")]
    await amina.block()
    await sandbox.forget_records()
    await messenger.drain()
    assert len(await sandbox.calls("sendMessage")) == 1
    later = await said(house, person, "trois")
    await messenger.drain()
    assert len(await sandbox.calls("sendMessage")) == 1
    for notice in (*notices, later):
        row = await fate(notice)
        assert (row.state, row.last_error) == ("failed", chat_outbox.BLOCKED)
    assert (await Chat.get(user_id=amina.id)).blocked_at == house.clock.now
    assert (await journal(person)).count(EventKind.BOT_BLOCKED) == 1


async def test_401_disconnects_the_bot_without_a_loop(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    notices = [await said(house, person, text) for text in ("un", "deux")]
    await sandbox.forget_records()
    await sandbox.fault("401", times=-1)
    for _ in range(3):
        await messenger.drain()
        house.clock.forward(hours=1)
    assert len(await sandbox.calls("sendMessage")) == 1
    assert (await Bot.get(id=house.bot.id)).disconnected_at is not None
    assert {(await fate(one)).state for one in notices} == {"owed"}


async def test_a_message_refused_for_good_does_not_hold_up_the_next(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    first, second = [await said(house, person, text) for text in ("un", "deux")]
    await sandbox.fault(
        "error", code=400, description="Bad Request: can't parse entities", method="sendMessage"
    )
    await messenger.drain()
    assert (await fate(first)).state == "failed"
    assert "parse entities" in (await fate(first)).last_error
    assert (await fate(second)).state == "accepted"


async def test_a_chat_that_is_gone_counts_as_blocked_and_is_left_in_peace(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    notices = [await said(house, person, text) for text in ("un", "deux")]
    await sandbox.forget_records()
    await sandbox.fault("error", code=400, description="chat not found", times=-1)
    for _ in range(3):
        await messenger.drain()
        house.clock.forward(hours=1)
    assert len(await sandbox.calls("sendMessage")) == 1
    assert {(await fate(one)).state for one in notices} == {"failed"}
    assert (await Chat.get(user_id=amina.id)).blocked_at is not None


async def test_a_chat_that_became_another_is_refused_once_and_holds_up_nothing(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    first, second = [await said(house, person, text) for text in ("un", "deux")]
    told = "group chat was upgraded to a supergroup chat"
    await sandbox.fault(
        "error", code=400, description=told, migrate_to=-1001, method="sendMessage"
    )
    await messenger.drain()
    assert (await fate(first)).state == "failed", "we write to people only, never to groups"
    assert (await fate(second)).state == "accepted"
    house.clock.forward(hours=1)
    await messenger.drain()
    assert (await fate(first)).attempts == 1


async def test_a_withdrawn_notice_is_not_sent(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id, status="submitted")
    (notice,) = await house.owe(person, channels=CHAT)
    await messenger.drain()
    assert (await fate(notice)).state == "void"
    assert len([one for one in await amina.messages() if one.from_bot]) == 0


async def test_two_workers_keep_the_order_of_one_chat(
    house: House, server: object, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    await said(house, person, "un")
    now = house.clock.now
    assert await chat_outbox.claim_chat("w1", now) is not None
    assert await chat_outbox.claim_chat("w2", now) is None
    house.clock.forward(minutes=1)
    assert await chat_outbox.claim_chat("w2", house.clock.now) is not None


async def test_the_card_follows_the_application_in_place(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    await change(house, person, status="submitted")
    await messenger.drain()
    card = await amina.last()
    chat = await Chat.get(user_id=amina.id)
    assert (chat.card_message_id, chat.card_shown) == (card.id, 2)
    await change(house, person, status="incomplete")
    await messenger.drain()
    again = await amina.last()
    assert again.id == card.id
    assert again.edited
    assert again.text != card.text


async def test_a_card_that_would_look_the_same_is_left_alone(
    house: House, messenger: Messenger, sandbox: Sandbox, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    await change(house, person)
    await messenger.drain()
    await sandbox.forget_records()
    await change(house, person)
    await messenger.drain()
    assert await sandbox.calls(None, amina.id) == []
    fresh = await Candidate.get(id=person.id)
    assert (await Chat.get(user_id=amina.id)).card_shown == fresh.version


async def test_a_card_far_up_is_sent_again(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    await change(house, person, status="submitted")
    await messenger.drain()
    card = await amina.last()
    for number in range(FAR_UP + 1):
        await said(house, person, str(number))
    await messenger.drain()
    await change(house, person, submitted_at=house.clock.now)
    await messenger.drain()
    last = await amina.last()
    assert last.id > card.id + FAR_UP
    assert (await Chat.get(user_id=amina.id)).card_message_id == last.id
    assert card.id not in {one.id for one in await amina.messages()}, "the old card is gone"


async def test_no_card_comes_between_a_question_and_its_answer(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    await change(house, person, status="incomplete")
    await messenger.drain()
    assert [one for one in await amina.messages() if one.from_bot] == []
    assert (await Chat.get(user_id=amina.id)).card_shown == 2, "nothing is left to be done"


async def test_a_change_without_a_line_in_the_journal_reaches_the_card_later(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person(user_id=amina.id)
    await messenger.drain()
    async with deed(person.id, SYSTEM, house.clock.now) as doing:
        doing.candidate.status = "submitted"
    await messenger.drain()
    assert [one for one in await amina.messages() if one.from_bot] == []
    house.clock.forward(minutes=6)
    await messenger.drain()
    assert (await amina.last()).text


async def change(house: House, person: Candidate, **columns: object) -> None:
    """Some deed on the candidate, with its line in the journal."""
    async with deed(person.id, SYSTEM, house.clock.now) as doing:
        for name, value in columns.items():
            setattr(doing.candidate, name, value)
        await doing.record(EventKind.ANSWER_CHANGED, "first_name")


async def test_the_pace_lets_a_small_burst_pass_then_slows_down() -> None:
    from jobs.pace import Pace

    pace = Pace(per_bot=1000, per_chat=20, burst=3)
    began = time.monotonic()
    for _ in range(7):
        await pace.wait("bot", "chat")
    assert time.monotonic() - began >= 0.19, "three at once, then one in a twentieth"
    began = time.monotonic()
    for number in range(100):
        await pace.wait("bot", str(number))
    assert time.monotonic() - began >= 0.08, "a hundred chats wait for their bot only"
