"""The pace of a bot among all processes, counted in Redis; without it each keeps its own."""

import asyncio
from contextlib import suppress
from time import monotonic

import structlog
from arq import create_pool
from arq.connections import ArqRedis

from jobs.counts import REDIS_LOST
from jobs.pace import PER_BOT
from jobs.queue import PASSING, redis_settings

log = structlog.get_logger()

PATIENCE = 0.5
"""Seconds for one count: a slow Redis holds up no message for longer."""
REST = 10.0
"""Seconds for which a Redis that is away is not asked again."""
LONGEST = 20.0
"""Seconds; a slot that is farther away is one of a clock that was set back. A chat is leased for
longer."""
FARTHEST = 1.0
"""Seconds by which answers in chats may keep news waiting: those never wait for a turn."""
KEY = "antichambre:pace:"

TAKE = """
local at = redis.call('TIME')
local now = at[1] + at[2] / 1000000
local slot = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0'))
if slot > now + tonumber(ARGV[3]) then slot = now end
local next = slot + tonumber(ARGV[1])
local farthest = tonumber(ARGV[2])
if farthest > 0 then next = math.max(slot, math.min(next, now + farthest)) end
local kept = math.ceil((next - now) * 1000) + 1000
redis.call('SET', KEYS[1], string.format('%.6f', next), 'PX', kept)
return string.format('%.6f', slot - now)
"""
"""Take the next slot in the time of Redis; the answer is its distance in seconds."""


class SharedPace:
    """Slots of bots, for every process that uses the same Redis."""

    def __init__(self, url: str, per_bot: float = PER_BOT) -> None:
        self._settings = redis_settings(url)
        self._pool: ArqRedis | None = None
        self._opening = asyncio.Lock()
        self._per_bot = per_bot
        self._away_until = 0.0
        self._tasks: set[asyncio.Task[float]] = set()

    async def take(self, bot_id: str, *, farthest: float = 0.0) -> float:
        """Take a slot; returns the seconds until it comes, 0 when Redis cannot be asked.

        Args:
            farthest: a slot that would begin later than in so many seconds is not counted; 0: all.
        """
        if monotonic() < self._away_until:
            return 0.0
        try:
            async with asyncio.timeout(PATIENCE):
                take = (await self._opened()).register_script(TAKE)
                values = [1 / self._per_bot, farthest, LONGEST]
                return float(await take(keys=[KEY + bot_id], args=values))
        except PASSING as error:
            self._away_until = monotonic() + REST
            REDIS_LOST.inc()
            log.debug("pace not shared", error=type(error).__name__)
            return 0.0

    async def _opened(self) -> ArqRedis:
        async with self._opening:
            if self._pool is None:
                self._pool = await create_pool(self._settings)
            return self._pool

    def answered(self, bot_id: str) -> None:
        """An answer in a chat leaves now: count it, so that news make room for answers."""
        task = asyncio.get_running_loop().create_task(self.take(bot_id, farthest=FARTHEST))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let the last counts go, then close."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=PATIENCE)
        if self._pool is not None:
            with suppress(*PASSING):
                await self._pool.aclose()
