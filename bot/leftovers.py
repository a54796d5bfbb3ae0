"""What no other handler took: always a helpful answer. Included last."""

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bot.replies import answer, stale, where
from bot.visit import Visit
from words.chat import talk
from words.chat.current import current
from words.screen import Reply

router = Router(name="leftovers")

TELEGRAMS_OWN = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "write_access_allowed",
        "chat_background_set",
        "connected_website",
    }
)
"""Messages that Telegram writes by itself: an answer would surprise."""


@router.message()
async def unsupported(message: Message, visit: Visit) -> Reply:
    """A sticker, a voice message, a video…: what to do instead, and where one is."""
    if message.content_type in TELEGRAMS_OWN:
        return Reply()
    place = await where(visit)
    first, *others = current(place)
    return answer(visit, talk.unsupported(place, message.content_type, first), *others)


@router.callback_query()
async def unknown_button(press: CallbackQuery, visit: Visit) -> Reply:
    """A button of an earlier release."""
    return await stale(visit, press)
