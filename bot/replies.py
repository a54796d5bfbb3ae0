"""What handlers answer with: the chat's current screen, above it a note, over it a toast."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape

from aiogram.types import CallbackQuery

from bot.visit import Visit
from models.reads.chats import place
from rules import asking
from rules.asking import Asking
from rules.place import Place, is_gone
from words.chat.current import current
from words.chat.drawing import noted
from words.language import translate
from words.screen import Reply, Screen


async def where(visit: Visit) -> Place:
    """The place of the chat, with what the handler has changed so far."""
    return await place(visit.chat, visit.now)


async def here(
    visit: Visit, *, note: str = "", toast: str = "", press: CallbackQuery | None = None
) -> Reply:
    """The current screen; `note` is a plain line above it."""
    found = await where(visit)
    if is_gone(found):
        visit.chat.asking = asking.NEXT
        found = await where(visit)
    first, *others = current(found)
    return answer(visit, noted(first, note), *others, toast=toast, press=press)


async def unheard(visit: Visit, found: Place) -> Reply:
    """Something was sent where nobody reads it: a closed space says so, a visitor has none."""
    if found.dossier is None:
        return await here(visit)
    _ = speaker(visit)
    note = _("Your message was not passed on: this space is closed.")
    return await here(visit, note=note)


async def go(
    visit: Visit,
    step: str = asking.NEXT,
    key: str = "",
    extra: str = "",
    *,
    note: str = "",
    toast: str = "",
    press: CallbackQuery | None = None,
) -> Reply:
    """Move the chat to a step, and show it."""
    visit.chat.asking = str(Asking(step, key, extra))
    return await here(visit, note=note, toast=toast, press=press)


def answer(
    visit: Visit, *screens: Screen, toast: str = "", press: CallbackQuery | None = None
) -> Reply:
    """These screens; after a press the first takes the place of the message that was pressed.

    Only where that message is the last one (an edit far up would not be seen), and a screen: news,
    with an operator's words in it, stay readable.
    """
    first, *others = screens
    if press is not None and first.contact is None and _is_last(visit, press):
        first = replace(first, edits=True)
    return Reply((first, *others), toast)


def _is_last(visit: Visit, press: CallbackQuery) -> bool:
    if press.message is None or press.message.message_id != visit.chat.screen_message_id:
        return False
    return press.message.message_id >= (visit.chat.last_message_id or 0)


def without_keyboard(note: str, reply: Reply) -> Reply:
    """The reply below a line of plain text that takes the contact button away.

    That keyboard goes only with a message that has no buttons of its own.
    """
    screen = Screen(escape(note, quote=False), hide_keyboard=True)
    return replace(reply, screens=(screen, *reply.screens))


async def stale(visit: Visit, press: CallbackQuery) -> Reply:
    """A button of the past: say that things have moved on, and show where they are."""
    _ = speaker(visit)
    toast = _("This button is no longer of use. Here is where you are now.")
    return await here(visit, toast=toast, press=press)


def speaker(visit: Visit) -> Callable[..., str]:
    """`_` for one visit: an English sentence in the chat's language, plain text."""
    return partial(translate, visit.language)
