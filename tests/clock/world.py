"""The world in which the deletion clock ticks, on a real database: same verbs as the pure one.

What people do goes through the product's own deeds, mails and news through the real outbox (with
the mail server played here), and the nightly run is the real one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from actions import (
    admissions,
    application,
    chat_outbox,
    chats,
    checks,
    clock,
    decisions,
    documents,
    messages,
    outbox,
    replies,
    restores,
)
from actions.deeds import Actor
from actions.outages import note_queue, note_started
from actions.reminders import note_said, reconsider_reminder
from actions.settings import Recruitment, change_recruitment
from models.reads.letters import Gone, telling
from models.reads.quiet import quiet_until
from models.reads.retention import outlook_of
from models.tables import (
    Bot,
    Candidate,
    Chat,
    ClockRun,
    Decision,
    DocumentType,
    Notice,
    Operator,
    Provider,
    Tombstone,
)
from rules.letters import Sites
from rules.notices import TELLING_A_DATE, NoticeKind
from rules.retention import Outlook, next_run
from rules.vocabulary import ActorKind, Outcome

SITES = Sites("https://example.org")
LAST = 14
"""Nights that really run before something happens; of a longer wait, every 10th one before."""


@dataclass
class World:
    """Douceur & Cie with its bot, and Amina; every verb takes the moment at which it happens."""

    provider_id: str
    bot: Bot
    chat_id: str
    candidate_id: str
    odile: Actor
    now: datetime
    mail: str = "up"
    """up, down (the server does not answer), busy (4xx) or refused (5xx)."""
    nightly: bool = True
    deleted_at: datetime | None = None
    sent: list[tuple[str, date]] = field(default_factory=list)
    """(channel, date it says) of each reminder's copy that was accepted."""
    messages: int = 100

    @classmethod
    async def at(cls, now: datetime, zone: str, days: int, remind: int) -> World:
        """Begin with an incomplete application whose candidate acts now, with a good address."""
        now = now.astimezone(UTC)
        provider = await Provider.create(
            slug="douceur",
            name="Douceur & Cie",
            created_at=now,
            timezone=zone,
            deletion_days=days,
            reminder_days=remind,
            quiet_from=0,
            quiet_until=0,
        )
        await DocumentType.create(
            provider_id=provider.id, key="diploma", label={}, required=False, position=1
        )
        bot = await Bot.create(telegram_id=4242, username="douceur_bot")
        odile = await Operator.create(email="odile@example.org", name="Odile", created_at=now)
        amina = await new_candidate(provider, bot, "Amina", 1001, now)
        chat = await Chat.get(bot_id=bot.id, user_id=1001)
        night = next_run(now, ZoneInfo(zone)).astimezone(ZoneInfo(zone)).date()
        await ClockRun.create(
            provider_id=provider.id,
            local_date=night - timedelta(days=1),
            started_at=now,
            finished_at=now,
        )
        await note_started(now - timedelta(hours=1))
        await note_queue(bot.id, 0, now - timedelta(hours=1))
        actor = Actor(ActorKind.OPERATOR, odile.id, "Odile")
        return cls(provider.id, bot, chat.id, amina.id, actor, now)

    # What the person and the operators do.

    async def act(self, at: datetime) -> None:
        """The candidate presses a button."""
        await self.advance(at)
        await chats.touch(self.candidate_id, self.now)

    async def operator_acts(self, at: datetime) -> None:
        """The operator writes to the candidate."""
        await self.advance(at)
        await replies.send(
            self.candidate_id, "Bonjour", self.odile, self.now, provider_id=self.provider_id
        )

    async def ask(self, at: datetime) -> None:
        """The candidate writes to the operator, and waits."""
        await self.advance(at)
        self.messages += 1
        await messages.receive(
            self.candidate_id, "Une question ?", self.messages, now=self.now, at=self.now
        )

    async def send_file(self, at: datetime) -> None:
        """The candidate sends a file: it waits for its check."""
        await self.advance(at)
        self.messages += 1
        sent = documents.SentFile(f"file{self.messages}", self.messages, self.bot.id)
        actor = Actor(ActorKind.CANDIDATE, self.candidate_id)
        await documents.receive(self.candidate_id, "diploma", sent, actor, self.now, self.now)

    async def check_file(self, at: datetime) -> None:
        """The check ends: the file is of no use."""
        await self.advance(at)
        for claimed in await checks.claim(self.now, 1):
            await checks.refuse(claimed, "unreadable", self.now)

    async def decide(self, at: datetime, outcome: Outcome, minutes: int = 0) -> None:
        """Odile decides; final at once, or pending."""
        await self.advance(at)
        verdict = decisions.Verdict(outcome=outcome, comment="Merci", reason="Vu ensemble")
        await decisions.decide(
            self.candidate_id,
            verdict,
            self.odile,
            self.now,
            provider_id=self.provider_id,
            delay=timedelta(minutes=minutes),
        )

    async def undo(self, at: datetime) -> None:
        """Odile undoes the pending decision."""
        await self.advance(at)
        pending = await Decision.get(candidate_id=self.candidate_id, state="pending")
        await decisions.undo(
            self.candidate_id, pending.id, self.odile, self.now, provider_id=self.provider_id
        )

    async def submit(self, at: datetime) -> None:
        """The candidate sends the application."""
        await self.advance(at)
        await application.submit(self.candidate_id, now=self.now, at=self.now)

    async def block(self, at: datetime, *, blocked: bool) -> None:
        """The candidate blocks the bot, or lets it in again; neither is an act."""
        await self.advance(at)
        chat = await Chat.get(id=self.chat_id)
        await (chats.block if blocked else chats.unblock)(chat, now=self.now)
        await chat.save(update_fields=["blocked_at"])
        await self.deliver()

    async def lose_address(self, at: datetime) -> None:
        """There is no mail address any more."""
        await self.advance(at)
        await Candidate.filter(id=self.candidate_id).update(email="")
        await self.deliver()

    async def end(self, at: datetime) -> None:
        """Odile says that Amina no longer works with them."""
        await self.advance(at)
        await admissions.end_admission(
            self.candidate_id, self.odile, self.now, provider_id=self.provider_id
        )
        await self.deliver()

    async def resume(self, at: datetime) -> None:
        """Odile says that Amina works with them again."""
        await self.advance(at)
        await admissions.resume_admission(
            self.candidate_id, self.odile, self.now, provider_id=self.provider_id
        )
        await self.deliver()

    async def keep(self, at: datetime, days: int) -> None:
        """The operator presses "keep N days"."""
        await self.advance(at)
        await replies.keep(
            self.candidate_id, days, self.odile, self.now, provider_id=self.provider_id
        )
        await self.deliver()

    async def configure(self, at: datetime, **changes: Any) -> None:
        """Odile saves the settings of the module."""
        await self.advance(at)
        provider = await self.provider()
        wanted = replace(Recruitment.of(provider), **changes)
        version = provider.settings_version
        await change_recruitment(provider.id, wanted, version, self.odile, self.now)

    async def move(self, at: datetime, zone: str) -> None:
        """The provider moves to another time zone."""
        await self.advance(at)
        await Provider.filter(id=self.provider_id).update(timezone=zone)

    async def restore(self, at: datetime) -> None:
        """A backup is restored."""
        await self.advance(at)
        await restores.note_restored(self.now, [])

    async def give_word(self, at: datetime) -> None:
        """Odile lets the clock run again."""
        await self.advance(at)
        await restores.give_word(self.provider_id, self.odile, self.now)

    # What the machines do.

    async def advance(self, to: datetime) -> None:
        """Let time pass, with the nightly runs in it."""
        to = to.astimezone(UTC)
        provider = await self.provider()
        for tick in self._nights(to, ZoneInfo(provider.timezone)):
            self.now = tick
            await self.run()
        self.now = max(self.now, to)

    def _nights(self, to: datetime, zone: ZoneInfo) -> Iterator[datetime]:
        ticks = []
        tick = next_run(self.now, zone)
        while self.nightly and tick <= to and not self.deleted_at:
            ticks.append(tick)
            tick = next_run(tick, zone)
        for number, one in enumerate(ticks):
            if number >= len(ticks) - LAST or number % 10 == 0:
                yield one

    async def run(self) -> None:
        """The nightly run as the worker does it, then the outbox."""
        await clock.run(await self.provider(), self.now, "worker-1")
        if self.deleted_at is None and await Tombstone.exists(candidate_id=self.candidate_id):
            self.deleted_at = self.now
        await self.deliver()

    async def run_again(self, at: datetime) -> None:
        """A second machine that knows nothing of the first one's runs."""
        await self.advance(at)
        await ClockRun.all().delete()
        await self.run()

    async def set_mail(self, at: datetime, state: str) -> None:
        """The candidate's mail server works, or does not, or refuses the address for good."""
        await self.advance(at)
        if state == "refused":
            await Candidate.filter(id=self.candidate_id).update(email_refused_at=self.now)
            await reconsider_reminder(self.candidate_id, self.now)
        self.mail = state
        await self.deliver()

    async def deliver(self) -> None:
        """Hand over what is owed, as the jobs do: read what it says, send, settle."""
        if self.deleted_at is not None:
            return
        for notice in await outbox.claim_mails("worker-1", self.now, 200):
            await self._mail(notice)
        while chat := await chat_outbox.claim_chat("worker-1", self.now):
            for notice in await chat_outbox.due_notices(chat, self.now):
                if (until := await quiet_until(notice, self.now)) is not None:
                    await chat_outbox.put_off(notice, until)
                    continue
                await chat_outbox.take(notice, "worker-1", self.now)
                fate = await self._fate(notice)
                await chat_outbox.settle_news(notice, chat, "worker-1", self.now, fate)
            await Chat.filter(id=chat.id).update(lease_by=None, lease_until=None)

    async def _mail(self, notice: Notice) -> None:
        if (until := await quiet_until(notice, self.now)) is not None:
            await outbox.put_off(notice, "worker-1", until)
            return
        if self.mail == "down":
            fate: outbox.Fate = outbox.Later("no answer", wait=timedelta(0))
        elif self.mail == "busy":
            fate = outbox.Later("451 busy", 451, wait=timedelta(hours=1))
        elif self.mail == "refused":
            fate = outbox.Refused("550 unknown", 550)
        else:
            fate = await self._fate(notice)
        await outbox.settle_mail(notice, "worker-1", self.now, fate, "amina@example.org")

    async def _fate(self, notice: Notice) -> outbox.Fate:
        """What becomes of a notice that the other side takes."""
        if notice.kind not in TELLING_A_DATE:
            return outbox.Accepted()
        told = await telling(notice, SITES, self.now)
        if isinstance(told, Gone):
            return outbox.Void(told.why)
        if told.facts.day is not None:
            await note_said(notice, told.facts.day)
        if notice.kind == NoticeKind.DELETION_REMINDER:
            assert told.facts.day is not None
            self.sent.append((notice.channel, told.facts.day))
        return outbox.Accepted()

    async def provider(self) -> Provider:
        """The provider's row as it is now."""
        return await Provider.get(id=self.provider_id)

    async def candidate(self) -> Candidate:
        """The candidate's row as it is now."""
        return await Candidate.get(id=self.candidate_id)

    async def outlook(self) -> Outlook:
        """What the panel shows now."""
        return await outlook_of(await self.candidate(), await self.provider(), self.now)


async def new_candidate(
    provider: Provider, bot: Bot, name: str, user_id: int, now: datetime
) -> Candidate:
    """Somebody in this provider's space, with a chat and an address, who acted at `now`."""
    candidate = await Candidate.create(
        provider_id=provider.id,
        bot_id=bot.id,
        telegram_id=user_id,
        created_at=now,
        status_since=now,
        clock_start=now,
        first_name=name,
        email=f"{name.lower()}@example.org",
    )
    await Chat.create(
        bot_id=bot.id,
        user_id=user_id,
        candidate_id=candidate.id,
        display_name=name,
        created_at=now,
    )
    return candidate
