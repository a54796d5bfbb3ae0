"""What a chat is, and what is pinned in it."""

from sandbox import messages
from sandbox.errors import bad_request
from sandbox.methods.call import Call, Handler
from sandbox.records import Json


async def get_chat(call: Call) -> Json:
    """The chat as the bot may see it."""
    person, chat = messages.known_chat(call.world, call.bot, call.args["chat_id"])
    full: Json = person.as_chat() | {"accent_color_id": person.id % 7, "max_reaction_count": 11}
    full["accepted_gift_types"] = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    if chat.pinned:
        full["pinned_message"] = chat.messages[chat.pinned[-1]].message
    return full


async def pin_chat_message(call: Call) -> bool:
    """Keep a message at the top; the chat shows a service message about it."""
    person, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    stored = chat.messages.get(int(call.args["message_id"]))
    if stored is None:
        raise bad_request("message to pin not found")
    if stored.id not in chat.pinned:
        chat.pinned.append(stored.id)
        messages.add(call.world, call.bot, person, {"pinned_message": stored.message}, True)
    return True


async def unpin_chat_message(call: Call) -> bool:
    """Unpin one message, or the latest."""
    _, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    number = int(call.args.get("message_id") or (chat.pinned[-1] if chat.pinned else 0))
    if number not in chat.messages:
        raise bad_request("message to unpin not found")
    chat.pinned = [pinned for pinned in chat.pinned if pinned != number]
    call.world.touch(chat)
    return True


async def unpin_all_chat_messages(call: Call) -> bool:
    """Unpin everything."""
    _, chat = messages.chat_for(call.world, call.bot, call.args["chat_id"])
    chat.pinned.clear()
    call.world.touch(chat)
    return True


METHODS: dict[str, Handler] = {
    "getChat": get_chat,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
}
