"""From the link to the application that is sent: the whole way."""

from __future__ import annotations

from pathlib import Path

from models.tables import Answer, Document, Event, Provider, SearchWord
from tests.bot.conftest import Person, link
from tests.bot.journeys import answer_everything, checked, send_documents


async def test_somebody_goes_from_the_link_to_the_application_that_is_sent(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur, independent=True)
    assert "Avis de situation SIRENE" in (await amina.last()).text
    await send_documents(amina, photo, 3)
    assert "en cours de vérification" in (await amina.last()).text
    await checked(amina, douceur)
    summary = await amina.press("Regarder à nouveau")
    assert "Tout est là" in summary.text
    sent = await amina.press("Envoyer ma candidature")
    assert "Votre candidature est envoyée" in sent.text
    candidate = await amina.candidate(douceur)
    assert candidate.status == "submitted"
    assert candidate.submitted_at is not None
    assert (candidate.first_name, candidate.last_name) == ("Amina", "Benali")
    assert candidate.email == "amina@example.org"
    assert candidate.work_status == "independent"
    given = {row.key: row.value for row in await Answer.filter(candidate_id=candidate.id)}
    assert given == {
        "first_name": "Amina",
        "last_name": "Benali",
        "email": "amina@example.org",
        "work_status": "independent",
        "speaks_french": True,
        "phone": "+33612345678",
        "postal_code": "69003",
        "may_work_in_france": "eu",
        "activities": ["tutoring"],
        "availability": ["saturdays"],
        "siret": "73282932000074",
    }
    kinds = [row.kind for row in await Event.filter(candidate_id=candidate.id).order_by("id")]
    assert kinds == [
        "signed_up",
        "notice_shown",
        *["answer_given"] * 11,
        *["document_added"] * 3,
        "submitted",
    ]
    words = {row.word for row in await SearchWord.filter(candidate_id=candidate.id)}
    assert {"amina", "benali"} <= words


async def test_the_same_way_in_english(bruno: Person, douceur: Provider, photo: Path) -> None:
    welcome = await bruno.follow(await link(douceur))
    assert "Welcome to Douceur & Cie" in welcome.text
    assert "45 days" in welcome.text
    await bruno.press("Start")
    for text in ("Bruno", "Keller", "bruno@example.org"):
        await bruno.say(text)
    await bruno.press("Employee")
    await bruno.press("Yes")
    assert "6/13" in (await bruno.bot_messages())[-2].text
    await bruno.say("+44 7911 123456")
    await bruno.say("97400")
    await bruno.press("permit")
    for button in ("Tutoring", "Gardening", "That is all (2)", "Saturdays", "That is all"):
        asked = await bruno.press(button)
    assert "Certificates of employment" in asked.text
    await bruno.phone.send_photo(photo)
    assert "Received, 1 page" in (await bruno.answered()).text
    candidate = await bruno.candidate(douceur)
    assert candidate.language == "en"
    assert await Document.filter(candidate_id=candidate.id, key="work_certificates").count() == 1
    activities = await Answer.get(candidate_id=candidate.id, key="activities")
    assert activities.value == ["gardening", "tutoring"]
