"""What applicants do, on their phones and in the product: each deed in both places."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from actions import accounts, answers, application, chats, messages, signup, updates
from actions.documents import SentFile
from models.database import transaction
from models.reads.chats import place
from models.tables import Chat, Field
from rules import asking
from rules.sources import payload
from sandbox.phones import Phone
from sandbox.records import Json
from seed.cast import Person
from seed.drawing import Order
from seed.phones import attachment
from seed.stage import Stage
from words.chat.current import current

MOMENT = timedelta(seconds=40)
"""What an answer takes."""


@dataclass(slots=True)
class Applicant:
    """One person on stage."""

    stage: Stage
    who: Person
    slug: str
    begins: datetime
    """When they sign up."""
    id: str = ""
    """The candidate's, once signed up."""
    _chat_id: str = ""
    _phone: Phone | None = None
    _answered: int = 0
    _asked: list[str] = field(default_factory=list)

    @property
    def phone(self) -> Phone:
        """Their phone; they have one from the moment they sign up."""
        assert self._phone is not None, "sign up first"
        return self._phone

    def _taken(self, message: Json) -> Json:
        return self.stage.line.taken(message)

    async def chat(self) -> Chat:
        """Their chat's row."""
        return await Chat.get(id=self._chat_id).select_related("bot")

    # Coming in

    async def sign_up(self) -> None:
        """Open the provider's link; the welcome comes back."""
        now = self.stage.now
        self._phone = self.stage.line.hand(
            self.who.first_name or "Lina",
            last_name=self.who.last_name or None,
            language_code=self.who.language,
            phone_number=self.who.phone,
        )
        places = self.stage.places[self.slug]
        way = places[sum(map(ord, self.who.last_name or "")) % len(places)]
        carried = payload(self.stage.links[self.slug], way)
        self.phone.follow_link(carried)
        for message in self.phone.start():
            self._taken(message)
        person = updates.Person(self.phone.person.id, self.phone.person.full_name)
        async with transaction():
            chat = await updates.open_chat(self.stage.bot.id, person, self.who.language, now)
            arrival = await signup.arrive(self.stage.bot, chat, carried, now=now, at=now)
            chat.asking = str(asking.Asking(asking.WELCOME))
            await updates.close_chat(chat)
        assert arrival.candidate_id is not None, arrival
        self.id, self._chat_id = arrival.candidate_id, chat.id
        await self.see()
        chat = await self.chat()
        chat.asking = asking.NEXT
        await updates.close_chat(chat)

    async def see(self) -> None:
        """The bot shows where they are now."""
        chat = await self.chat()
        newest = 0
        for screen in current(await place(chat, self.stage.now)):
            newest = await self.stage.line.show(self.stage.bot, chat.user_id, screen)
        await updates.note_shown(chat.id, updates.Shown(newest=newest))

    # Answering

    async def answer(self, most: int = 99) -> None:
        """Answer the next questions, one after the other, within some minutes."""
        keys = await self._questions()
        mine = keys[self._answered : self._answered + most]
        replies = self.who.replies()
        async with transaction():
            for key in mine:
                await self.change(key, replies[key])
                self.stage.time.now += MOMENT
        self._answered += len(mine)

    async def _questions(self) -> list[str]:
        if not self._asked:
            replies = self.who.replies()
            found = await Field.filter(
                provider__slug=self.slug, stage="application", since__lte=1
            ).order_by("position")
            self._asked = [one.key for one in found if one.key in replies]
        return self._asked

    async def change(self, key: str, value: Any) -> None:
        """Give one answer, or another one than before."""
        now = self.stage.now
        language = self.who.language
        await answers.answer(self.id, key, value, language=language, now=now, at=now)

    # Sending

    async def send(self, key: str, flaw: str = "") -> None:
        """Send a document; the worker checks it at once."""
        paper = await self.stage.press.drawn(self._order(key, flaw))
        album = self.phone.group() if len(paper.files) > 1 else None
        for data in paper.files:
            now = self.stage.now
            if paper.name:
                said = self.phone.document(attachment(data, paper.name), group=album)
            else:
                said = self.phone.photo(attachment(data, "photo.jpg"), group=album)
            sent = self._sent_file(self._taken(said), album)
            await application.send_document(self.id, key, sent, now=now, at=now)
        await self.stage.check_files()
        await self.stage.time.wait(minutes=1 + self.who.number % 3)

    def prepare(self, keys: tuple[str, ...], flaws: dict[str, str]) -> None:
        """Have papers drawn ahead."""
        for key in keys:
            self.stage.press.order(self.begins, self._order(key, flaws.get(key, "")))

    def _order(self, key: str, flaw: str) -> Order:
        return Order(self.who, key, self.begins.date(), flaw)

    def _sent_file(self, message: Json, album: str | None) -> SentFile:
        file = message["document"] if "document" in message else message["photo"][-1]
        return SentFile(
            telegram_file_id=file["file_id"],
            message_id=message["message_id"],
            bot_id=self.stage.bot.id,
            name=file.get("file_name", ""),
            size=file["file_size"],
            content_type=file.get("mime_type", "image/jpeg"),
            media_group=album,
        )

    async def submit(self) -> None:
        """Send the application."""
        now = self.stage.now
        await application.submit(self.id, now=now, at=now)
        await self.stage.deliver()

    async def take_back(self) -> None:
        """Take it back, to change something."""
        now = self.stage.now
        await application.take_back(self.id, now=now, at=now)

    async def write(self, text: str) -> int:
        """Write to the operators; Telegram's number of the message."""
        now = self.stage.now
        said = self._taken(self.phone.text(text)[0])
        number = int(said["message_id"])
        await messages.receive(self.id, text, number, now=now, at=now)
        return number

    async def edit(self, number: int, text: str) -> None:
        """Change a message that was sent."""
        now = self.stage.now
        self._taken(self.phone.edit(number, text))
        user_id = self.phone.person.id
        await messages.edit(self.stage.bot.id, user_id, number, text, now=now, at=now)

    async def activate(self) -> None:
        """Follow the link of the activation mail."""
        await accounts.activate(self.stage.tokens[self.who.email], self.stage.now)
        await self.stage.deliver()

    async def block(self) -> None:
        """Stop the bot."""
        now = self.stage.now
        self.phone.block()
        self._taken({})
        chat = await self.chat()
        async with transaction():
            await chats.block(chat, now=now)
            await updates.close_chat(chat)
