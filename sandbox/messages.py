"""Messages: how they enter a chat and how they change there."""

from typing import Any

from sandbox import keyboards
from sandbox.entities import formatted
from sandbox.errors import ApiError, bad_request
from sandbox.records import Bot, Chat, ChatMessage, Json, Person
from sandbox.world import World

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
ALBUM_LIMIT = 10


def chat_for(world: World, bot: Bot, chat_id: Any) -> tuple[Person, Chat]:
    """The chat that a bot names, when it may write there."""
    person, chat = known_chat(world, bot, chat_id)
    if person.deactivated:
        raise ApiError(403, "user is deactivated")
    if chat.blocked:
        raise ApiError(403, "bot was blocked by the user")
    return person, chat


def known_chat(world: World, bot: Bot, chat_id: Any) -> tuple[Person, Chat]:
    """The chat that a bot names: one that a person started."""
    try:
        number = int(chat_id)
    except ValueError as error:
        if not str(chat_id).strip():
            raise bad_request("chat_id is empty") from error
        raise bad_request("chat not found") from error
    chat = world.chats.get((bot.id, number))
    if chat is None or not chat.started:
        raise bad_request("chat not found")
    return world.people[number], chat


def text_of(args: Json) -> Json:
    """The text of a call, parsed, within Telegram's limit."""
    text, entities = formatted(args.get("text", ""), args.get("parse_mode"), args.get("entities"))
    if not text:
        raise bad_request("message text is empty")
    if len(text) > TEXT_LIMIT:
        raise bad_request("message is too long")
    return {"text": text, **({"entities": entities} if entities else {})}


def caption_of(args: Json) -> Json:
    """The caption of a call, parsed, within Telegram's limit; empty when there is none."""
    caption, entities = formatted(
        args.get("caption", ""), args.get("parse_mode"), args.get("caption_entities")
    )
    if len(caption) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not caption:
        return {}
    return {"caption": caption, **({"caption_entities": entities} if entities else {})}


def add(
    world: World,
    bot: Bot,
    person: Person,
    content: Json,
    from_bot: bool,
    markup: Json | None = None,
) -> ChatMessage:
    """Put a message into a chat."""
    chat = world.chat(bot, person)
    message = {
        "message_id": world.next("message"),
        "from": bot.as_user() if from_bot else person.as_user(),
        "chat": person.as_chat(),
        "date": int(world.now()),
        **content,
    }
    inline = keyboards.inline_of(markup)
    if inline:
        message["reply_markup"] = inline
    stored = ChatMessage(message, from_bot, None if inline else markup or None)
    chat.messages[stored.id] = stored
    if from_bot:
        keyboards.show(chat, markup)
        chat.action = None
    world.touch(chat, stored)
    return stored


def reply(chat: Chat, args: Json) -> Json:
    """The `reply_to_message` part of a new message."""
    asked = args.get("reply_parameters") or {}
    number = asked.get("message_id") or args.get("reply_to_message_id")
    if not number:
        return {}
    if int(number) in chat.messages:
        original = chat.messages[int(number)].message
        return {"reply_to_message": {k: v for k, v in original.items() if k != "reply_to_message"}}
    if asked.get("allow_sending_without_reply") or args.get("allow_sending_without_reply"):
        return {}
    raise bad_request("message to be replied not found")


def own(world: World, bot: Bot, args: Json, what: str = "edit") -> tuple[Chat, ChatMessage]:
    """The bot's own message that a call wants to change."""
    if "chat_id" not in args:
        raise bad_request("chat_id is empty")
    _, chat = chat_for(world, bot, args["chat_id"])
    message = chat.messages.get(int(args.get("message_id", 0)))
    if message is None:
        raise bad_request(f"message to {what} not found")
    if not message.from_bot or message.keyboard:
        raise bad_request("message can't be edited")
    return chat, message


def change(
    world: World,
    chat: Chat,
    stored: ChatMessage,
    content: Json,
    replaced: tuple[str, ...],
    markup: Json | None,
) -> Json:
    """Replace parts of a message and its inline keyboard; refuse a change that changes nothing."""
    keyboards.check_markup(markup)
    gone = {*replaced, "reply_markup", "edit_date"}
    fresh = {key: value for key, value in stored.message.items() if key not in gone}
    fresh.update(content)
    inline = keyboards.inline_of(markup)
    if inline:
        fresh["reply_markup"] = inline
    before = {key: value for key, value in stored.message.items() if key != "edit_date"}
    if fresh == before:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly "
            "the same as a current content and reply markup of the message"
        )
    stored.message = {**fresh, "edit_date": int(world.now())}
    world.touch(chat, stored)
    return stored.message
