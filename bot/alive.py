"""Around every handler: only private chats, and each sign of life counts for the clock."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.types import TelegramObject

from actions import chats
from bot.visit import Visit
from words.screen import Reply

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


async def alive(handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
    """A message or a press: whoever writes has not blocked the bot, and is not forgotten."""
    visit: Visit = data["visit"]
    if data["event_chat"].type != "private":
        return Reply()
    if visit.chat.blocked_at is not None:
        await chats.unblock(visit.chat, now=visit.now)
    if visit.chat.candidate_id is not None:
        await chats.touch(visit.chat.candidate_id, visit.at)
    return await handler(event, data)
