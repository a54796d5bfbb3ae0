"""Long polling, for installations without a public address: the same door, batch by batch."""

import asyncio
from itertools import groupby
from typing import Any

import structlog

from bot.arrival import read
from bot.door import Answer, Door
from bot.send import Disconnected, Passing, SendError
from models.tables import Bot

log = structlog.get_logger()

WAIT = 25
"""Seconds that Telegram holds an empty answer back."""
PAUSE = 1.0
LONGEST_PAUSE = 30.0


async def poll(door: Door, bot: Bot) -> None:
    """Fetch and handle updates until cancelled; what was not handled is never confirmed."""
    offset, pause = 0, PAUSE
    while True:
        try:
            batch = await door.sender.updates(bot, offset, WAIT)
        except Disconnected:
            log.error("the bot's token is refused", bot=bot.id)
            return
        except SendError as error:
            wait = error.retry_after if isinstance(error, Passing) else None
            await asyncio.sleep(wait or pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            continue
        pause = PAUSE
        if batch:
            await handle_batch(door, bot, batch)
            offset = max(int(update["update_id"]) for update in batch) + 1


async def handle_batch(door: Door, bot: Bot, batch: list[dict[str, Any]]) -> None:
    """Chats in parallel, each chat in order; returns when every update is handled."""
    await asyncio.gather(*(_in_order(door, bot, updates) for updates in by_chat(batch)))


def by_chat(batch: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The batch split by person, each part in the order of its update ids."""

    def user(update: dict[str, Any]) -> int:
        arrival = read(update)
        return arrival.person.user_id if arrival and arrival.person else 0

    ordered = sorted(batch, key=lambda update: (user(update), update["update_id"]))
    return [list(part) for _, part in groupby(ordered, key=user)]


async def _in_order(door: Door, bot: Bot, updates: list[dict[str, Any]]) -> None:
    for update in updates:
        pause = PAUSE
        while await door.handle(bot, update) is Answer.AGAIN:
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
