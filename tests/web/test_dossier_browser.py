"""The dossier's editor in a browser: accessible, by keyboard alone, with scripts and without."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from actions import requirements as deeds
from actions.deeds import Actor
from models.tables import Operator, Provider
from rules.vocabulary import ActorKind
from tests.factories import NOW, a_candidate, an_operator
from tests.web.conftest import DESK, PHONE, Opens, Town
from tests.web.dossier import HOME, draft_of, keys
from tests.web.test_browser import faults
from tests.web.test_dossier_form import EVIL

pytestmark = pytest.mark.browser
PATHS = (
    "",
    "?shown=employee:en&done=archived&moved=phone&way=up",
    "/add",
    "/add?q=zzzz",
    "/add?stage=admitted&added=iban",
    *(f"/new?kind={kind}" for kind in ("choice", "number", "date", "yes_no", "document")),
    *(f"/items/{key}" for key in ("first_name", "work_status", "speaks_french")),
    *(f"/items/{key}" for key in ("may_work_in_france", "identity_document", "iban")),
    "/publish",
)


@pytest.fixture
async def full(town: Town) -> Town:
    """A draft with something of everything, read in English; two people are applying."""
    await Operator.all().update(language="en")
    await a_candidate(town.douceur, "Amina Benali")
    await a_candidate(town.douceur, "Bruno Keller", "to_correct")
    odile = Actor(ActorKind.OPERATOR, town.odile.id, "Octave")
    for operation in (
        lambda draft: draft.add_from_catalogue("identity_document"),
        lambda draft: draft.add_from_catalogue("residence_permit"),
        lambda draft: draft.add_from_catalogue("iban").edit("iban", stage="application"),
        lambda draft: draft.archive("cv"),
        lambda draft: draft.move("siret", "up"),
        lambda draft: draft.edit("diploma", label={"fr": "Titre"}, required=True),
        lambda draft: draft.add_own_field("x" * 16, "text", {"fr": EVIL[0] + EVIL[1]}),
    ):
        version = (await draft_of(town.douceur)).version
        await deeds.edit_draft(town.douceur.id, version, operation, odile, NOW)
    return town


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_every_page_is_accessible(
    full: Town, opens: Opens, scheme: str, window: dict[str, int]
) -> None:
    page = await opens(full.odile, color_scheme=scheme, viewport=window)
    found: dict[str, list[str]] = {}
    for path in PATHS:
        await page.goto(HOME + path)
        found[path] = await faults(page)
    await _seldom(page, full, found)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


async def _seldom(page: Page, full: Town, found: dict[str, list[str]]) -> None:
    """What is only seen after a press: errors, a legal note, a conflict, the results."""
    save = page.get_by_role("button", name="Save in the draft")
    await page.goto(f"{HOME}/new?kind=choice")
    await save.click()
    found["errors"] = await faults(page)
    await page.get_by_label("Question in English").fill("Nationality")
    for place, words in enumerate(("French", "Other")):
        await page.get_by_label("Words in English").nth(place).fill(words)
    await save.click()
    await expect(page.get_by_text("Please read this before you go on")).to_be_visible()
    found["legal note"] = await faults(page)
    await page.goto(f"{HOME}/items/diploma")
    odile = Actor(ActorKind.OPERATOR, full.odile.id, "Octave")
    version = (await draft_of(full.douceur)).version
    await deeds.edit_draft(
        full.douceur.id,
        version,
        lambda draft: draft.edit("diploma", max_pages=3),
        odile,
        NOW,
    )
    await save.click()
    await expect(page.get_by_text("Octave changed these requirements")).to_be_visible()
    found["conflict"] = await faults(page)
    await page.goto(f"{HOME}/publish")
    await page.get_by_role("checkbox").check()
    await page.get_by_role("button", name="Publish").click()
    await expect(page.get_by_role("heading", name="Published")).to_be_visible()
    found["published"] = await faults(page)
    await page.goto(HOME)
    await expect(page.get_by_text("2 applications in course follow older")).to_be_visible()
    found["behind"] = await faults(page)


async def test_the_list_is_reordered_by_keyboard(full: Town, opens: Opens) -> None:
    before = await keys(full.douceur)
    page = await opens(full.odile)
    await page.goto(HOME)
    await page.get_by_role("link", name="Telephone", exact=True).focus()
    await page.keyboard.press("Tab")
    place = before.index("phone")
    up = page.get_by_role("button", name="Move up: Telephone")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    await expect(up).to_be_focused()
    assert (await keys(full.douceur)).index("phone") == place - 1
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Move down: Telephone")).to_be_focused()


async def test_at_the_end_of_its_way_the_focus_turns_round(full: Town, opens: Opens) -> None:
    page = await opens(full.odile)
    await page.goto(HOME)
    mates = await page.locator("[data-group]").first.locator("[data-item]").count()
    up = page.get_by_role("button", name="Move up: Telephone")
    for _ in range(mates):
        if await up.is_disabled():
            break
        async with page.expect_navigation():
            await up.press("Enter")
    await expect(up).to_be_disabled()
    await expect(page.get_by_role("button", name="Move down: Telephone")).to_be_focused()


async def test_a_form_is_filled_by_keyboard(full: Town, opens: Opens) -> None:
    page = await opens(full.odile)
    await page.goto(f"{HOME}/new?kind=yes_no")
    await expect(page.get_by_label("Question in English")).to_be_focused()
    await page.keyboard.type("Do you have a ladder?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_contain_text("Kept in your draft")
    await expect(page.get_by_text("Do you have a ladder?").first).to_be_visible()
    labels = [one.label for one in (await draft_of(full.douceur)).draft.fields]
    assert {"en": "Do you have a ladder?"} in labels


async def test_an_error_takes_the_focus_and_nothing_is_lost(full: Town, opens: Opens) -> None:
    page = await opens(full.odile)
    await page.goto(f"{HOME}/new?kind=document")
    await page.get_by_label("Name of the document in English").fill("Ladder licence")
    await page.get_by_label("Pages at most").fill("many")
    await page.get_by_role("button", name="Save in the draft").click()
    wrong = page.get_by_label("Pages at most")
    await expect(wrong).to_be_focused()
    await expect(wrong).to_have_value("many")
    await expect(page.get_by_label("Name of the document in English")).to_have_value(
        "Ladder licence"
    )


async def test_without_scripts_everything_is_there(full: Town, opens: Opens) -> None:
    page = await opens(full.odile, java_script_enabled=False)
    await page.goto(f"{HOME}/new?kind=choice")
    await page.get_by_label("Question in English").fill("Your ladder")
    for place, words in enumerate(("Short", "Long")):
        await page.get_by_label("Words in English").nth(place).fill(words)
    await page.get_by_role("button", name="Another choice").click()
    await expect(page.get_by_label("Words in French").nth(2)).to_be_focused()
    await page.get_by_label("Words in English").nth(2).fill("None")
    await page.get_by_role("button", name="Higher").nth(2).click()
    await page.get_by_role("button", name="Remove: Short").click()
    question = page.get_by_label("Asked only of those who answered something before")
    await question.select_option(label="May you work in France?")
    await page.get_by_role("button", name="Show its answers").click()
    await (
        page.get_by_role("group", name="Asked if they answered")
        .get_by_label("Yes, I have a permit")
        .check()
    )
    await page.get_by_role("button", name="EN", exact=True).click()
    chat = page.get_by_role("region", name="The chat as a candidate sees it")
    await expect(chat).to_contain_text("Your ladder")
    await expect(chat.locator(".chat-keys").nth(0)).to_have_text("None")
    await expect(chat.locator(".chat-keys").nth(1)).to_have_text("Long")
    await page.get_by_role("button", name="Save in the draft").click()
    row = page.get_by_role("listitem").filter(has_text="Your ladder")
    await expect(row).to_contain_text("only if: May you work in France? Yes, I have a permit")
    await row.get_by_role("button", name="Ask no more").click()
    await expect(page.get_by_text("Your ladder")).to_have_count(0)


async def test_the_chat_follows_the_typing(full: Town, opens: Opens) -> None:
    page = await opens(full.odile)
    await page.goto(f"{HOME}/items/phone?shown=independent:en")
    chat = page.get_by_role("region", name="The chat as a candidate sees it")
    await page.get_by_label("Question in English").fill(f"Your number {EVIL[1]}")
    await expect(chat).to_contain_text(f"Your number {EVIL[1]}")
    await page.get_by_label("Employees only").check()
    await expect(chat).to_contain_text("never asked this")
    entry = (await draft_of(full.douceur)).draft.entry("phone")
    assert (entry.label["en"], entry.statuses) == ("Telephone", ())


async def test_an_item_is_dragged_to_another_place(full: Town, opens: Opens) -> None:
    page = await opens(full.odile)
    await page.goto(HOME)
    before = await keys(full.douceur)
    await page.locator("#item-availability").drag_to(page.locator("#item-phone"))
    await expect(page.locator("#item-availability.moved")).to_be_visible()
    after = await keys(full.douceur)
    assert after.index("availability") == before.index("phone")
    assert sorted(after) == sorted(before)


async def test_a_document_is_not_dropped_among_questions(full: Town, opens: Opens) -> None:
    page = await opens(full.odile)
    await page.goto(HOME)
    before = await keys(full.douceur)
    await page.locator("#item-diploma").drag_to(page.locator("#item-phone"))
    await page.wait_for_timeout(300)
    assert await keys(full.douceur) == before


async def test_another_admin_sees_who_composes(full: Town, opens: Opens) -> None:
    octave = await an_operator(full.douceur, "Olga")
    await Operator.all().update(language="en")
    await Provider.filter(id=full.douceur.id).update(colour="#ffe600")
    page = await opens(octave)
    await page.goto(HOME)
    await expect(page.get_by_text("Last change by Octave.")).to_be_visible()
