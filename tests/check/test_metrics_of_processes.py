"""What a worker counts is told by itself; the outbox's counters move with real mails."""

from __future__ import annotations

import asyncio
import os
import secrets
import sys
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import REGISTRY

from jobs.counts import NOTICES
from models.tables import Installation
from sandbox.app import BotSpec, start
from store.sealing import Keyring, use_keyring
from tests.outbox.world import House
from tests.servers import free_port, leashed, smtp_server
from tests.web.test_metrics import figures, one

ROOT = Path(__file__).parents[2]
TOKEN = "424242:AAE-made-up-token"


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"antichambre_{name}", labels) or 0.0


async def test_mails_are_counted_by_fate_and_an_absence_is_noted(database: str) -> None:
    use_keyring(Keyring({"k1": b"k" * 32}))
    house = await House.opened()
    NOTICES.labels("mail", "accepted")
    before = {
        fate: sample("notices_total", channel="mail", fate=fate)
        for fate in ("accepted", "refused", "later")
    }
    with smtp_server() as mailbox:
        post = house.post(mailbox.url)
        mailbox.refuse("421 closing", times=1)
        await house.owe(await house.person("Amina"))
        await post.drain()
        away = (await Installation.get(key="mail_server")).value
        assert away["error"].startswith("the mail server says 421")
        house.clock.forward(minutes=2)
        mailbox.refuse("550 no such user", address="bruno@example.org")
        await house.owe(await house.person("Bruno"))
        await post.drain()
        assert (await Installation.get(key="mail_server")).value == {}
    grown = {
        fate: sample("notices_total", channel="mail", fate=fate) - number
        for fate, number in before.items()
    }
    assert grown == {"accepted": 1, "refused": 1, "later": 1}


@pytest.mark.slow
async def test_a_worker_of_its_own_tells_what_it_counts(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "worker.log"
    async with await start(bots=[BotSpec(TOKEN, "Douceur", "douceur_bot")]) as sandbox:
        env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        env |= {"DATA_DIR": str(tmp_path / "data"), "METRICS_PORT": str(port)}
        env |= {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": sandbox.url}
        env |= {"SECRET_KEY": secrets.token_hex(32)}
        with log.open("wb") as out:
            worker = await asyncio.create_subprocess_exec(
                *leashed([sys.executable, "-m", "manage", "worker"]),
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=out,
            )
        try:
            found = await asyncio.wait_for(told(port), 60)
            assert one(found, "work_seconds_count", kind="mail") > 0
            assert one(found, "work_seconds_count", kind="alive") > 0
            assert 0 <= one(found, "worker_seen_seconds") < 60
            assert one(found, "redis_up") == one(found, "database_up") == 1
        finally:
            worker.terminate()
            assert await asyncio.wait_for(worker.wait(), 40) == 0, log.read_text()


async def told(port: int) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """What the worker tells, once it has looked at its mails and said that it lives."""
    async with aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                    found = figures(await answer.text())
                    if all(one(found, "work_seconds_count", kind=k) for k in ("mail", "alive")):
                        return found
            except aiohttp.ClientConnectionError:
                pass
            await asyncio.sleep(0.2)
