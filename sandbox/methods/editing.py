"""Changing what was said: edits, deletions, and the answer to a pressed button."""

from typing import Any

from sandbox import messages
from sandbox.errors import bad_request
from sandbox.methods.call import Call, Handler
from sandbox.methods.sending import media
from sandbox.records import Json

DELETE_LIFE = 48 * 3600
ALERT_LIMIT = 200


async def edit_message_text(call: Call) -> Json:
    """Another text in the same message."""
    content = messages.text_of(call.args)
    chat, stored = messages.own(call.world, call.bot, call.args)
    if "text" not in stored.message:
        raise bad_request("there is no text in the message to edit")
    return messages.change(
        call.world, chat, stored, content, ("text", "entities"), call.args.get("reply_markup")
    )


async def edit_message_caption(call: Call) -> Json:
    """Another caption below the same file."""
    content = messages.caption_of(call.args)
    chat, stored = messages.own(call.world, call.bot, call.args)
    if not {"photo", "document", "voice"} & set(stored.message):
        raise bad_request("there is no caption in the message to edit")
    replaced = ("caption", "caption_entities")
    return messages.change(
        call.world, chat, stored, content, replaced, call.args.get("reply_markup")
    )


async def edit_message_media(call: Call) -> Json:
    """Another file in the same message."""
    if call.args["media"]["type"] not in ("photo", "document"):
        raise bad_request("can't use the media of the specified type in the album")
    chat, stored = messages.own(call.world, call.bot, call.args)
    replaced = ("photo", "document", "caption", "caption_entities", "text", "entities")
    content = media(call, call.args["media"])
    return messages.change(
        call.world, chat, stored, content, replaced, call.args.get("reply_markup")
    )


async def edit_message_reply_markup(call: Call) -> Json:
    """Another inline keyboard below the same message."""
    chat, stored = messages.own(call.world, call.bot, call.args)
    return messages.change(call.world, chat, stored, {}, (), call.args.get("reply_markup"))


async def delete_message(call: Call) -> bool:
    """Take a message out of the chat; possible for 48 hours."""
    _, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    stored = chat.messages.get(int(call.args["message_id"]))
    if stored is None:
        raise bad_request("message to delete not found")
    if stored.message["date"] < call.world.now() - DELETE_LIFE:
        raise bad_request("message can't be deleted for everyone")
    _remove(call, chat, stored.id)
    return True


async def delete_messages(call: Call) -> bool:
    """Take several messages out of the chat; those that are not there are skipped."""
    _, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    numbers = call.args["message_ids"]
    if not 1 <= len(numbers) <= 100:
        raise bad_request("too many message identifiers specified")
    for number in numbers:
        _remove(call, chat, int(number))
    return True


def _remove(call: Call, chat: Any, number: int) -> None:
    chat.messages.pop(number, None)
    chat.pinned = [pinned for pinned in chat.pinned if pinned != number]
    chat.deleted += 1
    call.world.touch(chat)


async def answer_callback_query(call: Call) -> bool:
    """End the waiting of a pressed button, with a notice or an alert when there is a text."""
    press = call.world.presses.get(str(call.args["callback_query_id"]))
    known = press is not None and press.bot_id == call.bot.id
    if press is None or not known or press.answered or press.expires < call.world.now():
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = call.args.get("text", "")
    if len(text) > ALERT_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    press.answered = True
    press.answer = {
        "text": text,
        "alert": bool(call.args.get("show_alert")),
        "url": call.args.get("url"),
        "date": call.world.now(),
    }
    chat = call.world.chats[press.bot_id, press.person_id]
    if text:
        chat.notices.append(press.answer)
    call.world.touch(chat)
    return True


async def set_message_reaction(call: Call) -> bool:
    """React to a message with an emoji, or no longer."""
    _, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    stored = chat.messages.get(int(call.args["message_id"]))
    if stored is None:
        raise bad_request("message to react not found")
    reactions = call.args.get("reaction") or []
    if len(reactions) > 1 or any(one["type"] != "emoji" for one in reactions):
        raise bad_request("REACTIONS_TOO_MANY")
    stored.reaction = reactions[0]["emoji"] if reactions else ""
    call.world.touch(chat, stored)
    return True


METHODS: dict[str, Handler] = {
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageMedia": edit_message_media,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "setMessageReaction": set_message_reaction,
    "answerCallbackQuery": answer_callback_query,
}
