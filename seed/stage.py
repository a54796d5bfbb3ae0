"""The stage of the demo's past: phones, desks, the post and the clock, all at the story's time."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage

from actions import bin as waste
from actions import clock, decisions, outages
from actions.outbox import Fate, Refused
from jobs.messenger import Messenger
from jobs.pace import Pace
from jobs.post import Post
from jobs.transport import Transport
from models.tables import Bot, Provider
from rules.letters import Sites
from rules.sources import Tag
from seed import papers
from seed.phones import Line
from seed.timeline import Timeline
from store.room import Room

HOLDER = "seed"
UNLIMITED = 1e9
NO_SUCH_MAILBOX = 550
WRONG_DOMAIN = "@nowhere.example.org"
"""Addresses that the demo's past refuses, as a mail server would."""
ACTIVATION = re.compile(r"/activate/([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Way:
    """How mails leave, and where their links lead; plain values of the settings."""

    transport: Transport
    sender: str
    sites: Sites
    secret_key: bytes


class _Watched:
    """The demo's mailbox: it refuses one domain, and the people find the links in their mails."""

    def __init__(self, inner: Transport, tokens: dict[str, str]) -> None:
        self._inner = inner
        self._tokens = tokens

    async def send(self, message: EmailMessage, sender: str, to: str) -> Fate:
        """Hand over, or refuse for good."""
        if to.endswith(WRONG_DOMAIN):
            return Refused("550 5.1.1 no such mailbox", NO_SUCH_MAILBOX)
        text = message.get_body(("plain",))
        found = ACTIVATION.search(text.get_content()) if text else None
        if found:
            self._tokens[to] = found.group(1)
        return await self._inner.send(message, sender, to)

    async def close(self) -> None:
        """Nothing more for now."""
        await self._inner.close()


@dataclass(slots=True)
class Stage:
    """Everything that stories act with."""

    time: Timeline
    line: Line
    bot: Bot
    room: Room
    way: Way
    press: papers.Press
    links: dict[str, str] = field(default_factory=dict)
    """The personal link's token of each provider, by slug."""
    places: dict[str, list[Tag | None]] = field(default_factory=dict)
    """By which ways people come to each provider; None: by the link alone."""
    tokens: dict[str, str] = field(default_factory=dict)
    """The activation link's token that was mailed to an address."""
    _post: Post | None = None
    _messenger: Messenger | None = None

    @property
    def now(self) -> datetime:
        """The story's time; the phones follow it."""
        self.line.set_clock(self.time.now)
        return self.time.now

    async def check_files(self) -> None:
        """The worker checks what was sent."""
        await papers.check_all(self.line.world, self.press, self.room, self.time)

    async def deliver(self) -> None:
        """The worker delivers what is owed: mails, then news and status cards."""
        self.line.set_clock(self.time.now)
        if self._post is None or self._messenger is None:
            self._post, self._messenger = self._new_post(), self._new_messenger()
        await self._post.drain()
        await self._messenger.drain()

    def _new_post(self) -> Post:
        return Post(
            transport=_Watched(self.way.transport, self.tokens),
            sender=self.way.sender,
            sites=self.way.sites,
            secret_key=self.way.secret_key,
            clock=lambda: self.time.now,
            holder=HOLDER,
        )

    def _new_messenger(self) -> Messenger:
        return Messenger(
            sender=self.line,
            sites=self.way.sites,
            clock=lambda: self.time.now,
            holder=HOLDER,
            pace=Pace(per_bot=UNLIMITED, per_chat=UNLIMITED),
        )

    async def become_final(self) -> None:
        """Decisions whose delay is over take effect, and the news leaves."""
        await decisions.finalise_due(self.time.now)
        await self.deliver()

    async def nights(self, first_days_ago: int) -> None:
        """The deletion clock and the bin, every night up to today."""
        await outages.note_started(self.time.now)
        await outages.note_queue(self.bot.id, 0, self.time.now)
        for days_ago in range(first_days_ago, -1, -1):
            await self.time.until(self.time.day(days_ago, 4, 2))
            for provider in await Provider.all().order_by("slug"):
                await clock.run(provider, self.time.now, HOLDER)
            await waste.empty_due(self.time.now)
            await self.time.wait(minutes=1)
            await self.deliver()
