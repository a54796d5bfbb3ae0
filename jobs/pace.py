"""How fast Telegram may be called: per bot, and per chat after a small burst."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from time import monotonic

PER_BOT = 30.0
"""Messages a second of one bot, about, in many chats (core.telegram.org/bots/faq)."""
REMEMBERED = 10_000
"""Chats whose pace is kept; older ones have long been quiet."""


async def _alone(_bot_id: str) -> float:
    """There is no other process to ask."""
    return 0.0


@dataclass(slots=True)
class Pace:
    """Slots in time, of this process; Telegram's own 429 answers are obeyed besides.

    Telegram asks for 1 message a second in a chat, and lets short bursts pass. A chat is leased by
    one process, a bot serves many: `shared` takes a bot's slot among all processes and says how
    many seconds it is away.
    """

    per_bot: float = PER_BOT
    per_chat: float = 1.0
    burst: int = 4
    shared: Callable[[str], Awaitable[float]] = _alone
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
        away = await self.shared(bot_id)  # as it was asked: counted from the answer on, never less
        among_all = monotonic() + away
        delay = max(bot_slot, allowed, among_all) - monotonic()
        if delay > 0:
            await asyncio.sleep(delay)
