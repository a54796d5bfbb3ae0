"""The candidate's space put together; imported when the first update comes (aiogram is slow)."""

from functools import cache

from aiogram import Dispatcher

from bot import (
    answers,
    deeds,
    files,
    leftovers,
    membership,
    menu,
    rights,
    start,
    strays,
    talk,
    visitors,
)
from bot.alive import alive

IN_ORDER = (
    membership,
    start,
    visitors,
    strays,
    menu,
    answers,
    files,
    deeds,
    rights,
    talk,
    leftovers,
)
"""The first that takes an update answers it."""


@cache
def build_dispatcher() -> Dispatcher:
    """The dispatcher of this process: it keeps no state, and a router belongs to one only."""
    dispatcher = Dispatcher(disable_fsm=True)
    for observer in (dispatcher.message, dispatcher.edited_message, dispatcher.callback_query):
        observer.outer_middleware(alive)
    dispatcher.include_routers(*(module.router for module in IN_ORDER))
    return dispatcher
