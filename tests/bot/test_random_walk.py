"""Somebody who does anything at all: no bug, always an answer, only legal states."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from models.tables import Answer, Candidate, Document, Event, KeptUpdate, LedgerEntry, Provider
from rules.vocabulary import DocumentState, Status, WorkStatus
from tests.bot.conftest import Person, link

TEXTS = (
    "Amina",
    "amina@example.org",
    "06 12 34 56 78",
    "69003",
    "oui",
    "2",
    "1, 3",
    "indépendant",
    "732 829 320 00074",
    "asdf",
    "<b>",
    "&amp; {x} %s",
    "é" * 3000,
    "\u202e\u200b",
    "🙂",
)
COMMANDS = ("/start", "/infos", "/documents", "/messages", "/aide", "/langue", "/mesdonnees", "/x")
NEVER = ("Tout effacer", "Erase everything", "pour toujours", "for ever")
"""Erasing would end the walk."""


async def wander(person: Person, dice: random.Random, photo: Path) -> None:
    """One random deed."""
    kind = dice.choices(
        ("press", "text", "command", "photo", "album", "contact", "sticker", "edit"),
        (50, 22, 8, 6, 2, 2, 2, 4),
    )[0]
    phone = person.phone
    if kind == "press":
        await press_something(person, dice)
    elif kind == "text":
        await phone.send(dice.choice(TEXTS))
    elif kind == "command":
        await phone.send(dice.choice(COMMANDS))
    elif kind == "photo":
        await phone.send_photo(photo, caption=dice.choice(("", "voilà")))
    elif kind == "album":
        await phone.send_album([photo] * dice.randint(2, 4))
    elif kind == "contact":
        await phone.send_contact()
    elif kind == "sticker":
        await phone.send_sticker()
    else:
        own = [one for one in await phone.messages() if not one.from_bot and one.kind == "text"]
        await phone.edit(dice.choice(own).id, dice.choice(TEXTS))


async def press_something(person: Person, dice: random.Random) -> None:
    """A button of one of the last messages, or of an old one."""
    said = [one for one in await person.phone.messages() if one.from_bot and one.labels]
    one = dice.choice(said[-3:] if dice.random() < 0.8 else said)
    labels = [text for text in one.labels if not any(part in text for part in NEVER)]
    if labels:
        await person.phone.press(dice.choice(labels), one.id)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
async def test_whatever_somebody_does_there_is_an_answer_and_no_bug(
    amina: Person, douceur: Provider, photo: Path, seed: int
) -> None:
    dice = random.Random(seed)
    await Provider.filter(id=douceur.id).update(french_required=seed == 1)
    await amina.follow(await link(douceur))
    await amina.press("Commencer")
    for number in range(120):
        await wander(amina, dice, photo)
        await amina.answered()
        assert await KeptUpdate.all().count() == 0, f"a bug after {number} deeds"
        if number % 40 == 39:
            await Document.filter(state="checking").update(state="to_review")
    assert await LedgerEntry.filter(answered_at=None).count() == 0
    candidate = await Candidate.get()
    assert candidate.status in set(Status)
    assert candidate.work_status in {None, *WorkStatus}
    assert {row.state for row in await Document.all()} <= set(DocumentState)
    answers = {row.key: row.value for row in await Answer.all()}
    assert candidate.email == (answers.get("email") or "")
    assert candidate.first_name == (answers.get("first_name") or "")
    assert await Event.filter(kind="signed_up").count() == 1
