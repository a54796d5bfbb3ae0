"""Ways through the demo's questions that several tests begin with."""

from __future__ import annotations

from pathlib import Path

from models.tables import Document, Provider, Upload
from tests.bot.conftest import Person, link

PERSON = ("Amina", "Benali", "amina@example.org")


async def begin(person: Person, provider: Provider) -> None:
    """Follow the link and press the button below the privacy notice."""
    await person.follow(await link(provider))
    await person.press("Commencer")


async def say_who(person: Person) -> None:
    """First name, last name, e-mail."""
    for text in PERSON:
        await person.say(text)


async def answer_the_rest(person: Person, *, independent: bool = False) -> None:
    """From the work status to the last question, as an employee or an independent."""
    await person.press("Indépendant" if independent else "Salarié")
    await person.press("Oui")
    await person.say("06 12 34 56 78")
    await person.say("69003")
    await person.press("européenne")
    await person.press("Soutien scolaire")
    await person.press("Valider")
    await person.press("Le samedi")
    await person.press("Valider")
    if independent:
        await person.say("732 829 320 00074")


async def answer_everything(
    person: Person, provider: Provider, *, independent: bool = False
) -> None:
    """Every question of the demo's provider."""
    await begin(person, provider)
    await say_who(person)
    await answer_the_rest(person, independent=independent)


async def send_documents(person: Person, photo: Path, count: int) -> None:
    """One photo for each of the next `count` documents."""
    for _ in range(count):
        await person.phone.send_photo(photo)
        await person.answered()
        await person.press("C’est complet")


async def checked(person: Person, provider: Provider) -> None:
    """Every sent file was found to be usable, as the check's job says it."""
    candidate = await person.candidate(provider)
    await Upload.filter(candidate_id=candidate.id).update(state="kept", due_at=None)
    await Document.filter(candidate_id=candidate.id, state="checking").update(state="to_review")


async def ready(person: Person, provider: Provider, photo: Path) -> None:
    """An employee's application that could be sent now."""
    await answer_everything(person, provider)
    await send_documents(person, photo, 2)
    await checked(person, provider)


async def submitted(person: Person, provider: Provider, photo: Path) -> None:
    """An employee's application that was sent."""
    await ready(person, provider, photo)
    await person.say("/start")
    await person.press("Envoyer ma candidature")
