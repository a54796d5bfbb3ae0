"""The public pages over HTTP: the web process of tests/web, on a house of tests/outbox."""

from __future__ import annotations

import pytest

from tests.outbox.world import Clock, House
from tests.web.conftest import Time, browser, client, settings, settings_for

__all__ = ["browser", "client", "house", "settings", "settings_for", "time"]


@pytest.fixture
def time() -> Time:
    """The web process's clock, which is the house's too."""
    return Time(Clock().now)


@pytest.fixture
async def house(database: str, time: Time) -> House:
    """Douceur & Cie, before the web process starts."""
    clock = Clock(time.now)
    return await House.opened(clock)
