"""The year in memory: the rules at full size, put together as `actions` puts them together.

Rows are small objects, the outbox is a list, and there is no lock, for there is one thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from actions import outbox
from rules import retention
from rules.quiet import quiet_hours
from rules.retention import Outlook, Reminder, Retained, RetentionSettings
from rules.retention_warning import warned_at
from rules.statuses import AFTER
from rules.vocabulary import Channel, Outcome
from tests.clock.year.diary import Copy, House, Person
from tests.clock.year.judge import Judge

DAY = timedelta(days=1)
WAIT = timedelta(hours=1)
"""A try puts the next one off by so long."""
OUTCOMES = (Outcome.ACCEPT, Outcome.REJECT, Outcome.BIN)
TO_DECIDE = frozenset({"reminder_due", "reminder_owed", "unreachable"})


class Killed(Exception):
    """As kill -9 between two people."""


@dataclass
class Slip:
    """A notice: one copy of a reminder."""

    reminder: int
    channel: Channel
    says: date
    state: str = "owed"
    at: datetime | None = None
    failing: tuple[datetime, datetime] | None = None
    """The first and the last 4xx of a row."""


@dataclass
class Row:
    """A candidate's rows."""

    person: Person
    clock_start: datetime
    status: str = "incomplete"
    former: str = "incomplete"
    admitted: bool = False
    awaiting: bool = False
    checking: bool = False
    pending: Outcome | None = None
    kept: date | None = None
    erase_at: datetime | None = None
    email: bool = True
    refused_at: datetime | None = None
    blocked: bool = False
    reminder: Reminder | None = None
    number: int = 0
    """Of the open reminder."""
    promise: date | None = None
    slips: list[Slip] = field(default_factory=list)
    ended: datetime | None = None

    @property
    def kind(self) -> bool | None:
        """Which clock is theirs: an application's, (True) an ended admission's, or none."""
        if self.ended is not None and self.status == "accepted":
            return True
        return False if self.status in ("incomplete", "to_correct") and not self.admitted else None

    def retained(self) -> Retained:
        """As `models.reads.retention` reads it."""
        said = [one.says for one in self.slips if one.state == "accepted"]
        return Retained(
            status=self.status,
            ever_admitted=self.admitted,
            clock_start=self.clock_start,
            kept_until=self.kept,
            awaiting_reply=self.awaiting,
            checking_file=self.checking,
            decision_pending=self.pending is not None,
            reminder=self.reminder,
            latest_promise=max([*said, *([self.promise] if self.promise else [])], default=None),
            has_address=self.email,
            address_refused=self.refused_at is not None,
            chat_reachable=not self.blocked,
            ended_at=self.ended,
        )


@dataclass
class Desk:
    """A provider's row, and its runs."""

    house: House
    settings: RetentionSettings
    last_run: date
    waits_for: str | None = None
    deleted: dict[tuple[date, bool], int] = field(default_factory=dict)
    shown: int = 0
    shown_on: date | None = None
    released: bool = False
    rows: dict[int, Row] = field(default_factory=dict)


