"""The product as it runs in production: its own process, its settings from the environment."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from tests.servers import free_port, leashed

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "424242:AAE-made-up-token"
PATIENCE = 60.0
SECRETS = {"SECRET_KEY": "5e" * 32, "ENCRYPTION_KEYS": "k1:" + "A" * 43 + "="}


@dataclass
class Product:
    """`antichambre run`, and where it answers."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def complaints(self) -> list[str]:
        """What it logged as wrong."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if any(word in line for word in ("rror", "Traceback"))]


@asynccontextmanager
async def running(folder: Path, **environment: str) -> AsyncIterator[Product]:
    """Start it, wait until it is ready, and at the end ask it to stop, which it must do well."""
    port, log = free_port(), folder / "product.log"
    settings = {
        "DATA_DIR": str(folder / "data"),
        "PORT": str(port),
        "DECISION_DELAY": "0",
        "TELEGRAM_TOKEN": TOKEN,
        **SECRETS,
        **environment,
    }
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    with log.open("wb") as out:
        process = subprocess.Popen(
            leashed([sys.executable, "-m", "manage", "run"]),
            cwd=ROOT,
            env={**inherited, **settings},
            stdout=out,
            stderr=out,
        )
    product = Product(f"http://127.0.0.1:{port}", process, log)
    try:
        await _ready(product)
        yield product
        process.terminate()
        assert await asyncio.to_thread(process.wait, 40) == 0, log.read_text()
        assert product.complaints() == [], product.complaints()
    finally:
        process.kill()
        process.wait()


async def _ready(product: Product) -> None:
    limit = time.monotonic() + PATIENCE
    async with aiohttp.ClientSession() as client:
        while True:
            try:
                async with client.get(f"{product.url}/readyz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                pass
            if product.process.poll() is not None or time.monotonic() > limit:
                raise AssertionError(f"not ready:\n{product.log.read_text(errors='replace')}")
            await asyncio.sleep(0.05)
