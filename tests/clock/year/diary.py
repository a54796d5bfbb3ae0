"""What people saw and did, written down as it happened, and nothing of the product.

The judge (`tests.clock.year.judge`) reads only this. Moments are aware and in UTC, dates local.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

FOUR = time(4)
TRIES = timedelta(hours=72)
WAIT = timedelta(hours=1)
"""Between two tries."""
UNTRIED = timedelta(hours=12)
"""A longer time of day without a try, after that, says nothing of an address."""
MORNING, EVENING = time(8), time(20)
"""Nobody is reminded before or after."""
RUNNING = ("incomplete", "to_correct")


@dataclass
class House:
    """One provider: its settings, as they are now."""

    number: int
    zone: ZoneInfo
    days: int
    remind: int
    counting: datetime
    """Since when days are counted: the last switching on, or an admin's word."""
    changed: datetime
    after: int = 730
    """Days from the end of an admission."""
    module: bool = True
    restored: bool = False
    """A backup was restored, and nobody has given the word yet."""
    bin_days: int = 7
    shown: int = 0
    """How many deletions the brake showed to an admin."""
    word_at: datetime | None = None
    """When the admin agreed to them."""
    gone: dict[tuple[date, bool], int] = field(default_factory=dict)
    """Automatic deletions of each night: of applications, and (True) of ended admissions."""
    running: dict[tuple[date, bool], int] = field(default_factory=dict)
    """How many of either had a clock before the first of them."""

    def delay(self, left: datetime | None) -> int:
        """Days before an application is deleted, or somebody who left; 0: never."""
        return (self.days if left is None else self.after) if self.module else 0

    @property
    def clocks(self) -> tuple[bool, bool]:
        """Which clocks run: of applications, of ended admissions."""
        return self.module and self.days > 0, self.module and self.after > 0

    def day(self, moment: datetime) -> date:
        """The date on the calendar of that town."""
        return moment.astimezone(self.zone).date()

    def four(self, day: date) -> datetime:
        """04:00 on the clocks of that town."""
        return datetime.combine(day, FOUR, tzinfo=self.zone).astimezone(UTC)

    def daytime(self, since: datetime, until: datetime) -> timedelta:
        """How much of this time is between eight and eight."""
        total, day = timedelta(0), self.day(since)
        while day <= self.day(until):
            begin, end = (
                datetime.combine(day, hour, tzinfo=self.zone).astimezone(UTC)
                for hour in (MORNING, EVENING)
            )
            total += max(min(until, end) - max(since, begin), timedelta(0))
            day += timedelta(days=1)
        return total


@dataclass(frozen=True)
class Copy:
    """A reminder's copy that a mail server or Telegram took."""

    at: datetime
    channel: str
    says: date
    reminder: int


@dataclass(frozen=True)
class Warning:  # noqa: A001  # what it is called everywhere
    """The moment from which somebody counts as warned, and the date that this fixed."""

    at: datetime
    promised: date
    reminder: int


@dataclass
class Person:
    """One candidate, as everybody around them sees it."""

    number: int
    house: House
    start: datetime
    """The last act, by the words of the specification."""
    born: datetime
    touched: datetime
    """When anything about them last changed."""
    status: str = "incomplete"
    former: str = "incomplete"
    admitted: bool = False
    holds: set[str] = field(default_factory=set)
    pending: str = ""
    """The decision that waits."""
    kept: date | None = None
    erase_at: datetime | None = None
    address: bool = True
    mailbox: str = "good"
    """good, busy (4xx) or gone (5xx)."""
    refused: datetime | None = None
    failing: dict[int, tuple[datetime, datetime]] = field(default_factory=dict)
    """The first and the last 4xx of a row, for each mail."""
    chat: bool = True
    copies: list[Copy] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    open: int | None = None
    """The reminder that is owed or was accepted, not void."""
    open_since: datetime | None = None
    """The clock start for which it was owed."""
    owed_for: set[tuple[datetime, datetime, date]] = field(default_factory=set)
    guessed: set[int] = field(default_factory=set)
    """Reminders owed while acts waited at Telegram, so that another one may have to follow."""
    left: datetime | None = None
    """Since when an admission has ended."""
    ended: datetime | None = None
    """When everything about them was erased."""
    lines: list[str] = field(default_factory=list)

    def note(self, now: datetime, words: str) -> None:
        """A line for whoever has to find out what happened."""
        self.touched = now
        self.lines.append(f"{now:%Y-%m-%d %H:%M} {words}")


@dataclass
class Machines:
    """What works at the moment."""

    started: datetime
    """When the worker last started."""
    back: datetime
    """When Telegram last came back."""
    calm: datetime
    """Since when nothing was down."""
    worker: bool = True
    web: bool = True
    telegram: bool = True
    smtp: bool = True
    scanner: bool = True
    waiting: int = 0
    """Updates that wait at Telegram."""

    @property
    def well(self) -> bool:
        """Everything is up, nothing waits."""
        return self.worker and self.web and self.telegram and self.smtp and not self.waiting

    def note(self, now: datetime) -> None:
        """Something went down or came back."""
        self.calm = now


