"""A worker that kills itself with SIGKILL at a given point of its first check.

`python -m tests.files.killed_worker DATABASE_URL TELEGRAM_URL FOLDER NOW POINT`
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime
from typing import Any

from actions import checks
from bot.send import Sender
from jobs import check
from jobs.check import work
from jobs.context import Workshop
from models import database
from settings import Settings
from store.room import Room, use_room
from store.sealing import Keyring, use_keyring

POINTS = ("claimed", "fetched", "opened", "rows made", "half put", "put", "kept")
TOKEN = "424242:AAE-made-up-token"


def die() -> None:
    """As if the machine had lost its power."""
    os.kill(os.getpid(), signal.SIGKILL)


def dying(real: Any, when: int = 1, *, before: bool = False) -> Any:
    """The same function, that kills the process around its `when`-th call."""
    calls = 0

    async def wrapped(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if before and calls == when:
            die()
        result = await real(*given, **named)
        if calls == when:
            die()
        return result

    return wrapped


def arm(point: str, store: Room) -> None:
    """Put the end of this process where it is wanted."""
    put: Any = store.put
    if point == "claimed":
        work.fetch = dying(work.fetch, before=True)
    elif point == "fetched":
        work.fetch = dying(work.fetch)
    elif point == "opened":
        work.open_original = dying(work.open_original)
    elif point == "rows made":
        checks.make_places = dying(checks.make_places)
    elif point == "half put":
        store.put = dying(put, 2)  # type: ignore[method-assign] — this instance is to die
    elif point == "put":
        checks.keep = dying(checks.keep, before=True)
    else:
        checks.keep = dying(checks.keep)


async def main(database_url: str, telegram: str, folder: str, now: str, point: str) -> None:
    """Check whatever is due, and die on the way."""
    ring = Keyring({"k1": b"1" * 32})
    use_keyring(ring)
    store = Room(f"file://{folder}/store", ring, database.refuse_inside_transaction)
    use_room(store)
    arm(point, store)
    settings = Settings.from_environment(
        {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram, "DATA_DIR": f"{folder}/data"}
    )
    await database.connect(database_url)
    moment = datetime.fromisoformat(now)
    await check.drain(Workshop(settings, Sender(telegram, TOKEN), clock=lambda: moment))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
