"""Amina, from the link to the open space; Bruno, to the bin; Victor, who must see neither."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from models.tables import Candidate, Event, JoinLink, Notice, Provider, Tombstone
from tests import specimens
from tests.journeys import applying
from tests.journeys.applying import DECLARATION, DIPLOMA, SIRENE
from tests.journeys.people import DESK, PHONE, Desk, Phone, Town

pytestmark = [pytest.mark.browser, pytest.mark.journey]
AMINA, BRUNO = "amina@example.org", "bruno@example.org"


async def test_a_whole_application(town: Town, douceur: Provider, tmp_path: Path) -> None:
    link = await JoinLink.get(provider_id=douceur.id)
    amina = await town.phone("Amina", "Benali", link.token)
    await applying.answers(amina)
    await applying.sends_documents(amina, tmp_path)
    await applying.submits(amina)

    odile = await town.desk("Odile", douceur.slug)
    await asks_for_a_correction(odile)
    await hears_what_to_correct(town, amina)
    await corrects(amina, tmp_path)
    await accepts(odile)
    await activates(town, amina)
    await accepts_once_more(town, odile, amina)
    await reads_the_journal(odile)

    bruno = await town.thumbs("Bruno", link.token)
    await bruno.hears("Bienvenue")
    await bruno.presses("Commencer", then="Prénom")
    await bruno.writes("Bruno", then="Nom")
    await bruno.writes("Keller", then="Adresse e-mail")
    await bruno.writes(BRUNO, then="statut")
    await rejects_for_good(town, odile)
    await bruno.hears("nous ne pouvons pas l’accepter")
    await finds_nothing(town, odile)
    await erases(odile)


async def asks_for_a_correction(odile: Desk) -> None:
    """Two documents are good, one is not; the application goes back."""
    await odile.opens("Amina Benali")
    await odile.validates(SIRENE)
    await odile.rejects(DECLARATION, "Illisible")
    await odile.validates(DIPLOMA)
    await odile.decides("Rejeter – demander des corrections", "Merci, il ne manque presque rien.")
    await expect(odile.page.locator(".person")).to_contain_text("à Amina de jouer")


async def hears_what_to_correct(town: Town, amina: Phone) -> None:
    """The same news by mail and in the chat, with the reason."""
    letter = (await town.smtp.wait_for(AMINA, 1, 30))[-1]
    assert "ce qu’il faut corriger" in letter.subject
    for part in (letter.text, letter.html):
        assert DECLARATION in part
        assert "Illisible" in part
        assert "il ne manque presque rien" in part
        assert DIPLOMA not in part
    assert letter.addresses("Reply-To") == ["contact@douceur.example"]
    assert f"{town.telegram}/t.me/{town.bot}?start=" in letter.text
    await amina.hears("Quelques points sont à corriger")
    await amina.hears("Illisible")


async def corrects(amina: Phone, folder: Path) -> None:
    """From the card, and then the whole is sent again."""
    await amina.sees_card("1 élément à donner")
    await amina.card.get_by_role("button", name="Déclaration").click()
    await amina.hears("Ce que vous avez envoyé a été refusé")
    await amina.sends_photos(specimens.jpeg(folder, "net.jpg"), then="Reçu, 1 page")
    await amina.sees_card("vous pouvez envoyer votre candidature")
    await applying.submits(amina)


async def accepts(odile: Desk) -> None:
    """The new version is good, and so is the whole."""
    await odile.opens("Amina Benali")
    await odile.tab(DECLARATION)
    await expect(odile.page.locator("summary", has_text="Version 1")).to_contain_text("refusé")
    await odile.validates(DECLARATION, expires="2031-12-31")
    await odile.decides("Accepter", "Bienvenue parmi nous !")
    await expect(odile.page.locator(".person")).to_contain_text("compte pas encore confirmé")


async def activates(town: Town, amina: Phone) -> None:
    """The link shows a button, which a scanner does not press; Amina does."""
    await amina.hears("votre candidature est acceptée")
    await amina.sees_card("Votre espace est ouvert")
    letter = (await town.smtp.wait_for(AMINA, 2, 30))[-1]
    assert "activez votre compte" in letter.subject
    found = re.search(rf"{re.escape(town.panel)}/activate/\S+", letter.text)
    assert found is not None
    page = await town.browser(town.panel, viewport=PHONE)
    for _ in range(2):
        assert (await page.request.get(found[0])).ok
    await page.goto(found[0])
    assert not (await Candidate.get(first_name="Amina")).account_confirmed_at
    await page.get_by_role("button", name="Activer mon compte").click()
    await expect(page.get_by_text("Votre compte est activé")).to_be_visible()
    await amina.hears("Votre compte est activé. Bienvenue !")
    assert (await Candidate.get(first_name="Amina")).account_confirmed_at


async def accepts_once_more(town: Town, odile: Desk, amina: Phone) -> None:
    """Nobody is asked twice to activate one account: the chat says it, no mail does."""
    await odile.opens("Amina Benali")
    await odile.decides("Accepter")
    await amina.hears("votre candidature est acceptée")
    assert await Event.filter(kind="accepted").count() == 2
    assert await Notice.filter(kind="activation").count() == 1, "nothing more is owed"
    assert not await Notice.filter(channel="mail", state="owed").exists()
    assert len(town.smtp.for_(AMINA)) == 2


JOURNAL = [
    ("Amina Benali", "inscription", ""),
    ("Amina Benali", "notice de confidentialité montrée", "langue français"),
    ("Amina Benali", "réponse donnée – Adresse e-mail", "amina@example.org"),
    ("Amina Benali", "réponse donnée – Numéro SIRET", "732 829 320 00074"),
    ("Amina Benali", f"pièce ajoutée – {SIRENE}", ""),
    ("Amina Benali", f"pièce ajoutée – {DECLARATION}", "fichiers 2"),
    ("Amina Benali", f"pièce ajoutée – {DIPLOMA}", "fichier diploma.pdf"),
    ("Amina Benali", "candidature déposée", "statut incomplète → déposée"),
    ("Odile", f"pièce validée – {SIRENE}", "état à valider → validé"),
    ("Odile", f"pièce refusée – {DECLARATION}", "motif Illisible ou coupé"),
    ("Odile", f"pièce validée – {DIPLOMA}", "état à valider → validé"),
    ("Odile", "décision prise", "décision demander des corrections"),
    ("Odile", "candidature à corriger", "statut déposée → à corriger"),
    ("Antichambre", "mail envoyé", "lettre Candidature à corriger"),
    ("Amina Benali", f"pièce remplacée – {DECLARATION}", "version 1 → 2"),
    ("Antichambre", f"fichier contrôlé – {DECLARATION}", "version 2"),
    ("Amina Benali", "candidature déposée", "statut à corriger → déposée"),
    ("Odile", f"pièce validée – {DECLARATION}", "échéance 31/12/2031"),
    ("Odile", "décision prise", "décision accepter"),
    ("Odile", "candidature acceptée", "statut déposée → acceptée"),
    ("Antichambre", "mail envoyé", "lettre Activation du compte"),
    ("Amina Benali", "compte confirmé", ""),
    ("Odile", "décision prise", "décision accepter"),
    ("Odile", "candidature acceptée", ""),
]
"""Who, what, and (part of) before and after, oldest first; other lines come between."""


async def reads_the_journal(odile: Desk) -> None:
    """Who, when, what, before and after, of every step."""
    await odile.opens("Amina Benali")
    await odile.tab("Historique")
    lines = []
    for row in await odile.page.locator("table.journal tbody tr").all():
        texts = [" ".join(text.split()) for text in await row.locator("td").all_inner_texts()]
        assert await row.locator("time[datetime]").count() == 1
        lines.append(texts[1:])
    lines.reverse()
    left = iter(lines)
    for who, what, change in JOURNAL:
        found = any(one[:2] == [who, what] and change in one[2] for one in left)
        assert found, f"{who}, {what}, {change}, in this order, in {lines}"


async def rejects_for_good(town: Town, odile: Desk) -> None:
    """Into the bin, with a last mail."""
    await odile.opens("Bruno Keller")
    await odile.decides("Rejeter et supprimer")
    await expect(odile.page.locator(".person")).to_contain_text("Dans la corbeille")
    letter = (await town.smtp.wait_for(BRUNO, 1, 30))[-1]
    assert "la réponse à votre candidature" in letter.subject


async def finds_nothing(town: Town, odile: Desk) -> None:
    """Victor, at every address that Odile's browser used, with the same body."""
    victor = await town.desk("Victor", "vert-jardin", viewport=DESK)
    events = await Event.all().count()
    asked = [one for one in dict.fromkeys(odile.sent) if one.path != "/login"]
    assert sum(one.of_a_candidate for one in asked) > 20
    for one in asked:
        answer = await victor.page.request.fetch(
            one.path,
            method=one.method,
            data=one.body,
            max_redirects=0,
            headers={
                "Origin": town.panel,
                "Sec-Fetch-Site": "same-origin",
                "Content-Type": "application/x-www-form-urlencoded",
            },
        )
        body = await answer.text() if "text" in answer.headers.get("content-type", "") else ""
        if one.of_a_candidate:
            assert answer.status == 404, one
        for name in ("Amina", "Benali", "Bruno", "Keller"):
            assert name not in body, one
    assert await Event.all().count() == events


async def erases(odile: Desk) -> None:
    """Nothing stays of Bruno but an anonymous line."""
    await odile.page.get_by_text("Effacer maintenant…").click()
    await odile.look("erase")
    await odile.page.get_by_role("button", name="Effacer Bruno Keller pour de bon").click()
    await expect(odile.page.get_by_role("link", name="Candidats")).to_be_visible()
    await odile.look("erased")
    assert await Tombstone.all().count() == 1
    assert await Candidate.filter(first_name="Bruno").count() == 0
