"""Blocking the bot, and letting it in again."""

from aiogram import Router
from aiogram.types import ChatMemberUpdated

from actions import chats
from bot.visit import Visit
from words.screen import Reply

router = Router(name="membership")

GONE = frozenset({"kicked", "left"})


@router.my_chat_member()
async def membership(event: ChatMemberUpdated, visit: Visit) -> Reply:
    """Noted for the operators; it is no sign of life, and nothing can be answered."""
    if event.new_chat_member.status in GONE:
        await chats.block(visit.chat, now=visit.now)
    else:
        await chats.unblock(visit.chat, now=visit.now)
    return Reply()
