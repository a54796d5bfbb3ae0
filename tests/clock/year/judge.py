"""The specification's promises about deletion, checked at every step against the diary."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from tests.clock.year.diary import EVENING, MORNING, RUNNING, Copy, Diary, House, Person

QUIET = timedelta(minutes=15)
WHILE = timedelta(hours=26)
"""Within this long everything owed has left, when all is well: a day, the longest, and a bit."""
WORD_LASTS = timedelta(days=2)


class Broken(AssertionError):
    """A promise that was not kept, and the person's diary."""

    def __init__(self, promise: str, person: Person, now: datetime) -> None:
        house = person.house
        lines = "\n  ".join(person.lines[-40:])
        super().__init__(
            f"{promise}, at {now:%Y-%m-%d %H:%M}: person {person.number}, "
            f"{house.zone.key} {house.days}/{house.remind}, counting {house.counting}\n  {lines}"
        )


@dataclass
class Counted:
    """How much was judged, so that a year in which nothing happens is noticed."""

    deleted: int = 0
    left: int = 0
    """Of them, admissions that had ended."""
    reminded: int = 0
    warned_by_chat: int = 0
    unreachable: int = 0
    held: int = 0
    braked: int = 0
    binned: int = 0
    looks: int = 0


@dataclass
class Judge:
    """Knows the law, not the product."""

    diary: Diary
    counted: Counted = field(default_factory=Counted)

    # The law.

    def since(self, person: Person) -> datetime:
        """The clock start."""
        return max(person.start, person.house.counting)

    def due(self, person: Person) -> date:
        """D, which no promise ever made lies after, nor any date that somebody read."""
        house = person.house
        counted = house.day(self.since(person)) + timedelta(days=house.delay(person.left))
        promised = [one.promised for one in person.warnings]
        promised += [one.says for one in person.copies]
        return max([counted, *promised, *([person.kept] if person.kept else [])])

    def concerned(self, person: Person) -> bool:
        """Whether the clock runs for this person."""
        house = person.house
        counts = house.delay(person.left) > 0 and self.theirs(person)
        return counts and not house.restored and not person.holds

    def theirs(self, person: Person) -> bool:
        """Whether there is a clock for such a person: never for who works there."""
        if person.left is not None:
            return person.status == "accepted"
        return person.status in RUNNING and not person.admitted

    def warned(self, person: Person) -> bool:
        """Whether a warning stands: of this clock start, and its date still is the date."""
        last = person.warnings[-1] if person.warnings else None
        return (
            last is not None
            and last.reminder == person.open
            and last.at >= self.since(person)
            and last.promised >= self.due(person)
        )

    # What must be true of each deletion.

    def deleted(self, person: Person, now: datetime) -> None:
        """Somebody was deleted by itself."""
        for promise in self._against(person, now):
            raise Broken(promise, person, now)
        house = person.house
        left = person.left is not None
        night = house.day(now - timedelta(hours=4)), left
        if night not in house.running:
            house.running[night] = sum(
                one.house is house
                and one.ended is None
                and (one.left is not None) is left
                and self.theirs(one)
                for one in self.diary.people.values()
            )
        house.gone[night] = house.gone.get(night, 0) + 1
        self._brake(house, night, person, now)
        self.counted.deleted += 1
        self.counted.left += left
        person.ended = now

    def _against(self, person: Person, now: datetime) -> list[str]:
        """Every reason why this person should not have been deleted now."""
        house, machines, today = person.house, self.diary.machines, person.house.day(now)
        quiet = max(machines.started, machines.back) + QUIET
        reasons = {
            "deleted although it was not their turn": not self.theirs(person),
            "deleted although once admitted": person.admitted and person.left is None,
            f"deleted although held: {person.holds}": bool(person.holds),
            "deleted while a restored backup waits for a word": house.restored,
            "deleted although deletion is off": house.delay(person.left) == 0,
            f"deleted before {self.due(person)}": now < house.four(self.due(person)),
            "deleted before a date that they were told": any(
                copy.says > today for copy in person.copies
            ),
            "deleted unwarned": house.remind > 0 and not self.warned(person),
            "deleted while acts may wait at Telegram": bool(machines.waiting),
            "deleted while Telegram cannot be asked": not machines.telegram,
            "deleted too soon after an outage of ours": now < quiet,
            "deleted by nobody: the worker is down": not machines.worker,
            "deleted twice": person.ended is not None,
        }
        return [reason for reason, broken in reasons.items() if broken]

    def _brake(
        self, house: House, night: tuple[date, bool], person: Person, now: datetime
    ) -> None:
        gone, running = house.gone[night], house.running[night]
        agreed = house.word_at is not None and now - house.word_at <= WORD_LASTS
        if gone > 20 and gone * 5 > running and not (agreed and gone <= house.shown):
            raise Broken(f"{gone} of {running} deleted in a night without a word", person, now)

    def binned(self, person: Person, now: datetime) -> None:
        """Somebody left the bin for good: not before the provider's delay."""
        if person.status != "binned" or person.erase_at is None or now < person.erase_at:
            raise Broken("erased from the bin too early", person, now)
        self.counted.binned += 1
        person.ended = now

    # What must be true of each reminder.

    def owed(self, person: Person, reminder: int, now: datetime) -> None:
        """A reminder is owed: when it is due, and once."""
        house = person.house
        if person.open is not None:
            raise Broken("two reminders at a time", person, now)
        if self.diary.machines.waiting:  # of an act that waits at Telegram nobody knows yet
            self.diary.owed(person, reminder, now)
            person.open_since = self.since(person)
            person.guessed.add(reminder)
            return
        if not self.concerned(person) or not house.remind:
            raise Broken("a reminder for somebody whom it does not concern", person, now)
        due = self.due(person)
        if now < house.four(due - timedelta(days=house.remind)):
            raise Broken(f"reminded too early for {due}", person, now)
        self.diary.owed(person, reminder, now)
        person.open_since = self.since(person)
        self.counted.reminded += 1

    def told(self, person: Person, copy: Copy) -> None:
        """A copy was taken by a server: one mail a reminder, one chat message a date."""
        if not MORNING <= copy.at.astimezone(person.house.zone).time() < EVENING:
            raise Broken(f"told at night: {copy}", person, copy.at)
        double = [one for one in person.copies if one.reminder == copy.reminder]
        double = [one for one in double if one.channel == copy.channel]
        if any(copy.channel == "mail" or one.says == copy.says for one in double):
            raise Broken(f"told twice: {copy}", person, copy.at)
        stale = self.since(person) != person.open_since and not self.diary.machines.waiting
        if copy.reminder != person.open or (stale and not person.guessed):
            raise Broken(f"told although there is no reason any more: {copy}", person, copy.at)
        had = len(person.warnings)
        promises = {one.reminder: one.promised for one in person.warnings}
        if promises.get(copy.reminder, copy.says) != copy.says:
            raise Broken(f"says {copy.says}, promised {promises[copy.reminder]}", person, copy.at)
        if person.warnings and copy.says < max(one.promised for one in person.warnings):
            raise Broken(f"{copy.says} is before what was promised", person, copy.at)
        self.diary.told(person, copy)
        self._once(person, had, copy.at)

    def tried(self, person: Person, mail: int, code: int, now: datetime) -> None:
        """A mail server answered; a refusal for good may make what the chat said count."""
        had = len(person.warnings)
        self.diary.tried(person, mail, code, now)
        self._once(person, had, now)

    def _once(self, person: Person, had: int, now: datetime) -> None:
        """Warned once for each start of the clock, settings and date."""
        for one in person.warnings[had:]:
            key = (self.since(person), person.house.changed, one.promised)
            if key in person.owed_for and not person.guessed:
                raise Broken(f"warned twice of {one.promised}", person, now)
            person.owed_for.add(key)
            channels = {copy.channel for copy in person.copies if copy.reminder == one.reminder}
            self.counted.warned_by_chat += "mail" not in channels

    # What must have happened by now: nobody is forgotten when nothing is down.

    def night_over(self, house: House, now: datetime, *, braked: bool) -> None:
        """The run of a night is finished: everybody whose moment had come is done."""
        machines = self.diary.machines
        calm = max(machines.calm, house.changed) + 2 * QUIET
        well = machines.well and calm <= now
        for person in self.diary.people.values():
            if person.house is house and person.ended is None:
                self.counted.looks += 1
                if well and self.concerned(person):
                    self._forgotten(person, now, calm, braked=braked)
                self.counted.held += bool(person.holds)

    def _forgotten(self, person: Person, now: datetime, calm: datetime, *, braked: bool) -> None:
        house, due = person.house, self.due(person)
        warned = self.warned(person)
        if (warned or not house.remind) and not braked and house.four(due) <= now:
            raise Broken(f"should be gone since {due}", person, now)
        if warned or not house.remind:
            return
        remind_at = house.four(due - timedelta(days=house.remind))
        if remind_at > now:
            return
        if not self._reachable(person):
            self.counted.unreachable += 1
            return
        if person.open is None:
            raise Broken(f"the reminder for {due} is not owed", person, now)
        since = max(remind_at, calm, person.touched)
        if since + WHILE <= now and self._taken(person):
            raise Broken(f"not warned since {since}", person, now)

    def _reachable(self, person: Person) -> bool:
        return person.chat or (person.address and person.refused is None)

    def _taken(self, person: Person) -> bool:
        """Whether some server would take a copy that counts."""
        if person.address and person.refused is None:
            return person.mailbox == "good"
        return person.chat
