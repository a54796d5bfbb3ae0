"""The panel in a real browser: accessible in every look, by keyboard alone, without JavaScript."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.async_api import Page, expect

from models.tables import Bot, Document, Operator, Provider
from tests.factories import NOW, PASSWORD, a_candidate
from tests.web.conftest import DESK, PHONE, Opens, Town
from tests.web.test_pages import PAGES

pytestmark = pytest.mark.browser
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


@pytest.fixture
async def full(town: Town) -> Town:
    """People in every state."""
    for status in ("incomplete", "submitted", "to_correct", "accepted", "binned"):
        person = await a_candidate(town.douceur, f"Amina {status}", status)
        for days in (-3, 0, 5, 80):
            ends = (NOW + timedelta(days=days)).date()
            facts = {"state": "validated", "sent_at": NOW, "expires_on": ends}
            await Document.create(candidate_id=person.id, key=f"paper{days}", **facts)
    await a_candidate(town.douceur, "Bruno Koffi", "submitted", awaiting_reply_since=NOW)
    await Operator.all().update(language="en")
    await Provider.filter(id=town.douceur.id).update(clock_waits_for="brake")
    await Bot.all().update(disconnected_at=NOW)
    return town


LOOK_FOR_FAULTS = """axe.run({resultTypes: ['violations'], selectors: false}).then(
    found => found.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 120)}`))"""
"""Every rule of axe, without the report on what passed: a fifth of the time (measured)."""


async def faults(page: Page) -> list[str]:
    """What axe finds, and what sticks out of the window."""
    await page.evaluate(AXE)
    found: list[str] = await page.evaluate(LOOK_FOR_FAULTS)
    wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return [*(["wider than the window"] if await page.evaluate(wide) else []), *found]


@pytest.mark.slow
@pytest.mark.parametrize("colour", ["#0f766e", "#ffe600"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_every_page_is_accessible(
    full: Town, opens: Opens, scheme: str, window: dict[str, int], colour: str
) -> None:
    await Provider.filter(id=full.douceur.id).update(colour=colour)
    look = {"color_scheme": scheme, "viewport": window}
    odile, anybody = await opens(full.odile, **look), await opens(**look)
    found: dict[str, list[str]] = {}
    for path in (*PAGES, "/nowhere"):
        await odile.goto(path)
        found[path] = await faults(odile)
    await anybody.goto("/login")
    found["/login"] = await faults(anybody)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("script", [True, False], ids=["with", "without JavaScript"])
async def test_settings_are_changed_and_errors_said(
    full: Town, opens: Opens, script: bool
) -> None:
    page = await opens(java_script_enabled=script)
    await page.goto("/settings/recruitment")
    await page.get_by_label("E-mail address").fill(full.odile.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(re.compile("/settings/recruitment$"))
    reminder = page.get_by_label("Reminder before")
    await reminder.fill("60")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("must be at most 44 days before")).to_be_visible()
    await expect(reminder).to_have_value("60")
    await expect(reminder).to_be_focused()
    await reminder.fill("10")
    await page.get_by_role("button", name="Save").click()
    await page.get_by_role("button", name="Save these settings").click()
    await expect(page.get_by_role("status")).to_have_text("Saved.")
    assert (await Provider.get(id=full.douceur.id)).reminder_days == 10


async def test_the_list_is_walked_by_keys(full: Town, opens: Opens) -> None:
    page = await opens(full.odile)
    await page.goto("/candidates")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    second = page.locator("tbody a.row-link").nth(1)
    await expect(second).to_be_focused()
    await page.keyboard.press("k")
    await expect(page.locator("tbody a.row-link").first).to_be_focused()
    await page.keyboard.press("/")
    await page.keyboard.type("jk?bruno")
    await expect(page.locator("#q")).to_have_value("jk?bruno")
    await page.locator("#q").fill("bruno")
    await page.keyboard.press("Enter")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()


async def test_letters_can_be_turned_off(full: Town, opens: Opens) -> None:
    page = await opens(full.odile)
    await page.goto("/candidates")
    await page.get_by_text("Your menu").locator("..").click()
    await page.get_by_role("button", name="One-letter shortcuts").click()
    await expect(page).to_have_url(re.compile("/candidates$"))
    await page.keyboard.press("j")
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(page.locator("tr.at")).to_have_count(0)


async def test_the_theme_is_chosen_and_stays(full: Town, opens: Opens) -> None:
    page = await opens(full.odile, color_scheme="light")
    await page.goto("/")
    light = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    await page.get_by_text("Your menu").locator("..").click()
    await page.get_by_role("button", name="Dark").click()
    await page.goto("/candidates")
    dark = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark != light
    assert await page.locator("html").get_attribute("data-theme") == "dark"


@pytest.mark.parametrize(
    "payload",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{7*7}}",
        "javascript:alert(1)",
    ],
)
async def test_names_are_text_and_nothing_else(full: Town, opens: Opens, payload: str) -> None:
    await Provider.filter(id=full.douceur.id).update(name=payload[:120])
    await a_candidate(
        full.douceur, f"{payload} {payload}"[:80], "submitted", email="x@example.org"
    )
    page = await opens(full.odile)
    opened: list[str] = []
    page.on("dialog", lambda dialog: opened.append(dialog.message))
    for path in ("/", "/candidates", "/settings/ecommerce/join", "/join/douceur-cie"):
        await page.goto(path)
        await expect(page.get_by_text(payload).first).to_be_attached()
    assert opened == []