@dataclass
class Diary:
    """Everybody, and what happened to them."""

    machines: Machines
    houses: list[House] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=dict)

    def did(self, verb: str, person: Person, now: datetime, number: int) -> None:
        """Write down a deed. `now` is the moment of the act, wherever it waited afterwards."""
        person.note(now, f"{verb} {number}".removesuffix(" 0"))
        getattr(self, f"_{verb}")(person, now, number)

    # What starts the clock: every act of the person, every act addressed to them, a hold's end.

    def _act(self, person: Person, now: datetime, _number: int) -> None:
        person.start = max(person.start, now)

    def _ask(self, person: Person, now: datetime, _number: int) -> None:
        self._act(person, now, 0)
        person.holds.add("reply")
        self._cancel(person)

    def _answer(self, person: Person, now: datetime, _number: int) -> None:
        self._act(person, now, 0)
        person.holds.discard("reply")

    def _file(self, person: Person, now: datetime, _number: int) -> None:
        self._act(person, now, 0)
        person.holds.add("file")
        self._cancel(person)

    def _checked(self, person: Person, now: datetime, _number: int) -> None:
        self._act(person, now, 0)
        person.holds.discard("file")

    def _submit(self, person: Person, now: datetime, _number: int) -> None:
        self._act(person, now, 0)
        self._cancel(person)
        person.status = "submitted"

    def _decide(self, person: Person, _now: datetime, number: int) -> None:
        person.pending = ("accept", "reject", "bin")[number]
        person.holds.add("decision")

    def _undo(self, person: Person, now: datetime, _number: int) -> None:
        self._act(person, now, 0)
        self._cancel(person)

    def _cancel(self, person: Person) -> None:
        person.pending = ""
        person.holds.discard("decision")

    def _final(self, person: Person, now: datetime, _number: int) -> None:
        self._act(person, now, 0)
        outcome = person.pending
        self._cancel(person)
        if outcome == "bin":
            person.former = person.status
            person.erase_at = now + timedelta(days=person.house.bin_days)
        person.status = {"accept": "accepted", "reject": "to_correct", "bin": "binned"}[outcome]
        person.admitted |= outcome == "accept"

    def _end(self, person: Person, now: datetime, _number: int) -> None:
        """They no longer work there."""
        self._act(person, now, 0)
        person.left = now

    def _resume(self, person: Person, now: datetime, _number: int) -> None:
        """They work there again."""
        self._act(person, now, 0)
        person.left = None

    def _unbin(self, person: Person, now: datetime, _number: int) -> None:
        self._act(person, now, 0)
        person.status, person.erase_at = person.former, None

    # What does not.

    def _keep(self, person: Person, now: datetime, number: int) -> None:
        person.kept = person.house.day(now) + timedelta(days=number)

    def _block(self, person: Person, _now: datetime, _number: int) -> None:
        person.chat = False

    def _unblock(self, person: Person, _now: datetime, _number: int) -> None:
        person.chat = True

    def _address(self, person: Person, now: datetime, number: int) -> None:
        """The question about the address is answered anew: 0 none, 1 another one."""
        self._act(person, now, 0)
        person.address, person.refused, person.failing = bool(number), None, {}
        person.mailbox = "good"

    def _mailbox(self, person: Person, _now: datetime, number: int) -> None:
        person.mailbox = ("good", "busy", "gone")[number]

    # What the person reads.

    def owed(self, person: Person, reminder: int, now: datetime) -> None:
        """A reminder is owed."""
        person.note(now, f"reminder {reminder} owed")
        person.open = reminder

    def void(self, person: Person, reminder: int, now: datetime) -> None:
        """A reminder no longer counts."""
        person.note(now, f"reminder {reminder} void")
        if person.open == reminder:
            person.open = None

    def tried(self, person: Person, mail: int, code: int, now: datetime) -> None:
        """A mail server answered: 5xx at once, or 4xx for 72 hours, is a refusal for good.

        Code 0: our own server did not answer, which says nothing of the address.
        """
        if code < 400:
            person.failing, person.refused = {}, person.refused if code == 0 else None
            return
        since, last = person.failing.get(mail, (now, now))
        since = now if person.house.daytime(last + WAIT, now) > UNTRIED else since
        person.failing[mail] = since, now
        if person.refused is None and (code >= 500 or now - since >= TRIES):
            person.note(now, f"the address is refused for good ({code})")
            person.refused = now
            self.weigh(person, now)

    def told(self, person: Person, copy: Copy) -> None:
        """A copy was taken."""
        person.note(copy.at, f"{copy.channel} says {copy.says} (reminder {copy.reminder})")
        person.copies.append(copy)
        self.weigh(person, copy.at)

    def weigh(self, person: Person, now: datetime) -> None:
        """Mail warns; the chat alone only where mail cannot, from when it cannot."""
        number = person.open
        if number is None or any(one.reminder == number for one in person.warnings):
            return
        for copy in person.copies:
            alone = not person.address or person.refused is not None
            if copy.reminder != number or not (copy.channel == "mail" or alone):
                continue
            if copy.channel == "chat" and copy.at < now and person.address and not person.chat:
                continue
            at = copy.at if copy.channel == "mail" or not person.refused else now
            least = person.house.day(at) + timedelta(days=person.house.remind)
            person.warnings.append(Warning(at, max(copy.says, least), number))
            person.note(now, f"warned, promised {person.warnings[-1].promised}")
            return
