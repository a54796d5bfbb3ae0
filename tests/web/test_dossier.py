"""The dossier's list: order, archive, catalogue, publishing, and two admins at once."""

from __future__ import annotations

import re
from html import unescape

import pytest

from actions import requirements as deeds
from actions.deeds import Actor
from models.tables import Bot, Candidate, Operator, Provider, ProviderEvent, RequirementsDraft
from rules.vocabulary import ActorKind
from tests.factories import NOW, a_candidate, an_operator
from tests.web.conftest import Browser, Browsing, Page, Town
from tests.web.dossier import HOME, draft_of, keys, saves, version


@pytest.fixture
async def odile(town: Town, browser: Browser) -> Browsing:
    """Odile's browser; she reads English."""
    await Operator.all().update(language="en")
    return await browser(town.odile)


def plain(page: Page) -> str:
    """The words of a page, on one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


async def press(odile: Browsing, town: Town, verb: str, **form: str) -> Page:
    """A button of the list."""
    return await odile.post(f"{HOME}/{verb}", {"version": await version(town.douceur), **form})


async def test_the_list_is_in_the_order_of_the_chat(town: Town, odile: Browsing) -> None:
    page = await odile.get(HOME)
    shown = re.findall(r'data-item="(\w+)"', page.text)
    assert shown == await keys(town.douceur)
    assert shown[:3] == ["first_name", "last_name", "email"]
    assert "not published" not in page.text


async def test_a_button_moves_an_item_and_keeps_the_focus(town: Town, odile: Browsing) -> None:
    before = await keys(town.douceur)
    place = before.index("phone")
    answer = await press(odile, town, "move", key="phone", way="up")
    assert answer.status == 303
    assert (await keys(town.douceur))[place - 1] == "phone"
    page = await odile.get(answer.to)
    row = re.search(r'<li class="item moved" id="item-phone".*?</li>', page.text, re.S)
    assert row is not None
    assert re.search(r'value="up"\s+autofocus', row[0])
    assert "1 change is not published" in page.text


async def test_an_item_is_dropped_at_a_place(town: Town, odile: Browsing) -> None:
    await press(odile, town, "move", key="siret", place="0")
    assert (await keys(town.douceur))[3] == "siret"


@pytest.mark.parametrize(("key", "way"), [("first_name", "down"), ("sirene_notice", "up")])
async def test_what_cannot_move_says_so(town: Town, odile: Browsing, key: str, way: str) -> None:
    before = await keys(town.douceur)
    page = await press(odile, town, "move", key=key, way=way)
    assert page.status == 422
    assert "cannot be moved there" in page.text
    assert await keys(town.douceur) == before


async def test_an_item_is_archived_and_brought_back(town: Town, odile: Browsing) -> None:
    page = await odile.get((await press(odile, town, "archive", key="cv")).to)
    assert "cv" not in await keys(town.douceur)
    assert "1 item that you ask no more" in page.text
    answer = await press(odile, town, "restore", key="cv")
    assert (await keys(town.douceur))[-1] == "cv"
    assert "Back in your list." in (await odile.get(answer.to)).text


async def test_what_is_always_asked_is_not_archived(town: Town, odile: Browsing) -> None:
    page = await press(odile, town, "archive", key="email")
    assert page.status == 422
    assert "always asked" in plain(page)


async def test_what_others_depend_on_is_named(town: Town, odile: Browsing) -> None:
    await press(odile, town, "add", key="residence_permit")
    page = await press(odile, town, "archive", key="may_work_in_france")
    assert "“Residence permit” depends on “May you work in France?”" in plain(page)


@pytest.mark.parametrize("verb", ["move", "archive", "restore", "discard", "add"])
async def test_the_second_admin_is_told_by_whom_it_changed(
    town: Town, odile: Browsing, browser: Browser, verb: str
) -> None:
    other = await an_operator(town.douceur, "Octave")
    old = await version(town.douceur)
    await (await browser(other)).post(f"{HOME}/archive", {"version": old, "key": "cv"})
    before = await keys(town.douceur)
    page = await odile.post(f"{HOME}/{verb}", {"version": old, "key": "cv", "way": "up"})
    assert page.status == 409
    assert "Octave changed these requirements in the meantime" in plain(page)
    assert await keys(town.douceur) == before


async def test_the_whole_draft_can_be_discarded(town: Town, odile: Browsing) -> None:
    before = await keys(town.douceur)
    await press(odile, town, "archive", key="cv")
    answer = await press(odile, town, "discard")
    assert "this is what is asked now" in (await odile.get(answer.to)).text
    assert await keys(town.douceur) == before


async def test_the_catalogue_says_what_is_asked_already(town: Town, odile: Browsing) -> None:
    page = await odile.get(f"{HOME}/add")
    offer = re.search(r'id="offer-cv".*?</li>', page.text, re.S)
    assert offer is not None
    assert "already asked" in offer[0]
    assert "Source:" in plain(page)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("iban", {"iban"}),
        ("URSSAF vigi", {"vigilance_certificate"}),
        ("resid", {"residence_permit", "identity_document"}),
        ("prenom", {"first_name"}),
        ("zzz", set()),
    ],
)
async def test_the_catalogue_is_searched_in_both_languages(
    town: Town, odile: Browsing, query: str, found: set[str]
) -> None:
    page = await odile.get(f"{HOME}/add?q={query.replace(' ', '+')}")
    assert set(re.findall(r'id="offer-(\w+)"', page.text)) == found
    assert ("Nothing in the catalogue" in page.text) == (not found)


async def test_an_item_is_added_from_the_catalogue(town: Town, odile: Browsing) -> None:
    answer = await press(odile, town, "add", key="driving_licence", stage="application", q="driv")
    same = f"{HOME}/add?stage=application&q=driv&added=driving_licence"
    assert answer.to == f"{same}#offer-driving_licence"
    assert "is in your draft" in (await odile.get(answer.to)).text
    assert "driving_licence" in await keys(town.douceur)


async def test_added_for_once_accepted_it_is_asked_then(town: Town, odile: Browsing) -> None:
    await press(odile, town, "add", key="car", stage="admitted")
    assert (await draft_of(town.douceur)).draft.entry("car").stage == "admitted"


async def test_what_belongs_to_later_is_added_there(town: Town, odile: Browsing) -> None:
    await press(odile, town, "add", key="iban", stage="application")
    assert (await draft_of(town.douceur)).draft.entry("iban").stage == "admitted"


async def test_what_the_law_reserves_needs_a_declared_activity(
    town: Town, odile: Browsing
) -> None:
    page = await press(odile, town, "add", key="honourability_certificate")
    assert page.status == 422
    assert "reserved by law to some activities" in plain(page)
    declared = {"settings_version": "1", "activities": "child_protection"}
    answer = await odile.post(f"{HOME}/activities", declared)
    assert (answer.status, answer.to) == (303, f"{HOME}/add?declared=1#activities")
    assert (await press(odile, town, "add", key="honourability_certificate")).status == 303
    row = await Provider.get(id=town.douceur.id)
    assert row.declared_activities == ["child_protection"]
    line = await ProviderEvent.filter(kind="activities_declared").first()
    assert line is not None
    assert line.actor_name == "Odile"


async def test_a_declaration_in_use_stays(town: Town, odile: Browsing) -> None:
    await odile.post(
        f"{HOME}/activities", {"settings_version": "1", "activities": "child_protection"}
    )
    await press(odile, town, "add", key="honourability_certificate")
    page = await odile.post(f"{HOME}/activities", {"settings_version": "2"})
    assert page.status == 422
    assert "is only permitted by this activity" in plain(page)


async def test_publishing_shows_first_what_it_would_do(town: Town, odile: Browsing) -> None:
    await a_candidate(town.douceur, "Amina Benali")
    await a_candidate(town.douceur, "Bruno Keller", "to_correct")
    await a_candidate(town.douceur, "Chloé Petit", "submitted")
    await press(odile, town, "add", key="driving_licence")
    await press(odile, town, "archive", key="cv")
    await press(odile, town, "move", key="siret", way="up")
    await saves(odile, "diploma", label_en="Diploma or title", required="on", max_pages="4")
    words = plain(await odile.get(f"{HOME}/publish"))
    for said in (
        "4 changes, not published yet.",
        "Asked from now on Do you have a driving licence?",
        "Asked no more CV",
        "Name: Diplôme / Diploma → Diplôme / Diploma or title",
        "Required: no → yes",
        "Pages at most: 10 → 4",
        "The order changes.",
        "2 people are filling in or correcting an application: Amina Benali, Bruno Keller",
        "Ask these 2 people too",
        "Applications that wait for your decision (1)",
    ):
        assert said in words, said
    assert (await Provider.get(id=town.douceur.id)).requirements_version == 1


@pytest.mark.parametrize(("who", "asked"), [("new", 1), ("all", 2)])
async def test_running_applications_are_asked_only_when_told(
    town: Town, odile: Browsing, who: str, asked: int
) -> None:
    amina = await a_candidate(town.douceur, "Amina Benali")
    chloe = await a_candidate(town.douceur, "Chloé Petit", "submitted")
    await press(odile, town, "add", key="driving_licence")
    page = await press(odile, town, "publish", who=who, settings_version="1")
    assert page.status == 200
    assert ("1 person is asked what is new" in page.text) == (who == "all")
    assert (await Provider.get(id=town.douceur.id)).requirements_version == 2
    assert (await Candidate.get(id=amina.id)).requirements_version == asked
    assert (await Candidate.get(id=chloe.id)).requirements_version == 1
    assert "not published" not in (await odile.get(HOME)).text


async def test_those_left_behind_can_be_asked_later(town: Town, odile: Browsing) -> None:
    amina = await a_candidate(town.douceur, "Amina Benali")
    await press(odile, town, "add", key="driving_licence")
    assert "older requirements" not in (await odile.get(HOME)).text
    await press(odile, town, "publish", who="new", settings_version="1")
    assert "1 application in course follows older requirements" in (await odile.get(HOME)).text
    page = await odile.post(f"{HOME}/ask")
    assert "1 person is asked what is new" in page.text
    assert (await Candidate.get(id=amina.id)).requirements_version == 2
    assert "older requirements" not in (await odile.get(HOME)).text


async def test_publishing_needs_an_answer_about_running_ones(town: Town, odile: Browsing) -> None:
    await a_candidate(town.douceur)
    await press(odile, town, "archive", key="cv")
    page = await press(odile, town, "publish", settings_version="1")
    assert page.status == 422
    assert "Choose one of the two" in page.text
    assert (await Provider.get(id=town.douceur.id)).requirements_version == 1


async def test_with_nothing_to_publish_the_list_is_shown(town: Town, odile: Browsing) -> None:
    page = await odile.get(f"{HOME}/publish")
    assert (page.status, page.to) == (303, HOME)
    refused = await press(odile, town, "publish", who="new", settings_version="1")
    assert "There is nothing to publish" in refused.text


async def test_settings_changed_meanwhile_stop_publishing(town: Town, odile: Browsing) -> None:
    await press(odile, town, "archive", key="cv")
    page = await press(odile, town, "publish", who="new", settings_version="0")
    assert page.status == 409
    assert "cv" in [one.key for one in (await draft_of(town.douceur)).draft.ground.published]


async def test_a_legal_note_is_confirmed_when_publishing(town: Town, odile: Browsing) -> None:
    actor = Actor(ActorKind.OPERATOR, town.odile.id, "Odile")
    number = int(await version(town.douceur))
    await deeds.edit_draft(
        town.douceur.id,
        number,
        lambda draft: draft.add_from_catalogue("iban").edit("iban", stage="application"),
        actor,
        NOW,
    )
    assert "legal note to read and confirm" in (await odile.get(HOME)).text
    assert "Legal notes to read and confirm" in (await odile.get(f"{HOME}/publish")).text
    page = await press(odile, town, "publish", who="new", settings_version="1")
    assert page.status == 422
    assert "read its legal note and confirm" in plain(page)
    done = await press(odile, town, "publish", who="new", settings_version="1", confirmed="iban")
    assert done.status == 200
    assert await ProviderEvent.filter(kind="requirement_confirmed", subject="iban").count() == 1


async def test_two_providers_see_nothing_of_each_other(
    town: Town, odile: Browsing, browser: Browser
) -> None:
    await saves(odile, f"{HOME}/new?kind=text", label_fr="Marque secrète")
    victor = await browser(town.victor)
    for path in ("", "/add", "/publish"):
        assert "Marque secrète" not in (await victor.get(HOME + path)).text
    own = [key for key in await keys(town.douceur) if key.startswith("own_")]
    assert (await victor.get(f"{HOME}/items/{own[0]}")).status == 404
    assert await RequirementsDraft.filter(provider_id=town.vert.id).count() == 0


async def test_a_reviewer_changes_nothing(town: Town, browser: Browser) -> None:
    oscar = await browser(town.oscar)
    assert (await oscar.get(HOME)).status == 403
    assert (await oscar.post(f"{HOME}/archive", {"version": "0", "key": "cv"})).status == 403


@pytest.mark.parametrize("status", ["independent", "employee"])
@pytest.mark.parametrize("tongue", ["fr", "en"])
async def test_the_chat_is_shown_for_each_candidate_and_language(
    town: Town, odile: Browsing, status: str, tongue: str
) -> None:
    page = await odile.get(f"{HOME}?shown={status}:{tongue}")
    chat = page.text[page.text.index("data-chat") :]
    assert (("SIREN" in chat) if status == "independent" else ("SIREN" not in chat)) is True
    assert ("Bienvenue chez" in chat) == (tongue == "fr")


async def test_with_one_status_there_is_nothing_to_choose(town: Town, odile: Browsing) -> None:
    await Provider.filter(id=town.douceur.id).update(accepted_statuses=["employee"])
    page = await odile.get(f"{HOME}?shown=independent:fr")
    assert "Which candidate" not in page.text
    chat = page.text[page.text.index("data-chat") :]
    assert "Votre statut" not in chat
    assert "Certificats de travail" in chat


async def test_bots_are_not_needed_to_compose(town: Town, odile: Browsing) -> None:
    await Bot.all().delete()
    assert (await odile.get(HOME)).status == 200


async def test_the_journal_tells_each_item_before_and_after(town: Town, odile: Browsing) -> None:
    await press(odile, town, "add", key="driving_licence")
    await press(odile, town, "archive", key="cv")
    await saves(odile, "diploma", required="on", who="employee", max_pages="4")
    await press(odile, town, "publish", who="new", settings_version="1")
    words = plain(await odile.get("/settings/journal"))
    for said in (
        "Item added to what is asked name: Avez-vous le permis de conduire ? /",
        "Item no longer asked name: CV / CV · asked when: with the application",
        "required: no → yes · asked of: everybody → employee · pages at most: 10 → 4",
    ):
        assert said in words.replace("\u00a0", " "), said
