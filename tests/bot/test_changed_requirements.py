"""What is asked changes while people are in the chat: nobody loses or answers anything unseen."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from actions.deeds import Actor
from actions.exemptions import exempt
from actions.requirements import ask_running
from actions.settings import Recruitment, change_recruitment
from jobs.messenger import Messenger
from models.tables import Answer, Candidate, Document, Event, Provider
from rules.dossier import Condition
from rules.letters import Sites
from rules.requirements import Draft
from rules.vocabulary import Stage
from tests.bot.conftest import House, Person, link
from tests.bot.journeys import (
    answer_everything,
    answer_the_rest,
    begin,
    checked,
    ready,
    say_who,
    send_documents,
)
from tests.composing import an_admin, publishes

SITES = Sites("https://antichambre.example")
LATER = Stage.ADMITTED
SEND = "✅ Envoyer ma candidature"


@pytest.fixture
async def odile(douceur: Provider) -> Actor:
    """Admin of Douceur & Cie."""
    return await an_admin(douceur)


def with_cat(draft: Draft) -> Draft:
    """A question of one's own, right after the core ones."""
    return draft.add_own_field("cat", "text", {"fr": "Nom de votre chat"}).put("own_cat", 0)


async def values(person: Person, provider: Provider) -> dict[str, Any]:
    """The answers that are kept."""
    candidate = await person.candidate(provider)
    return dict(await Answer.filter(candidate_id=candidate.id).values_list("key", "value"))


async def test_only_new_ones_then_ask_them_too_do_what_they_say(
    house: House, amina: Person, bruno: Person, douceur: Provider, odile: Actor, photo: Path
) -> None:
    denis = await house.person("Denis")
    await ready(denis, douceur, photo)
    await denis.say("/start")
    await denis.press("Envoyer ma candidature")
    await begin(amina, douceur)
    await say_who(amina)

    await publishes(douceur, odile, with_cat, ask=False)
    assert "statut" in (await amina.say("/start")).text, "she is asked what she was asked"
    await answer_the_rest(amina)
    await send_documents(amina, photo, 2)
    await checked(amina, douceur)
    assert SEND in (await amina.say("/start")).labels
    await begin_in_english(bruno, douceur)
    assert "Nom de votre chat" in (await bruno.last()).text, "one language falls back"

    provider = await Provider.get(id=douceur.id)
    asked = await ask_running(provider.id, odile, datetime.now(UTC))
    assert (asked.number, asked.left) == (1, False)
    assert "Nom de votre chat" in (await amina.say("/start")).text
    assert SEND in (await amina.say("Félix")).labels
    assert (await values(amina, douceur))["own_cat"] == "Félix"
    assert (await denis.candidate(douceur)).requirements_version == 1
    assert "Douceur & Cie l’examine" in (await denis.say("/start")).text
    assert "own_cat" not in await values(denis, douceur)


async def test_who_is_asked_too_is_told_once_what_is_new_with_a_button_for_it(
    house: House, amina: Person, bruno: Person, douceur: Provider, odile: Actor, photo: Path
) -> None:
    await ready(amina, douceur, photo)
    await amina.say("/start")
    await bruno.follow(await link(douceur))
    await publishes(douceur, odile, with_cat, ask=True)
    messenger = Messenger(house.door.sender, SITES, clock=lambda: datetime.now(UTC), holder="w")
    await messenger.drain()
    told = [one.text for one in await amina.bot_messages() if "Une chose de plus" in one.text]
    assert len(told) == 1
    assert "• Nom de votre chat" in told[0]
    assert not [one for one in await bruno.bot_messages() if "more thing" in one.text], (
        "has given nothing"
    )
    await amina.press("✏️ Nom de votre chat")
    assert SEND in (await amina.say("Félix")).labels


async def begin_in_english(person: Person, provider: Provider) -> None:
    """Say who one is, in English."""
    await person.follow(await link(provider))
    await person.press("Start")
    for text in ("Bruno", "Petit", "bruno@example.org"):
        await person.say(text)