@dataclass
class Memory:
    """The world of a whole year."""

    judge: Judge
    desks: list[Desk] = field(default_factory=list)
    owing: dict[int, Row] = field(default_factory=dict)
    started: datetime | None = None
    queue_empty_at: datetime | None = None
    away: bool = False
    numbers: int = 0
    fuse: int | None = None

    # Deeds.

    async def open(self, house: House, now: datetime) -> None:
        """A provider begins."""
        settings = RetentionSettings(
            True, house.days, house.remind, house.zone, ended_days=house.after
        )
        self.desks.append(Desk(house, settings, house.day(now)))

    async def sign_up(self, person: Person, now: datetime) -> None:
        """Somebody applies."""
        self.desks[person.house.number].rows[person.number] = Row(
            person, now, email=person.address
        )

    def row(self, person: Person) -> Row:
        """The rows of somebody who is still there."""
        return self.desks[person.house.number].rows[person.number]

    async def do(
        self, verb: str, person: Person, now: datetime, at: datetime, number: int
    ) -> None:
        """A deed."""
        row = self.row(person)
        if verb not in {"decide", "keep", "block", "unblock", "mailbox"}:
            row.clock_start = max(row.clock_start, at)
        getattr(self, f"_{verb}")(row, now, number)

    def _act(self, row: Row, now: datetime, number: int) -> None:
        """The clock's start is all that changes."""

    def _mailbox(self, row: Row, now: datetime, number: int) -> None:
        """Not our business before we write there."""

    def _ask(self, row: Row, _now: datetime, _number: int) -> None:
        row.awaiting, row.pending = True, None

    def _answer(self, row: Row, _now: datetime, _number: int) -> None:
        row.awaiting = False

    def _file(self, row: Row, _now: datetime, _number: int) -> None:
        row.checking, row.pending = True, None

    def _checked(self, row: Row, _now: datetime, _number: int) -> None:
        row.checking = False

    def _submit(self, row: Row, _now: datetime, _number: int) -> None:
        row.status, row.pending = "submitted", None

    def _decide(self, row: Row, _now: datetime, number: int) -> None:
        row.pending = OUTCOMES[number]

    def _undo(self, row: Row, _now: datetime, _number: int) -> None:
        row.pending = None

    def _final(self, row: Row, now: datetime, _number: int) -> None:
        assert row.pending is not None
        if row.pending is Outcome.BIN:
            row.former, row.erase_at = row.status, now + row.person.house.bin_days * DAY
        row.status, row.admitted = AFTER[row.pending], row.admitted or row.pending == "accept"
        row.pending = None

    def _end(self, row: Row, now: datetime, _number: int) -> None:
        row.ended = now

    def _resume(self, row: Row, _now: datetime, _number: int) -> None:
        row.ended = None

    def _unbin(self, row: Row, _now: datetime, _number: int) -> None:
        row.status, row.erase_at = row.former, None

    def _keep(self, row: Row, now: datetime, number: int) -> None:
        settings = self.desks[row.person.house.number].settings
        today = retention.local_date(now, settings.zone)
        row.kept = retention.keep(today, number, settings.reminder_days)

    def _block(self, row: Row, _now: datetime, _number: int) -> None:
        row.blocked = True

    def _unblock(self, row: Row, _now: datetime, _number: int) -> None:
        row.blocked = False

    def _address(self, row: Row, _now: datetime, number: int) -> None:
        row.email, row.refused_at = bool(number), None

    # Providers.

    async def configure(self, house: House, now: datetime) -> None:
        """As `models.reads.retention.settings_if`."""
        desk = self.desks[house.number]
        was = desk.settings
        for days in (house.days, house.after):
            retention.check_delays(days, house.remind)
        wanted = replace(
            was,
            module_on=house.module,
            deletion_days=house.days,
            reminder_days=house.remind,
            ended_days=house.after,
        )
        since = now if wanted.starts_after(was) else was.counting_since
        desk.settings = replace(wanted, counting_since=since)

    def _wait(self, desk: Desk, what: str | None, since: datetime | None) -> None:
        desk.waits_for = what
        desk.settings = replace(
            desk.settings, counting_since=since, waits_for_word=what == "restore"
        )

    async def restore(self, now: datetime) -> None:
        """Everybody waits for a word."""
        for desk in self.desks:
            self._wait(desk, "restore", desk.settings.counting_since)

    async def word(self, house: House, now: datetime) -> None:
        """Days count from now."""
        self._wait(self.desks[house.number], None, now)

    async def release(self, house: House, now: datetime) -> None:
        """As `actions.brake.release_brake`: the run that was stopped is open again."""
        desk = self.desks[house.number]
        self._wait(desk, None, desk.settings.counting_since)
        desk.released = True
        if desk.shown_on is not None:
            desk.last_run = min(desk.last_run, desk.shown_on - DAY)

    async def braked(self, house: House) -> int | None:
        """What the brake holds back."""
        desk = self.desks[house.number]
        return desk.shown if desk.waits_for == "brake" else None

    # The worker.

    async def start(self, now: datetime) -> None:
        """What was known of Telegram's queue is worth nothing."""
        self.started, self.queue_empty_at = now, None
        await self.look(now)

    async def look(self, now: datetime) -> None:
        """As `jobs.clock.look_at_queues`."""
        machines = self.judge.diary.machines
        self.away = not machines.telegram
        if self.away or machines.waiting:
            self.queue_empty_at = None
        else:
            self.queue_empty_at = self.queue_empty_at or now

    async def night(self, house: House, now: datetime, dies_after: int | None) -> bool:
        """As `actions.clock.run`."""
        desk = self.desks[house.number]
        day = retention.run_is_due(now, desk.settings.zone, desk.last_run)
        if day is None:
            return True
        await self.look(now)
        self.fuse = dies_after
        try:
            spared = self._run(desk, day, now)
        except Killed:
            return False
        if not spared:
            desk.last_run = day
        return not spared

    async def second_machine(self, house: House, now: datetime) -> None:
        """Once more."""
        desk = self.desks[house.number]
        self.fuse = None
        self._run(desk, retention.run_is_due(now, desk.settings.zone, None) or desk.last_run, now)

    def _keep_lease(self) -> None:
        """Before each person: where a killed run stops."""
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                raise Killed

    def _outlook(self, row: Row, desk: Desk, now: datetime) -> Outlook:
        return retention.outlook(desk.settings, row.retained(), now)

    def _below(self, desk: Desk, now: datetime) -> Iterator[Row]:
        """As `models.reads.due.below`."""
        since = desk.settings.counting_since
        for kind, settings in ((False, desk.settings), (True, desk.settings.of_ended)):
            bound = retention.superset_bound(settings, now)
            if not settings.on or (since is not None and since >= bound):
                continue
            for row in list(desk.rows.values()):
                if row.kind is kind and max(row.clock_start, row.ended or row.clock_start) < bound:
                    yield row

    def _run(self, desk: Desk, day: date, now: datetime) -> bool:
        """Reminders, then deletions; True when somebody had to be spared for now."""
        for row in [one for one in desk.rows.values() if one.reminder is not None]:
            self._look_at(row, desk, now)
        due = []
        for row in self._below(desk, now):
            found = self._outlook(row, desk, now)
            if row.reminder is None and found.state in TO_DECIDE:
                self._look_at(row, desk, now)
            if found.state == "due":
                due.append(row)
        if not due or self._must_stop(desk, day, due):
            return False
        spared = False
        for row in due:
            self._keep_lease()
            if self._outlook(row, desk, now).state != "due" or desk.waits_for is not None:
                continue
            if not self._allowed(now):
                spared = True
                continue
            self.judge.deleted(row.person, now)
            del desk.rows[row.person.number]
            self.owing.pop(row.person.number, None)
            gone = day, bool(row.kind)
            desk.deleted[gone] = desk.deleted.get(gone, 0) + 1
        return spared

    def _allowed(self, now: datetime) -> bool:
        assert self.started is not None
        return retention.may_delete_yet(now, self.queue_empty_at, self.started, bot_away=self.away)

    def _must_stop(self, desk: Desk, day: date, due: list[Row]) -> bool:
        """As `actions.brake.must_stop`: each kind measured against its own."""
        wanted, gone, too_many = len(due), 0, False
        for kind in (False, True):
            there = sum(row.kind is kind for row in desk.rows.values())
            theirs = sum(row.kind is kind for row in due)
            done = desk.deleted.get((day, kind), 0)
            too_many |= theirs > 0 and retention.brake(there, theirs, done)
            gone += done
        waits = desk.waits_for == "brake"
        agreed = (
            desk.released
            and desk.shown_on is not None
            and day - desk.shown_on <= DAY
            and wanted + gone <= desk.shown
        )
        if not waits and (not too_many or agreed):
            return False
        if desk.waits_for is None:
            desk.waits_for = "brake"
            self.judge.counted.braked += 1
        desk.shown, desk.shown_on, desk.released = wanted + gone, day, False
        return True

    # Reminders, as in `actions.reminders`.

    def _look_at(self, row: Row, desk: Desk, now: datetime) -> None:
        found = self._outlook(row, desk, now)
        if found.void is None and found.state not in TO_DECIDE:
            return
        self._keep_lease()
        if found.void is not None:
            row.reminder = None
            for slip in row.slips:
                slip.state = "void" if slip.state == "owed" else slip.state
            self.judge.diary.void(row.person, row.number, now)
        if found.state == "reminder_due":
            self._owe(row, desk, now)
        elif found.state == "reminder_owed" and not self._weigh(row, desk, now):
            lively = {one.channel for one in self._open_slips(row, "owed", "accepted")}
            say = retention.date_to_say(desk.settings, row.retained(), now)
            self._owe_copies(row, say, [one for one in self._channels(row) if one not in lively])

    def _owe(self, row: Row, desk: Desk, now: datetime) -> None:
        self.numbers += 1
        row.number = self.numbers
        row.reminder = retention.owe_reminder(desk.settings, row.retained())
        self.judge.owed(row.person, row.number, now)
        say = retention.date_to_say(desk.settings, row.retained(), now)
        self._owe_copies(row, say, self._channels(row))

    def _owe_copies(self, row: Row, say: date, channels: list[Channel]) -> None:
        row.slips += [Slip(row.number, channel, say) for channel in channels]
        if channels:
            self.owing[row.person.number] = row

    def _channels(self, row: Row) -> list[Channel]:
        mail = [Channel.MAIL] if row.email and row.refused_at is None else []
        return mail + ([] if row.blocked else [Channel.CHAT])

    def _open_slips(self, row: Row, *states: str) -> list[Slip]:
        return [one for one in row.slips if one.reminder == row.number and one.state in states]

    def _weigh(self, row: Row, desk: Desk, now: datetime) -> bool:
        if row.reminder is None:
            return False
        fixed = row.reminder.accepted_at is None and self._fix(row, desk, now)
        if row.reminder.promised is not None:
            self._tell_promise(row, row.reminder.promised)
        return fixed

    def _fix(self, row: Row, desk: Desk, now: datetime) -> bool:
        assert row.reminder is not None
        taken = self._open_slips(row, "accepted")
        mail = next((one for one in taken if one.channel is Channel.MAIL), None)
        chat = next((one for one in taken if one.channel is Channel.CHAT), None)
        if chat is not None and row.email and row.blocked:
            chat = None
        at = warned_at(
            mail.at if mail else None,
            chat.at if chat else None,
            has_address=row.email,
            address_refused_at=now if row.refused_at else None,
        )
        copy = mail if mail and mail.at == at else chat
        if at is None or copy is None:
            return False
        settings = desk.settings.of(row.retained())
        row.reminder = retention.accept_reminder(settings, row.reminder, at, copy.says)
        assert row.reminder.promised is not None
        row.promise = max(row.reminder.promised, row.promise or row.reminder.promised)
        return True

    def _tell_promise(self, row: Row, promised: date) -> None:
        told = [one for one in self._open_slips(row, "accepted") if one.channel is Channel.CHAT]
        owed = [one for one in self._open_slips(row, "owed") if one.channel is Channel.CHAT]
        if not owed and told and told[-1].says != promised and not row.blocked:
            self._owe_copies(row, promised, [Channel.CHAT])

    # The outbox.

    async def deliver(self, now: datetime) -> None:
        """Every owed copy is tried; a fresh chat copy may follow, so look twice."""
        for row in list(self.owing.values()):
            desk = self.desks[row.person.house.number]
            if quiet_hours(None, None, desk.settings.zone).cover(now):
                continue
            for _ in range(2):
                for slip in self._open_slips(row, "owed"):
                    self._try(row, desk, slip, now)
            if not self._open_slips(row, "owed"):
                del self.owing[row.person.number]

    def _try(self, row: Row, desk: Desk, slip: Slip, now: datetime) -> None:
        machines, person = self.judge.diary.machines, row.person
        mail = slip.channel is Channel.MAIL
        if slip.state != "owed" or not (machines.smtp if mail else machines.telegram):
            if mail and slip.state == "owed" and row.email:
                slip.failing = None
                self.judge.tried(person, slip.reminder, 0, now)
            return
        if not mail and (row.blocked or not person.chat):
            row.blocked, slip.state = True, "failed"
        elif mail and not row.email:
            slip.state = "failed"
        elif mail and person.mailbox != "good":
            self._bounce(row, desk, slip, now)
        elif self._outlook(row, desk, now).void or row.reminder is None:
            slip.state = "void"
        else:
            slip.says = retention.date_to_say(desk.settings, row.retained(), now)
            slip.state, slip.at = "accepted", now
            if mail:
                row.refused_at = None
                self.judge.tried(person, slip.reminder, 250, now)
            self.judge.told(person, Copy(now, str(slip.channel), slip.says, slip.reminder))
            self._weigh(row, desk, now)

    def _bounce(self, row: Row, desk: Desk, slip: Slip, now: datetime) -> None:
        code = 550 if row.person.mailbox == "gone" else 451
        first, last = slip.failing or (now, now)
        untried = quiet_hours(None, None, desk.settings.zone).awake(last + WAIT, now)
        first = now if untried > outbox.UNTRIED else first
        slip.failing = first, now
        refused = retention.address_refused_for_good(code, first, now)
        self.judge.tried(row.person, slip.reminder, code, now)
        if refused:
            slip.state, row.refused_at = "failed", now
            self._weigh(row, desk, now)

    async def empty_bins(self, now: datetime) -> None:
        """As `actions.bin.empty_due`."""
        for desk in self.desks:
            for row in [one for one in desk.rows.values() if one.status == "binned"]:
                if row.erase_at is not None and row.erase_at <= now:
                    self.judge.binned(row.person, now)
                    del desk.rows[row.person.number]

    async def check(self, now: datetime) -> None:
        """What the panel would show is never before what was promised."""
        for desk in self.desks:
            for row in desk.rows.values():
                if row.promise and desk.settings.on and row.kind is not None:
                    shown = self._outlook(row, desk, now).deletion_date
                    assert shown is None or shown >= row.promise
