"""Douceur & Cie, its bot, and Amina, who is asked for a diploma and a work certificate."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions.deeds import Actor
from actions.documents import Received, SentFile, receive
from models.tables import Bot, Candidate, Chat, Document, DocumentType, Event, Provider
from rules.vocabulary import ActorKind

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
TOKEN = "424242:AAE-made-up-token"
numbers = itertools.count(1)


@dataclass
class House:
    """One provider with one bot, and what a test does with them."""

    provider: Provider
    bot: Bot
    now: datetime = NOW
    messages: int = 0

    def later(self, **delta: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**delta)
        return self.now

    async def asks(self, key: str, **columns: Any) -> DocumentType:
        """The provider asks for one more document."""
        return await DocumentType.create(
            provider_id=self.provider.id,
            key=key,
            label={"fr": key, "en": key},
            position=next(numbers),
            **columns,
        )

    async def candidate(self, name: str, telegram_id: int) -> Candidate:
        """Somebody signs up."""
        person = await Candidate.create(
            provider_id=self.provider.id,
            bot_id=self.bot.id,
            telegram_id=telegram_id,
            first_name=name,
            created_at=self.now,
            status_since=self.now,
            clock_start=self.now,
        )
        await Chat.create(
            bot_id=self.bot.id,
            user_id=telegram_id,
            candidate_id=person.id,
            created_at=self.now,
        )
        return person

    def file(self, telegram_file_id: str = "", **fields: Any) -> SentFile:
        """The next message of the chat, with a file."""
        self.messages += 1
        fields.setdefault("message_id", self.messages)
        return SentFile(telegram_file_id or f"file{self.messages}", bot_id=self.bot.id, **fields)

    async def sends(
        self, who: Candidate, key: str, sent: SentFile | None = None, **options: Any
    ) -> Received:
        """A candidate sends a file."""
        options.setdefault("at", self.now)
        actor = Actor(ActorKind.CANDIDATE, who.id, who.first_name)
        return await receive(who.id, key, sent or self.file(), actor, self.now, **options)


async def history(who: Candidate, kind: str | None = None) -> list[Event]:
    """The journal, oldest first."""
    events = await Event.filter(candidate_id=who.id).order_by("id")
    return [one for one in events if kind in (None, one.kind)]


async def document(who: Candidate, key: str) -> Document:
    """What was sent for this type."""
    return await Document.get(candidate_id=who.id, key=key)


@pytest.fixture
async def house(database: str) -> House:
    """Douceur & Cie asks for a diploma."""
    provider = await Provider.create(
        slug="douceur", name="Douceur & Cie", created_at=NOW, reply_to="odile@example.org"
    )
    bot = await Bot.create(telegram_id=424242, username="douceur_bot")
    house = House(provider, bot)
    await house.asks("diploma", max_pages=3)
    return house


@pytest.fixture
async def amina(house: House) -> Candidate:
    """Amina applies at Douceur & Cie."""
    return await house.candidate("Amina", 1001)
