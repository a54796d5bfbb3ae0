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
  work. A killed worker's leases are included; they are passed by moving its clock.
- Worker and web process are killed at chosen points (claimed, sent, before it is noted) or before
  a random statement to the database.
- Redis: the product starts without it, works on, and uses it again when it is back. Wakes are lost
  with it; each worker looks by itself once a second.
- PostgreSQL: the web process answers 503 while it is away, so that Telegram keeps the updates.
- SMTP: 4xx is tried again by schedule, 5xx once, then the panel says so; a line lost after DATA
  may double a mail.
- Telegram: no call to a chat, or of a bot, before the time that a 429 asks for; the other chats go
  on, and each chat keeps its order. Nothing more is sent to somebody who blocked the bot; a
  revoked token leads to a banner, not to a loop.
- SIGTERM: what is in hand is finished; nothing is answered with an error other than 503.

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
