"""A worker's night in a process of its own: URL NOW HOLDER N [steal].

With N > 0 it kills itself, as `kill -9` would, before its N-th statement to the database. With
`steal` it takes runs that others hold: two such processes really work at the same time.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from actions import clock
from models import database
from models.tables import ClockRun
from store.sealing import Keyring, use_keyring

STATEMENTS = ("execute_query", "execute_query_dict", "execute_insert", "execute_many")


def lay_fuse(left: int) -> None:
    """Die before the `left`-th statement from now on."""
    count = left

    def fused(step: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counted(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count -= 1
            if count == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return await step(*args, **kwargs)

        return counted

    for kind in type(database.connection()).__mro__:
        for name in STATEMENTS:
            if name in vars(kind):
                setattr(kind, name, fused(vars(kind)[name]))


async def night(url: str, now: datetime, holder: str, left: int, *, steal: bool) -> int:
    """Run what is due; returns how many people this process deleted."""
    use_keyring(Keyring({"k1": bytes(range(32))}))
    await database.connect(url)
    deleted = 0
    try:
        if left:
            lay_fuse(left)
        for provider in await clock.due_providers(now):
            if steal:
                await ClockRun.filter(provider_id=provider.id).update(lease_until=None)
            report = await clock.run(provider, now, holder)
            deleted += report.deleted if report else 0
    finally:
        await database.close()
    return deleted


def main() -> None:
    """Read the arguments, print the number of deletions."""
    url, now, holder, left, *more = sys.argv[1:]
    moment = datetime.fromisoformat(now)
    print(asyncio.run(night(url, moment, holder, int(left), steal="steal" in more)))


if __name__ == "__main__":
    main()
