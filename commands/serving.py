"""Serving: web, worker, or both in one process; everything is opened here and closed again."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import click
import structlog
from aiohttp import web

from actions import wakes
from actions.outages import note_started
from bot.door import Door
from bot.routers import build_dispatcher
from bot.send import Sender
from commands.telegram import keep_connected
from jobs.check.examples import Examiner
from jobs.check.pictures import logo_opener
from jobs.context import Workshop, utc_now
from jobs.embedded_redis import EmbeddedRedis
from jobs.engine import Engine
from jobs.pace import Pace
from jobs.queue import Ringer, serve
from jobs.shared_pace import SharedPace
from jobs.worker import new_engine
from models import database
from settings import Settings
from store.room import Room, use_room
from store.sealing import Keyring, use_keyring
from webhooks.app import create_app
from webhooks.keys import DOOR, EXAMINER, LOGO_OPENER
from webhooks.monitor import create_monitor
from webhooks.surroundings import REDIS

log = structlog.get_logger()

GRACE = 20.0
"""Seconds to finish what is in hand when asked to stop."""


class SchemaBehind(click.ClickException):
    """The database was not migrated for this release."""

    def __init__(self) -> None:
        super().__init__(
            "The database is behind this release. Run `antichambre migrate`, then start again."
        )


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts this process serves."""

    web: bool = True
    worker: bool = True


Step = Callable[[], Awaitable[None]]


async def run(
    settings: Settings, parts: Parts, *, before: Step | None = None, ready: Step | None = None
) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is in hand.

    Args:
        before: done once the database is open, before anything is served.
        ready: done once everything is served.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stopping.set)
    async with AsyncExitStack() as stack:
        gc.disable()  # starting makes nothing to collect: a third of its time
        stack.callback(gc.enable)
        await stack.enter_async_context(opened(settings))
        if before is not None and not await _done(before, stopping):
            return
        await stack.enter_async_context(serving(settings, parts))
        gc.collect()
        gc.freeze()
        gc.enable()
        if ready is not None:
            await ready()
        await stopping.wait()
        log.info("stopping")


async def _done(step: Step, stopping: asyncio.Event) -> bool:
    """Do it; False when it was given up because this process has to stop."""
    doing = asyncio.ensure_future(step())
    stop = asyncio.create_task(stopping.wait())
    await asyncio.wait({doing, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if not doing.done():
        doing.cancel()
        await asyncio.gather(doing, return_exceptions=True)
        return False
    doing.result()
    return True


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[None]:
    """Keys, file room and database; the embedded database is migrated by itself.

    Raises:
        SchemaBehind: a served database is migrated by `antichambre migrate` only.
    """
    ring = Keyring(dict(settings.encryption_keys))
    use_keyring(ring)
    use_room(Room(settings.storage_url, ring, database.refuse_inside_transaction))
    if settings.embedded:
        await database.migrate(settings.database_url)
    await database.connect(settings.database_url)
    try:
        if await database.pending_migrations():
            raise SchemaBehind
        yield
    finally:
        await database.close()


@asynccontextmanager
async def serving(settings: Settings, parts: Parts) -> AsyncIterator[None]:
    """Every part of this process, from Redis to the web server."""
    await note_started(utc_now())
    async with AsyncExitStack() as stack:
        redis_url = await stack.enter_async_context(redis(settings))
        sender = Sender(settings.telegram_api_url, settings.telegram_token)
        stack.push_async_callback(sender.close)
        ringer = await stack.enter_async_context(ringing(redis_url))
        shared = SharedPace(redis_url)
        stack.push_async_callback(shared.close)
        engine: Engine | None = None
        if parts.worker:
            engine = await stack.enter_async_context(working(settings, sender, redis_url, shared))
        if settings.metrics_port and not parts.web:
            monitor = create_monitor(settings, ringer.answers)
            await stack.enter_async_context(_served(monitor, settings.host, settings.metrics_port))
        if parts.web:
            door = Door(sender, build_dispatcher, answered=shared.answered)
            await stack.enter_async_context(listening(settings, door, ringer))
            await stack.enter_async_context(connected_to_telegram(settings, door))
        if engine is not None:
            stack.callback(engine.begin_stop)  # first of all, while the web server still ends
        yield


@asynccontextmanager
async def redis(settings: Settings) -> AsyncIterator[str]:
    """The configured Redis, else our own."""
    if settings.embedded_redis_socket is None:
        yield settings.redis_url
        return
    server = EmbeddedRedis(settings.embedded_redis_socket)
    await server.start()
    try:
        yield server.url
    finally:
        await server.stop(adopted=settings.embedded)


@asynccontextmanager
async def ringing(redis_url: str) -> AsyncIterator[Ringer]:
    """Deeds of this process wake the workers of all."""
    ringer = Ringer(redis_url)
    wakes.listen(ringer.ring)
    try:
        yield ringer
    finally:
        wakes.forget(ringer.ring)
        await ringer.close()


@asynccontextmanager
async def working(
    settings: Settings, sender: Sender, redis_url: str, shared: SharedPace
) -> AsyncIterator[Engine]:
    """The engine, woken by this process's deeds and by arq."""
    engine = new_engine(Workshop(settings, sender, pace=Pace(shared=shared.take)))
    wakes.listen(engine.wake)
    engine.start()
    arq = asyncio.create_task(serve(redis_url, engine.kinds, engine.look), name="arq")
    try:
        yield engine
    finally:
        wakes.forget(engine.wake)
        await engine.stop()  # what arq's jobs wait for is over then, and they end by themselves
        await ended(arq)


@asynccontextmanager
async def listening(settings: Settings, door: Door, ringer: Ringer) -> AsyncIterator[None]:
    """The web server."""
    app = create_app(settings, connects=False)
    app[DOOR], app[REDIS] = door, ringer.answers
    app[EXAMINER] = Examiner(settings).examine
    app[LOGO_OPENER] = logo_opener(settings.data_dir / "scratch")
    async with _served(app, settings.host, settings.port):
        yield


@asynccontextmanager
async def _served(app: web.Application, host: str, port: int) -> AsyncIterator[None]:
    """An application at an address; at the end what is in hand is finished."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def connected_to_telegram(settings: Settings, door: Door) -> AsyncIterator[None]:
    """Meet Telegram in the background: the panel is there even when Telegram is not."""
    task = asyncio.create_task(keep_connected(settings, door), name="telegram")
    try:
        yield
    finally:
        await ended(task)


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end."""
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
