"""PostgreSQL is killed, away for a minute, restarted, or has no connection left to give."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from sandbox.client import Phone, Sandbox
from tests.chaos.people import PEOPLE, TEXTS, ask, until
from tests.chaos.site import Site, quiet, write
from tests.figures import Figures, Record
from tests.servers import PostgresServer, postgres_server

AWAY = (3, 60, 0)
"""Seconds for which it is away after each kill."""
CONNECTIONS = 30

pytestmark = pytest.mark.skipif(
    os.environ.get("ANTICHAMBRE_TEST_DB") != "postgres", reason="SQLite is no server"
)


@asynccontextmanager
async def served(
    telegram: Sandbox, folder: Path, server: PostgresServer
) -> AsyncIterator[tuple[Site, str]]:
    """Douceur & Cie on this server, asked by asyncpg alone: this process has another database."""
    link = await asyncpg.connect(server.url)
    await link.execute("CREATE DATABASE chaos")
    await link.close()
    url = server.database("chaos")
    site = Site(folder, telegram, "", {"DATABASE_URL": url})
    for command in (("migrate",), ("provider", "add", "Douceur & Cie")):
        assert await asyncio.to_thread(site.launch(*command).wait, 60) == 0
    site.link = (await ask(url, "SELECT token FROM join_link"))[0]["token"]
    await site.start()
    try:
        yield site, url
    finally:
        await site.end()


async def written(url: str) -> tuple[int, int]:
    """How many different messages are there, and how many more than once."""
    sql = "SELECT candidate_id, text, COUNT(*) AS n FROM message GROUP BY candidate_id, text"
    found = await ask(url, sql)
    return len(found), sum(one["n"] for one in found) - len(found)


async def first_success(telegram: Sandbox, since: float) -> float:
    """Seconds from then until an update was answered 200."""
    good: list[float] = []

    async def again() -> bool:
        found = await telegram.attempts()
        good[:] = [
            one["time"] - since for one in found if one["status"] == 200 and one["time"] > since
        ]
        return bool(good)

    await until(again)
    return min(good)


async def test_postgresql_is_killed_while_people_write(
    telegram: Sandbox, tmp_path: Path, record_property: Record
) -> None:
    with postgres_server() as server:
        async with served(telegram, tmp_path, server) as (site, url):
            phones = await site.visitors(PEOPLE)
            downs, firsts = await kill(telegram, phones, server)
            found, doubled = await written(url)
            half = await half_written(url)
    statuses = Counter(one["status"] for one in await telegram.attempts())
    lost = PEOPLE * TEXTS * len(AWAY) - found
    Figures(
        kills=len(AWAY),
        lost=lost + half,
        doubled=doubled,
        seconds=max(downs),
        remark=f"first success {max(firsts):.1f} s after its return",
    ).tell(record_property)
    assert (lost, doubled, half) == (0, 0, 0)
    assert set(statuses) <= {200, 503}, statuses
    assert statuses[503], "it was really away"
    assert max(firsts) <= 5


async def kill(
    telegram: Sandbox, phones: list[Phone], server: PostgresServer
) -> tuple[list[float], list[float]]:
    """After each return: seconds until everything was taken, and until the first success."""
    downs, firsts = [], []
    for turn, away in enumerate(AWAY):
        writing = asyncio.create_task(write(phones, turn * TEXTS, TEXTS))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(server.kill)
        await asyncio.sleep(away)
        await asyncio.to_thread(server.start)
        firsts.append(await first_success(telegram, time.time()))
        await writing
        downs.append(await quiet(phones))
    return downs, firsts


async def half_written(url: str) -> int:
    """Messages without their line in the journal, and the other way round."""
    lines = "SELECT COUNT(*) AS n FROM event WHERE kind = 'message_from_candidate'"
    messages = "SELECT COUNT(*) AS n FROM message"
    return abs((await ask(url, lines))[0]["n"] - (await ask(url, messages))[0]["n"])


async def test_postgresql_has_no_connection_left(
    telegram: Sandbox, tmp_path: Path, record_property: Record
) -> None:
    with postgres_server("/tmp", f"max_connections={CONNECTIONS}") as server:
        async with served(telegram, tmp_path, server) as (site, url):
            phones = await site.visitors(PEOPLE)
            async with hogged(server):
                await write(phones, 0, TEXTS)
                await until(lambda: put_off(telegram))
                alive = await site.alive()
            first = await first_success(telegram, time.time())
            seconds = await quiet(phones)
            found, doubled = await written(url)
            half = await half_written(url)
    statuses = Counter(one["status"] for one in await telegram.attempts())
    lost = PEOPLE * TEXTS - found
    remark = f"first success {first:.1f} s after one was free"
    Figures(lost=lost + half, doubled=doubled, seconds=seconds, remark=remark).tell(
        record_property
    )
    assert (lost, doubled, half, alive) == (0, 0, 0, True)
    assert set(statuses) <= {200, 503}, statuses
    assert first <= 5


async def put_off(telegram: Sandbox) -> bool:
    """Whether some updates were answered 503."""
    return sum(one["status"] == 503 for one in await telegram.attempts()) >= PEOPLE


@asynccontextmanager
async def hogged(server: PostgresServer) -> AsyncIterator[None]:
    """Somebody else holds every connection, and throws out those who had one."""
    held: list[asyncpg.Connection] = []
    others = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = 'chaos' AND backend_type = 'client backend'"
    )
    try:
        async with asyncio.timeout(60):
            while len(held) < CONNECTIONS:
                held += await as_many_as_there_are(server)
                await held[0].execute(others)
        yield
    finally:
        await asyncio.gather(*(one.close() for one in held), return_exceptions=True)


async def as_many_as_there_are(server: PostgresServer) -> list[asyncpg.Connection]:
    """Every connection that can be had at this moment."""
    held: list[asyncpg.Connection] = []
    while True:
        try:
            held.append(await asyncpg.connect(server.url))
        except asyncpg.TooManyConnectionsError:
            return held
