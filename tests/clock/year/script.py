"""A year's script: people with habits, operators, admins, outages; played on a stage.

Everything comes from one seed. The next step of a person is thought of when the one before is
over, from what the diary says of them, as people do.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.clock.year.diary import RUNNING, Diary, House, Machines, Person
from tests.clock.year.judge import Judge
from tests.clock.year.stage import Stage

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOWNS = ("Europe/Paris", "Indian/Reunion", "America/Miquelon")
HABITS = ("leaves", "leaves", "leaves", "slow", "slow", "lively", "last minute", "last minute")
OWN = frozenset({"act", "ask", "file", "submit", "address", "unblock"})
"""Deeds that come through Telegram, and wait there while the web process is down."""

Step = Callable[[datetime], Awaitable[None]]


@dataclass(frozen=True)
class Plan:
    """How much happens."""

    seed: int
    people: int
    begin: datetime
    days: int
    delays: tuple[tuple[int, int], ...]
    """(days, reminder) that providers choose from; the first three are what they begin with."""
    pace: float = 1.0
    """How often people do something; 1: as in life."""


@dataclass
class Script:
    """Plays a plan."""

    plan: Plan
    stage: Stage
    judge: Judge
    chance: random.Random
    now: datetime
    steps: list[tuple[datetime, int, Step]] = field(default_factory=list)
    order: itertools.count[int] = field(default_factory=itertools.count)
    waiting: deque[tuple[str, Person, datetime, int]] = field(default_factory=deque)
    """What Telegram keeps for us."""
    done: int = 0

    @property
    def diary(self) -> Diary:
        """What happened."""
        return self.judge.diary

    @property
    def machines(self) -> Machines:
        """What works."""
        return self.judge.diary.machines

    def at(self, moment: datetime, step: Step) -> None:
        """Put a step on the calendar."""
        heapq.heappush(self.steps, (moment, next(self.order), step))

    def later(self, now: datetime, mean: timedelta) -> datetime:
        """Some time after now, to the minute."""
        minutes = self.chance.expovariate(1 / max(1.0, mean / MINUTE))
        return now + max(1, round(minutes)) * MINUTE

    async def play(self) -> None:
        """The whole plan."""
        end = self.plan.begin + self.plan.days * DAY
        await self._begin()
        while self.steps and self.steps[0][0] < end:
            self.now, _, step = heapq.heappop(self.steps)
            await step(self.now)
            self.done += 1
        await self.stage.check(self.now)

    async def _begin(self) -> None:
        now = self.plan.begin
        for number, town in enumerate(TOWNS):
            days, remind = self.plan.delays[number]
            house = House(number, ZoneInfo(town), days, remind, now - 900 * DAY, now)
            self.diary.houses.append(house)
            await self.stage.open(house, now)
            self.at(house.four(house.day(now) + DAY), self.nightly(house))
            self.at(self.later(now, 25 * DAY), self.settings(house))
        await self.stage.start(now)
        for number in range(self.plan.people):
            share = self.chance.random()
            born = now + (0 if share < 0.4 else share * 0.9 * self.plan.days) * DAY
            born += self.chance.randrange(1440) * MINUTE
            self.at(born, self.sign_up(number))
        for hour in range(self.plan.days * 4):
            self.at(now + (6 * hour + 1) * HOUR, self.everyday)
        for trouble in (self.worker, self.web, self.telegram, self.smtp, self.scanner):
            self.at(self.later(now, 15 * DAY), trouble)
        self.at(self.later(now, 120 * DAY), self.restore)

    # People.

    def sign_up(self, number: int) -> Step:
        """Somebody applies at one of the providers, with one habit for life."""

        async def step(now: datetime) -> None:
            house = self.diary.houses[self.chance.randrange(3)]
            person = Person(number, house, now, now, now, address=self.chance.random() < 0.85)
            self.diary.people[number] = person
            await self.stage.sign_up(person, now)
            self.live(person, self.chance.choice(HABITS), self.chance.randrange(1, 6), now)

        return step

    def live(self, person: Person, habit: str, left: int, now: datetime) -> None:
        """Think of the person's next deed."""
        if habit == "leaves" and left == 0:
            return
        mean = {"leaves": 4, "slow": 25, "lively": 6, "last minute": 20}[habit] / self.plan.pace
        when = self.later(now, mean * DAY)
        if habit == "last minute" and self.judge.concerned(person):
            day = self.judge.due(person) - self.chance.choice((0, 0, 1, person.house.remind)) * DAY
            close = person.house.four(day) + self.chance.randint(-30, 15) * MINUTE
            when = close if close > now else when

        async def step(at: datetime) -> None:
            if person.ended is None and not self.machines.telegram:
                self.at(at + HOUR, step)
            elif person.ended is None:
                await self.deed(person, at)
                self.live(person, habit, left - 1, at)

        self.at(when, step)

    async def deed(self, person: Person, now: datetime) -> None:
        """What somebody does, of what they can do now."""
        running = person.status in RUNNING
        weights = {
            "act": 8,
            "ask": 2 if person.status != "binned" else 0,
            "file": 2 if person.status == "incomplete" and "file" not in person.holds else 0,
            "submit": 1 if running and "file" not in person.holds else 0,
            "block" if person.chat else "unblock": 1,
            "mailbox": 1,
            "address": 0.5,
        }
        verb = self.chance.choices(list(weights), list(weights.values()))[0]
        number = self.chance.randrange(3) if verb == "mailbox" else 0
        number = int(self.chance.random() < 0.7) if verb == "address" else number
        await self.do(verb, person, now, number)
        self.follow(verb, person, now)

    async def do(self, verb: str, person: Person, now: datetime, number: int = 0) -> None:
        """A deed; one that comes through Telegram waits there while the web process is down."""
        self.diary.did(verb, person, now, number)
        if verb in OWN and not self.machines.web:
            self.waiting.append((verb, person, now, number))
            self.machines.waiting += 1
        else:
            await self.stage.do(verb, person, now, now, number)

    def follow(self, verb: str, person: Person, now: datetime) -> None:
        """What others do about it."""
        if verb == "ask":
            self.at(self.later(now, self.chance.choice((1, 4, 30)) * DAY), self.answer(person))
        elif verb == "submit":
            self.at(self.later(now, self.chance.choice((1, 10)) * DAY), self.decide(person))
        elif verb == "file":
            self.at(self.later(now, 20 * MINUTE), self.checked(person))
        elif self.chance.random() < 0.04:
            self.at(self.later(now, 3 * DAY), self.decide(person))
        if self.chance.random() < 0.05:
            self.at(self.later(now, 30 * DAY), self.keep(person))

    # Operators; they need the web process.

    def when_up(self, person: Person, what: Callable[[datetime], Awaitable[None]]) -> Step:
        """An hour later, again and again, while the panel is down."""

        async def step(now: datetime) -> None:
            if person.ended is None and not self.machines.web:
                self.at(now + HOUR, step)
            elif person.ended is None:
                await what(now)

        return step

    def answer(self, person: Person) -> Step:
        """The operator replies."""

        async def what(now: datetime) -> None:
            if person.status != "binned":
                await self.do("answer", person, now)

        return self.when_up(person, what)

    def keep(self, person: Person) -> Step:
        """The operator presses "keep N days"."""

        async def what(now: datetime) -> None:
            if person.status != "binned":
                await self.do(
                    "keep", person, now, person.house.remind + self.chance.randint(1, 40)
                )

        return self.when_up(person, what)

    def decide(self, person: Person) -> Step:
        """The operator decides; some minutes or hours later it is final, or was undone."""

        async def what(now: datetime) -> None:
            if person.status == "binned" or person.holds:
                return
            number = self.chance.choices((0, 1, 2), (2, 5, 2))[0]
            await self.do("decide", person, now, number)
            end = self.undo if self.chance.random() < 0.2 else self.final
            self.at(self.later(now, self.chance.choice((5, 600, 6_000)) * MINUTE), end(person))

        return self.when_up(person, what)

    def undo(self, person: Person) -> Step:
        """The decision is undone in time, unless the candidate's act cancelled it."""

        async def what(now: datetime) -> None:
            if person.pending:
                await self.do("undo", person, now)

        return self.when_up(person, what)

    def final(self, person: Person) -> Step:
        """The worker makes the decision final."""

        async def step(now: datetime) -> None:
            if person.ended is not None or not person.pending:
                return
            if not self.machines.worker or self.waiting:
                self.at(now + HOUR, step)
                return
            await self.do("final", person, now)
            if person.status == "binned" and self.chance.random() < 0.4:
                self.at(self.later(now, 5 * DAY), self.unbin(person))

        return step

    def unbin(self, person: Person) -> Step:
        """The operator takes somebody out of the bin."""

        async def what(now: datetime) -> None:
            if person.status == "binned":
                await self.do("unbin", person, now)

        return self.when_up(person, what)

    def checked(self, person: Person) -> Step:
        """The file is checked, when scanner and worker are up."""

        async def step(now: datetime) -> None:
            if person.ended is not None or "file" not in person.holds:
                return
            up = self.machines.worker and self.machines.scanner and self.machines.telegram
            if up and not self.waiting:
                await self.do("checked", person, now)
            else:
                self.at(now + HOUR, step)

        return step

    # Admins.

    def settings(self, house: House) -> Step:
        """The provider changes its mind about the deletion."""

        async def step(now: datetime) -> None:
            if not self.machines.web:
                self.at(now + HOUR, step)
                return
            was = house.on
            kind = self.chance.random()
            if kind < 0.15:
                house.module = not house.module
            elif kind < 0.25:
                house.days, house.remind = (0, house.remind) if house.days else (30, 5)
            elif kind < 0.35:
                house.remind = 0 if house.remind else 3
            else:
                house.days, house.remind = self.chance.choice(self.plan.delays)
            house.remind = min(house.remind, max(0, house.days - 1))
            house.changed = now
            house.counting = now if house.on and not was else house.counting
            await self.stage.configure(house, now)
            await self.stage.check(now)
            soon = 5 * DAY if not house.on else 25 * DAY
            self.at(self.later(now, soon), step)

        return step

    async def restore(self, now: datetime) -> None:
        """A backup is restored: every admin gives their word some days later."""
        for house in self.diary.houses:
            house.restored, house.changed = True, now
            self.at(self.later(now, 4 * DAY), self.word(house))
        await self.stage.restore(now)

    def word(self, house: House) -> Step:
        """The admin's word."""

        async def step(now: datetime) -> None:
            house.restored, house.counting, house.changed = False, now, now
            await self.stage.word(house, now)

        return step

    # Machines.

    def nightly(self, house: House) -> Step:
        """04:00 local."""

        async def step(now: datetime) -> None:
            self.at(house.four(house.day(now) + DAY), self.nightly(house))
            await self.run(house, now)

        return step

    async def run(self, house: House, now: datetime) -> None:
        """The run, killed and doubled now and then; what it leaves is looked at again."""
        if not self.machines.worker:
            return
        dies = self.chance.randrange(6) if self.chance.random() < 0.06 else None
        finished = await self.stage.night(house, now, dies)
        held_back = await self.stage.braked(house)
        if not finished:
            self.at(now + (MINUTE if dies is not None else 30 * MINUTE), self.again(house))
            return
        if self.chance.random() < 0.05:
            await self.stage.second_machine(house, now)
        self.judge.night_over(house, now, braked=held_back is not None)
        if held_back is not None and held_back != house.shown:
            house.shown = held_back
            self.at(self.later(now, DAY), self.release(house))
        await self.stage.deliver(now + MINUTE)

    def again(self, house: House) -> Step:
        """The same run, taken up again."""

        async def step(now: datetime) -> None:
            await self.run(house, now)

        return step

    def release(self, house: House) -> Step:
        """The admin looks at the list and agrees; the run goes on at once."""

        async def step(now: datetime) -> None:
            if await self.stage.braked(house) is None:
                return
            house.shown, house.word_at = await self.stage.braked(house) or 0, now
            house.changed = now
            await self.stage.release(house, now)
            self.at(now + MINUTE, self.again(house))

        return step

    async def everyday(self, now: datetime) -> None:
        """Every six hours: queues, mails, bins, now and then a look at everything."""
        if not self.machines.worker:
            return
        await self.stage.look(now)
        await self.stage.deliver(now)
        await self.stage.empty_bins(now)
        if self.chance.random() < 0.02:
            await self.stage.check(now)

    def outage(self, now: datetime, mean: timedelta, back: Step, again: Step) -> None:
        """Something is down for a while, and will be again."""
        self.machines.note(now)
        end = self.later(now, mean)
        self.at(end, back)
        self.at(self.later(end, 30 * DAY), again)

    async def worker(self, now: datetime) -> None:
        """No worker for some days; when it starts, all runs that were missed are one."""

        async def back(then: datetime) -> None:
            self.machines.worker, self.machines.started = True, then
            self.machines.note(then)
            await self.stage.start(then)
            for house in self.diary.houses:
                await self.run(house, then)

        self.machines.worker = False
        self.outage(now, 2 * DAY, back, self.worker)

    async def web(self, now: datetime) -> None:
        """No web process: what people send waits at Telegram."""

        async def back(then: datetime) -> None:
            self.machines.web = True
            self.machines.note(then)
            while self.waiting:
                verb, person, at, number = self.waiting.popleft()
                self.machines.waiting -= 1
                if person.ended is None:
                    await self.stage.do(verb, person, then, at, number)

        self.machines.web = False
        self.outage(now, 14 * HOUR, back, self.web)

    async def telegram(self, now: datetime) -> None:
        """Telegram cannot be reached."""

        async def back(then: datetime) -> None:
            self.machines.telegram, self.machines.back = True, then
            self.machines.note(then)

        self.machines.telegram = False
        if self.machines.worker:
            await self.stage.look(now)
        self.outage(now, 10 * HOUR, back, self.telegram)

    async def smtp(self, now: datetime) -> None:
        """The mail server does not answer."""

        async def back(then: datetime) -> None:
            self.machines.smtp = True
            self.machines.note(then)

        self.machines.smtp = False
        self.outage(now, 2 * DAY, back, self.smtp)

    async def scanner(self, now: datetime) -> None:
        """Files wait for their check."""

        async def back(_then: datetime) -> None:
            self.machines.scanner = True

        self.machines.scanner = False
        self.outage(now, 6 * DAY, back, self.scanner)
