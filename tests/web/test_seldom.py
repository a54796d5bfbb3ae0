"""What is on a page only when something unusual happened is accessible too."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from actions import messages
from models.tables import Operator
from tests.factories import NOW
from tests.web.conftest import DESK, PHONE, Opens, Time, Town
from tests.web.people import amina_applies
from tests.web.test_browser import faults
from tests.web.test_home import bins
from tests.web.test_newcomers import DAY, signs_up, switches

pytestmark = pytest.mark.browser


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_cancelled_decisions_and_newcomers_are_accessible(
    town: Town, opens: Opens, time: Time, scheme: str, window: dict[str, int]
) -> None:
    await Operator.all().update(language="en")
    await switches(town, on=False, days=1)
    await signs_up(town, "Clara Schmitt", 2)
    await switches(town, on=True, days=3)
    amina = await amina_applies(town.douceur)
    await bins(amina, town.oscar)
    await messages.receive(amina.id, "Attendez !", 7, now=NOW, at=NOW)
    await bins(await amina_applies(town.douceur, name="Bruno Keller"), town.oscar)
    time.now = NOW + 4 * DAY
    page = await opens(town.odile, color_scheme=scheme, viewport=window)
    await page.goto("/")
    await expect(page.get_by_text("Cancelled decisions")).to_be_visible()
    assert await faults(page) == []
    await page.goto("/settings/recruitment")
    assert await faults(page) == []
    await page.get_by_role("button", name="Validate this person").click()
    await expect(page.get_by_role("heading", name="People validated")).to_be_visible()
    assert await faults(page) == []
