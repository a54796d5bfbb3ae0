"""A process that imports the product once, then forks a worker whenever it is asked to.

Each line on stdin is a job (JSON): what to drain, and the point at which the child kills itself
with SIGKILL. The points are those of a delivery: claimed, before its effect, after its effect,
before its mark is committed. Each line on stdout says how the child ended.
"""

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import aiogram  # noqa: F401  # imported here, once, for all children

from actions import chat_outbox, outbox
from bot.send import Sender
from jobs.messenger import Messenger
from jobs.pace import Pace
from jobs.post import Post
from jobs.transport import SmtpTransport
from models import database
from rules.letters import Sites
from settings.parsing import smtp
from store.sealing import Keyring, use_keyring
from tests.kills.forking import serve
from tests.kills.fuse import Fuse

POINTS = ("claimed", "before_effect", "after_effect", "before_mark")


def lay(fuse: Fuse) -> None:
    """Put the points between the product's own steps; no step is replaced."""
    Post.claim = fuse.after("claimed", Post.claim)
    Messenger.claim = fuse.after("claimed", Messenger.claim)
    for way, name in ((SmtpTransport, "send"), (Sender, "show")):
        effect = fuse.after("after_effect", getattr(way, name))
        setattr(way, name, fuse.before("before_effect", effect))
    # Inside the transaction: written, not committed.
    outbox.write_fate = fuse.after("before_mark", outbox.write_fate)
    chat_outbox.write_fate = fuse.after("before_mark", chat_outbox.write_fate)


async def work(job: dict[str, Any]) -> None:
    """Drain until nothing is due."""
    lay(Fuse(job["point"], job["crossing"]))
    use_keyring(Keyring({"k1": b"k" * 32}))
    await database.connect(job["database"])
    offset = timedelta(seconds=job["seconds_later"])
    made = {
        "sites": Sites("https://recrutement.example.org"),
        "clock": lambda: datetime.now(UTC) + offset,
        "holder": f"worker-{os.getpid()}",
    }
    if job["channel"] == "mail":
        way = SmtpTransport(smtp(job["smtp"]))
        await Post(transport=way, sender="robot@a.example", secret_key=b"s", **made).drain()
    else:
        sender = Sender(job["telegram"], job["token"])
        pace = Pace(per_bot=10_000, per_chat=10_000)
        await Messenger(sender=sender, pace=pace, **made).drain()
        await sender.close()
    await database.close()


if __name__ == "__main__":
    serve(work)
