"""A process that writes to a SQLite database through the product's own deeds, as fast as it can.

`python -m tests.chaos.writer DATABASE_URL CANDIDATE NAME`: after each commit one line on stdout
says what was acknowledged; "locked" says that the database had no time for us.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from itertools import count

from actions import messages
from models import database
from models.database import TRANSIENT
from store.sealing import Keyring, use_keyring


async def write(url: str, candidate_id: str, name: str) -> None:
    """One message after another, until somebody ends this process."""
    use_keyring(Keyring({"k1": b"k" * 32}))
    await database.connect(url)
    for number in count(abs(hash(name)) % 10**12 * 1_000):
        now = datetime.now(UTC)
        try:
            await messages.receive(candidate_id, f"{name} {number}", number, now=now, at=now)
        except TRANSIENT as error:
            print("locked", error, flush=True)
        else:
            print(f"{name} {number}", flush=True)


if __name__ == "__main__":
    asyncio.run(write(*sys.argv[1:]))
