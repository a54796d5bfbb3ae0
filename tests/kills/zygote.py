"""A process that imports the product once, then forks a web process whenever it is asked to.

Each line on stdin is a job (JSON): the environment, the point at which the child kills itself with
SIGKILL, and after how many seconds it takes an unanswered update for lost. The points stand
between the steps of an update, from its arrival to the 200. Each line on stdout says that the
child ended.
"""

import asyncio
import json
import os
import sys
from datetime import timedelta
from typing import Any

import aiogram  # noqa: F401  # imported here, once, for all children
from aiohttp import web

from actions import updates
from bot import door
from bot.routers import build_dispatcher
from bot.send import Sender
from models import database
from settings import Settings
from store.sealing import Keyring, use_keyring
from tests.kills.fuse import Fuse
from webhooks.app import create_app
from webhooks.keys import DOOR

POINTS = ("arrived", "entered", "handled", "committed", "sent", "marked")


def lay(fuse: Fuse, patience: float) -> None:
    """Put the points between the product's own steps; no step is replaced."""
    ours = door.Door
    ours._effects = fuse.before("arrived", fuse.after("committed", ours._effects))
    ours._feed = fuse.before("entered", fuse.after("handled", ours._feed))
    Sender.show = fuse.after("sent", Sender.show)
    updates.mark_answered = fuse.after("marked", updates.mark_answered)
    updates.PATIENCE = timedelta(seconds=patience)


async def serve(job: dict[str, Any]) -> None:
    lay(Fuse(job["point"], job["crossing"]), job["patience"])
    settings = Settings.from_environment(job["environment"])
    use_keyring(Keyring(dict(settings.encryption_keys)))
    await database.connect(settings.database_url)
    sender = Sender(settings.telegram_api_url, settings.telegram_token)
    app = create_app(settings, connects=False)
    app[DOOR] = door.Door(sender, build_dispatcher)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, settings.host, settings.port).start()
    await asyncio.Event().wait()


def main() -> None:
    build_dispatcher()
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            asyncio.run(serve(job))
        print(json.dumps({"pid": child}), flush=True)
        os.waitpid(child, 0)
        print(json.dumps({"ended": child}), flush=True)


if __name__ == "__main__":
    main()
