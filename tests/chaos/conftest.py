"""What the scenarios share: a sandbox for Telegram, a provider, and the product as it runs."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions.providers import NewProvider, create_provider
from models.tables import Bot, JoinLink
from rules.catalogue import DEMO
from sandbox.app import BotSpec, start
from sandbox.client import Sandbox
from sandbox.delivery import Timing
from tests.chaos.site import TOKEN, Site

if "ANTICHAMBRE_CHAOS" not in os.environ:  # minutes of waiting for real timeouts
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
async def telegram() -> AsyncIterator[Sandbox]:
    """A Telegram that repeats soon what was not acknowledged."""
    timing = Timing(first_retry=0.1, longest_retry=0.5)
    bots = [BotSpec(TOKEN, "Douceur", "douceur_bot")]
    async with await start(bots=bots, timing=timing) as server, Sandbox(server.url) as sandbox:
        yield sandbox


@pytest.fixture
async def site(database: str, telegram: Sandbox, tmp_path: Path) -> AsyncIterator[Site]:
    """Douceur & Cie, not served yet."""
    new = NewProvider(name="Douceur & Cie", slug="douceur", requirements=DEMO)
    provider = await create_provider(new, datetime.now(UTC))
    await Bot.all().delete()
    link = (await JoinLink.get(provider_id=provider.id)).token
    made = Site(tmp_path, telegram, link, {"DATABASE_URL": database})
    yield made
    await made.end()
