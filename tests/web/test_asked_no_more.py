"""What a candidate gave stays in view when it is asked no more."""

from __future__ import annotations

from models.reads.copy import personal_data
from models.tables import Candidate, Document
from tests.composing import an_admin, publishes
from tests.web.conftest import Browser, Town
from tests.web.people import amina_applies


async def test_answers_and_documents_that_are_asked_no_more_stay_in_view_without_a_verdict(
    town: Town, browser: Browser
) -> None:
    amina, odile = await amina_applies(town.douceur, "incomplete"), await browser(town.odile)
    await publishes(
        town.douceur,
        await an_admin(town.douceur, "Ophélie"),
        lambda d: d.archive("phone"),
        lambda d: d.archive("diploma"),
        ask=True,
    )
    path = f"/candidates/{amina.id}"
    infos = await odile.get(f"{path}?tab=infos")
    assert "Plus demandé, conservé" in infos.text
    assert "06 12 34 56 78" in infos.text
    paper = await odile.get(f"{path}?tab=diploma")
    assert "Diplôme" in paper.text
    assert "/documents/diploma/validate" not in paper.text
    refused = await odile.post(f"{path}/documents/diploma/validate", {"mark": "", "seen": "0"})
    assert refused.status in (409, 422)
    assert (await Document.get(candidate_id=amina.id, key="diploma")).state == "to_review"
    history = await odile.get(f"{path}?tab=history")
    assert "passé aux exigences actuelles" in history.text
    assert "Téléphone" in history.text
    assert "Ophélie" in history.text


async def test_the_journal_of_the_provider_says_what_was_published_in_words(
    town: Town, browser: Browser
) -> None:
    odile = await browser(town.odile)
    await publishes(
        town.douceur,
        await an_admin(town.douceur, "Ophélie"),
        lambda d: d.archive("phone"),
        lambda d: d.edit("cv", required=True, statuses=("employee",)),
    )
    page = await odile.get("/settings/journal")
    for words in ("Élément modifié", "Élément qui n’est plus demandé", "obligatoire", "salarié"):
        assert words in page.text, words
    assert "requirement_" not in page.text


async def test_the_copy_of_ones_data_says_what_each_key_stands_for(town: Town) -> None:
    amina = await amina_applies(town.douceur, "incomplete", language="en")
    await publishes(
        town.douceur,
        await an_admin(town.douceur, "Ophélie"),
        lambda d: d.archive("phone"),
        lambda d: d.add_own_field("cat", "text", {"fr": "Nom de votre chat"}),
        ask=True,
    )
    labels = (await personal_data(await Candidate.get(id=amina.id))).values["labels"]
    assert labels["phone"] == "Telephone", "asked no more, and still kept"
    assert labels["own_cat"] == "Nom de votre chat"
    assert labels["diploma"] == "Diploma"
