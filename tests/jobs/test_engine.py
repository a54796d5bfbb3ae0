"""Work is drained when woken, by arq or by a deed, and once a second all the same."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest

from actions import wakes
from jobs.engine import Engine
from jobs.queue import Ringer, serve
from models.database import transaction
from tests.proxies import proxy
from tests.servers import redis_server


class Work:
    """Counts how often it was looked at."""

    def __init__(self) -> None:
        self.looks = 0
        self.at_once = 0
        self.most_at_once = 0
        self.breaks = False

    async def drain(self) -> None:
        self.looks += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.01)
        self.at_once -= 1
        if self.breaks:
            raise ZeroDivisionError


async def until(holds: Callable[[], bool], seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


@pytest.fixture
def work() -> Work:
    return Work()


@pytest.fixture
async def engine(work: Work) -> AsyncIterator[Engine]:
    made = Engine({"mail": work.drain})
    made.start()
    yield made
    await made.stop()


@asynccontextmanager
async def arq(url: str, engine: Engine) -> AsyncIterator[None]:
    task = asyncio.create_task(serve(url, engine.kinds, engine.look))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_without_any_wake_it_looks_by_itself(engine: Engine, work: Work) -> None:
    await until(lambda: work.looks >= 3)


async def test_one_kind_is_drained_once_at_a_time(engine: Engine, work: Work) -> None:
    await asyncio.gather(*(engine.look("mail") for _ in range(20)))
    assert work.most_at_once == 1


async def test_a_wake_of_an_unknown_kind_harms_nobody(engine: Engine, work: Work) -> None:
    engine.wake("letters by pigeon")
    before = work.looks
    engine.wake("mail")
    await until(lambda: work.looks > before)


async def test_work_that_fails_is_looked_at_again(engine: Engine, work: Work) -> None:
    work.breaks = True
    await until(lambda: work.looks >= 2)
    work.breaks = False
    before = work.looks
    await until(lambda: work.looks > before)


async def test_stopping_waits_for_what_is_in_hand(work: Work) -> None:
    finished = asyncio.Event()

    async def slow() -> None:
        await asyncio.sleep(0.3)
        finished.set()

    engine = Engine({"mail": slow})
    engine.start()
    await asyncio.sleep(0.05)
    await engine.stop()
    assert finished.is_set()


async def test_what_takes_too_long_is_cut_off_and_the_end_is_near() -> None:
    cut = asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cut.set()

    engine = Engine({"mail": endless})
    engine.start()
    await asyncio.sleep(0.05)
    await engine.stop(0.2)
    assert cut.is_set()


async def test_work_goes_on_when_whoever_asked_for_it_is_cancelled() -> None:
    begun, finished = asyncio.Event(), asyncio.Event()

    async def slow() -> None:
        begun.set()
        await asyncio.sleep(0.2)
        finished.set()

    engine = Engine({"mail": slow})
    asked = asyncio.create_task(engine.look("mail"))
    await begun.wait()
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked
    await engine.stop()
    assert finished.is_set()


async def test_nothing_is_begun_once_the_end_was_announced(work: Work) -> None:
    engine = Engine({"mail": work.drain})
    engine.begin_stop()
    await engine.look("mail")
    engine.start()
    await engine.stop()
    assert work.looks == 0


async def test_a_deed_rings_only_once_its_transaction_has_committed(
    database: str, engine: Engine
) -> None:
    heard: list[str] = []
    wakes.listen(heard.append)
    try:
        async with transaction():
            wakes.wake("mail")
            wakes.wake("mail")
            assert heard == []
        with suppress(ZeroDivisionError):
            async with transaction():
                wakes.wake("chat")
                raise ZeroDivisionError
    finally:
        wakes.forget(heard.append)
    assert heard == ["mail"]


async def test_a_wake_of_another_process_arrives_by_arq(redis_url: str, work: Work) -> None:
    engine = Engine({"mail": work.drain})  # not started: nothing but arq makes it look
    ringer = Ringer(redis_url)
    async with arq(redis_url, engine):
        ringer.ring("mail")
        await until(lambda: work.looks >= 1)
    await ringer.close()


async def test_an_end_just_after_a_job_leaves_nothing_unheard(redis_url: str) -> None:
    worked, unheard = asyncio.Event(), list[object]()
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, told: unheard.append(told["message"]))

    async def drain() -> None:
        worked.set()
        between.delay = 0.5  # arq writes down that the job is done, and waits for its answer

    try:
        async with proxy(urlsplit(redis_url).port or 0) as between:
            ringer = Ringer(redis_url)
            async with arq(f"redis://127.0.0.1:{between.port}/0", Engine({"mail": drain})):
                ringer.ring("mail")
                await worked.wait()
                await asyncio.sleep(0.1)
            await ringer.close()
        await asyncio.sleep(0.1)
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert "Task exception was never retrieved" not in unheard


async def test_a_worker_that_lost_redis_is_back_when_redis_is(work: Work) -> None:
    engine = Engine({"mail": work.drain})
    with redis_server() as redis:
        ringer = Ringer(redis.url)
        async with arq(redis.url, engine):
            await rung(ringer, work)
            redis.kill()
            ringer.ring("mail")  # lost, and nobody's loss
            await asyncio.sleep(1.5)
            redis.start()
            await rung(ringer, work)
        await ringer.close()


async def rung(ringer: Ringer, work: Work) -> None:
    """Ring until it is heard."""
    before = work.looks
    async with asyncio.timeout(30):
        while work.looks == before:
            ringer.ring("mail")
            await asyncio.sleep(0.2)


async def test_ringing_without_redis_neither_waits_nor_fails(
    free_port: Callable[[], int],
) -> None:
    ringer = Ringer(f"redis://127.0.0.1:{free_port()}/0")
    ringer.ring("mail")
    await ringer.close()


async def test_a_full_or_slow_redis_is_told_as_one_that_does_not_work(work: Work) -> None:
    with redis_server() as redis:
        async with proxy(redis.port) as between:
            slow, near = (Ringer(f"redis://127.0.0.1:{p}/0") for p in (between.port, redis.port))
            assert (await slow.answers(), await near.answers()) == (True, True)
            between.delay = 2.0
            near.ring("mail")
            assert (await slow.answers(), await near.answers()) == (False, True)
            redis.kill()
            redis.start("--maxmemory", "1", "--maxmemory-policy", "noeviction")
            assert await near.answers() is False
            redis.kill()
            redis.start("--requirepass", "another")
            assert await near.answers() is False
            await slow.close()
            await near.close()
