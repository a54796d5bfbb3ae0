"""Around every handler: private chats only, signs of life count, refusals are told in place."""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram.types import CallbackQuery, TelegramObject

from actions import chats
from bot.replies import here
from bot.visit import Visit
from models.database import nested
from rules.errors import Refusal
from words.language import sentence
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
    return await _told(handler, event, data, visit)


async def _told(
    handler: Handler, event: TelegramObject, data: dict[str, Any], visit: Visit
) -> Any:
    """A refusal undoes what the handler did, but not that somebody was here."""
    chat = visit.chat
    before = chat.candidate_id, chat.language, chat.asking
    try:
        async with nested():
            return await handler(event, data)
    except Refusal as refusal:
        chat.candidate_id, chat.language, chat.asking = before
        why = sentence(refusal, visit.language)
        if isinstance(event, CallbackQuery):
            return await here(visit, toast=why, press=event)
        return await here(visit, note=why)
