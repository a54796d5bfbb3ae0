"""A town: the product in its own process, a sandbox for Telegram, real servers, and browsers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from actions.providers import NewProvider, create_provider
from models.tables import Bot, Provider
from rules.catalogue.selections import DEMO
from sandbox import arguments
from sandbox.app import BotSpec, start
from sandbox.client import Sandbox
from tests.factories import an_operator
from tests.journeys.people import PATIENCE, Town
from tests.journeys.product import TOKEN, running
from tests.servers import Mailbox

USERNAME = "douceur_bot"


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's Chromium; patient, for a machine that is busy with something else."""
    expect.set_options(timeout=PATIENCE * 1000)
    await arguments.table()
    async with async_playwright() as playwright:
        made = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield made
        await made.close()


@pytest.fixture
async def douceur(database: str) -> Provider:
    """Douceur & Cie, which asks what the demo's provider asks; Odile administers it."""
    new = NewProvider(name="Douceur & Cie", reply_to="contact@douceur.example", requirements=DEMO)
    provider = await create_provider(new, datetime.now(UTC))
    await an_operator(provider)
    return provider


@pytest.fixture
async def vert(database: str) -> Provider:
    """Vert Jardin, where Victor works."""
    provider = await create_provider(NewProvider(name="Vert Jardin"), datetime.now(UTC))
    await an_operator(provider, "Victor")
    return provider


@pytest.fixture
async def town(
    database: str,
    redis_url: str,
    smtp: Mailbox,
    chromium: Browser,
    douceur: Provider,
    vert: Provider,
    tmp_path: Path,
) -> AsyncIterator[Town]:
    """Everything is running, and nobody has applied yet."""
    async with await start(bots=[BotSpec(TOKEN, "Douceur", USERNAME)]) as telegram:
        environment = {
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
            "SMTP_URL": smtp.url,
            "TELEGRAM_API_URL": telegram.url,
        }
        async with running(tmp_path, **environment) as product, Sandbox(telegram.url) as sandbox:
            town = Town(product.url, telegram.url, USERNAME, smtp, chromium, sandbox)
            while not await Bot.exists(username=USERNAME):
                await asyncio.sleep(0.05)
            yield town
            await town.close()
