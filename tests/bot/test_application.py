"""Sending the application, taking it back, what closes, opens and hides it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.tables import (
    Answer,
    Candidate,
    Decision,
    Document,
    Event,
    Message,
    Operator,
    Provider,
    StoredFile,
    Upload,
)
from tests.bot.conftest import Person, link
from tests.bot.journeys import (
    answer_everything,
    begin,
    checked,
    ready,
    say_who,
    send_documents,
    submitted,
)


async def pending_decision(candidate: Candidate) -> Decision:
    """Odile has decided, and her decision is not final yet."""
    now = datetime.now(UTC)
    odile = await Operator.create(email="odile@example.org", name="Odile", created_at=now)
    return await Decision.create(
        candidate_id=candidate.id,
        operator_id=odile.id,
        outcome="accept",
        former_status=candidate.status,
        decided_at=now,
        final_at=now + timedelta(minutes=5),
    )


async def set_status(person: Person, provider: Provider, status: str, **more: object) -> None:
    """As a final decision would."""
    candidate = await person.candidate(provider)
    await Candidate.filter(id=candidate.id).update(status=status, **more)


async def test_an_application_is_taken_back_and_sent_again(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    said = await amina.press("Reprendre pour modifier")
    assert said.text.startswith("↩️ Votre candidature n’est plus envoyée"), "it stays to be read"
    assert "Tout est là" in said.text
    assert (await amina.candidate(douceur)).status == "incomplete"
    await amina.press("Envoyer ma candidature")
    assert (await amina.candidate(douceur)).status == "submitted"
    kinds = [row.kind for row in await Event.all().order_by("id")]
    assert kinds[-3:] == ["submitted", "taken_back", "submitted"]


async def test_an_incomplete_application_cannot_be_sent_by_an_old_button(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await ready(amina, douceur, photo)
    summary = await amina.say("/start")
    await Document.filter(key="training_certificate").update(state="rejected", reason="Expirée")
    said = await amina.press("Envoyer ma candidature", summary.id)
    assert "Expirée" in said.text
    assert (await amina.candidate(douceur)).status == "incomplete"
    assert any("pas encore complète" in text for text in await amina.phone.notices())


async def test_once_sent_answers_are_locked_but_contact_details(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    listed = await amina.say("/infos")
    assert listed.labels[:2] == ["✏️ Adresse e-mail", "✏️ Téléphone"]
    assert "🔒" in listed.text
    await amina.press("Adresse e-mail")
    said = await amina.say("benali@example.org")
    assert "Votre candidature est envoyée" in said.text
    assert (await amina.candidate(douceur)).email == "benali@example.org"


async def test_another_status_hides_and_the_next_sending_erases(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur, independent=True)
    await send_documents(amina, photo, 3)
    await checked(amina, douceur)
    await amina.say("/infos")
    await amina.press("Votre statut")
    said = await amina.press("Salarié")
    assert "Certificats de travail" in said.text
    listed = await amina.say("/documents")
    assert "SIRENE" not in listed.text
    assert await Answer.filter(key="siret").count() == 1
    assert await Document.filter(key="sirene_notice").count() == 1
    await amina.say("/start")
    await send_documents(amina, photo, 2)
    await checked(amina, douceur)
    await amina.say("/start")
    await amina.press("Envoyer ma candidature")
    assert await Answer.filter(key="siret").count() == 0
    assert {row.key for row in await Document.all()} == {
        "work_certificates",
        "training_certificate",
    }
    assert await Upload.all().count() == 2
    removed = await Event.filter(kind__in=["answer_removed", "document_removed"])
    assert {row.subject for row in removed} == {
        "siret",
        "sirene_notice",
        "sap_declaration",
        "diploma",
    }
    assert await StoredFile.filter(state="kept").count() == 0


@pytest.mark.parametrize("act", ["message", "address", "take back"])
async def test_an_act_cancels_the_decision_that_is_pending(
    amina: Person, douceur: Provider, photo: Path, act: str
) -> None:
    await submitted(amina, douceur, photo)
    decision = await pending_decision(await amina.candidate(douceur))
    await amina.say("/infos")
    await amina.press("Là où j’en étais")
    assert (await Decision.get(id=decision.id)).state == "pending", "looking around is no act"
    if act == "message":
        await amina.say("/messages")
        await amina.say("Un instant !")
    elif act == "address":
        await amina.say("/infos")
        await amina.press("Adresse e-mail")
        await amina.say("benali@example.org")
    else:
        await amina.press("Reprendre")
    assert (await Decision.get(id=decision.id)).state == "cancelled"
    assert await Event.filter(kind="decision_cancelled", actor_kind="candidate").count() == 1


async def test_a_file_cancels_the_decision_that_is_pending(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await ready(amina, douceur, photo)
    decision = await pending_decision(await amina.candidate(douceur))
    await amina.say("/documents")
    await amina.press("CV")
    await amina.phone.send_photo(photo)
    await amina.answered()
    assert (await Decision.get(id=decision.id)).state == "cancelled"


async def test_what_a_rejection_names_is_open_and_the_rest_is_locked(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    await set_status(amina, douceur, "to_correct", unlocked=["postal_code", "work_certificates"])
    listed = await amina.say("/infos")
    assert [text for text in listed.labels if text.startswith("✏️")] == [
        "✏️ Adresse e-mail",
        "✏️ Téléphone",
        "✏️ Code postal",
    ]
    papers = await amina.say("/documents")
    assert [text for text in papers.labels if "Remplacer" in text] == [
        "🔄 Remplacer\u00a0: Certificats de travail"
    ]
    await amina.say("/start")
    await amina.press("Envoyer ma candidature")
    candidate = await amina.candidate(douceur)
    assert (candidate.status, candidate.unlocked) == ("submitted", [])


async def test_admitted_the_space_opens_with_the_second_stage_and_the_links(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    links = [{"label": {"fr": "Mon planning", "en": "My planning"}, "url": "https://example.org/"}]
    await Provider.filter(id=douceur.id).update(links=links)
    await set_status(amina, douceur, "accepted")
    said = await amina.say("/start")
    assert "Vous faites partie de Douceur & Cie" in said.text
    assert "a…@e…org" in said.text
    assert "📎 Pièce d’identité" in said.labels or any("identité" in t for t in said.labels)
    assert "Mon planning" in said.labels
    await amina.phone.send_photo(photo)
    offer = await amina.answered()
    assert "identité" in " ".join(offer.labels)
    await amina.press("identité")
    assert "Reçu, 1 page." in (await amina.last()).text


async def test_the_activation_mail_is_sent_again_three_times_a_day(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    await set_status(amina, douceur, "accepted")
    await amina.say("/start")
    for _ in range(3):
        await amina.press("Renvoyer le mail")
    assert "Le mail est en route" in (await amina.phone.notices())[-1]
    await amina.press("Renvoyer le mail")
    assert "plusieurs fois aujourd’hui" in (await amina.phone.notices())[-1]


async def test_in_the_bin_the_space_is_closed_politely_but_for_ones_rights(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    await set_status(amina, douceur, "binned", former_status="submitted")
    for text in ("/start", "/infos", "/documents", "/messages", "Pourquoi ?"):
        said = await amina.say(text)
        assert "cet espace est fermé" in said.text
    await amina.phone.send_photo(photo)
    assert "cet espace est fermé" in (await amina.answered()).text
    assert await Message.all().count() == 0
    assert await Upload.all().count() == 2
    assert "cet espace est fermé" in (await amina.follow(await link(douceur))).text
    assert said.labels == ["Recevoir mes données", "Effacer mes données"]
    assert "en préparation" in (await amina.press("Recevoir mes données")).text


async def test_keeping_the_application_is_an_act(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    candidate = await amina.candidate(douceur)
    long_ago = datetime.now(UTC) - timedelta(days=40)
    await Candidate.filter(id=candidate.id).update(clock_start=long_ago)
    reply = await keep_button(amina)
    assert "votre candidature est conservée" in reply
    assert (await amina.candidate(douceur)).clock_start > long_ago + timedelta(days=39)
    assert await Event.filter(kind="kept").count() == 1


async def keep_button(person: Person) -> str:
    """Press the button that a reminder carries."""
    house = person.house
    update = {
        "update_id": 10_000_000,
        "callback_query": {
            "id": "1",
            "chat_instance": "1",
            "from": {"id": person.phone.id, "is_bot": False, "first_name": "Amina"},
            "data": "keep",
            "message": {
                "message_id": 1,
                "date": 0,
                "chat": {"id": person.phone.id, "type": "private"},
            },
        },
    }
    await house.door.handle(house.bot, update)
    return (await person.last()).text


async def test_a_press_that_is_refused_is_a_sign_of_life_too(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    candidate = await amina.candidate(douceur)
    long_ago = datetime.now(UTC) - timedelta(days=40)
    waiting = await amina.last()
    await Candidate.filter(id=candidate.id).update(clock_start=long_ago, status="incomplete")
    await amina.press("Reprendre", waiting.id)
    assert any("pas chez nous" in text for text in await amina.phone.notices())
    after = await amina.candidate(douceur)
    assert after.clock_start > long_ago + timedelta(days=39)
    assert (after.version, after.status) == (candidate.version, "incomplete")


async def test_every_sign_of_life_restarts_the_clock_but_blocking_does_not(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    candidate = await amina.candidate(douceur)
    long_ago = datetime.now(UTC) - timedelta(days=40)
    await Candidate.filter(id=candidate.id).update(clock_start=long_ago)
    version = (await amina.candidate(douceur)).version
    await amina.phone.block()
    await amina.house.work()
    assert (await amina.candidate(douceur)).clock_start == long_ago
    await amina.phone.unblock()
    await amina.house.work()
    assert (await amina.candidate(douceur)).clock_start == long_ago
    await amina.say("/aide")
    after = await amina.candidate(douceur)
    assert after.clock_start > long_ago + timedelta(days=39)
    assert after.version == version + 2, "only blocking and unblocking are deeds"
