"""What people do in the app, and what the bot hears of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from sandbox.client import Phone, Sandbox, SandboxError
from tests.sandbox.conftest import BotHands

KEYS = {"inline_keyboard": [[{"text": "Oui", "callback_data": "yes"}]]}
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


async def test_a_deep_link_sends_start_with_its_payload(bot: BotHands, sandbox: Sandbox) -> None:
    bruno = await sandbox.phone("Bruno", language_code="en")
    await bruno.open("douceur_bot", start="abc_DEF-1")
    (update,) = await bot.take()
    message = update["message"]
    assert message["text"] == "/start abc_DEF-1"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["language_code"] == "en"
    assert message["chat"] == {"id": bruno.id, "type": "private", "first_name": "Bruno"}


@pytest.mark.parametrize("payload", ["a" * 65, "é", "a b"])
async def test_a_start_payload_has_telegrams_limits(sandbox: Sandbox, payload: str) -> None:
    bruno = await sandbox.phone("Bruno")
    with pytest.raises(SandboxError, match="1 to 64 characters"):
        await bruno.open("douceur_bot", start=payload)


async def test_a_bot_cannot_write_first(bot: BotHands, sandbox: Sandbox) -> None:
    bruno = await sandbox.phone("Bruno")
    await bruno.look("douceur_bot")
    said = await bot.refusal("sendMessage", chat_id=bruno.id, text="a")
    assert said == "Bad Request: chat not found"


async def test_an_album_is_several_updates_of_one_group(
    bot: BotHands, amina: Phone, picture: Path
) -> None:
    await bot.take()
    await amina.send_album([picture, picture, picture], "Recto, verso")
    messages = [update["message"] for update in await bot.take()]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["Recto, verso", None, None]


async def test_an_albums_updates_may_come_late(bot: BotHands, amina: Phone, picture: Path) -> None:
    await bot.take()
    sending = asyncio.create_task(amina.send_album([picture, picture], gap=0.5, as_files=True))
    await asyncio.sleep(0.25)
    first = await bot.take()
    await sending
    assert (len(first), len(await bot.take())) == (1, 1)


async def test_a_document_keeps_its_name_type_and_bytes(
    bot: BotHands, amina: Phone, tmp_path: Path
) -> None:
    path = tmp_path / "avis.pdf"
    path.write_bytes(b"%PDF-1.7 made up")
    await amina.send_document(path, "Mon avis")
    document = (await bot.take())[-1]["message"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("avis.pdf", "application/pdf")
    file = await bot.call("getFile", file_id=document["file_id"])
    url = f"{bot.url}/file/bot{bot.token}/{file['file_path']}"
    async with bot.session.get(url) as answer:
        assert await answer.read() == b"%PDF-1.7 made up"


async def test_a_contact_says_whose_it_is(bot: BotHands, amina: Phone, sandbox: Sandbox) -> None:
    bruno = await sandbox.phone("Bruno", phone_number="+33611111111")
    await bot.take()
    await amina.send_contact()
    await amina.send_contact(of=bruno)
    own, other = [update["message"]["contact"] for update in await bot.take()]
    assert (own["user_id"], own["phone_number"]) == (amina.id, amina.phone_number)
    assert (other["user_id"], other["phone_number"]) == (bruno.id, "+33611111111")


async def test_a_keyboard_below_the_chat_asks_for_the_contact_and_hides(
    bot: BotHands, amina: Phone
) -> None:
    keyboard = {
        "keyboard": [[{"text": "📱 Partager", "request_contact": True}], ["Passer"]],
        "one_time_keyboard": True,
        "resize_keyboard": True,
    }
    await bot.call("sendMessage", chat_id=amina.id, text="Numéro ?", reply_markup=keyboard)
    assert await amina.keyboard() == [["📱 Partager"], ["Passer"]]
    await bot.take()
    await amina.press("Partager")
    assert "contact" in (await bot.take())[0]["message"]
    assert await amina.keyboard() == []
    await bot.call(
        "sendMessage", chat_id=amina.id, text="Ok", reply_markup={"remove_keyboard": True}
    )
    with pytest.raises(SandboxError, match="there is no button 'Passer'"):
        await amina.press("Passer")


async def test_a_forced_reply_answers_the_question(bot: BotHands, amina: Phone) -> None:
    asked = await bot.call(
        "sendMessage", chat_id=amina.id, text="Nom ?", reply_markup={"force_reply": True}
    )
    await amina.send("Benali")
    message = (await bot.take())[-1]["message"]
    assert message["reply_to_message"]["message_id"] == asked["message_id"]


async def test_a_pressed_button_is_answered_once(bot: BotHands, amina: Phone) -> None:
    await bot.call("sendMessage", chat_id=amina.id, text="?", reply_markup=KEYS)
    await amina.press("Oui")
    query = (await bot.take())[-1]["callback_query"]
    assert (query["data"], query["message"]["text"]) == ("yes", "?")
    answer: dict[str, Any] = {"callback_query_id": query["id"], "text": "Noté"}
    assert await bot.call("answerCallbackQuery", **answer) is True
    assert await amina.notices() == ["Noté"]
    assert await bot.refusal("answerCallbackQuery", **answer) == TOO_OLD


async def test_a_pressed_button_must_be_answered_in_time(
    bot: BotHands, amina: Phone, sandbox: Sandbox
) -> None:
    await bot.call("sendMessage", chat_id=amina.id, text="?", reply_markup=KEYS)
    await amina.press("Oui")
    query = (await bot.take())[-1]["callback_query"]
    await sandbox.move_clock(151)
    assert await bot.refusal("answerCallbackQuery", callback_query_id=query["id"]) == TOO_OLD


async def test_the_latest_message_with_the_button_is_pressed(bot: BotHands, amina: Phone) -> None:
    for text in ("premier", "second"):
        await bot.call("sendMessage", chat_id=amina.id, text=text, reply_markup=KEYS)
    await amina.press("Oui")
    assert (await bot.take())[-1]["callback_query"]["message"]["text"] == "second"


async def test_an_edit_is_told_and_a_deletion_is_not(bot: BotHands, amina: Phone) -> None:
    number = await amina.send("Bonjur")
    await bot.take()
    await amina.edit(number, "Bonjour")
    await amina.delete(number)
    (update,) = await bot.take()
    assert update["edited_message"]["text"] == "Bonjour"
    assert update["edited_message"]["edit_date"] >= update["edited_message"]["date"]


async def test_everything_else_that_people_send_arrives(bot: BotHands, amina: Phone) -> None:
    await bot.take()
    await amina.send_voice()
    await amina.send_sticker("🎉")
    await amina.send_location()
    await amina.send_poll("Quand ?", ["Lundi", "Mardi"])
    kinds = [set(update["message"]) for update in await bot.take()]
    for kind, keys in zip(("voice", "sticker", "location", "poll"), kinds, strict=True):
        assert kind in keys


async def test_updates_are_what_aiogram_expects(
    bot: BotHands, amina: Phone, picture: Path
) -> None:
    from aiogram.types import Update

    await amina.send_photo(picture)
    await amina.send_document(picture)
    await amina.send_voice()
    await amina.send_sticker()
    await amina.send_poll("?", ["a", "b"])
    await amina.send_contact()
    await bot.call("sendMessage", chat_id=amina.id, text="?", reply_markup=KEYS)
    await amina.press("Oui")
    await amina.block()
    for update in await bot.take():
        parsed = Update.model_validate(update)
        assert parsed.event_type in update


async def test_one_person_talks_with_two_bots_apart(bot: BotHands, amina: Phone) -> None:
    await bot.call("sendMessage", chat_id=amina.id, text="Ici Douceur")
    await amina.open("vert_bot")
    assert [message.text for message in await amina.messages()] == ["/start"]
    await amina.look("douceur_bot")
    assert (await amina.last()).text == "Ici Douceur"


async def test_a_changed_language_is_in_the_next_message(bot: BotHands, amina: Phone) -> None:
    await amina.change(language_code="en")
    await amina.send("hi")
    assert (await bot.take())[-1]["message"]["from"]["language_code"] == "en"


async def test_nobody_writes_to_a_bot_they_blocked(amina: Phone) -> None:
    await amina.block()
    with pytest.raises(SandboxError, match="unblock it first"):
        await amina.send("hello")
