"""Connecting the installation's bot at start: who it is, how updates arrive, its menu."""

import asyncio

import structlog

from actions.bots import register_shared_bot
from bot.send import Passing, Sender
from models.tables import Bot

log = structlog.get_logger()

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0


async def connect(sender: Sender) -> Bot:
    """The shared bot's row; waits for Telegram as long as it takes.

    Raises:
        Disconnected: the token is refused.
    """
    pause = FIRST_PAUSE
    while True:
        try:
            telegram_id, username = await sender.who_am_i(sender.shared_token)
            return await register_shared_bot(telegram_id, username)
        except Passing as error:
            log.warning("Telegram cannot be reached", error=str(error), again_in=pause)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
