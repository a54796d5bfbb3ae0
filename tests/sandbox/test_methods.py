"""Calls of the Bot API, and Telegram's answers to them."""

from __future__ import annotations

import json
from pathlib import Path

import aiohttp
import pytest

from sandbox.app import Server
from sandbox.client import Phone, Sandbox
from tests.sandbox.conftest import OTHER_TOKEN, TOKEN, BotHands

BUTTON_WITHOUT_USE = (
    "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
)
KEYS = {"inline_keyboard": [[{"text": "Oui", "callback_data": "yes"}]]}


async def test_a_bot_knows_itself(bot: BotHands) -> None:
    me = await bot.call("getMe")
    assert (me["id"], me["is_bot"], me["username"]) == (424242, True, "douceur_bot")


async def test_an_unknown_token_is_unauthorized(bot: BotHands) -> None:
    bot.token = "1:unknown"
    body = {"ok": False, "error_code": 401, "description": "Unauthorized"}
    assert await bot.raw("getMe") == (401, body)


@pytest.mark.parametrize("path", ["botnonsense/getMe", f"bot{TOKEN}/getNothing", "bot/getMe"])
async def test_a_malformed_token_or_an_unknown_method_is_not_found(
    server: Server, session: aiohttp.ClientSession, path: str
) -> None:
    async with session.get(f"{server.url}/{path}") as answer:
        body = {"ok": False, "error_code": 404, "description": "Not Found"}
        assert (answer.status, await answer.json()) == (404, body)


async def test_an_unknown_parameter_is_refused(bot: BotHands, amina: Phone) -> None:
    said = await bot.refusal("sendMessage", chat_id=amina.id, text="a", txt="b")
    assert said == 'Bad Request: unknown parameter "txt"'


async def test_an_unknown_field_of_a_keyboard_is_refused(bot: BotHands, amina: Phone) -> None:
    keys = {"inline_keyboard": [[{"text": "a", "callback_data": "b", "colour": "red"}]]}
    said = await bot.refusal("sendMessage", chat_id=amina.id, text="a", reply_markup=keys)
    assert said.startswith('Bad Request: unknown field "colour" in reply_markup')


async def test_a_method_that_is_not_played_says_so(bot: BotHands) -> None:
    status, _ = await bot.raw("banChatMember", chat_id=1, user_id=2)
    assert status == 501


