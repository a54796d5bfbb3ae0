"""A sandbox with one bot, the bot's own hands on the Bot API, and people's phones."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from sandbox.app import BotSpec, Server, start
from sandbox.client import Phone, Sandbox
from sandbox.delivery import Timing

TOKEN = "424242:AAE-made-up-token"
OTHER_TOKEN = "434343:AAE-another-token"


@dataclass
class BotHands:
    """Calls the Bot API as a bot would, and shows the answers as they are."""

    url: str
    session: aiohttp.ClientSession
    token: str = TOKEN

    async def raw(self, method: str, **arguments: Any) -> tuple[int, dict[str, Any]]:
        """Status and body of one call."""
        address = f"{self.url}/bot{self.token}/{method}"
        async with self.session.post(address, json=arguments) as answer:
            return answer.status, await answer.json()

    async def call(self, method: str, **arguments: Any) -> Any:
        """The result of a call that must succeed."""
        status, body = await self.raw(method, **arguments)
        assert status == 200, body
        return body["result"]

    async def refusal(self, method: str, **arguments: Any) -> str:
        """The description of a call that must be refused."""
        status, body = await self.raw(method, **arguments)
        assert not body["ok"]
        assert body["error_code"] == status
        return str(body["description"])

    async def take(self) -> list[dict[str, Any]]:
        """All waiting updates; they count as taken."""
        updates: list[dict[str, Any]] = await self.call("getUpdates")
        if updates:
            await self.call("getUpdates", offset=updates[-1]["update_id"] + 1)
        return updates


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A running sandbox with two bots and fast retries."""
    bots = [
        BotSpec(TOKEN, "Douceur", "douceur_bot"),
        BotSpec(OTHER_TOKEN, "Vert Jardin", "vert_bot"),
    ]
    async with await start(bots=bots, timing=Timing(0.02, 0.1, 5.0)) as running:
        yield running


@pytest.fixture
async def sandbox(server: Server) -> AsyncIterator[Sandbox]:
    """The tests' client of that sandbox."""
    async with Sandbox(server.url) as client:
        yield client


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client."""
    async with aiohttp.ClientSession() as client:
        yield client


@pytest.fixture
def bot(server: Server, session: aiohttp.ClientSession) -> BotHands:
    """The first bot's hands."""
    return BotHands(server.url, session)


@pytest.fixture
async def amina(sandbox: Sandbox) -> Phone:
    """Amina, who pressed Start."""
    phone = await sandbox.phone("Amina", "Benali", language_code="fr")
    await phone.open("douceur_bot")
    return phone


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture of 2000 × 1500 pixels."""
    out = io.BytesIO()
    Image.new("RGB", (2000, 1500), "teal").save(out, "PNG")
    path = tmp_path / "picture.png"
    path.write_bytes(out.getvalue())
    return path
