"""Some weeks on a real database: every deed is the product's own, so are outbox and runs.

Played here: mail servers, Telegram, the moments at which workers are killed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from actions import (
    admissions,
    application,
    brake,
    chat_outbox,
    chats,
    checks,
    clock,
    decisions,
    messages,
    outbox,
    replies,
    restores,
)
from actions.bin import empty_due
from actions.deeds import Actor
from actions.documents import SentFile
from actions.erasure import Reason
from actions.farewells import wipe_farewells
from actions.outages import note_bot_away, note_queue, note_started
from actions.reminders import note_said
from actions.settings import Recruitment, change_recruitment
from models import tables
from models.database import rows
from models.reads.letters import Gone, telling
from models.reads.quiet import quiet_until
from models.reads.retention import BRAKE, settings_of, standings
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
    Reminder,
    Tombstone,
    Upload,
)
from rules.notices import NoticeKind
from rules.vocabulary import ActorKind, Outcome
from tests.clock.world import SITES, new_candidate
from tests.clock.year.diary import Copy, House, Person
from tests.clock.year.judge import Judge

HOUR = timedelta(hours=1)
OUTCOMES = (Outcome.ACCEPT, Outcome.REJECT, Outcome.BIN)
KEEPS = {"tombstone"}
"""Tables that may name somebody who is gone: by a random id."""


class Killed(Exception):
    """As kill -9 between two people."""


@dataclass
class Real:
    """The world of some weeks, in the tables."""

    judge: Judge
    bot: Bot = field(default_factory=Bot)
    odile: Actor = field(default_factory=lambda: Actor(ActorKind.OPERATOR))
    providers: list[str] = field(default_factory=list)
    ids: dict[int, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    reminders: dict[int, Person] = field(default_factory=dict)
    closed: set[int] = field(default_factory=set)
    promised: dict[int, date] = field(default_factory=dict)
    buried: set[str] = field(default_factory=set)
    sent: int = 1_000
    runs: int = 0

    # Providers and people.

    async def open(self, house: House, now: datetime) -> None:
        """A provider with one document that may be sent."""
        if not self.providers:
            self.bot = await Bot.create(telegram_id=4242, username="a_bot")
            odile = await Operator.create(email="odile@example.org", name="Odile", created_at=now)
            self.odile = Actor(ActorKind.OPERATOR, odile.id, "Odile")
        provider = await Provider.create(
            slug=f"house-{house.number}",
            name=f"House {house.number}",
            created_at=now,
            timezone=house.zone.key,
            deletion_days=house.days,
            reminder_days=house.remind,
            ended_days=house.after,
            bin_days=house.bin_days,
        )
        await DocumentType.create(
            provider_id=provider.id, key="diploma", label={}, required=False, position=1
        )
        done = {"local_date": house.day(now), "started_at": now, "finished_at": now}
        await ClockRun.create(provider_id=provider.id, **done)
        self.providers.append(provider.id)

    async def sign_up(self, person: Person, now: datetime) -> None:
        """Somebody applies."""
        provider = await self.provider(person.house)
        row = await new_candidate(provider, self.bot, f"P{person.number}", person.number + 1, now)
        if not person.address:
            await Candidate.filter(id=row.id).update(email="")
        self.ids[person.number], self.people[row.id] = row.id, person

    async def provider(self, house: House) -> Provider:
        """Its row as it is now."""
        return await Provider.get(id=self.providers[house.number])

    # Deeds.

    async def do(
        self, verb: str, person: Person, now: datetime, at: datetime, number: int
    ) -> None:
        """A deed, by the function that the doors call."""
        await getattr(self, f"_{verb}")(self.ids[person.number], now, at, number)

    def _by(self, who: str) -> str:
        return self.providers[self.people[who].house.number]

    async def _act(self, who: str, _now: datetime, at: datetime, _number: int) -> None:
        await chats.touch(who, at)

    async def _mailbox(self, who: str, now: datetime, at: datetime, number: int) -> None:
        """Not our business before we write there; here the person also looks at the space."""
        assert await Candidate.exists(id=who)

    async def _ask(self, who: str, now: datetime, at: datetime, _number: int) -> None:
        self.sent += 1
        await messages.receive(who, "Une question ?", self.sent, now=now, at=at)

    async def _answer(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        await replies.send(who, "Bonjour", self.odile, now, provider_id=self._by(who))

    async def _file(self, who: str, now: datetime, at: datetime, _number: int) -> None:
        self.sent += 1
        sent = SentFile(f"file{self.sent}", self.sent, self.bot.id)
        await application.send_document(who, "diploma", sent, now=now, at=at)

    async def _checked(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        for claimed in await checks.claim(now, 100):
            if claimed.facts.candidate_id == who:
                await checks.refuse(claimed, "unreadable", now)
            else:
                back = Upload.filter(id=claimed.upload_id)
                await back.update(lease_by=None, lease_until=None, due_at=now)

    async def _submit(self, who: str, now: datetime, at: datetime, _number: int) -> None:
        await application.submit(who, now=now, at=at)

    async def _decide(self, who: str, now: datetime, _at: datetime, number: int) -> None:
        verdict = decisions.Verdict(
            outcome=OUTCOMES[number], comment="Merci", reason="Vu ensemble"
        )
        by, month = self._by(who), timedelta(days=30)
        await decisions.decide(who, verdict, self.odile, now, provider_id=by, delay=month)

    async def _undo(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        pending = await Decision.get(candidate_id=who, state="pending")
        await decisions.undo(who, pending.id, self.odile, now, provider_id=self._by(who))

    async def _final(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        await Decision.filter(candidate_id=who, state="pending").update(final_at=now)
        assert await decisions.finalise_due(now) == 1

    async def _unbin(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        await decisions.restore(who, self.odile, now, provider_id=self._by(who))

    async def _end(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        by = self._by(who)
        await admissions.end_admission(who, self.odile, now, provider_id=by)

    async def _resume(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        by = self._by(who)
        await admissions.resume_admission(who, self.odile, now, provider_id=by)

    async def _keep(self, who: str, now: datetime, _at: datetime, number: int) -> None:
        await replies.keep(who, number, self.odile, now, provider_id=self._by(who))

    async def _chat(self, who: str, turn: Callable[..., object], now: datetime) -> None:
        chat = await Chat.get(candidate_id=who)
        await turn(chat, now=now)  # type: ignore[misc]  # one of two coroutines
        await chat.save(update_fields=["blocked_at"])

    async def _block(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        await self._chat(who, chats.block, now)

    async def _unblock(self, who: str, now: datetime, _at: datetime, _number: int) -> None:
        await self._chat(who, chats.unblock, now)

    async def _address(self, who: str, _now: datetime, at: datetime, number: int) -> None:
        self.sent += 1
        email = f"p{self.sent}@example.org" if number else ""
        fresh = {"email_refused_at": None, "email_failing_since": None}
        await Candidate.filter(id=who).update(email=email, **fresh)
        await chats.touch(who, at)

    # What providers do.

    async def configure(self, house: House, now: datetime) -> None:
        """An admin saves the settings of the module."""
        provider = await self.provider(house)
        wanted = replace(
            Recruitment.of(provider),
            module_on=house.module,
            deletion_days=house.days,
            reminder_days=house.remind,
            ended_days=house.after,
        )
        version = provider.settings_version
        await change_recruitment(provider.id, wanted, version, self.odile, now)

    async def restore(self, now: datetime) -> None:
        """The worker has noticed an older database."""
        await restores.note_restored(now, [])

    async def word(self, house: House, now: datetime) -> None:
        """An admin lets the clock run again."""
        await restores.give_word(self.providers[house.number], self.odile, now)

    async def release(self, house: House, now: datetime) -> None:
        """An admin agrees to the deletions."""
        await brake.release_brake(self.providers[house.number], self.odile, now)

    async def braked(self, house: House) -> int | None:
        """How many the brake holds back."""
        if (await self.provider(house)).clock_waits_for != BRAKE:
            return None
        nights = ClockRun.filter(provider_id=self.providers[house.number], braked=True)
        stopped = await nights.order_by("-local_date").first()
        assert stopped is not None
        return int(stopped.to_delete or 0)

    # The worker.

    async def start(self, now: datetime) -> None:
        """It notes that it starts, and asks Telegram."""
        await note_started(now)
        await self.look(now)

    async def look(self, now: datetime) -> None:
        """What waits at Telegram."""
        machines = self.judge.diary.machines
        if machines.telegram:
            await note_queue(self.bot.id, machines.waiting, now)
        else:
            await note_bot_away(self.bot.id, now)

    async def night(self, house: House, now: datetime, dies_after: int | None) -> bool:
        """The run, if it is due; a killed one stops before one of its people."""
        due = [one.id for one in await clock.due_providers(now)]
        if self.providers[house.number] not in due:
            return True
        await self.look(now)
        left = dies_after

        def hands() -> datetime:
            nonlocal left
            if left is not None:
                left -= 1
                if left < 0:
                    raise Killed
            return now

        self.runs += 1
        report = None
        with suppress(Killed):
            report = await clock.run(
                await self.provider(house), now, f"worker-{self.runs}", clock=hands
            )
        await self.observe(now)
        return report is not None and not report.spared

    async def second_machine(self, house: House, now: datetime) -> None:
        """The same night again."""
        mine = ClockRun.filter(provider_id=self.providers[house.number])
        night = await mine.order_by("-local_date").first()
        assert night is not None
        await mine.filter(id=night.id).update(finished_at=None, lease_by=None, lease_until=None)
        await self.night(house, now, None)

    async def observe(self, now: datetime) -> None:
        """Tell the judge what the rows say has happened."""
        for row in await Reminder.all().order_by("id"):
            if row.id not in self.reminders:
                self.reminders[row.id] = self.people[row.candidate_id]
                self.judge.owed(self.people[row.candidate_id], row.id, now)
            if row.void_at is not None and row.id not in self.closed:
                self.closed.add(row.id)
                self.judge.diary.void(self.people[row.candidate_id], row.id, now)
            if row.promised is not None:
                assert self.promised.setdefault(row.id, row.promised) == row.promised
        new = [one for one in await Tombstone.all() if one.candidate_id not in self.buried]
        for grave in new:
            self.buried.add(grave.candidate_id)
            judge = self.judge.deleted if grave.reason == Reason.AUTOMATIC else self.judge.binned
            judge(self.people[grave.candidate_id], now)
        await self.nothing_left([grave.candidate_id for grave in new])

    async def nothing_left(self, gone: list[str]) -> None:
        """No row of these people in any table."""
        if not gone:
            return
        marks = ", ".join("?" * len(gone))
        for name in tables.__all__:
            meta = getattr(tables, name)._meta
            if "candidate_id" in meta.fields_db_projection and meta.db_table not in KEEPS:
                found = await rows(
                    f'SELECT COUNT(*) AS n FROM "{meta.db_table}" WHERE candidate_id IN ({marks})',
                    *gone,
                )
                assert found[0]["n"] == 0, f"{meta.db_table} still knows {gone}"

    # The other sides.

    async def deliver(self, now: datetime) -> None:
        """Claim, send and settle, as the jobs do."""
        machines = self.judge.diary.machines
        while claimed := await outbox.claim_mails("worker", now, 50):
            for notice in claimed:
                if (until := await quiet_until(notice, now)) is not None:
                    await outbox.put_off(notice, "worker", until)
                else:
                    await self._mail(notice, now, up=machines.smtp)
        await chat_outbox.give_up_blocked(now)
        while machines.telegram and (chat := await chat_outbox.claim_chat("worker", now)):
            await self._write(chat, now)
            await Chat.filter(id=chat.id).update(lease_by=None, lease_until=None)
        await self.observe(now)

    async def _mail(self, notice: Notice, now: datetime, *, up: bool) -> None:
        person = self.people.get(notice.candidate_id or "")
        row = await Candidate.get_or_none(id=notice.candidate_id) if person else None
        mailbox = person.mailbox if person else "good"
        code = {"good": 250, "busy": 451, "gone": 550}[mailbox]
        fate: outbox.Fate
        if not up:
            fate = outbox.Later("no answer", wait=HOUR, away=True)
        elif row is not None and not row.email:
            fate = outbox.Void("there is no address any more")
        elif code == 451:
            fate = outbox.Later("451 busy", 451, wait=HOUR)
        elif code == 550:
            fate = outbox.Refused("550 unknown", 550)
        else:
            fate = await self._fate(notice, now)
        address = row.email if row else "gone@example.org"
        await outbox.settle_mail(notice, "worker", now, fate, address)
        if person and not isinstance(fate, outbox.Void):
            self.judge.tried(person, notice.id, code if up else 0, now)
        self._told(notice, now, fate)

    async def _write(self, chat: Chat, now: datetime) -> None:
        person = self.people.get(chat.candidate_id or "")
        if person is not None and not person.chat:
            await chat_outbox.mark_blocked(chat, "worker", now)
            return
        for notice in await chat_outbox.due_notices(chat, now):
            if (until := await quiet_until(notice, now)) is not None:
                await chat_outbox.put_off(notice, until)
                continue
            await chat_outbox.take(notice, "worker", now)
            fate = await self._fate(notice, now)
            await chat_outbox.settle_news(notice, chat, "worker", now, fate)
            self._told(notice, now, fate)

    async def _fate(self, notice: Notice, now: datetime) -> outbox.Fate:
        """What becomes of a notice that the other side takes."""
        if notice.kind != NoticeKind.DELETION_REMINDER:
            return outbox.Accepted()
        told = await telling(notice, SITES, now)
        if isinstance(told, Gone):
            return outbox.Void(told.why)
        assert told.facts.day is not None
        await note_said(notice, told.facts.day)
        return outbox.Accepted()

    def _told(self, notice: Notice, now: datetime, fate: outbox.Fate) -> None:
        if notice.kind == NoticeKind.DELETION_REMINDER and isinstance(fate, outbox.Accepted):
            says = date.fromisoformat(notice.facts["date"])
            copy = Copy(now, notice.channel, says, notice.facts["reminder"])
            self.judge.told(self.people[notice.candidate_id or ""], copy)

    async def empty_bins(self, now: datetime) -> None:
        """Whose time in the bin is over goes; farewells are wiped."""
        await empty_due(now)
        await wipe_farewells(now)
        await self.observe(now)

    async def check(self, now: datetime) -> None:
        """The rows say what the diary says, and the panel no date before a promise."""
        waits = bool(self.judge.diary.machines.waiting)
        for number in range(len(self.providers)):
            provider = await Provider.get(id=self.providers[number])
            mine = await Candidate.filter(provider_id=provider.id)
            for one in await standings(mine, settings_of(provider), now):
                person = self.people[one.candidate.id]
                assert waits or one.candidate.status == person.status, person.lines
                latest = max((w.promised for w in person.warnings), default=None)
                shown = one.outlook.deletion_date
                assert shown is None or latest is None or shown >= latest, person.lines
