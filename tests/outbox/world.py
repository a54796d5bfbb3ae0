"""Douceur & Cie, its bot, and people to whom something is owed."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from actions.deeds import SYSTEM, deed
from bot.send import Sender
from jobs.messenger import Messenger
from jobs.pace import Pace
from jobs.post import Post
from jobs.transport import SmtpTransport, Transport
from models.tables import Bot, Candidate, Chat, DocumentType, Event, Field, Notice, Provider
from rules.letters import Sites
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from settings.parsing import smtp as parsed

TOKEN = "424242:AAE-made-up-token"
SECRET = b"a secret of thirty-two characters!"
SITES = Sites("https://recrutement.example.org", "http://127.0.0.1:1")
CORRECTIONS = {
    "comment": "Merci !",
    "items": [
        {"key": "diploma", "label": {"fr": "Diplôme"}, "state": "rejected", "reason": "Flou"}
    ],
}
numbers = itertools.count(5_000)


@dataclass
class Clock:
    """The time, which tests move by hand."""

    now: datetime = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **length: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**length)
        return self.now


@dataclass
class House:
    """One provider with one bot, and what a test does with its people."""

    provider: Provider
    bot: Bot
    clock: Clock = field(default_factory=Clock)

    @classmethod
    async def opened(cls, clock: Clock | None = None) -> House:
        """A provider that asks for one document."""
        clock = clock or Clock()
        provider = await Provider.create(
            slug="douceur",
            name="Douceur & Cie",
            created_at=clock.now,
            reply_to="contact@douceur.example",
        )
        bot = await Bot.create(telegram_id=424242, username="douceur_bot")
        await Field.create(
            provider_id=provider.id,
            key="first_name",
            kind="text",
            label={"fr": "Prénom", "en": "First name"},
            position=1,
        )
        await DocumentType.create(
            provider_id=provider.id,
            key="diploma",
            label={"fr": "Diplôme", "en": "Diploma"},
            position=2,
        )
        return cls(provider, bot, clock)

    async def person(
        self, name: str = "Amina", *, user_id: int | None = None, **columns: Any
    ) -> Candidate:
        """A candidate with a chat whose card is up to date, so that only notices are due."""
        number, now = user_id or next(numbers), self.clock.now
        columns = {"status": "to_correct", "email": f"{name.lower()}@example.org"} | columns
        made = await Candidate.create(
            provider_id=self.provider.id,
            bot_id=self.bot.id,
            telegram_id=number,
            first_name=name,
            created_at=now,
            status_since=now,
            clock_start=now,
            **columns,
        )
        await Chat.create(
            bot_id=self.bot.id,
            user_id=number,
            candidate_id=made.id,
            card_shown=made.version,
            created_at=now,
        )
        return made

    async def owe(
        self,
        person: Candidate,
        kind: NoticeKind = NoticeKind.CORRECTIONS,
        facts: dict[str, Any] | None = None,
        *,
        channels: tuple[Channel, ...] = (Channel.MAIL,),
        wait: float = 0,
    ) -> list[Notice]:
        """Owe something that leaves in `wait` seconds; the card stays: this is about notices."""
        async with deed(person.id, SYSTEM, self.clock.now) as doing:
            owed = await doing.owe(
                kind,
                CORRECTIONS if facts is None else facts,
                once=str(next(numbers)),
                channels=channels,
                not_before=self.clock.now + timedelta(seconds=wait),
            )
        fresh = await Candidate.get(id=person.id)
        await Chat.filter(candidate_id=person.id).update(card_shown=fresh.version)
        return owed

    def post(self, smtp_url: str = "", transport: Transport | None = None, **more: Any) -> Post:
        """A worker's way out for mails."""
        way = transport or SmtpTransport(parsed(smtp_url))
        given = {"holder": "w1", "lines": 1} | more  # one by one, however busy the machine is
        return Post(way, "robot@antichambre.example", SITES, SECRET, self.clock, **given)

    def messenger(self, url: str, **more: Any) -> Messenger:
        """A worker's way out for the chat."""
        quick = Pace(per_bot=10_000, per_chat=10_000)
        given = {"holder": "w1", "pace": quick} | more
        return Messenger(Sender(url, TOKEN), Sites(SITES.public_url, url), self.clock, **given)


async def fate(notice: Notice) -> Notice:
    """The notice as it stands."""
    return await Notice.get(id=notice.id)


async def journal(person: Candidate) -> list[str]:
    """The kinds of the candidate's events, in order."""
    return [event.kind for event in await Event.filter(candidate_id=person.id).order_by("id")]
