"""Redis is absent, flushed, killed, full, locked or slow: it only makes things happen sooner."""

from __future__ import annotations

import asyncio
import socket
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from jobs.queue import QUEUE
from models.tables import LedgerEntry
from sandbox.client import Phone, Sandbox
from tests.chaos.people import PEOPLE, TEXTS, missing, nothing_owed, owe_mails, owe_more, until
from tests.chaos.site import Site, quiet, write
from tests.figures import Figures, Record
from tests.proxies import proxy
from tests.servers import Mailbox, RedisServer, redis_server

AWAY = 120
"""Seconds for which Redis is killed."""


async def test_redis_absent_at_the_start_flushed_and_killed(
    site: Site, smtp: Mailbox, record_property: Record
) -> None:
    with redis_server() as redis:
        redis.kill()
        site.environment |= {"REDIS_URL": redis.url, "SMTP_URL": f"{smtp.url}?per_minute=0"}
        await site.start()
        phones = await site.visitors(PEOPLE)
        await write(phones, 0, TEXTS)
        redis.start()
        writing = asyncio.create_task(write(phones, TEXTS, TEXTS))
        await owe_mails(phones, 5)
        for _ in range(10):
            redis.flush()
            await asyncio.sleep(0.05)
        redis.kill()
        await owe_more(phones)
        await writing
        slowest, texts = await lived_without(site, phones)
        redis.start()
        back = await until(lambda: worker_is_back(redis))
        seconds = max(await quiet(phones), await until(nothing_owed))
    sent = Counter(mail.id for mail in smtp.messages)
    lost = await missing(phones, texts) + PEOPLE * 6 - len(sent)
    doubled = sum(sent.values()) - len(sent)
    remark = (
        f"away {AWAY} s; slowest page meanwhile {slowest:.1f} s; worker back after {back:.1f} s"
    )
    Figures(kills=1, lost=lost, doubled=doubled, seconds=seconds, remark=remark).tell(
        record_property
    )
    assert (lost, doubled) == (0, 0)
    assert back <= 10
    assert seconds <= 120


async def lived_without(site: Site, phones: list[Phone]) -> tuple[float, int]:
    """People write, somebody looks at the panel: the slowest page, and the texts so far."""
    texts, slowest, until_when = 2 * TEXTS, 0.0, time.monotonic() + AWAY
    async with aiohttp.ClientSession() as client:
        while time.monotonic() < until_when:
            await write(phones, texts, 1)
            texts += 1
            await quiet(phones)
            began = time.monotonic()
            async with client.get(f"{site.url}/login") as page:
                assert page.status == 200
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(2)
    return slowest, texts


async def worker_is_back(redis: RedisServer) -> bool:
    """Whether arq's worker has told Redis that it lives."""
    with socket.create_connection(("127.0.0.1", redis.port), timeout=5) as link:
        link.sendall(f"EXISTS {QUEUE}:health-check\r\n".encode())
        return link.recv(16).startswith(b":1")


@asynccontextmanager
async def broken(way: str) -> AsyncIterator[str]:
    """The address of a Redis that is of no use."""
    with redis_server() as redis:
        async with proxy(redis.port) as between:
            if way == "full":
                redis.kill()
                redis.start("--maxmemory", "1", "--maxmemory-policy", "noeviction")
            elif way == "locked":
                redis.kill()
                redis.start("--requirepass", "another")
            else:
                between.delay = 2.0
            yield f"redis://127.0.0.1:{between.port}/0"


@pytest.mark.parametrize("way", ["full", "locked", "slow"])
async def test_redis_takes_nothing_or_is_slow(
    site: Site, telegram: Sandbox, smtp: Mailbox, way: str, record_property: Record
) -> None:
    async with broken(way) as url:
        site.environment |= {"REDIS_URL": url, "SMTP_URL": f"{smtp.url}?per_minute=0"}
        await site.start()
        phones = await site.visitors(PEOPLE)
        began = time.monotonic()
        await owe_mails(phones, 5)
        await write(phones, 0, TEXTS)
        seconds = max(await quiet(phones), await until(nothing_owed))
        took = time.monotonic() - began
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"{site.url}/readyz") as answer,
        ):
            told = (answer.status, (await answer.json())["redis"])
    statuses = Counter(one["status"] for one in await telegram.attempts())
    lost = await missing(phones, TEXTS) + PEOPLE * 5 - len({mail.id for mail in smtp.messages})
    doubled = len(smtp.messages) - len({mail.id for mail in smtp.messages})
    waited = await answered_within()
    remark = f"{way}: {statuses[200]} of {statuses.total()} answered 200, half in {waited:.2f} s"
    Figures(lost=lost, doubled=doubled, seconds=seconds, remark=remark).tell(record_property)
    assert (lost, doubled) == (0, 0)
    assert set(statuses) == {200}, statuses
    assert told == (200, "away"), "it is told, and nobody is turned away for it"
    assert waited < 2, "no answer waits for Redis"
    assert took < 60


async def answered_within() -> float:
    """Seconds within which half of the updates were answered."""
    rows = await LedgerEntry.exclude(answered_at=None)
    return statistics.median(
        (row.answered_at - row.received_at).total_seconds() for row in rows if row.answered_at
    )
