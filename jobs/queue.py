"""arq: wakes for the workers of every process, with ids only as arguments and msgpack for bytes.

arq's default serialiser, pickle, runs code; its results are kept for nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import msgpack
import structlog
from arq import create_pool, cron
from arq.connections import ArqRedis, RedisSettings
from arq.worker import Worker
from redis.exceptions import RedisError

from jobs.counts import REDIS_LOST

log = structlog.get_logger()

QUEUE = "antichambre:wakes"
JOB = "look"
JOB_TIMEOUT = 300
"""Seconds: far above a drain's usual length; the rows' leases say who works, not arq."""
TIMEOUT = 2
"""Seconds to reach Redis."""
RINGING = 5.0
"""Seconds until a wake is given up: before a Redis that never answers they would pile up."""
HEALTHY = 1.5
"""Seconds for one small write; a Redis that needs longer is told as one that is away."""
PROBE = "antichambre:probe"
RESTART = 1.0
"""Seconds before a worker that lost Redis starts again."""
SERVED = 5.0
"""A worker that ran for so many seconds had found Redis."""

PASSING = (RedisError, OSError, TimeoutError)
Look = Callable[[str], Awaitable[None]]


def redis_settings(url: str) -> RedisSettings:
    """arq's settings for `redis://…` or `unix://…`, giving up quickly."""
    made = RedisSettings.from_dsn(url)
    made.conn_timeout = TIMEOUT
    made.conn_retries = 1
    made.conn_retry_delay = 0
    return made


def pack(value: dict[str, Any]) -> bytes:
    """A job as bytes."""
    packed: bytes = msgpack.packb(value, default=str)
    return packed


def unpack(value: bytes) -> dict[str, Any]:
    """Bytes as a job."""
    unpacked: dict[str, Any] = msgpack.unpackb(value)
    return unpacked


class Ringer:
    """Sends wakes to all workers; a lost one is nobody's loss, so it never waits nor fails."""

    def __init__(self, url: str) -> None:
        self._settings = redis_settings(url)
        self._pool: ArqRedis | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def ring(self, kind: str) -> None:
        """Wake every worker for this kind of work, soon."""
        task = asyncio.get_running_loop().create_task(self._ring(kind))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ring(self, kind: str) -> None:
        try:
            async with asyncio.timeout(RINGING):
                if self._pool is None:
                    self._pool = await create_pool(
                        self._settings, job_serializer=pack, default_queue_name=QUEUE
                    )
                await self._pool.enqueue_job(JOB, kind, _job_id=f"{JOB}:{kind}")
        except PASSING as error:
            REDIS_LOST.inc()
            log.debug("wake lost", kind=kind, error=type(error).__name__)

    async def answers(self) -> bool:
        """Whether Redis takes something in now, and soon: a full one still answers a ping."""
        try:
            async with asyncio.timeout(HEALTHY):
                if self._pool is not None:
                    return bool(await self._pool.set(PROBE, 1, px=1_000))
                pool = await create_pool(self._settings, default_queue_name=QUEUE)
                try:
                    return bool(await pool.set(PROBE, 1, px=1_000))
                finally:
                    await pool.aclose()
        except PASSING:
            return False

    async def close(self) -> None:
        """Let the last wakes go, then close."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=TIMEOUT)
        if self._pool is not None:
            with suppress(*PASSING):
                await self._pool.aclose()


async def look(ctx: dict[str, Any], kind: str) -> None:
    """The arq job: drain one kind of work, unless it is none of this worker's."""
    if kind in ctx["kinds"]:
        await ctx["look"](kind)


async def sweep(ctx: dict[str, Any]) -> None:
    """The arq cron job: once a minute, everything."""
    await asyncio.gather(*(ctx["look"](kind) for kind in ctx["kinds"]))


async def serve(url: str, kinds: list[str], look_at: Look) -> None:
    """Run an arq worker until cancelled; it ends when Redis goes away, and starts again here."""
    away = False
    while True:
        began = asyncio.get_running_loop().time()
        try:
            worker = new_worker(url, {"look": look_at, "kinds": kinds})
            await _run(worker)
        except PASSING as error:
            served = asyncio.get_running_loop().time() - began > SERVED
            if served or not away:  # said once for each time that it goes
                REDIS_LOST.inc()
                log.warning("redis is away", error=type(error).__name__)
            away = True
        await asyncio.sleep(RESTART)


def new_worker(url: str, ctx: dict[str, Any]) -> Worker:
    """arq's worker, as this product uses it."""
    return Worker(
        functions=[look],
        cron_jobs=[cron(sweep, second=0, unique=False)],
        redis_settings=redis_settings(url),
        queue_name=QUEUE,
        ctx=ctx,
        handle_signals=False,
        poll_delay=0.1,
        max_jobs=20,
        keep_result=0,
        job_timeout=JOB_TIMEOUT,
        job_serializer=pack,
        job_deserializer=unpack,
    )


async def _run(worker: Worker) -> None:
    try:
        await worker.async_run()
    finally:
        await _close(worker)


async def _close(worker: Worker) -> None:
    """End jobs and connections; arq's own `close` raises over a cancelled job and leaves them.

    Jobs whose work is over are only writing that down: cut off, they would leave an error that
    nobody hears.
    """
    jobs = list(worker.tasks.values())
    if jobs:
        await asyncio.wait(jobs, timeout=TIMEOUT)
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
    if worker._pool is not None:
        with suppress(*PASSING):
            await worker._pool.aclose()
