"""Whoever writes or presses without being in a space: the way in, whatever was sent."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.replies import go, stale
from bot.visit import Visit
from words.screen import Reply

router = Router(name="visitors")


async def is_visitor(_event: TelegramObject, visit: Visit) -> bool:
    """Whether this chat is in no space."""
    return visit.chat.candidate_id is None


@router.message(is_visitor)
async def anything(message: Message, visit: Visit) -> Reply:
    """Any message: how to come in."""
    return await go(visit)


@router.edited_message(is_visitor)
async def edited(message: Message, visit: Visit) -> Reply:
    """Nothing was kept, so nothing is to be changed."""
    return Reply()


@router.callback_query(is_visitor)
async def any_button(press: CallbackQuery, visit: Visit) -> Reply:
    """A button of a space that is gone."""
    return await stale(visit, press)
