"""A candidate's page in a real browser: keys, viewer, preview, narrow screens, no JavaScript."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import expect

from models import database
from models.tables import Candidate, Decision, Document, DocumentType, Message, Provider
from settings.reading import Settings
from store import room as rooms
from store.room import Room
from store.sealing import Keyring
from tests.factories import NOW
from tests.web.conftest import DESK, PHONE, Opens, Town
from tests.web.people import amina_applies, shows_pages, writes
from tests.web.test_browser import faults
from webhooks.candidate.tabs import FIXED

pytestmark = pytest.mark.browser


@pytest.fixture
async def amina(town: Town, settings: Settings) -> AsyncIterator[Candidate]:
    """Amina has applied, every document with two pages."""
    room = Room(
        settings.storage_url,
        Keyring(dict(settings.encryption_keys)),
        database.refuse_inside_transaction,
    )
    before, rooms._room = rooms._room, room
    amina = await amina_applies(town.douceur)
    for document in await Document.filter(candidate_id=amina.id):
        await shows_pages(document, room)
    yield amina
    rooms._room = before


async def states(amina: Candidate) -> dict[str, str]:
    """State of each document."""
    return dict(await Document.filter(candidate_id=amina.id).values_list("key", "state"))


async def test_a_whole_review_by_the_keyboard(town: Town, amina: Candidate, opens: Opens) -> None:
    page = await opens(town.odile)
    for start in ("/candidates?turn=operator", "/"):
        await page.goto(start)
        await page.keyboard.press("n")
        await expect(page).to_have_url(re.compile(amina.id))
    await page.keyboard.press("o")
    await expect(page).to_have_url(re.compile("tab=sirene_notice"))
    await page.keyboard.press("v")
    await expect(page).to_have_url(re.compile("tab=sap_declaration"))
    await page.keyboard.press("r")
    await page.keyboard.press("2")
    await expect(page.get_by_role("radio").nth(1)).to_be_checked()
    await page.keyboard.press("Control+Enter")
    await expect(page).to_have_url(re.compile("tab=diploma"))
    await page.keyboard.press("u")
    await expect(page).to_have_url(re.compile("tab=sap_declaration"))
    assert await states(amina) == {
        "sirene_notice": "validated",
        "sap_declaration": "to_review",
        "diploma": "to_review",
    }
    await page.keyboard.press("m")
    await expect(page).to_have_url(re.compile("tab=messages"))
    await page.get_by_label("Votre réponse").fill("Bonjour v r n")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("Bonjour v r n")).to_be_visible()
    assert await Message.all().count() == 1


async def test_single_letters_can_be_turned_off(
    town: Town, amina: Candidate, opens: Opens
) -> None:
    await town.odile.update_from_dict({"single_keys": False}).save()
    page = await opens(town.odile)
    await page.goto(f"/candidates/{amina.id}?tab=diploma")
    await page.keyboard.press("v")
    await page.keyboard.press("r")
    await expect(page.locator("details.reject")).not_to_have_attribute("open", "")
    assert (await states(amina))["diploma"] == "to_review"


async def test_pages_turn_and_grow_without_moving_the_rest(
    town: Town, amina: Candidate, opens: Opens
) -> None:
    page = await opens(town.odile)
    await page.goto(f"/candidates/{amina.id}?tab=diploma")
    image = page.locator("[data-page] img").first
    await expect(image).to_have_js_property("complete", True)
    before = await image.bounding_box()
    beside = await page.locator(".beside").bounding_box()
    await page.get_by_role("button", name="Tourner à droite").click()
    turned = await image.bounding_box()
    assert before
    assert turned
    assert turned["width"] > turned["height"], "lying down"
    await page.get_by_role("button", name="Tourner à gauche").click()
    await page.get_by_role("button", name="Agrandir").click()
    larger = await image.bounding_box()
    assert larger
    assert larger["width"] > before["width"] * 1.2
    assert await page.locator(".beside").bounding_box() == beside


async def test_refusing_puts_the_cursor_on_the_first_reason_and_ticks_nothing(
    town: Town, amina: Candidate, opens: Opens
) -> None:
    page = await opens(town.odile)
    await page.goto(f"/candidates/{amina.id}?tab=diploma")
    top = await page.locator(".person").bounding_box()
    await page.keyboard.press("r")
    reasons = page.locator("[data-reasons] [name=reason_key]")
    await expect(reasons.first).to_be_focused()
    await expect(reasons.first).not_to_be_checked()
    await page.keyboard.press("2")
    await expect(reasons.nth(1)).to_be_checked()
    assert await page.locator(".person").bounding_box() == top, "nothing moved under the hand"


async def test_the_next_document_is_opened_from_the_summary_by_keys(
    town: Town, amina: Candidate, opens: Opens
) -> None:
    page = await opens(town.odile)
    await page.goto(f"/candidates/{amina.id}")
    await page.keyboard.press("j")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("tab=sirene_notice"))


async def test_the_decision_is_reached_and_sent_by_keys(
    town: Town, amina: Candidate, opens: Opens
) -> None:
    page = await opens(town.odile)
    await page.goto(f"/candidates/{amina.id}?tab=diploma")
    await page.keyboard.press("d")
    await expect(page).to_have_url(re.compile("tab=summary"))
    await page.keyboard.press("d")
    first = page.get_by_label("Accepter", exact=True)
    await expect(first).to_be_focused()
    await expect(first).not_to_be_checked()
    await page.keyboard.press("ArrowDown")
    await expect(page.get_by_label("Rejeter – demander des corrections")).to_be_checked()
    await page.get_by_label("Commentaire pour Amina").focus()
    await page.keyboard.type("Il manque la page deux.")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("décidé par Odile")).to_be_visible()
    await page.keyboard.press("u")
    await expect(page.get_by_text("décidé par Odile")).to_have_count(0)
    assert (await Decision.get(candidate_id=amina.id)).state == "undone"


async def test_the_mail_is_previewed_as_the_form_changes(
    town: Town, amina: Candidate, opens: Opens
) -> None:
    page = await opens(town.odile)
    await page.goto(f"/candidates/{amina.id}")
    await page.get_by_label("Rejeter – demander des corrections").check()
    await page.get_by_text("Mail qui partira").click()
    mail = page.frame_locator("iframe[name=mail]")
    await expect(mail.get_by_text("Bonjour Amina")).to_be_visible()
    await page.get_by_label("Commentaire pour Amina").fill("Il manque la page deux.")
    await expect(mail.get_by_text("Il manque la page deux.")).to_be_visible()
    await expect(page.get_by_label("Commentaire pour Amina")).to_be_focused()


async def test_everything_works_without_javascript(
    town: Town, amina: Candidate, opens: Opens
) -> None:
    page = await opens(town.odile, java_script_enabled=False)
    await page.goto(f"/candidates/{amina.id}?tab=diploma")
    await expect(page.locator("[data-page]")).to_have_count(2)
    await page.get_by_role("button", name="Valider").click()
    await page.goto(f"/candidates/{amina.id}")
    await page.get_by_label("Rejeter et supprimer").check()
    await page.get_by_text("Mail qui partira").click()
    await page.get_by_role("button", name="Voir le mail").click()
    await expect(page.frame_locator("iframe[name=mail]").locator("body")).to_contain_text("Amina")
    await page.get_by_role("button", name="Envoyer la décision").click()
    await page.get_by_role("button", name="Annuler").click()
    await expect(page.get_by_role("button", name="Envoyer la décision")).to_be_visible()


async def test_no_tab_is_wider_than_a_phone(town: Town, amina: Candidate, opens: Opens) -> None:
    page = await opens(town.odile, viewport=PHONE)
    for tab in ("summary", "infos", "sap_declaration", "messages", "history"):
        await page.goto(f"/candidates/{amina.id}?tab={tab}")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert await page.evaluate(wide) <= 0, tab


async def test_a_refusal_is_what_is_read_first(town: Town, amina: Candidate, opens: Opens) -> None:
    odile, oscar = await opens(town.odile), await opens(town.oscar)
    await odile.goto(f"/candidates/{amina.id}?tab=diploma")
    await oscar.goto(f"/candidates/{amina.id}?tab=diploma")
    await oscar.keyboard.press("v")
    await expect(oscar).to_have_url(re.compile("done=diploma"))
    await odile.bring_to_front()
    await odile.keyboard.press("r")
    await odile.keyboard.press("1")
    await odile.keyboard.press("Control+Enter")
    refusal = odile.get_by_role("alert")
    await expect(refusal).to_contain_text("Oscar a modifié cette candidature")
    await expect(refusal).to_be_focused()
    await expect(odile.get_by_role("radio").first).to_be_checked()


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_every_tab_and_state_is_accessible(
    town: Town, amina: Candidate, opens: Opens, scheme: str, window: dict[str, int]
) -> None:
    await DocumentType.filter(key="diploma").update(asks_expiry=True)
    await Document.filter(candidate_id=amina.id, key="sap_declaration").update(
        state="rejected", reason="Floue", reviewed_at=NOW, reviewed_by_id=town.oscar.id
    )
    await writes(amina, "Bonjour ?")
    base = f"/candidates/{amina.id}"
    paths = [f"{base}?tab={tab}" for tab in (*FIXED, "sap_declaration", "diploma")]
    for status in ("incomplete", "accepted", "binned"):
        other = await amina_applies(town.douceur, status, name=f"Bruno {status}")
        paths.append(f"/candidates/{other.id}")
    await Candidate.filter(status="binned").update(binned_at=NOW, erase_at=NOW)
    await Provider.filter(id=town.douceur.id).update(counting_since=None, deletion_days=3)
    page = await opens(town.odile, color_scheme=scheme, viewport=window)
    found = {}
    for path in paths:
        await page.goto(path)
        await page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        if await page.locator("[value=reject]").count():
            await page.check("[value=reject]")
        await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        found[path] = await faults(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


async def test_a_double_click_decides_once(town: Town, amina: Candidate, opens: Opens) -> None:
    page = await opens(town.odile)
    await page.goto(f"/candidates/{amina.id}")
    await page.get_by_label("Rejeter et supprimer").check()
    await page.get_by_role("button", name="Envoyer la décision").dblclick()
    await expect(page.get_by_role("button", name="Envoyer maintenant")).to_be_visible()
    await expect(page.get_by_role("alert")).to_have_count(0)
    assert await Decision.all().count() == 1
