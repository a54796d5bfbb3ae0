"""docs/reliability.md, written from the figures of `make chaos`."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "reliability.md"
HEADS = ("what is broken", "database", "kills", "lost", "doubled", "finished within", "besides")
TOP = """# Reliability

The promise: nothing that was acknowledged is lost, nobody is deleted before the date that they
were told, and the same update never takes effect twice. `make chaos write=1` breaks things for
real and writes this page: real processes, kill -9, PostgreSQL, Redis, an SMTP server, and a local
Telegram over HTTP that refuses, hangs and repeats as the real one does.
"""
NOTES = """
- *Lost*: written by somebody or owed to somebody, and never read or sent. *Doubled*: sent again
  because its sender was killed, or the line broke, between sending and noting; it carries the same
  Message-ID, and its effects are there once.
- *Finished within*: from the last kill, or from the return of what was away, to the end of all
  work, as measured. A killed worker's lease that the test did not live through, because it moved
  the clock that is passed in, stands before it: "lease 45 s + 6.5 s".
- The other rounds of the clock (decisions that become final, the bin, reminders of accounts,
  renewals, digests, the wiping of farewells, asking people too) hold no lease: each person is one
  short transaction, and whoever comes next goes on. Lost and doubled are the rows that differ from
  those of the same rounds undisturbed.
- Worker and web process are killed at chosen points (claimed, sent, before it is noted) or before
  a random statement to the database.
- *Besides*: a figure that only this line has. A line without figures is of tests that assert case
  by case, most of them with a clock that is moved by hand; it tells how many cases hold.
- The web process may answer several chats at the moment of its death, and each of these answers
  may be doubled: the line tells how often one kill did so in one chat. Telegram sends an update
  again when it was not answered; younger than 15 s it is told to wait, as it may be in hand.
- Redis: the product starts without it, works on, and uses it again when it is back. Wakes are lost
  with it; each worker looks by itself once a second, so there is no backlog to work off. Full,
  locked by another password or slow, it is told as away on the page of health and by `/readyz`;
  no answer to Telegram waits for it.
- PostgreSQL: the web process answers 503 while it is away or has no connection to give, so that
  Telegram keeps the updates. What had been written when it died is answered again after 15 s.
- SQLite: each writer is killed at any moment, most of which are in a commit, and counts as
  acknowledged what it was told after the commit. A full disk is answered 503; the store's full
  disk leaves a file waiting, with no row and no half of it kept.
- SMTP: 4xx is tried again by schedule, 5xx once, then the panel says so; a line lost after DATA
  may double a mail. A server that is greylisting, slow or away for days proves nothing against an
  address.
- Telegram: no call to a chat, or of a bot, before the time that a 429 asks for; the other chats go
  on, and each chat keeps its order. Nothing more is sent to somebody who blocked the bot or whose
  chat is gone; a revoked token leads to a banner, not to a loop.
- SIGTERM: the process takes no new connection and no new work, has 20 s for requests and 22 s for
  what its worker has in hand, and ends. A mail or a call that takes longer is cut off: its lease
  runs out, and it may be sent twice. The figures above are of requests.
  *Not accepted* are connections between the end of one process and the start of the next: behind a
  proxy, start the new one first.
- Deletions are killed at any statement, and before and after each file that is removed and each
  farewell that is sent, while every second run meets a store that answers 500 or 503. After each
  kill everybody is wholly there or wholly gone, and no file is without its row. The anonymous line
  and the farewell that is owed are one transaction with the deletion.
- Erased while somebody acts: whoever was told that their act was taken is there; whoever is gone
  left nothing, and the operator's form says that nobody is there.
- Looked for everywhere: in rows on both databases; on SQLite in the bytes of its files and log; in
  the store's files (SeaweedFS's own volumes for S3), thumbnails and archives of copies, the folder
  of data, the temporary folder, all that Redis was told, and the log.

## What time does

A simulated year (`tests/clock/test_year.py`) lets 5,000 people live at three providers in three
time zones, with outages, late, doubled and killed runs and changes of settings, and judges every
deletion, reminder and night by the promises of docs/deletion.md, written down a second time
without the product's code. The same script is then played for some weeks on a real database,
through the product's own deeds. CONTRIBUTING.md says how to live through more years.
"""


def page(lines: Iterable[tuple[str, ...]], lasted: str) -> str:
    """The whole page."""
    now, cores = datetime.now(UTC), os.cpu_count()
    machine = f"{now:%d %B %Y}, {cores} cores, load {os.getloadavg()[0]:.0f}; {lasted} in all."
    rows = [HEADS, ("---",) * len(HEADS), *lines]
    shown = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"{TOP}\n{machine}\n\n{shown}\n{NOTES}"
