"""A worker's whole night in a process of its own: deletions, files, farewells; killed on the way.

One argument, JSON: `database`, `store` (STORAGE_URL), `smtp`, `now`, `holder`, and `left`. With
`left` > 0 it kills itself, as `kill -9` would, at that step; steps are statements to the database
and what is before and after each object that is removed and each mail that is sent.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from actions import clock
from actions.removals import LONGEST_CHECK, sweep_removals
from commands.leaving import leave
from jobs.post import Post
from jobs.transport import SmtpTransport
from models import database
from rules.letters import Sites
from settings.parsing import smtp
from store.room import Room, StoreDown
from store.sealing import Keyring, use_keyring
from tests.clock.night import STATEMENTS
from tests.kills.fuse import Fuse


def lay(fuse: Fuse) -> None:
    """Put the fuse into every step; no step is replaced."""
    for kind in type(database.connection()).__mro__:
        for name in STATEMENTS:
            if name in vars(kind):
                setattr(kind, name, fuse.before("step", vars(kind)[name]))
    way: Any
    for way, name in ((Room, "delete"), (SmtpTransport, "send")):
        setattr(way, name, fuse.before("step", fuse.after("step", getattr(way, name))))


async def night(job: dict[str, Any]) -> None:
    """Run what is due, remove the files, send the farewells."""
    ring, now = Keyring({"k1": bytes(range(32))}), datetime.fromisoformat(job["now"])
    use_keyring(ring)
    await database.connect(job["database"])
    try:
        if job["left"]:
            lay(Fuse("step", job["left"]))
        for provider in await clock.due_providers(now):
            await clock.run(provider, now, job["holder"])
        store = Room(job["store"], ring, database.refuse_inside_transaction)
        with suppress(StoreDown):  # the rest stays due
            await sweep_removals(store, now + LONGEST_CHECK + timedelta(seconds=1))
        await Post(
            transport=SmtpTransport(smtp(job["smtp"])),
            sender="robot@a.example",
            secret_key=b"s",
            sites=Sites("https://recrutement.example.org"),
            clock=lambda: now,
            holder=job["holder"],
        ).drain()
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(night(json.loads(sys.argv[1])))
    leave(0)
