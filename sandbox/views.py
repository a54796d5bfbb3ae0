"""A chat as a phone shows it, in JSON: for tests and for the page."""

from typing import Any

from sandbox.records import Bot, Chat, ChatMessage, Json, Person
from sandbox.world import World

FILE_KINDS = ("photo", "document", "voice", "sticker")
OTHER_KINDS = ("contact", "location", "poll", "pinned_message")


def chat_view(world: World, bot: Bot, person: Person, chat: Chat) -> Json:
    """Everything that the person sees in one chat."""
    now = world.now()
    return {
        "version": chat.bell.count,
        "bot": {"id": bot.id, "username": bot.username, "name": bot.name},
        "person": person_view(person),
        "messages": [message_view(stored, chat) for stored in chat.messages.values()],
        "keyboard": None if chat.keyboard_hidden else chat.keyboard,
        "keyboard_hidden": chat.keyboard_hidden,
        "pinned": list(chat.pinned),
        "blocked": chat.blocked,
        "started": chat.started,
        "start_payload": chat.start_payload,
        "action": chat.action if chat.action_until > now else None,
        "notices": chat.notices[-20:],
        "pending": pending_in(bot, person),
    }


def pending_in(bot: Bot, person: Person) -> int:
    """How many updates of this chat the bot has not taken yet."""
    return sum(update.chat_id == person.id for update in bot.pending.values())


def message_view(stored: ChatMessage, chat: Chat) -> Json:
    """One message: what it is, its words, buttons and marks, and the Bot API's own form of it."""
    raw = stored.message
    rows = raw.get("reply_markup", {}).get("inline_keyboard", [])
    kinds = [kind for kind in FILE_KINDS + OTHER_KINDS if kind in raw]
    return {
        "id": stored.id,
        "from_bot": stored.from_bot,
        "date": raw["date"],
        "kind": kinds[0] if kinds else "text",
        "text": raw.get("text", raw.get("caption", "")),
        "buttons": [[button["text"] for button in row] for row in rows],
        "edited": "edit_date" in raw,
        "pinned": stored.id in chat.pinned,
        "reaction": stored.reaction,
        "changed": stored.changed,
        "file": file_of(raw),
        "raw": raw,
    }


def file_of(raw: Json) -> Json | None:
    """The file of a message, the largest size of a photo."""
    if "photo" in raw:
        return dict(raw["photo"][-1])
    for kind in FILE_KINDS[1:]:
        if kind in raw:
            return dict(raw[kind])
    return None


def person_view(person: Person) -> Json:
    """A person, for lists."""
    names = ("id", "first_name", "last_name", "username", "language_code", "phone_number")
    view: dict[str, Any] = {name: getattr(person, name) for name in names}
    return view | {"deactivated": person.deactivated}
