"""Odile's browser runs no JavaScript: every main action works all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from models.tables import Candidate, Decision, Document, JoinLink, Message, Provider
from tests.journeys import applying
from tests.journeys.applying import DECLARATION, DIPLOMA, SIRENE
from tests.journeys.people import Desk, Thumbs, Town

pytestmark = [pytest.mark.browser, pytest.mark.journey]


async def test_an_operator_without_scripts(town: Town, douceur: Provider, tmp_path: Path) -> None:
    link = await JoinLink.get(provider_id=douceur.id)
    amina = await town.thumbs("Amina", link.token)
    await applying.answers(amina)
    await applying.sends_documents(amina, tmp_path)
    await applying.submits(amina)

    odile = await town.desk("Odile", douceur.slug, java_script_enabled=False)
    await finds_her(odile)
    await judges(odile)
    await writes_to_her(odile, amina)
    await decides(town, odile, amina)
    await odile.page.locator("summary", has_text="Odile").click()
    await odile.page.get_by_role("button", name="Se déconnecter").click()
    await expect(odile.page.get_by_role("button", name="Se connecter")).to_be_visible()


async def finds_her(odile: Desk) -> None:
    """By a search and by a filter."""
    search = odile.page.get_by_role("searchbox", name="Chercher un candidat").first
    await search.fill("benali")
    await search.press("Enter")
    await expect(odile.page.get_by_role("link", name="Amina Benali")).to_be_visible()
    await odile.look("found")
    await odile.page.goto("/candidates?q=keller")
    await expect(odile.page.get_by_role("link", name="Amina Benali")).to_be_hidden()
    await odile.opens("Amina Benali")


async def judges(odile: Desk) -> None:
    """Validate, reject, change one's mind, reject again, leave a comment."""
    await odile.validates(SIRENE)
    await odile.validates(DIPLOMA)
    await odile.page.get_by_role("status").get_by_role("button", name="Annuler").click()
    await odile.validates(DIPLOMA)
    await odile.rejects(DECLARATION, "Il manque une page")
    await odile.tab(DECLARATION)
    await odile.page.get_by_label("Ajouter un commentaire").fill("Le verso, sans doute.")
    await odile.page.get_by_role("button", name="Ajouter le commentaire").click()
    await expect(odile.page.get_by_text("Le verso, sans doute.").first).to_be_visible()
    states = dict(await Document.all().values_list("key", "state"))
    assert states == {
        "sirene_notice": "validated",
        "diploma": "validated",
        "sap_declaration": "rejected",
    }


async def writes_to_her(odile: Desk, amina: Thumbs) -> None:
    """A message, delivered in the chat."""
    await odile.tab("Messagerie")
    await odile.page.get_by_label("Votre réponse à Amina").fill("Une page manque.")
    await odile.page.get_by_role("button", name="Envoyer").click()
    await expect(odile.page.get_by_text("Une page manque.")).to_be_visible()
    await amina.hears("Une page manque.")
    assert await Message.all().count() == 1


async def decides(town: Town, odile: Desk, amina: Thumbs) -> None:
    """The preview, a refusal that keeps what was typed, the decision, its mail."""
    await odile.tab("Synthèse")
    await odile.page.get_by_role("radio", name="Accepter").check()
    await odile.page.get_by_label("Commentaire pour").fill("Bravo")
    await odile.page.get_by_role("button", name="Envoyer la décision").click()
    await expect(odile.page.get_by_role("alert")).to_be_visible()
    await odile.look("refused")
    await expect(odile.page.get_by_label("Commentaire pour")).to_have_value("Bravo")
    assert await Decision.all().count() == 0

    await odile.page.get_by_label("Rejeter – demander").check()
    await odile.page.get_by_text("Mail qui partira").click()
    await odile.page.get_by_role("button", name="Voir le mail").click()
    mail = odile.page.frame_locator("iframe[name=mail]")
    await expect(mail.locator("body")).to_contain_text("Il manque une page")
    await odile.look("preview")
    await odile.page.get_by_role("button", name="Envoyer la décision").click()
    await expect(odile.page.locator(".person")).to_contain_text("à Amina de jouer")
    await amina.sees_card("1 élément à donner")
    letter = (await town.smtp.wait_for("amina@example.org", 1, 30))[-1]
    assert "Il manque une page" in letter.text
    assert (await Candidate.get()).status == "to_correct"