async def test_what_is_typed_answers_the_question_on_the_screen_never_one_that_came_between(
    amina: Person, douceur: Provider, odile: Actor
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    await amina.press("Oui")
    assert "Téléphone" in (await amina.bot_messages())[-2].text
    await publishes(douceur, odile, with_cat, ask=True)
    said = await amina.say("06 12 34 56 78")
    kept = await values(amina, douceur)
    assert kept["phone"] == "+33612345678"
    assert "own_cat" not in kept
    assert "Nom de votre chat" in said.text, "and then it is asked"


async def test_a_photo_is_of_the_document_on_the_screen(
    amina: Person, douceur: Provider, odile: Actor, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    assert "Certificats de travail" in (await amina.last()).text
    await publishes(
        douceur,
        odile,
        lambda d: d.add_own_document("badge", {"fr": "Badge"}).put("own_badge", 0),
        ask=True,
    )
    await amina.phone.send_photo(photo)
    assert "Reçu, 1 page." in (await amina.answered()).text
    candidate = await amina.candidate(douceur)
    (sent,) = await Document.filter(candidate_id=candidate.id)
    assert sent.key == "work_certificates"
    assert "Badge" in (await amina.press("C’est complet")).text


async def test_words_for_a_question_that_is_gone_are_kept_and_the_way_goes_on(
    amina: Person, douceur: Provider, odile: Actor
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    await amina.press("Oui")
    await publishes(douceur, odile, lambda d: d.archive("phone"), ask=True)
    said = await amina.say("06 12 34 56 78")
    assert "plus posée" in said.text
    assert "envoyer ce message à Douceur & Cie" in said.text
    assert "phone" not in await values(amina, douceur)
    assert "Code postal" in (await amina.say("/start")).text


async def test_a_button_of_a_question_that_is_gone_says_so(
    amina: Person, douceur: Provider, odile: Actor
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    await publishes(douceur, odile, lambda d: d.archive("speaks_french"), ask=True)
    await amina.press("Oui")
    assert "Téléphone" in (await amina.bot_messages())[-2].text
    assert "speaks_french" not in await values(amina, douceur)


async def test_ticks_are_taken_back_when_the_choices_change_under_them(
    amina: Person, douceur: Provider, odile: Actor
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    await amina.press("Oui")
    for text in ("06 12 34 56 78", "69003"):
        await amina.say(text)
    await amina.press("européenne")
    await amina.press("Garde d’enfants de 3 ans")

    def fewer(draft: Draft) -> Draft:
        entry: Any = draft.entry("activities")
        return draft.edit("activities", options=entry.options[1:])

    await publishes(douceur, odile, fewer, ask=True)
    said = await amina.say("/start")
    assert not any(label.startswith("☑") for label in said.labels)
    assert "☐ Ménage et repassage" not in said.labels
    await amina.press("Soutien scolaire")
    await amina.press("Valider")
    assert (await values(amina, douceur))["activities"] == ["tutoring"]


async def test_what_the_provider_stops_asking_of_somebody_is_never_erased(
    amina: Person, douceur: Provider, odile: Actor, photo: Path
) -> None:
    await ready(amina, douceur, photo)
    await publishes(
        douceur,
        odile,
        lambda d: d.edit("phone", statuses=("independent",)),
        lambda d: d.edit("work_certificates", statuses=("independent",)),
        lambda d: d.archive("availability"),
        ask=True,
    )
    await amina.say("/start")
    await amina.press("Envoyer ma candidature")
    candidate = await amina.candidate(douceur)
    assert candidate.status == "submitted"
    kept = await values(amina, douceur)
    assert {"phone", "availability"} <= kept.keys()
    assert await Document.filter(candidate_id=candidate.id, key="work_certificates").exists()
    line = await Event.get(candidate_id=candidate.id, kind="requirements_changed")
    assert {one["key"] for one in line.after["set_aside"]} == {
        "phone",
        "work_certificates",
        "availability",
    }


async def test_the_status_card_follows_what_is_asked(
    amina: Person, douceur: Provider, odile: Actor
) -> None:
    await begin(amina, douceur)
    before = (await amina.candidate(douceur)).version
    await publishes(douceur, odile, with_cat, ask=True)
    candidate = await amina.candidate(douceur)
    assert candidate.version > before
    line = await Event.get(candidate_id=candidate.id, kind="requirements_changed")
    assert line.actor_name == "Odile"
    assert [one["key"] for one in line.after["added"]] == ["own_cat"]


async def test_the_second_stage_opens_on_acceptance_is_reviewed_and_holds_up_nothing(
    amina: Person, douceur: Provider, odile: Actor, photo: Path
) -> None:
    await publishes(
        douceur,
        odile,
        lambda d: d.add_from_catalogue("residence_permit"),
        lambda d: d.add_own_field("size", "number", {"fr": "Taille de blouse"}, stage=LATER),
        lambda d: d.add_own_field("keys", "yes_no", {"fr": "Voulez-vous un badge ?"}, stage=LATER),
        lambda d: d.add_own_document(
            "photo",
            {"fr": "Photo pour le badge"},
            stage=LATER,
            condition=Condition("own_keys", (True,)),
        ),
    )
    await ready(amina, douceur, photo)
    await amina.say("/start")
    await amina.press("Envoyer ma candidature")
    candidate = await amina.candidate(douceur)
    assert candidate.status == "submitted", "nothing of the second stage is asked before"
    await Candidate.filter(id=candidate.id).update(
        status="accepted", admitted_at=datetime.now(UTC)
    )
    said = await amina.say("/start")
    assert "Taille de blouse" in said.text
    assert "Titre de séjour" not in said.text, "she is from the European Union"
    assert "Photo pour le badge" not in said.text
    await amina.press("Taille de blouse")
    wrong = await amina.say("grande")
    assert "chiffres" in wrong.text
    await amina.say("42")
    await amina.press("Voulez-vous un badge")
    said = await amina.press("Oui")
    assert "📎 Photo pour le badge" in said.labels
    await amina.press("Photo pour le badge")
    await amina.phone.send_photo(photo)
    await amina.answered()
    said = await amina.press("C’est complet")
    assert "Vous faites partie de Douceur & Cie" in said.text
    kept = await values(amina, douceur)
    assert (kept["own_size"], kept["own_keys"]) == (42, True)
    assert (await amina.candidate(douceur)).status == "accepted"
    await checked(amina, douceur)
    await Document.filter(key="own_photo").update(state="rejected", reason="floue")
    said = await amina.say("/start")
    assert "Photo pour le badge" in " ".join(said.labels)
    assert "floue" in said.text


async def test_a_residence_permit_is_asked_once_accepted_of_those_who_work_with_one(
    amina: Person, douceur: Provider, odile: Actor, photo: Path
) -> None:
    await publishes(douceur, odile, lambda d: d.add_from_catalogue("residence_permit"))
    await ready(amina, douceur, photo)
    candidate = await amina.candidate(douceur)
    await Answer.filter(candidate_id=candidate.id, key="may_work_in_france").update(value="permit")
    assert "séjour" not in (await amina.say("/documents")).text
    await Candidate.filter(id=candidate.id).update(
        status="accepted", admitted_at=datetime.now(UTC)
    )
    assert "séjour" in (await amina.say("/start")).text
    await amina.press("séjour")
    await amina.phone.send_photo(photo)
    assert "Reçu, 1 page." in (await amina.answered()).text


async def test_those_of_an_unticked_status_keep_it_are_marked_and_can_be_exempted(
    amina: Person, bruno: Person, douceur: Provider, odile: Actor, photo: Path
) -> None:
    await ready(amina, douceur, photo)
    now = datetime.now(UTC)
    provider = await Provider.get(id=douceur.id)
    was = Recruitment.of(provider)
    wanted = {name: getattr(was, name) for name in Recruitment.__slots__}
    wanted["accepted_statuses"] = ("independent",)
    await change_recruitment(
        provider.id, Recruitment(**wanted), provider.settings_version, odile, now
    )
    said = await amina.say("/start")
    assert "n’est plus accepté chez Douceur & Cie" in said.text
    candidate = await amina.candidate(douceur)
    assert candidate.work_status == "employee"
    await begin_in_english(bruno, douceur)
    assert "fluently" in (await bruno.last()).text, "nobody else is asked the status any more"
    await exempt(candidate.id, odile, now, provider_id=provider.id)
    said = await amina.say("/start")
    assert SEND in said.labels
    await amina.press("Envoyer ma candidature")
    candidate = await amina.candidate(douceur)
    assert (candidate.status, candidate.work_status) == ("submitted", "employee")


async def test_the_longest_list_that_can_be_asked_still_fits_on_every_screen(
    amina: Person, douceur: Provider, odile: Actor
) -> None:
    """60 items with the longest words, most of them documents: 4,096 characters, 100 buttons."""
    long = {"fr": "Éàü " * 30, "en": "x" * 120}

    def fill(stage: Stage, draft: Draft, count: int) -> Draft:
        for number in range(count):
            parts = {"help": {"fr": "y" * 500}, "stage": stage}
            label = {code: f"{number}{text[:115]}" for code, text in long.items()}
            if number % 2:
                draft = draft.add_own_field(f"{stage}{number}", "text", label, **parts)
            else:
                draft = draft.add_own_document(f"{stage}{number}", label, **parts)
        return draft

    await begin(amina, douceur)
    await say_who(amina)
    room = 60 - 20
    await publishes(douceur, odile, lambda d: fill(Stage.APPLICATION, d, room), ask=True)
    for command in ("/start", "/infos", "/documents"):
        await amina.say(command)
    candidate = await amina.candidate(douceur)
    before = len(await amina.bot_messages())
    await Candidate.filter(id=candidate.id).update(status="submitted")
    await amina.say("/documents")
    await publishes(douceur, odile, _all_later, ask=False)
    now = await Provider.get(id=douceur.id)
    await Candidate.filter(id=candidate.id).update(
        status="accepted", requirements_version=now.requirements_version
    )
    assert "Vous faites partie" in (await amina.say("/start")).text
    await amina.say("/documents")
    said = await amina.bot_messages()
    assert len(said) == before + 3
    assert max(len(one.text) for one in said) <= 4096
    assert max(len(one.labels) for one in said) <= 100


def _all_later(draft: Draft) -> Draft:
    """Everything of one's own waits until the person is accepted."""
    for entry in draft.entries:
        if entry.own:
            draft = draft.edit(entry.key, stage=LATER)
    return draft
