"""Phones on a sandbox, the door between them and the space, and providers to apply to."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from actions.bots import register_shared_bot
from actions.providers import NewProvider, create_provider
from bot.door import Answer, Door
from bot.routers import build_dispatcher
from bot.send import Sender
from models.tables import Bot, Candidate, Chat, JoinLink, Provider
from rules.catalogue.selections import DEMO
from sandbox.app import BotSpec, Server, start
from sandbox.client import Message, Phone, Sandbox
from sandbox.delivery import Timing
from store.sealing import Keyring, use_keyring

TOKEN = "424242:AAE-made-up-token"
USERNAME = "douceur_bot"


@dataclass
class House:
    """The installation: its bot, its door."""

    door: Door
    bot: Bot
    sandbox: Sandbox
    offset: int = 0

    async def work(self) -> None:
        """Take every waiting update through the door, in order."""
        while batch := await self.door.sender.updates(self.bot, self.offset, 0):
            for update in batch:
                assert await self.door.handle(self.bot, update) is Answer.DONE
                self.offset = update["update_id"] + 1

    async def person(self, name: str, language: str = "fr") -> Person:
        """Somebody with a phone, who has not opened the bot yet."""
        phone = await self.sandbox.phone(name, language_code=language)
        return Person(self, phone)


def plain(message: Message) -> Message:
    """The message with ordinary spaces, as a test can write them."""
    return replace(message, text=message.text.replace("\u00a0", " "))


@dataclass
class Person:
    """Acts on the phone; the bot has answered when the deed returns."""

    house: House
    phone: Phone

    async def follow(self, token: str | None = None) -> Message:
        """Open the bot by a link (or without one) and press Start."""
        await self.phone.open(USERNAME, token)
        return await self.answered()

    async def say(self, text: str) -> Message:
        """Write."""
        await self.phone.send(text)
        return await self.answered()

    async def press(self, button: str, message_id: int | None = None) -> Message:
        """Press a button by a part of its text."""
        await self.phone.press(button, message_id)
        return await self.answered()

    async def answered(self) -> Message:
        """The bot's last message, once everything is handled."""
        await self.house.work()
        return plain(await self.phone.last())

    async def bot_messages(self) -> list[Message]:
        """Everything that the bot said."""
        return [plain(one) for one in await self.phone.messages() if one.from_bot]

    async def last(self) -> Message:
        """The bot's last message."""
        return plain(await self.phone.last())

    async def chat(self) -> Chat:
        """The chat's row."""
        return await Chat.get(user_id=self.phone.id)

    async def candidate(self, provider: Provider) -> Candidate:
        """The candidate's row at a provider."""
        return await Candidate.get(telegram_id=self.phone.id, provider_id=provider.id)


@pytest.fixture(scope="session", autouse=True)
def keys() -> None:
    """This process seals under a made-up key."""
    use_keyring(Keyring({"k1": b"k" * 32}))


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A running sandbox with one bot."""
    bots = [BotSpec(TOKEN, "Douceur", USERNAME)]
    async with await start(bots=bots, timing=Timing(0.02, 0.1, 5.0)) as running:
        yield running


@pytest.fixture
async def house(database: str, server: Server) -> AsyncIterator[House]:
    """The installation, ready to answer."""
    sender = Sender(server.url, TOKEN)
    async with Sandbox(server.url) as sandbox:
        bot = await register_shared_bot(424242, USERNAME)
        yield House(Door(sender, build_dispatcher), bot, sandbox)
        await sender.close()


@pytest.fixture
async def douceur(house: House) -> Provider:
    """Douceur & Cie, which asks what the demo's provider asks."""
    new = NewProvider(name="Douceur & Cie", requirements=DEMO)
    return await create_provider(new, datetime.now(UTC))


@pytest.fixture
async def vert(house: House) -> Provider:
    """Vert Jardin."""
    return await create_provider(NewProvider(name="Vert Jardin"), datetime.now(UTC))


async def link(provider: Provider) -> str:
    """The token of a provider's current link."""
    return (await JoinLink.get(provider_id=provider.id, renewed_at=None)).token


@pytest.fixture
async def amina(house: House) -> Person:
    """Amina and her phone, in French."""
    return await house.person("Amina")


@pytest.fixture
async def bruno(house: House) -> Person:
    """Bruno and his phone, in English."""
    return await house.person("Bruno", "en")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A picture of a document."""
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "JPEG")
    path = tmp_path / "page.jpg"
    path.write_bytes(out.getvalue())
    return path