@pytest.mark.parametrize("way", ["query", "form", "multipart", "json"])
async def test_arguments_come_in_any_of_the_four_ways(
    server: Server, session: aiohttp.ClientSession, amina: Phone, way: str
) -> None:
    url = f"{server.url}/bot{TOKEN}/sendMessage"
    flat = {
        "chat_id": str(amina.id),
        "text": "Bonjour",
        "disable_notification": "true",
        "reply_markup": '{"inline_keyboard": [[{"text": "Oui", "callback_data": "yes"}]]}',
    }
    if way == "query":
        answer = await session.get(url, params=flat)
    elif way == "form":
        answer = await session.post(url, data=flat)
    elif way == "multipart":
        form = aiohttp.FormData(flat, default_to_multipart=True)
        answer = await session.post(url, data=form)
    else:
        body = {"chat_id": amina.id, "text": "Bonjour", "reply_markup": KEYS}
        answer = await session.post(url, json=body)
    assert answer.status == 200, await answer.text()
    last = await amina.last()
    assert (last.text, last.labels) == ("Bonjour", ["Oui"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"text": "a"}, "chat_id is empty"),
        ({"chat_id": 1, "text": "a"}, "chat not found"),
        ({"chat_id": "@nobody", "text": "a"}, "chat not found"),
        ({"chat_id": 0}, "message text is empty"),
        ({"chat_id": 0, "text": "  \n"}, "message text is empty"),
        ({"chat_id": 0, "text": "a" * 4097}, "message is too long"),
        ({"chat_id": 0, "text": "a", "parse_mode": "Word"}, "unsupported parse_mode"),
        ({"chat_id": 0, "text": "a", "reply_markup": "[]"}, "object expected as reply markup"),
        (
            {"chat_id": 0, "text": "a", "reply_parameters": {"message_id": 1}},
            "message to be replied not found",
        ),
        (
            {"chat_id": 0, "text": "a", "reply_markup": {"inline_keyboard": [[{"text": "x"}]]}},
            BUTTON_WITHOUT_USE,
        ),
        (
            {
                "chat_id": 0,
                "text": "a",
                "reply_markup": {"inline_keyboard": [[{"text": "x", "callback_data": "é" * 33}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        (
            {
                "chat_id": 0,
                "text": "a",
                "reply_markup": {
                    "inline_keyboard": [[{"text": "x", "url": "http://localhost:80/"}]]
                },
            },
            "inline keyboard button URL 'http://localhost:80/' is invalid: Wrong HTTP URL",
        ),
    ],
)
async def test_a_bad_message_is_refused_in_telegrams_words(
    bot: BotHands, amina: Phone, arguments: dict[str, object], said: str
) -> None:
    if arguments.get("chat_id") == 0:
        arguments = {**arguments, "chat_id": amina.id}
    assert await bot.refusal("sendMessage", **arguments) == f"Bad Request: {said}"


async def test_half_characters_are_refused(bot: BotHands, amina: Phone) -> None:
    said = await bot.refusal("sendMessage", chat_id=amina.id, text="\ud83d")
    assert said == "Bad Request: strings must be encoded in UTF-8"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", "{"),
        ("application/json", "[]"),
        ("multipart/form-data", "x"),
        ("multipart/form-data; boundary=a", "x"),
    ],
)
async def test_a_malformed_body_is_a_bad_request(bot: BotHands, kind: str, body: str) -> None:
    url, headers = f"{bot.url}/bot{TOKEN}/sendMessage", {"Content-Type": kind}
    async with bot.session.post(url, data=body, headers=headers) as answer:
        assert (answer.status, (await answer.json())["ok"]) == (400, False)


async def test_a_text_of_4096_characters_passes(bot: BotHands, amina: Phone) -> None:
    await bot.call(
        "sendMessage", chat_id=amina.id, text="<b>" + "é" * 4096 + "</b>", parse_mode="HTML"
    )
    assert len((await amina.last()).text) == 4096


async def test_a_blocked_bot_gets_403_and_was_told(bot: BotHands, amina: Phone) -> None:
    await amina.block()
    said = await bot.refusal("sendMessage", chat_id=amina.id, text="a")
    assert said == "Forbidden: bot was blocked by the user"
    change = (await bot.take())[-1]["my_chat_member"]
    states = change["old_chat_member"]["status"], change["new_chat_member"]["status"]
    assert states == ("member", "kicked")
    await amina.unblock()
    await bot.call("sendMessage", chat_id=amina.id, text="a")


async def test_a_deleted_account_gets_403(bot: BotHands, amina: Phone) -> None:
    await amina.change(deactivated=True)
    said = await bot.refusal("sendMessage", chat_id=amina.id, text="a")
    assert said == "Forbidden: user is deactivated"


async def test_an_edit_that_changes_nothing_is_refused(bot: BotHands, amina: Phone) -> None:
    sent = await bot.call("sendMessage", chat_id=amina.id, text="a", reply_markup=KEYS)
    where = {"chat_id": amina.id, "message_id": sent["message_id"]}
    said = await bot.refusal("editMessageText", **where, text="a", reply_markup=KEYS)
    assert said.startswith("Bad Request: message is not modified: specified new message content")
    edited = await bot.call("editMessageText", **where, text="a")
    assert "reply_markup" not in edited
    assert (await amina.last()).edited


async def test_only_own_messages_without_a_keyboard_can_be_edited(
    bot: BotHands, amina: Phone
) -> None:
    keyboard = {"keyboard": [[{"text": "Oui"}]]}
    sent = await bot.call("sendMessage", chat_id=amina.id, text="a", reply_markup=keyboard)
    number = await amina.send("hello")
    for message_id in (sent["message_id"], number):
        said = await bot.refusal(
            "editMessageText", chat_id=amina.id, message_id=message_id, text="b"
        )
        assert said == "Bad Request: message can't be edited"
    said = await bot.refusal("editMessageText", chat_id=amina.id, message_id=1, text="b")
    assert said == "Bad Request: message to edit not found"


async def test_a_message_can_be_deleted_for_48_hours(
    bot: BotHands, amina: Phone, sandbox: Sandbox
) -> None:
    number = await amina.send("hello")
    old = await amina.send("old")
    where = {"chat_id": amina.id, "message_id": number}
    assert await bot.call("deleteMessage", **where) is True
    said = await bot.refusal("deleteMessage", **where)
    assert said == "Bad Request: message to delete not found"
    await sandbox.move_clock(48 * 3600 + 60)
    said = await bot.refusal("deleteMessage", chat_id=amina.id, message_id=old)
    assert said == "Bad Request: message can't be deleted for everyone"


async def test_photos_come_in_sizes_and_can_be_fetched(
    bot: BotHands, amina: Phone, picture: Path, server: Server
) -> None:
    await amina.send_photo(picture, "Mon diplôme")
    message = (await bot.take())[-1]["message"]
    sizes = [(size["width"], size["height"]) for size in message["photo"]]
    assert sizes == [(90, 68), (320, 240), (800, 600), (1280, 960)]
    file = await bot.call("getFile", file_id=message["photo"][-1]["file_id"])
    url = f"{server.url}/file/bot{TOKEN}/{file['file_path']}"
    async with bot.session.get(url) as answer:
        data = await answer.read()
    assert data[:3] == b"\xff\xd8\xff"
    assert len(data) == file["file_size"]


async def test_a_file_over_20_mb_is_not_fetched(
    bot: BotHands, amina: Phone, picture: Path
) -> None:
    await amina.send_document(picture, name="grand.pdf", size=20 * 1024 * 1024 + 1)
    document = (await bot.take())[-1]["message"]["document"]
    assert document["file_name"] == "grand.pdf"
    said = await bot.refusal("getFile", file_id=document["file_id"])
    assert said == "Bad Request: file is too big"


async def test_a_file_id_belongs_to_one_bot(bot: BotHands, amina: Phone, picture: Path) -> None:
    await amina.send_document(picture)
    file_id = (await bot.take())[-1]["message"]["document"]["file_id"]
    bot.token = OTHER_TOKEN
    assert await bot.refusal("getFile", file_id=file_id) == "Bad Request: invalid file_id"


async def test_a_bot_sends_an_album_from_uploads_and_ids(
    bot: BotHands, amina: Phone, picture: Path
) -> None:
    await amina.send_photo(picture)
    file_id = (await bot.take())[-1]["message"]["photo"][0]["file_id"]
    form = aiohttp.FormData({"chat_id": str(amina.id)})
    form.add_field("page", picture.read_bytes(), filename="page.png")
    captioned = {"type": "photo", "media": file_id, "caption": "<i>un</i>", "parse_mode": "HTML"}
    media = [captioned, {"type": "photo", "media": "attach://page"}]
    form.add_field("media", json.dumps(media))
    async with bot.session.post(f"{bot.url}/bot{TOKEN}/sendMediaGroup", data=form) as answer:
        body = await answer.json()
    assert body["ok"], body
    first, second = body["result"]
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], first["caption_entities"][0]["type"]) == ("un", "italic")
    assert len(second["photo"]) == 4


