"""Coming in, answering, choosing a status, sending the application."""

from __future__ import annotations

from pathlib import Path

from models.tables import Answer, Document, Event, Provider
from tests.bot.conftest import Person, link


async def answer_everything(person: Person, *, english: bool = False) -> None:
    """Begin, and answer each question of the demo's provider as an employee."""
    yes, employee = ("Yes", "Employee") if english else ("Oui", "Salarié")
    done = "That is all" if english else "Valider"
    await person.press("Start" if english else "Commencer")
    await person.say("Amina")
    await person.say("Benali")
    await person.say("amina@example.org")
    await person.press(employee)
    await person.press(yes)
    await person.say("06 12 34 56 78")
    await person.say("69003")
    await person.press("European" if english else "européenne")
    await person.press("Tutoring" if english else "Soutien scolaire")
    await person.press(done)
    await person.press("Saturdays" if english else "Le samedi")
    await person.press(done)


async def test_somebody_goes_from_the_link_to_the_documents(
    bruno: Person, douceur: Provider, photo: Path
) -> None:
    welcome = await bruno.follow(await link(douceur))
    assert "Douceur & Cie" in welcome.text
    assert "45 days" in welcome.text
    assert welcome.labels[0] == "Start"
    await answer_everything(bruno, english=True)
    asked = await bruno.phone.last()
    assert "Certificates of employment" in asked.text, asked.text
    candidate = await bruno.candidate(douceur)
    assert (candidate.first_name, candidate.last_name) == ("Amina", "Benali")
    assert candidate.work_status == "employee"
    assert await Answer.filter(candidate_id=candidate.id).count() == 10
    await bruno.phone.send_photo(photo)
    received = await bruno.answered()
    assert "Received, 1 page" in received.text
    assert await Document.filter(candidate_id=candidate.id, key="work_certificates").count() == 1
    kinds = [row.kind for row in await Event.filter(candidate_id=candidate.id).order_by("id")]
    assert kinds[:3] == ["signed_up", "notice_shown", "answer_given"]
