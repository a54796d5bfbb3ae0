"""Douceur & Cie, its bot, and Amina, who is asked for a diploma and a work certificate."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from actions.deeds import Actor
from actions.documents import Received, SentFile, receive
from bot.send import Sender
from jobs.check import drain, scratch
from jobs.context import Workshop
from models.database import refuse_inside_transaction
from models.tables import Bot, Candidate, Chat, Document, DocumentType, Event, Provider
from rules.vocabulary import ActorKind
from sandbox.app import BotSpec, Server, start
from sandbox.client import Phone, Sandbox
from sandbox.delivery import Timing
from settings import Settings
from store.room import Room, use_room
from store.sealing import Keyring, use_keyring
from tests.sandbox.conftest import BotHands

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


@dataclass
class Post:
    """Amina's phone, the bot's mailbag, and the workshop that checks what arrives."""

    house: House
    amina: Candidate
    phone: Phone
    sandbox: Sandbox
    bot: BotHands
    workshop: Workshop
    folder: Path
    """Where a test makes what is sent."""

    async def bag(self) -> list[SentFile]:
        """What arrived since the last look, as the door announces it."""
        return [self._announced(one["message"]) for one in await self.bot.take() if _file(one)]

    def _announced(self, message: dict[str, Any]) -> SentFile:
        file = message.get("document") or message["photo"][-1]
        return SentFile(
            telegram_file_id=file["file_id"],
            message_id=message["message_id"],
            bot_id=self.house.bot.id,
            name=file.get("file_name", ""),
            size=file.get("file_size"),
            content_type=file.get("mime_type", "image/jpeg"),
            media_group=message.get("media_group_id"),
        )

    async def sends(
        self,
        path: Path,
        key: str = "diploma",
        *,
        lie: dict[str, Any] | None = None,
        **options: Any,
    ) -> Received:
        """Amina sends a file and the door accepts it; nothing is checked yet."""
        await self.phone.send_document(path, **(lie or {}))
        (sent,) = await self.bag()
        return await self.house.sends(self.amina, key, sent, **options)

    async def check(self) -> int:
        """Let the worker work until nothing is due."""
        return await drain(self.workshop)

    def objects(self) -> list[Path]:
        """Everything in the store, but for the ids of the erased, which outlive a restore."""
        folder = self.folder.parent / "store"
        found = (path for path in folder.rglob("*") if path.is_file())
        return sorted(path for path in found if path.relative_to(folder).parts[0] != "outside")

    def in_clear(self) -> list[Path]:
        """What lies in the scratch folder."""
        return list(scratch(self.workshop).rglob("*"))


def _file(update: dict[str, Any]) -> bool:
    message = update.get("message", {})
    return "document" in message or "photo" in message


@pytest.fixture
async def telegram() -> AsyncIterator[Server]:
    """A local Telegram with Douceur & Cie's bot."""
    bots = [BotSpec(TOKEN, "Douceur", "douceur_bot")]
    async with await start(bots=bots, timing=Timing(0.02, 0.1, 5.0)) as running:
        yield running


@pytest.fixture
def keyring() -> Keyring:
    """The installation's keys."""
    ring = Keyring({"k1": b"1" * 32})
    use_keyring(ring)
    return ring


@pytest.fixture
def store(tmp_path: Path, keyring: Keyring) -> Room:
    """An empty file room, this process's one."""
    made = Room(f"file://{tmp_path}/store", keyring, refuse_inside_transaction)
    use_room(made)
    return made


@pytest.fixture
async def post(house: House, telegram: Server, store: Room, tmp_path: Path) -> AsyncIterator[Post]:
    """Everything between a phone and the store, but for the door."""
    settings = Settings.from_environment(
        {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "DATA_DIR": f"{tmp_path}/data"}
    )
    sender = Sender(telegram.url, TOKEN)
    folder = tmp_path / "made"
    folder.mkdir()
    async with Sandbox(telegram.url) as sandbox, aiohttp.ClientSession() as session:
        phone = await sandbox.phone("Amina", "Benali")
        await phone.open("douceur_bot")
        bot = BotHands(telegram.url, session, TOKEN)
        await bot.take()
        amina = await house.candidate("Amina", phone.id)
        workshop = Workshop(settings, sender, clock=lambda: house.now)
        yield Post(house, amina, phone, sandbox, bot, workshop, folder)
    await sender.close()