async def test_an_album_has_up_to_ten_items(bot: BotHands, amina: Phone) -> None:
    media = [{"type": "photo", "media": "attach://a"}] * 11
    said = await bot.refusal("sendMediaGroup", chat_id=amina.id, media=media)
    assert said == "Bad Request: too many messages to send as an album"
    said = await bot.refusal("sendMediaGroup", chat_id=amina.id, media=media[:2])
    assert said == "Bad Request: there is no file with the specified name in the request"


async def test_commands_are_kept_by_scope_and_language(bot: BotHands) -> None:
    commands = [{"command": "infos", "description": "Mes infos"}]
    await bot.call("setMyCommands", commands=commands, language_code="fr")
    assert await bot.call("getMyCommands", language_code="fr") == commands
    assert await bot.call("getMyCommands") == []
    await bot.call("deleteMyCommands", language_code="fr")
    assert await bot.call("getMyCommands", language_code="fr") == []
    said = await bot.refusal("setMyCommands", commands=[{"command": "É", "description": "x"}])
    assert said == "Bad Request: BOT_COMMAND_INVALID"


async def test_a_message_is_pinned_and_unpinned(bot: BotHands, amina: Phone) -> None:
    sent = await bot.call("sendMessage", chat_id=amina.id, text="Votre dossier")
    where = {"chat_id": amina.id, "message_id": sent["message_id"]}
    await bot.call("pinChatMessage", **where)
    chat = await bot.call("getChat", chat_id=amina.id)
    assert chat["pinned_message"]["text"] == "Votre dossier"
    assert (await amina.view())["pinned"] == [sent["message_id"]]
    await bot.call("unpinChatMessage", **where)
    assert (await amina.view())["pinned"] == []
    said = await bot.refusal("unpinChatMessage", chat_id=amina.id)
    assert said == "Bad Request: message to unpin not found"


async def test_a_chat_action_shows_until_the_next_message(bot: BotHands, amina: Phone) -> None:
    await bot.call("sendChatAction", chat_id=amina.id, action="typing")
    assert (await amina.view())["action"] == "typing"
    await bot.call("sendMessage", chat_id=amina.id, text="a")
    assert (await amina.view())["action"] is None
