"""Odile composes what Douceur & Cie asks; candidates are asked exactly that, old ones and new."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from models.tables import Answer, Candidate, JoinLink, Provider
from tests import specimens
from tests.journeys.people import Candidate as Person
from tests.journeys.people import Desk, Town

pytestmark = [pytest.mark.browser, pytest.mark.journey]
HOME = "/settings/recruitment/dossier"
NO_MORE = (
    "phone postal_code activities availability siret may_work_in_france sirene_notice "
    "sap_declaration diploma work_certificates training_certificate cv"
)
CAR, VACUUM = "Avez-vous une voiture pour venir ?", "Avez-vous un aspirateur ?"
PICTURE = "Photo de votre aspirateur"


async def test_a_provider_makes_its_own_rules(
    town: Town, douceur: Provider, tmp_path: Path
) -> None:
    link = await JoinLink.get(provider_id=douceur.id)
    odile = await town.desk("Odile", douceur.slug)
    await takes_out_what_she_does_not_need(odile)
    await adds_from_the_catalogue(odile, "driving_licence", "permis de conduire")
    await asks_about_a_vacuum_cleaner(odile)
    await asks_employees_for_their_size(odile)
    await asks_for_a_picture_of_it(odile)
    await sees_both_chats(odile)
    await publishes(odile)

    amina = await town.phone("Amina", "Benali", link.token)
    await begins(amina, "Amina", "Indépendant", total=7)
    await is_asked_as_an_independent(amina, tmp_path)
    bruno = await town.thumbs("Bruno", link.token)
    await begins(bruno, "Bruno", "Salarié", total=8)
    await is_asked_as_an_employee(bruno)

    await adds_from_the_catalogue(odile, "car", "voiture")
    await publishes(odile, running="Seulement les nouvelles")
    await amina.sees_card("vous pouvez envoyer votre candidature")
    dina = await town.thumbs("Dina", link.token)
    await begins(dina, "Dina", "Indépendant", total=8)
    await dina.presses("Oui", then="7/8 · Avez-vous un aspirateur ?")
    await dina.presses("Non", then=f"8/8 · {CAR}")

    await adds_from_the_catalogue(odile, "postal_code", "Code postal")
    await publishes(odile, running="Demander aussi à ces 2 personnes", asked=2)
    await amina.sees_card("2 éléments à donner")
    await amina.presses("Continuer", then=CAR)
    await amina.presses("Non", then="Code postal")
    await amina.writes("69003", then="Tout est là")
    await amina.presses("Envoyer ma candidature", then="Votre candidature est envoyée")
    await nobody_else_was_touched()


async def takes_out_what_she_does_not_need(odile: Desk) -> None:
    """One press each; nothing is lost: it is below the list."""
    await odile.page.goto(HOME)
    for key in NO_MORE.split():
        row = odile.page.locator(f"#item-{key}")
        await row.get_by_role("button", name="Ne plus demander").click()
        await expect(odile.page.get_by_role("status")).to_contain_text("plus demandé")
        await expect(row).to_be_hidden()
    await expect(odile.page.get_by_text("12 éléments que vous ne demandez plus")).to_be_visible()
    await odile.look("taken out")


async def adds_from_the_catalogue(odile: Desk, key: str, word: str) -> None:
    """By the search; what was taken out comes back as it was."""
    await odile.page.goto(HOME)
    await odile.page.get_by_role("link", name="Ajouter quelque chose").click()
    await odile.page.get_by_label("Chercher dans le catalogue").fill(word)
    await odile.page.keyboard.press("Enter")
    offer = odile.page.locator(f"#offer-{key}")
    await expect(offer.get_by_text("vérifier avant de")).to_be_visible()
    await offer.get_by_role("button").click()
    await expect(odile.page.get_by_role("status")).to_contain_text("dans votre brouillon")
    await odile.look(f"added {key}")


async def begins_own(odile: Desk, kind: str) -> None:
    await odile.page.goto(f"{HOME}/add")
    await odile.page.locator(".kinds").get_by_role("link", name=kind).click()


async def keeps(odile: Desk) -> None:
    await odile.page.get_by_role("button", name="Enregistrer dans le brouillon").click()
    await expect(odile.page.get_by_role("status")).to_contain_text("C’est dans votre brouillon")


async def asks_about_a_vacuum_cleaner(odile: Desk) -> None:
    """A question of her own; the chat beside it follows what she types."""
    await begins_own(odile, "Oui ou non")
    await odile.page.get_by_label("Question en français").fill(VACUUM)
    await expect(chat(odile)).to_contain_text(VACUUM)
    await expect(chat(odile)).to_contain_text("Oui")
    await odile.look("typed")
    await keeps(odile)


async def asks_employees_for_their_size(odile: Desk) -> None:
    """Another one, for employees only."""
    await begins_own(odile, "Un choix")
    await odile.page.get_by_label("Question en français").fill("Votre taille de tenue")
    for place, size in enumerate(("Petite", "Moyenne")):
        await odile.page.get_by_label("Texte en français").nth(place).fill(size)
    await odile.page.get_by_role("button", name="Un autre choix").click()
    await odile.page.get_by_label("Texte en français").nth(2).fill("Grande")
    await odile.page.get_by_label("Salariés seulement").check()
    await expect(chat(odile)).to_contain_text("On ne le demande jamais à ce candidat")
    await keeps(odile)


async def asks_for_a_picture_of_it(odile: Desk) -> None:
    """A document of her own, of those who answered yes."""
    await begins_own(odile, "Pièce")
    await odile.page.get_by_label("Nom de la pièce en français").fill(PICTURE)
    question = odile.page.get_by_label("Demander seulement selon une réponse précédente")
    await question.select_option(label=VACUUM)
    await (
        odile.page.get_by_role("group", name="Demandé si la réponse est")
        .get_by_label("Oui")
        .check()
    )
    await odile.look("condition")
    await keeps(odile)
    row = odile.page.get_by_role("listitem").filter(has_text=PICTURE)
    await expect(row).to_contain_text(f"seulement si : {VACUUM} Oui")


async def sees_both_chats(odile: Desk) -> None:
    """As each of them will meet it, before anybody does."""
    await expect(chat(odile)).to_contain_text(f"8/8 · {PICTURE}")
    await expect(chat(odile)).not_to_contain_text("Votre taille de tenue")
    await odile.page.get_by_role("link", name="Salarié", exact=True).click()
    await expect(chat(odile)).to_contain_text("8/9 · Votre taille de tenue")
    await expect(chat(odile)).not_to_contain_text("SIRENE")
    await odile.look("both chats")


def chat(odile: Desk) -> Locator:
    """The chat beside the editor."""
    return odile.page.get_by_role("region", name="La conversation telle qu’un candidat la voit")


async def publishes(odile: Desk, running: str = "", asked: int = 0) -> None:
    """After having seen what it does."""
    await odile.page.goto(HOME)
    await odile.page.get_by_role("link", name="Voir et publier").click()
    if running:
        await odile.page.get_by_label(running).check()
    else:
        await expect(odile.page.get_by_text("Personne ne postule en ce moment")).to_be_visible()
    await odile.look("publish")
    await odile.page.get_by_role("button", name="Publier").click()
    await expect(odile.page.get_by_role("heading", level=1)).to_have_text("C’est publié")
    if asked:
        said = odile.page.get_by_text(f"{asked} personnes reçoivent ce qui est nouveau")
        await expect(said).to_be_visible()
    await odile.look("published")


async def begins(person: Person, name: str, status: str, total: int) -> None:
    """Sign up and answer up to the driving licence, the first thing that Odile added."""
    await person.hears("Bienvenue chez Douceur & Cie")
    await person.presses("Commencer", then="· Prénom")
    await person.writes(name, then="· Nom")
    await person.writes("Benali", then="· Adresse e-mail")
    await person.writes(f"{name.lower()}@example.org", then="Votre statut")
    await person.presses(status, then=f"5/{total} · Parlez-vous français couramment ?")
    await person.presses("Oui", then=f"6/{total} · Avez-vous le permis de conduire ?")


async def is_asked_as_an_independent(amina: Person, folder: Path) -> None:
    """Has a vacuum cleaner, so a picture of it; no uniform."""
    await amina.presses("Oui", then=f"7/7 · {VACUUM}")
    await amina.presses("Oui", then=f"8/8 · {PICTURE}")
    await amina.sends_photos(specimens.jpeg(folder), then="Reçu, 1 page")
    await amina.sees_card("vous pouvez envoyer votre candidature")


async def is_asked_as_an_employee(bruno: Person) -> None:
    """Has none, so no picture; a uniform; sends the application."""
    await bruno.presses("Oui", then=f"7/8 · {VACUUM}")
    await bruno.presses("Non", then="8/8 · Votre taille de tenue")
    await bruno.presses("Grande", then="Tout est là")
    await bruno.presses("Envoyer ma candidature", then="Votre candidature est envoyée")


async def nobody_else_was_touched() -> None:
    """Bruno's application is with Odile: judged by what he was asked; nothing given is lost."""
    versions = dict(await Candidate.all().values_list("first_name", "requirements_version"))
    assert versions == {"Amina": 4, "Bruno": 2, "Dina": 4}
    bruno = await Candidate.get(first_name="Bruno")
    assert bruno.status == "submitted"
    given = {one.key: one.value for one in await Answer.filter(candidate_id=bruno.id)}
    assert given["driving_licence"] is True
    assert "grande" in given.values()
