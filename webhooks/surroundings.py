"""What stands around the web process, looked at now: Redis, the store of files, the disk."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from aiohttp import web

from store.outside import Outside
from store.room import StoreDown
from webhooks.keys import CLOCK, SETTINGS

PATIENCE = 3.0
"""Seconds that one look may take."""
AGAIN = timedelta(seconds=10)
"""A look at the store is worth as long: pages and probes may come often."""
LITTLE_SPACE = 1 << 30
"""Bytes of free disk below which it is worth saying."""
NO_SPACE = 100 << 20
"""Bytes below which writing is about to fail."""

REDIS: web.AppKey[Callable[[], Awaitable[bool]]] = web.AppKey("redis")
"""Whether Redis takes something in; absent when this process was started without one (tests)."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a look found; None: not known."""

    redis: bool | None
    store: bool
    free: int
    """Bytes left on the disk of DATA_DIR, and `total` that it has."""
    total: int


@dataclass(slots=True)
class StoreWatch:
    """Whether the store of files answers, asked at most every ten seconds."""

    outside: Outside
    seen: bool = False
    """It answered once since this process started: before that no traffic is wanted."""
    _answers: bool = field(default=False)
    _looked: datetime | None = None

    async def answers(self, now: datetime) -> bool:
        """Whether the store gives what it keeps."""
        if self._looked is None or not self._looked <= now < self._looked + AGAIN:
            self._answers, self._looked = await self._ask(), now
            self.seen = self.seen or self._answers
        return self._answers

    async def _ask(self) -> bool:
        """A small read: a store with a wrong key or no bucket fails as one that is away."""
        folder = self.outside.room.folder
        if folder is not None and not await asyncio.to_thread(folder.is_dir):
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self.outside.last_beat()
        except (StoreDown, TimeoutError):
            return False
        return True


STORE = web.AppKey("store", StoreWatch)


async def look_around(app: web.Application) -> Surroundings:
    """Everything at once, each look within its patience."""
    answers, stored, disk = await asyncio.gather(
        redis_answers(app),
        app[STORE].answers(app[CLOCK]()),
        asyncio.to_thread(_disk, app[SETTINGS].data_dir),
    )
    return Surroundings(answers, stored, *disk)


async def redis_answers(app: web.Application) -> bool | None:
    """Whether Redis takes something in; None when this process has none."""
    if REDIS not in app:
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            return await app[REDIS]()
    except TimeoutError:
        return False


def _disk(folder: Path) -> tuple[int, int]:
    """Free and all bytes of the disk that holds this folder (or will, once it is made)."""
    while not folder.exists():
        folder = folder.parent
    usage = shutil.disk_usage(folder)
    return usage.free, usage.total
