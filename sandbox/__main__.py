"""`python -m sandbox`: run a local Telegram until interrupted."""

import argparse
import asyncio
import contextlib
import signal
import sys
from pathlib import Path

from sandbox.app import BotSpec, start
from sandbox.delivery import Timing


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free one")
    parser.add_argument(
        "--bot",
        action="append",
        default=[],
        type=BotSpec.parse,
        metavar="TOKEN:NAME:USERNAME",
        help="a bot to register; may be repeated",
    )
    parser.add_argument("--state-file", type=Path, help="keep the world here between runs")
    parser.add_argument("--first-retry", type=float, default=Timing.first_retry)
    parser.add_argument("--longest-retry", type=float, default=Timing.longest_retry)
    return parser.parse_args()


async def serve(options: argparse.Namespace) -> None:
    """Listen, print the address, and stay until SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    timing = Timing(options.first_retry, options.longest_retry)
    server = await start(
        options.host, options.port, options.bot, timing=timing, state_file=options.state_file
    )
    async with server:
        sys.stdout.write(f"{server.url}\n")
        sys.stdout.flush()
        await stopped.wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(arguments()))
