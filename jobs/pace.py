"""How fast Telegram may be called: per bot, and per chat after a small burst."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from time import monotonic

REMEMBERED = 10_000
"""Chats whose pace is kept; older ones have long been quiet."""


@dataclass(slots=True)
class Pace:
    """Slots in time, of this process; Telegram's own 429 answers are obeyed besides.

    Telegram asks for about 30 messages a second per bot and 1 per second in a chat, and lets
    short bursts pass (core.telegram.org/bots/faq).
    """

    per_bot: float = 30.0
    per_chat: float = 1.0
    burst: int = 4
    _bots: dict[str, float] = field(default_factory=dict)
    _chats: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def wait_of(self, chat_id: str) -> float:
        """Seconds that this chat has to wait for its own sake; takes no turn."""
        slot = self._chats.get(chat_id, 0.0)
        return max(0.0, slot - (self.burst - 1) / self.per_chat - monotonic())

    async def wait(self, bot_id: str, chat_id: str) -> None:
        """Wait for a turn, and take it."""
        now = monotonic()
        bot_slot = max(now, self._bots.get(bot_id, now))
        self._bots[bot_id] = bot_slot + 1 / self.per_bot
        chat_slot = max(now, self._chats.pop(chat_id, now))
        self._chats[chat_id] = chat_slot + 1 / self.per_chat
        if len(self._chats) > REMEMBERED:
            self._chats.popitem(last=False)
        allowed = chat_slot - (self.burst - 1) / self.per_chat
        delay = max(bot_slot, allowed) - now
        if delay > 0:
            await asyncio.sleep(delay)
