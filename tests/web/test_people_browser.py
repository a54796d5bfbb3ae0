"""Accounts in a real browser: by keyboard alone, without JavaScript, accessible in every look."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from playwright.async_api import Page, expect

from models.tables import Membership, Operator, Token
from tests.factories import NOW, PASSWORD
from tests.web.conftest import DESK, PHONE, Browser, Opens, Time, Town
from tests.web.post import PostOffice
from tests.web.test_browser import faults
from tests.web.test_second_factor import sets_up

pytestmark = pytest.mark.browser
OWN = "ma propre phrase secrète"


FOCUSED = """(one => (one.labels?.[0] ?? one).innerText ?? '')(document.activeElement)"""
"""What the focused element is called."""


async def press(page: Page, *keys: str) -> None:
    """Keys of the keyboard, one after the other; what is longer than a key's name is typed.

    A page may give its focus a moment after it is loaded: keys wait for it.
    """
    await expect(page.locator(":focus")).to_be_attached()
    for key in keys:
        if key in {"Tab", "Enter", "Space", "Escape", "Shift+Tab"}:
            await page.keyboard.press(key)
        else:
            await page.keyboard.type(key)


async def reach(page: Page, name: str) -> None:
    """Tab to what is called so."""
    for _ in range(40):
        await page.keyboard.press("Tab")
        if name in await page.evaluate(FOCUSED):
            return
    raise AssertionError(f"no {name!r} by keyboard")


async def invitation(
    town: Town, browser: Browser, post: PostOffice, email: str = "paula@example.org"
) -> str:
    await Operator.all().update(language="en")
    odile = await browser(town.odile)
    await odile.post("/settings/operators", {"name": "Paula Petit", "email": email})
    return await post.link(email, "invited")


@pytest.mark.parametrize("script", [True, False], ids=["with", "without JavaScript"])
async def test_somebody_is_invited_and_joins_by_keyboard_alone(
    town: Town, browser: Browser, opens: Opens, post: PostOffice, script: bool
) -> None:
    await Operator.all().update(language="en")
    odile = await opens(town.odile, java_script_enabled=script)
    await odile.goto("/settings/operators")
    if script:
        await reach(odile, "Name")
        await press(odile, "Paula Petit", "Tab", "paula@example.org", "Enter")
    else:  # no focus can be read, so the labels are used
        await odile.get_by_label("Name").fill("Paula Petit")
        await odile.get_by_label("E-mail address").fill("paula@example.org")
        await odile.get_by_role("button", name="Send the invitation").click()
    await expect(odile.get_by_role("status")).to_contain_text("Invited")
    await expect(odile.get_by_role("cell", name="paula@example.org")).to_be_visible()
    path = await post.link("paula@example.org", "invited")
    paula = await opens(java_script_enabled=script)
    await paula.goto(f"{path}?lang=en")
    await paula.get_by_label("Choose a password").focus()
    await press(paula, "court", "Enter")
    wrong = paula.get_by_label("Choose a password")
    await expect(wrong).to_be_focused()
    await expect(wrong).to_have_attribute("aria-invalid", "true")
    await expect(paula.get_by_label("Your name")).to_have_value("Paula Petit")
    await press(paula, OWN, "Enter")
    await expect(paula).to_have_url(re.compile(r"/$"))
    await expect(paula.get_by_text("Douceur & Cie").first).to_be_visible()


async def test_a_code_is_set_up_and_asked_by_keyboard_alone(
    town: Town, opens: Opens, time: Time
) -> None:
    await Operator.all().update(language="en")
    page = await opens(town.odile)
    await page.goto("/account")
    await reach(page, "Set up")
    await press(page, "Enter")
    await expect(page).to_have_title(re.compile("Code at sign-in"))
    await reach(page, "It cannot be scanned?")
    await press(page, "Space")
    key = await page.locator(".code-block").inner_text()
    app = pyotp.TOTP(key.replace(" ", ""))
    await reach(page, "Code")
    await press(page, app.at(time.now), "Tab", PASSWORD, "Enter")
    await expect(page.get_by_text("shown only once")).to_be_visible()
    codes = await page.locator(".codes code").all_inner_texts()
    await expect(page.get_by_role("button", name="Print")).to_be_visible()
    other = await opens()
    await other.goto("/candidates?q=x")
    await press(other, town.odile.email, "Tab", PASSWORD, "Enter")
    await expect(other.get_by_label("Code")).to_be_focused()
    await press(other, codes[0], "Enter")
    await expect(other).to_have_url(re.compile(r"/candidates\?q=x$"))


async def test_companies_are_switched_by_keyboard_alone(town: Town, opens: Opens) -> None:
    await Membership.create(
        provider_id=town.vert.id, operator_id=town.odile.id, role="reviewer", created_at=NOW
    )
    await Operator.all().update(language="en")
    page = await opens(town.odile)
    await page.goto("/candidates")
    await reach(page, "Douceur & Cie")
    await press(page, "Enter")
    await reach(page, "Vert Jardin")
    await press(page, "Enter")
    await expect(page).to_have_title(re.compile("Vert Jardin"))
    await page.locator(".companies summary").focus()
    await press(page, "Enter", "Escape")
    await expect(page.get_by_role("button", name="Douceur & Cie")).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_doors_are_accessible(
    town: Town,
    browser: Browser,
    opens: Opens,
    post: PostOffice,
    time: Time,
    scheme: str,
    window: dict[str, int],
) -> None:
    app, _ = await sets_up(await browser(town.victor), time)
    new = await invitation(town, browser, post)
    known = await invitation(town, browser, post, town.victor.email)
    post.mailbox.refuse("550 no such user", "late@example.org")
    await (await browser(town.odile)).post(
        "/settings/operators", {"name": "Late", "email": "late@example.org"}
    )
    await (await browser()).post("/forgotten", {"email": town.odile.email})
    reset = await post.link(town.odile.email, "reset")
    expired = await invitation(town, browser, post, "late2@example.org")
    late = await Token.filter(kind="invitation").order_by("-id").first()
    await Token.filter(id=late.id if late else 0).update(expires_at=time.now)
    look = {"color_scheme": scheme, "viewport": window}
    anybody, odile = await opens(**look), await opens(town.odile, **look)
    victor = await opens(town.victor, **look)
    found = {}
    public = (new, known, reset, "/forgotten", "/forgotten?sent=1", "/login?everywhere=1")
    for path in (*public, expired, "/invited"):
        await anybody.goto(path)
        found[path] = await faults(anybody)
    await anybody.goto(expired)
    await anybody.get_by_role("button", name="Send me a new link").click()
    await expect(anybody.get_by_role("status")).to_be_visible()
    await anybody.goto("/login")
    await press(anybody, town.victor.email, "Tab", PASSWORD, "Enter")
    await expect(anybody.get_by_role("heading", name="Your code")).to_be_visible()
    found["code"] = await faults(anybody)
    await press(anybody, "000", "Enter")
    await expect(anybody.get_by_role("alert")).to_be_visible()
    found["wrong code"] = await faults(anybody)
    for path in ("/settings/operators", f"/settings/operators/{town.oscar.id}/remove", "/account"):
        await odile.goto(path)
        found[path] = await faults(odile)
    time.now += timedelta(seconds=30)
    await victor.goto("/account/codes")
    found["codes"] = await faults(victor)
    await victor.locator("#password").fill(PASSWORD)
    await victor.locator("#code").fill(app.at(time.now))
    await victor.get_by_role("button", name="Make new codes").click()
    await expect(victor.locator(".codes code")).to_have_count(10)
    found["recovery codes"] = await faults(victor)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
