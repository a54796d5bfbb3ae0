"""The demo's end of Telegram while the past is told: straight into the sandbox, no network."""

from datetime import datetime
from typing import Any

from bot.send import Blocked
from models.tables import Bot
from sandbox import messages
from sandbox.errors import ApiError
from sandbox.phones import Attachment, Phone
from sandbox.records import Json
from sandbox.world import World
from words.screen import Screen

DELETABLE = 48 * 3600
"""Seconds after which a bot's message stays for ever (Bot API, deleteMessage)."""


class Line:
    """Shows screens on phones, as `bot.send.Sender` does."""

    def __init__(self, world: World, username: str) -> None:
        self.world = world
        self.bot = world.bot(username)

    def set_clock(self, now: datetime) -> None:
        """Messages carry this time from now on."""
        self.world.offset = now.timestamp() - self.world.clock()

    async def show(
        self, bot: Bot, user_id: int, screen: Screen, *, edit_message_id: int | None = None
    ) -> int:
        """Send a screen, or put it in place of an earlier message; returns the message's id.

        Raises:
            Blocked.
        """
        try:
            person, chat = messages.chat_for(self.world, self.bot, user_id)
        except ApiError as error:
            raise Blocked(error.description) from None
        content = messages.text_of({"text": screen.text, "parse_mode": "HTML"})
        known = chat.messages.get(edit_message_id or 0)
        if known is not None:
            gone = ("text", "entities")
            messages.change(self.world, chat, known, content, gone, _markup(screen))
            return known.id
        sent = messages.add(self.world, self.bot, person, content, True, _markup(screen))
        return sent.id

    async def take_away(self, bot: Bot, user_id: int, message_id: int) -> None:
        """Delete a message of the bot's own; older than 48 hours it stays, as with Telegram.

        Raises:
            Blocked.
        """
        try:
            _, chat = messages.chat_for(self.world, self.bot, user_id)
        except ApiError as error:
            raise Blocked(error.description) from None
        stored = chat.messages.get(message_id)
        if stored is not None and self.world.now() - stored.message["date"] < DELETABLE:
            del chat.messages[message_id]
            self.world.touch(chat)

    def hand(self, name: str, **fields: Any) -> Phone:
        """Give somebody a phone."""
        person = self.world.add_person(first_name=name, **fields)
        return Phone(self.world, person, self.bot)

    def taken(self, message: Json) -> Json:
        """The bot has taken what waits: the story does what the bot would have done."""
        for number in list(self.bot.pending):
            self.world.drop(self.bot, number)
        return message


def attachment(data: bytes, name: str) -> Attachment:
    """A file to send."""
    return Attachment(data, name)


def _markup(screen: Screen) -> Json | None:
    """The screen's buttons as the Bot API takes them."""
    if screen.contact is not None:
        button = {"text": screen.contact, "request_contact": True}
        return {"keyboard": [[button]], "resize_keyboard": True, "one_time_keyboard": True}
    if not screen.rows:
        return {"remove_keyboard": True} if screen.hide_keyboard else None
    keys = [
        [
            {"text": one.text} | ({"callback_data": one.data} if one.data else {"url": one.url})
            for one in row
        ]
        for row in screen.rows
    ]
    return {"inline_keyboard": keys}
