"""The pages around the personal link in a real browser: accessible in every state, by keyboard."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import expect

from actions.deeds import Actor
from actions.logos import keep_logo
from models.tables import Bot, Candidate, Operator, Provider
from rules.vocabulary import ActorKind
from store.room import Room
from tests.factories import NOW, a_candidate
from tests.web.conftest import DESK, PHONE, Opens, Town
from tests.web.test_browser import faults

pytestmark = pytest.mark.browser
JOIN = "/settings/ecommerce/join"
OWN, OLD = "b" * 16, "c" * 16


@pytest.fixture
async def full(town: Town, room: Room) -> Town:
    """Places with figures, a logo, an own bot that Telegram refuses, one that was taken back."""
    await Operator.all().update(language="en")
    places = [{"key": "flyer", "name": "Flyer"}, {"key": "town-hall", "name": "Town hall"}]
    await Provider.filter(id=town.douceur.id).update(source_tags=places)
    for number in range(3):
        await a_candidate(town.douceur, f"Amina {number}", "submitted", source="flyer")
    await a_candidate(town.douceur, "Bruno K", "accepted", source="gone")
    out = BytesIO()
    Image.new("RGB", (400, 200), "#cc3300").save(out, "PNG")
    odile = Actor(ActorKind.OPERATOR, town.odile.id, "Odile")
    await keep_logo(town.douceur.id, out.getvalue(), 1, odile, NOW)
    own = {"provider_id": town.douceur.id, "token": "k1.x", "disconnected_at": NOW}
    await Bot.create(id=OWN, telegram_id=7, username="douceur_bot", **own)
    gone = {"provider_id": town.douceur.id, "retired_at": NOW}
    await Bot.create(id=OLD, telegram_id=8, username="old_bot", **gone)
    await Candidate.filter(first_name="Amina").update(bot_id=OWN)
    await Candidate.filter(first_name="Bruno").update(bot_id=OLD)
    return town


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_every_state_is_accessible(
    full: Town, opens: Opens, scheme: str, window: dict[str, int]
) -> None:
    page = await opens(full.odile, color_scheme=scheme, viewport=window)
    found = {}
    for path in (
        "/",
        f"{JOIN}?s=flyer&added=1",
        "/settings/company",
        "/settings/bot",
        f"/settings/bot/{OWN}/back",
        "/settings/journal?kind=settings&who=system",
        "/join/douceur-cie?s=flyer",
    ):
        await page.goto(path)
        found[path] = await faults(page)
    await Bot.filter(id=OWN).update(disconnected_at=None)
    await page.goto("/settings/bot")
    await page.get_by_text("Give a new token, or connect another bot").click()
    found["connected"] = await faults(page)
    await Bot.filter(id=OWN).delete()
    await page.goto("/settings/bot")
    found["shared"] = await faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("script", [True, False], ids=["with", "without JavaScript"])
async def test_places_are_kept_by_keyboard_alone(full: Town, opens: Opens, script: bool) -> None:
    page = await opens(full.odile, java_script_enabled=script)
    await page.goto(JOIN)
    place = page.get_by_label("A new place")
    await place.focus()
    await page.keyboard.type("flyer")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("“flyer” is in the list already.")).to_be_visible()
    await expect(place).to_be_focused()
    await expect(place).to_have_value("flyer")
    await place.fill("Christmas market")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"\?s=christmas-market&added=1$"))
    await expect(page.get_by_label("Sign-up page")).to_have_value(re.compile("s=christmas-market"))
    await page.get_by_role("button", name="Remove “Christmas market”").press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Removed.")
    tags = (await Provider.get(id=full.douceur.id)).source_tags
    assert [tag["key"] for tag in tags or ()] == ["flyer", "town-hall"]


async def test_the_logo_stands_beside_the_name(full: Town, opens: Opens) -> None:
    page = await opens()
    await page.goto("/join/douceur-cie")
    logo = page.locator("header img.logo")
    await expect(logo).to_be_visible()
    assert await logo.evaluate("one => one.naturalWidth") == 400
    await expect(page.locator("header")).to_contain_text("Douceur & Cie")


@pytest.mark.parametrize(
    "payload", ["<img src=x onerror=alert(1)>", '"><script>alert(1)</script>']
)
async def test_a_place_is_text_and_nothing_else(full: Town, opens: Opens, payload: str) -> None:
    await Provider.filter(id=full.douceur.id).update(
        source_tags=[{"key": "flyer", "name": payload}]
    )
    page = await opens(full.odile)
    opened: list[str] = []
    page.on("dialog", lambda dialog: opened.append(dialog.message))
    for path in ("/", f"{JOIN}?s=flyer"):
        await page.goto(path)
        await expect(page.get_by_text(payload).first).to_be_attached()
    assert opened == []
