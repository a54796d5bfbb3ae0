"""Every page of the panel opens, in both languages, empty and with people."""

from __future__ import annotations

import pytest

from models.tables import Operator
from tests.factories import a_candidate
from tests.web.conftest import Browser, Town

PAGES = (
    "/",
    "/candidates",
    "/candidates?turn=operator",
    "/candidates?turn=messages",
    "/candidates?turn=deletion",
    "/candidates?turn=unreachable",
    "/candidates?q=amina",
    "/deadlines",
    "/settings",
    "/settings/recruitment",
    "/settings/bot",
    "/settings/recruitment/dossier",
    "/settings/recruitment/dossier/add",
    "/settings/recruitment/dossier/new?kind=choice",
    "/settings/recruitment/dossier/items/sirene_notice",
    "/settings/ecommerce",
    "/settings/ecommerce/join?s=flyer",
    "/settings/journal?kind=settings&from=2026-01-01",
    "/settings/ecommerce/join",
    "/settings/ecommerce/join/renew",
    "/settings/operators",
    "/settings/journal",
    "/settings/deletion",
    "/settings/health",
    "/settings/company",
    "/settings/links",
    "/settings/mails",
    "/settings/mails/sender",
    "/settings/mails/corrections/fr",
    "/settings/mails/reminder_unmet/en",
    "/account",
    "/account/codes",
    "/join/douceur-cie",
    "/join/douceur-cie/privacy",
    "/join/douceur-cie/accessibility",
    "/accessibility",
)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
async def test_every_page_opens(town: Town, browser: Browser, language: str, full: bool) -> None:
    await Operator.filter(id=town.odile.id).update(language=language)
    if full:
        for status in ("incomplete", "submitted", "to_correct", "accepted", "binned"):
            await a_candidate(town.douceur, f"Amina {status}", status)
    odile = await browser(town.odile)
    for path in PAGES:
        page = await odile.get(path)
        assert page.status == 200, (path, page.text)
        assert f'lang="{language}"' in page.text or path.startswith(("/join", "/acc"))
