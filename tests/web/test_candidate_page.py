"""A candidate's page: every tab shows what is there, to their provider's operators only."""

from __future__ import annotations

import pytest

from tests.web.conftest import Browser, Town
from tests.web.people import amina_applies


@pytest.mark.parametrize(
    "tab", ["summary", "infos", "messages", "history", "sirene_notice", "nonsense"]
)
async def test_every_tab_opens(town: Town, browser: Browser, tab: str) -> None:
    amina = await amina_applies(town.douceur)
    odile = await browser(town.odile)
    page = await odile.get(f"/candidates/{amina.id}?tab={tab}")
    assert page.status == 200, page.text
    assert "Amina Benali" in page.text
