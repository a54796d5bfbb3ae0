"""Every kind of question, asked in the chat: what is refused is explained, and nothing is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from models.tables import Answer, Candidate, Provider
from rules.answers import KINDS, SENSITIVE_KINDS, parse_text
from rules.errors import Refusal
from rules.requirements import Draft, Option, confirm
from tests.bot.conftest import House, Person, link
from tests.bot.journeys import begin
from tests.composing import an_admin, publishes
from tests.rules.test_answers import ACTIVITIES, LIMITS, NEVER_KEPT, REFUSED, UNDERSTOOD, question
from words.language import sentence

LONGEST = 4096
"""Signs of a message, as Telegram has it."""


def every_kind(draft: Draft) -> Draft:
    """One question of one's own of each kind, with the limits of the rules' own tables."""
    for kind in KINDS:
        parts: dict[str, Any] = {"limits": LIMITS[kind]} if kind in LIMITS else {}
        if kind in ("choice", "choices"):
            parts["options"] = tuple(Option(one.key, one.label) for one in ACTIVITIES)
        number = KINDS.index(kind)
        label = {"fr": f"Réponse {number}", "en": f"Item {number}"}
        draft = confirm(draft.add_own_field(kind, kind, label, **parts), f"own_{kind}")
    return draft


def can_be_typed(text: str) -> bool:
    """Telegram's messages are not empty, not too long, and real text."""
    return text.isprintable() and bool(text.strip()) and len(text) <= LONGEST


def refused(kind: str, text: str, language: str) -> str | None:
    """What is said today of this answer; None: it is understood."""
    try:
        parse_text(question(kind), text, datetime.now(UTC).date(), language)
    except Refusal as refusal:
        return sentence(refusal, language).replace("\u00a0", " ").replace("\u202f", " ")
    return None


async def reads(person: Person) -> str:
    """The bot's last two messages: a shared number is asked for by a second one."""
    return "\n".join(one.text for one in (await person.bot_messages())[-2:]).replace("\u202f", " ")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
async def test_wrong_values_of_each_kind_are_explained_in_the_chat(
    house: House, douceur: Provider, kind: str, language: str
) -> None:
    await publishes(douceur, await an_admin(douceur), every_kind)
    person = await house.person("Amina", language)
    await start(person, douceur, language)
    candidate = await person.candidate(douceur)
    await person.follow(f"c-{candidate.id}-own_{kind}")
    assert ("Réponse" if language == "fr" else "Item") in await reads(person)

    tried = 0
    for text, _ in [*REFUSED[kind], *NEVER_KEPT]:
        why = refused(kind, text, language)
        if why is None or not can_be_typed(text):
            continue
        await person.say(text)
        said = await reads(person)
        assert f"⚠️ {why}" in said, (text, said)
        assert (await Candidate.get(id=candidate.id)).status == "incomplete"
        tried += 1
    assert tried >= 2
    assert await Answer.filter(candidate_id=candidate.id).count() == 0

    text, value = UNDERSTOOD[kind][0]
    await person.say(text)
    answer = await Answer.get(candidate_id=candidate.id)
    assert answer.key == f"own_{kind}"
    assert kind in SENSITIVE_KINDS or answer.value == value


async def start(person: Person, provider: Provider, language: str) -> None:
    """Through the first page, in one's language."""
    if language == "fr":
        await begin(person, provider)
    else:
        await person.follow(await link(provider))
        await person.press("Start")
