"""Ne pas envoyer, in a real browser: without scripts, by keyboard, accessible in every look."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.async_api import expect

from models.tables import Notice
from rules.merging import JOINED
from rules.withholding import WITHHELD
from tests.factories import NOW, a_candidate
from tests.web.conftest import DESK, PHONE, Opens, Town
from tests.web.test_browser import faults
from tests.web.test_withholding import owed

pytestmark = pytest.mark.browser


async def test_a_mail_is_held_back_by_keyboard_and_without_scripts(
    town: Town, opens: Opens
) -> None:
    amina = await a_candidate(town.douceur, status="to_correct")
    notice = await owed(amina, not_before=NOW + timedelta(days=30_000))
    page = await opens(town.odile, java_script_enabled=False, viewport=PHONE)
    await page.goto(f"/candidates/{amina.id}?tab=history")
    await page.get_by_role("button", name="Ne pas envoyer").focus()
    await page.keyboard.press("Enter")
    again = page.get_by_role("button", name="Envoyer quand même")
    await expect(again).to_be_visible()
    await expect(page).to_have_url(re.compile("#letters$"))
    assert (await Notice.get(id=notice.id)).last_error == WITHHELD
    await again.press("Enter")
    await expect(page.get_by_role("button", name="Ne pas envoyer")).to_be_visible()
    assert (await Notice.get(id=notice.id)).state == "owed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_fates_of_mails_are_accessible(
    town: Town, opens: Opens, scheme: str, window: dict[str, int]
) -> None:
    amina = await a_candidate(town.douceur, status="to_correct")
    await owed(amina)
    await owed(amina, "activation", state="void", settled_at=NOW, last_error=WITHHELD)
    await owed(amina, "deletion_reminder", state="void", settled_at=NOW, last_error=JOINED)
    page = await opens(town.odile, color_scheme=scheme, viewport=window)
    await page.goto(f"/candidates/{amina.id}?tab=history")
    assert await faults(page) == []
