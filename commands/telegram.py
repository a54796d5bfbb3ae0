"""Every bot of the installation, kept connected to Telegram while the web process runs.

The shared bot is met once; the providers' own are looked up again every few seconds, so that one
that was just connected, changed or taken back needs no restart.
"""

import asyncio
import importlib
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog

from actions.bots import note_disconnected
from bot.commands import DEFAULT_MENU, menus
from bot.connect import FIRST_PAUSE, LONGEST_PAUSE, connect
from bot.door import Door
from bot.polling import poll
from bot.send import Disconnected, Passing, SendError
from jobs.context import utc_now
from models.database import TRANSIENT
from models.reads.bots import own_bots
from models.tables import Bot
from settings import Settings

log = structlog.get_logger()

LOOK = 3.0
"""Seconds between two looks at the providers' own bots."""
SHARED = "shared"
"""Stands for the shared bot, whose id is known once it was met."""


async def keep_connected(settings: Settings, door: Door) -> None:
    """Serve all bots until cancelled."""
    await asyncio.to_thread(importlib.import_module, "aiogram")
    door.warm_up()
    bots = Bots(settings, door)
    try:
        while True:
            try:
                await bots.look()
            except TRANSIENT as error:
                log.warning("bots not looked up", error=type(error).__name__)
            await asyncio.sleep(LOOK)
    finally:
        await bots.close()


@dataclass(frozen=True, slots=True)
class Served:
    """A bot in hand."""

    token: str
    """Sealed, as its row had it; empty for the shared bot."""
    task: asyncio.Task[bool]
    """Says, when it ends, whether Telegram accepted the token."""


@dataclass(slots=True)
class Bots:
    """The bots that this process serves, a task each."""

    settings: Settings
    door: Door
    served: dict[str, Served] = field(default_factory=dict)
    """By the bot's id; the shared one has none before it is met."""

    async def look(self) -> None:
        """Begin with bots that are new or have a new token, end with those taken back."""
        wanted = {bot.id: bot for bot in await own_bots()}
        for bot_id, one in list(self.served.items()):
            if bot_id == SHARED:
                over = _failed(one.task)
            else:
                bot = wanted.get(bot_id)
                over = bot is None or bot.token != one.token or _again(one.task, bot)
            if over:
                await _end(one.task)
                del self.served[bot_id]
        self._begin(SHARED, "", self._serve_shared)
        for bot in wanted.values():
            self._begin(bot.id, bot.token or "", partial(self.serve, bot))

    def _begin(
        self, bot_id: str, token: str, serve: Callable[[], Coroutine[Any, Any, bool]]
    ) -> None:
        if bot_id not in self.served:
            task = asyncio.create_task(serve(), name=f"bot {bot_id}")
            self.served[bot_id] = Served(token, task)

    async def _serve_shared(self) -> bool:
        try:
            bot = await connect(self.door.sender)
        except Disconnected:
            log.error("Telegram refuses TELEGRAM_TOKEN: ask BotFather for the current one")
            return False
        return await self.serve(bot)

    async def serve(self, bot: Bot) -> bool:
        """Menu, and the way updates come; by long polling this goes on for ever."""
        try:
            await self._introduce(bot)
        except Disconnected:
            log.error("Telegram refuses the bot's token", bot=bot.id)
            await note_disconnected(bot, utc_now())
            return False
        if self.settings.uses_webhook:
            return True
        await poll(self.door, bot)
        await note_disconnected(bot, utc_now())
        return False

    async def _introduce(self, bot: Bot) -> None:
        """Tell Telegram once; patiently when it cannot be reached. Raises Disconnected."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._tell(bot)
            except Passing as error:
                log.warning("Telegram cannot be reached", error=str(error), again_in=pause)
                await asyncio.sleep(error.retry_after or pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            except Disconnected:
                raise
            except SendError as error:
                log.warning("Telegram refused the bot's set-up", bot=bot.id, error=str(error))
                return None

    async def _tell(self, bot: Bot) -> None:
        sender, settings = self.door.sender, self.settings
        if settings.uses_webhook:
            secret = settings.webhook_secret(bot.telegram_id)
            await sender.set_webhook(bot, settings.webhook_url(bot.id), secret)
        else:
            await sender.remove_webhook(bot)
        await sender.set_commands(bot, menus(), DEFAULT_MENU)

    async def close(self) -> None:
        """End every task."""
        for one in self.served.values():
            await _end(one.task)


def _again(task: asyncio.Task[bool], bot: Bot) -> bool:
    """Whether to begin anew: the database was away, or Telegram accepts the token again."""
    refused = task.done() and not task.cancelled() and not task.exception() and not task.result()
    return _failed(task) or (refused and bot.disconnected_at is None)


def _failed(task: asyncio.Task[bool]) -> bool:
    """Whether it ended by an error: the database was away, or a bug that the log tells."""
    error = task.exception() if task.done() and not task.cancelled() else None
    if error is not None:
        log.error("bot put off", task=task.get_name(), error=type(error).__name__)
    return error is not None


async def _end(task: asyncio.Task[bool]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
