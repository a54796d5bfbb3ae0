"""The product in a process of its own, killed and started at will, and people who write to it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp

from jobs.embedded_redis import EmbeddedRedis
from sandbox.client import Phone, Sandbox
from tests.servers import free_port, leashed

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "424242:AAE-made-up-token"
PATIENCE = 60.0
SECRETS = {"SECRET_KEY": "5e" * 32, "ENCRYPTION_KEYS": "k1:" + "A" * 43 + "="}


@dataclass
class Site:
    """`antichambre run`: web and worker."""

    folder: Path
    telegram: Sandbox
    link: str
    environment: dict[str, str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.folder / "product.log"

    def launch(self, *command: str) -> subprocess.Popen[bytes]:
        """A process of the product, without waiting for it."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        settings = {
            "DATA_DIR": str(self.folder / "data"),
            "PORT": str(self.port),
            "DECISION_DELAY": "0",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": self.telegram.base_url,
            **SECRETS,
            **self.environment,
        }
        with self.log.open("ab") as out:
            return subprocess.Popen(
                leashed([sys.executable, "-m", "manage", *command]),
                cwd=ROOT,
                env={**kept, **settings},
                stdout=out,
                stderr=out,
            )

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        self.process = self.launch("run")
        limit = time.monotonic() + PATIENCE
        while not await self.alive():
            printed = self.log.read_text(errors="replace")[-3_000:]
            assert self.process.poll() is None, printed
            assert time.monotonic() < limit, printed
            await asyncio.sleep(0.05)

    async def alive(self) -> bool:
        """Whether it answers at all."""
        try:
            async with (
                aiohttp.ClientSession() as client,
                client.get(f"{self.url}/healthz") as answer,
            ):
                return answer.status == 200
        except aiohttp.ClientConnectionError:
            return False

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    async def end(self) -> None:
        """kill -9, and the embedded Redis goes that a killed process leaves to the next one."""
        self.kill()
        data = self.environment.get("DATA_DIR", str(self.folder / "data"))
        await EmbeddedRedis(Path(data) / "redis.sock").stop(adopted=True)

    async def stop(self) -> tuple[int, float]:
        """SIGTERM, as at a deployment: the exit code, and the seconds that it took."""
        assert self.process is not None
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(self.process.wait, 60)
        return code, time.monotonic() - began

    async def visitors(self, count: int) -> list[Phone]:
        """People who signed up, and whose next words go to the operator."""
        phones = [await self.telegram.phone(f"Amina{number}") for number in range(count)]
        for phone in phones:
            await phone.open("douceur_bot", self.link)
            await phone.send("/messages")
        for phone in phones:
            await phone.quiet(timeout=PATIENCE)
        return phones


async def write(phones: list[Phone], first: int, count: int, pause: float = 0.02) -> None:
    """Everybody writes so many messages, in turns."""
    for number in range(first, first + count):
        for phone in phones:
            await phone.send(f"message {number}")
            await asyncio.sleep(pause)


async def quiet(phones: list[Phone]) -> float:
    """Wait until all of it was taken; the seconds."""
    began = time.monotonic()
    for phone in phones:
        await phone.quiet(timeout=120)
    return time.monotonic() - began
