"""People with habits, and operators who answer to them.

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

from tests.clock.year.diary import RUNNING, Diary, Machines, Person
from tests.clock.year.judge import Judge
from tests.clock.year.stage import Stage

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
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
    after: tuple[int, ...]
    """Days after the end of an admission, likewise."""
    pace: float = 1.0
    """How often people do something; 1: as in life."""
    wanted: float = 0.04
    """How often operators decide on somebody who has not sent their application."""
    stays: float = 25
    """Days for which people work somewhere, on average."""


@dataclass
class Lives:
    """The calendar, and what people put on it."""

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
            "ask": 2 if person.status != "binned" and person.left is None else 0,
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
        elif self.chance.random() < self.plan.wanted:
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
            if person.status != "binned" and person.left is None:
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
            number = self.chance.choices((0, 1, 2), (5, 5, 2))[0]
            if person.left is not None and number != 2:  # all that can be decided of them
                return
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
            if person.status == "accepted" and self.chance.random() < 0.7:
                self.at(self.later(now, self.plan.stays * DAY), self.end(person))

        return step

    def end(self, person: Person) -> Step:
        """The person stops working there, perhaps for some weeks only."""

        async def what(now: datetime) -> None:
            busy = person.holds & {"reply", "decision"}
            if person.status != "accepted" or person.left is not None or busy:
                return
            await self.do("end", person, now)
            if self.chance.random() < 0.3:
                self.at(self.later(now, 20 * DAY), self.resume(person))
            if self.chance.random() < 0.1:
                self.at(self.later(now, 10 * DAY), self.decide(person))

        return self.when_up(person, what)

    def resume(self, person: Person) -> Step:
        """The person works there again, and may stop again."""

        async def what(now: datetime) -> None:
            if person.status == "accepted" and person.left is not None and not person.pending:
                await self.do("resume", person, now)
                self.at(self.later(now, 30 * DAY), self.end(person))

        return self.when_up(person, what)

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
