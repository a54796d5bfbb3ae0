"""A house on a real database, a real mail server, and a sandbox over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from jobs.messenger import Messenger
from sandbox.app import BotSpec, Server, start
from sandbox.client import Phone, Sandbox
from store.sealing import Keyring, use_keyring
from tests.outbox.world import TOKEN, House


@pytest.fixture
async def house(database: str) -> House:
    """Douceur & Cie."""
    use_keyring(Keyring({"k1": b"k" * 32}))
    return await House.opened()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A running sandbox with the bot of Douceur & Cie."""
    async with await start(bots=[BotSpec(TOKEN, "Douceur", "douceur_bot")]) as running:
        yield running


@pytest.fixture
async def sandbox(server: Server) -> AsyncIterator[Sandbox]:
    """The tests' client of that sandbox."""
    async with Sandbox(server.url) as client:
        yield client


@pytest.fixture
async def amina(sandbox: Sandbox) -> Phone:
    """Amina, who pressed Start."""
    phone = await sandbox.phone("Amina", "Benali", language_code="fr")
    await phone.open("douceur_bot")
    return phone


@pytest.fixture
async def messenger(house: House, server: Server) -> AsyncIterator[Messenger]:
    """A worker's way out for the chat."""
    made = house.messenger(server.url)
    yield made
    await made.sender.close()  # type: ignore[attr-defined]  # the real Sender here
