"""The sandbox as a web application, and a helper that starts it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from sandbox import api, arguments, control, page, saving
from sandbox.delivery import Courier, Timing
from sandbox.world import World

BODY_LIMIT = 60 * 1024 * 1024


@dataclass(frozen=True)
class BotSpec:
    """A bot to register: its token, shown name and username."""

    token: str
    name: str = "Demo"
    username: str = "demo_bot"

    @classmethod
    def parse(cls, text: str) -> "BotSpec":
        """`TOKEN:NAME:username`, where the token itself holds one colon."""
        number, secret, name, username = text.split(":", 3)
        return cls(f"{number}:{secret}", name, username)


def create_app(
    bots: Sequence[BotSpec] = (),
    *,
    world: World | None = None,
    timing: Timing | None = None,
    state_file: Path | None = None,
) -> web.Application:
    """The Bot API, the control API and the chat page around one world."""
    app = web.Application(client_max_size=BODY_LIMIT, middlewares=[control.refusals])
    world = app[api.WORLD] = world or World()
    if state_file is not None:
        saving.load(world, state_file)
    for bot in bots:
        world.add_bot(bot.token, bot.name, bot.username)
    control.add_routes(app)
    api.add_routes(app)
    page.add_routes(app)

    courier = app[control.COURIER] = Courier(world, timing or Timing())

    async def life(_: web.Application) -> AsyncIterator[None]:
        await courier.start()
        warming = asyncio.create_task(_warm())
        keeper = saving.keep(world, state_file)
        yield
        await courier.stop()
        await warming
        await keeper.close()

    app.cleanup_ctx.append(life)
    return app


async def _warm() -> None:
    """Load the table of methods before the first call needs it."""
    await arguments.table()


class Server:
    """A running sandbox: `url` says where; `async with` stops it at the end."""

    def __init__(self, runner: web.AppRunner, url: str, world: World) -> None:
        self._runner = runner
        self.url = url
        self.world = world

    async def stop(self) -> None:
        """Stop listening, end deliveries, save."""
        await self._runner.cleanup()

    async def __aenter__(self) -> "Server":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()


async def start(
    host: str = "127.0.0.1",
    port: int = 0,
    bots: Sequence[BotSpec] = (),
    *,
    world: World | None = None,
    timing: Timing | None = None,
    state_file: Path | None = None,
) -> Server:
    """Run a sandbox in this event loop; port 0 takes a free one."""
    app = create_app(bots, world=world, timing=timing, state_file=state_file)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    site = web.TCPSite(runner, host, port)
    await site.start()
    address = runner.addresses[0]
    return Server(runner, f"http://{address[0]}:{address[1]}", app[api.WORLD])
