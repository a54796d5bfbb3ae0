"""The pace of a bot holds among all processes, and without Redis for each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest
from redis.asyncio import Redis

from jobs.pace import Pace
from jobs.shared_pace import SharedPace
from tests.servers import redis_server

CLOCKS = 0.005
"""Seconds by which the time of Redis and ours may drift apart meanwhile."""
Process = Callable[[float], SharedPace]


@pytest.fixture
async def process(redis_url: str) -> AsyncIterator[Process]:
    """Makes the pace of one more process."""
    async with AsyncExitStack() as stack:

        def made(per_bot: float) -> SharedPace:
            one = SharedPace(redis_url, per_bot)
            stack.push_async_callback(one.close)
            return one

        yield made


async def test_two_processes_keep_the_pace_of_a_bot_together(process: Process) -> None:
    began = time.monotonic()

    async def news(name: str) -> None:
        pace = Pace(per_bot=50, shared=process(50).take)
        for number in range(10):
            await pace.wait("together", f"{name}{number}")

    await asyncio.gather(news("one"), news("two"))
    assert time.monotonic() - began >= 19 / 50 - CLOCKS


async def test_another_bot_does_not_wait(process: Process) -> None:
    one, two = process(0.1), process(0.1)
    assert await one.take("busy") == 0
    assert await two.take("busy") > 5
    assert await two.take("idle") == 0


async def test_news_make_room_for_answers_which_never_wait(process: Process) -> None:
    door, worker = process(0.1), process(0.1)
    for _ in range(5):
        door.answered("answering")
    await door.close()
    assert 0 < await worker.take("answering", farthest=60) <= 1, "many answers count for a second"


async def test_a_clock_that_was_set_back_keeps_nobody_waiting(
    process: Process, redis_url: str
) -> None:
    worker = process(50)
    async with Redis.from_url(redis_url) as redis:
        await redis.set("antichambre:pace:odd", f"{time.time() + 3600:.6f}")
    assert await worker.take("odd") == 0
    assert await worker.take("odd") <= 1 / 50


async def test_an_address_is_read_as_for_the_wakes(redis_url: str) -> None:
    shared = SharedPace(f"{redis_url}?timeout=5", 50)
    assert await shared.take("bot") == 0
    await shared.close()


async def test_without_redis_each_process_keeps_its_own_pace(process: Process) -> None:
    with redis_server() as redis:
        shared = SharedPace(redis.url, 50)
        pace = Pace(per_bot=50, shared=shared.take)
        await pace.wait("bot", "a chat")
        redis.kill()
        began = time.monotonic()
        for number in range(10):
            await pace.wait("bot", str(number))
        assert time.monotonic() - began >= 9 / 50
        await shared.close()
