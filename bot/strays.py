"""Buttons of another of one's spaces, far up in the same chat: they must not act in this one."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.replies import stale
from bot.visit import Visit
from models.reads.chats import names_of_spaces
from words.screen import Reply

router = Router(name="strays")


async def is_of_another_space(press: CallbackQuery, visit: Visit) -> bool:
    """Whether the message of this button does not name the space that one is in.

    Every screen does so while there are several spaces; questions of two providers have the same
    keys, so what was asked by one would be answered to the other.
    """
    chat = visit.chat
    here = (chat.card_message_id, chat.screen_message_id)
    if press.message is None or press.message.message_id in here:
        return False
    names = await names_of_spaces(chat)
    if len(names) < 2:
        return False
    written = press.message if isinstance(press.message, Message) else None
    text = (written.text or written.caption or "") if written else ""
    own = names.get(chat.candidate_id or "", "").split()
    return all(line.split() != own for line in text.splitlines())


@router.callback_query(is_of_another_space)
async def stray(press: CallbackQuery, visit: Visit) -> Reply:
    """Say where one is now."""
    return await stale(visit, press)
