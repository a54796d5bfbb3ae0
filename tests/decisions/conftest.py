"""Douceur & Cie with its operators Odile and Oscar, and candidates in every state."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions import decisions, reviews
from actions.deeds import Actor
from models.reads.dossier import dossier
from models.tables import (
    Answer,
    Bot,
    Candidate,
    Chat,
    Decision,
    Document,
    DocumentType,
    DocumentVersion,
    Event,
    Field,
    Membership,
    Notice,
    Operator,
    Provider,
    Upload,
)
from rules.catalogue.reasons import ILLEGIBLE
from rules.reviews import mark
from rules.vocabulary import ActorKind, Outcome, Status

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
DELAY = timedelta(minutes=5)
numbers = itertools.count(1)
REQUIRED = ("sirene", "diploma")


@dataclass
class House:
    """One provider, its operators by name, and what a test does with them."""

    provider: Provider
    bot: Bot
    now: datetime = NOW
    staff: dict[str, Operator] = field(default_factory=dict)

    def later(self, **delta: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**delta)
        return self.now

    async def hires(self, name: str, role: str = "reviewer") -> Operator:
        """One more operator."""
        person = await Operator.create(
            name=name, email=f"{name.lower()}@{self.provider.slug}.example", created_at=self.now
        )
        await Membership.create(
            provider_id=self.provider.id, operator_id=person.id, role=role, created_at=self.now
        )
        self.staff[name] = person
        return person

    def actor(self, name: str = "Odile") -> Actor:
        """An operator, as the journal names them."""
        return Actor(ActorKind.OPERATOR, self.staff[name].id, name)

    async def asks_for_the_usual(self) -> None:
        """Do they speak French; two documents required, one optional, one once admitted."""
        await Field.create(
            provider_id=self.provider.id,
            key="speaks_french",
            kind="yes_no",
            label={"fr": "Français", "en": "French"},
            position=1,
        )
        for key in (*REQUIRED, "cv", "insurance"):
            await DocumentType.create(
                provider_id=self.provider.id,
                key=key,
                label={"fr": f"Pièce {key}", "en": f"Document {key}"},
                position=next(numbers),
                required=key != "cv",
                asks_expiry=key == "insurance",
                stage="admitted" if key == "insurance" else "application",
                reasons=[ILLEGIBLE.column()],
            )

    async def candidate(self, name: str = "Amina", status: str = "submitted") -> Candidate:
        """Somebody whose application is complete, and where it stands."""
        number = next(numbers)
        person = await Candidate.create(
            provider_id=self.provider.id,
            bot_id=self.bot.id,
            telegram_id=number,
            first_name=name,
            last_name="Benali",
            email=f"{name.lower()}@example.org",
            work_status="independent",
            status=status,
            created_at=self.now,
            status_since=self.now,
            clock_start=self.now,
            submitted_at=None if status == "incomplete" else self.now,
            admitted_at=self.now if status == "accepted" else None,
        )
        await Chat.create(
            bot_id=self.bot.id, user_id=number, candidate_id=person.id, created_at=self.now
        )
        await Answer.create(
            candidate_id=person.id, key="speaks_french", value=True, answered_at=self.now
        )
        for key in REQUIRED:
            await self.sent(person, key)
        return person

    async def sent(self, person: Candidate, key: str, state: str = "to_review") -> Document:
        """A document that was sent and checked."""
        document = await Document.create(
            candidate_id=person.id, key=key, state=state, sent_at=self.now
        )
        version = await DocumentVersion.create(document_id=document.id, number=1, sent_at=self.now)
        await Upload.create(
            version_id=version.id,
            candidate_id=person.id,
            position=1,
            telegram_file_id="file",
            state="kept" if state != "checking" else "waiting",
        )
        return document

    async def judged(self, person: Candidate, key: str) -> reviews.Judged:
        """The document as an operator's page shows it now."""
        facts = await dossier(await Candidate.get(id=person.id), self.provider)
        return reviews.Judged(
            provider_id=self.provider.id,
            candidate_id=person.id,
            key=key,
            seen=mark(facts.documents.get(key)),
        )

    async def validates(self, person: Candidate, *keys: str, who: str = "Odile") -> None:
        """Validate documents."""
        for key in keys:
            await reviews.validate(await self.judged(person, key), self.actor(who), self.now)

    async def decides(
        self,
        person: Candidate,
        outcome: Outcome | str,
        *,
        who: str = "Odile",
        delay: timedelta = timedelta(0),
        **said: Any,
    ) -> Decision:
        """Decide on the whole."""
        verdict = decisions.Verdict(outcome=Outcome(outcome), **said)
        return await decisions.decide(
            person.id,
            verdict,
            self.actor(who),
            self.now,
            provider_id=self.provider.id,
            delay=delay,
        )


async def lines(person: Candidate) -> list[str]:
    """The kinds of the journal's lines, in order."""
    found = await Event.filter(candidate_id=person.id).order_by("id")
    return [str(one.kind) for one in found]


async def owed(person: Candidate) -> list[tuple[str, str]]:
    """(kind, channel) of every notice that is owed, sorted."""
    found = await Notice.filter(candidate_id=person.id, state="owed")
    return sorted((one.kind, one.channel) for one in found)


async def again(person: Candidate) -> Candidate:
    """The row as it is now."""
    return await Candidate.get(id=person.id)


async def in_status(house: House, status: Status) -> Candidate:
    """Amina, in this status."""
    return await house.candidate(status=str(status))


async def make_house(slug: str, name: str) -> House:
    """A provider that asks for the usual."""
    provider = await Provider.create(slug=slug, name=name, created_at=NOW)
    bot = await Bot.create(telegram_id=next(numbers), username=f"{slug}_bot")
    made = House(provider, bot)
    await made.asks_for_the_usual()
    return made


@pytest.fixture
async def house(database: str) -> House:
    """Douceur & Cie: Odile (admin) and Oscar (reviewer)."""
    made = await make_house("douceur", "Douceur & Cie")
    await made.hires("Odile", "admin")
    await made.hires("Oscar")
    return made


@pytest.fixture
async def other_house(database: str) -> House:
    """Vert Jardin: Victor."""
    made = await make_house("vert-jardin", "Vert Jardin")
    await made.hires("Victor", "admin")
    return made
