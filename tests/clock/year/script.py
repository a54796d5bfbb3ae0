"""A year's script: lives, settings, outages and nightly runs, played on a stage."""

from __future__ import annotations

import heapq
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.clock.year.diary import House
from tests.clock.year.lives import DAY, HOUR, MINUTE, Lives, Step

TOWNS = ("Europe/Paris", "Indian/Reunion", "America/Miquelon")


class Script(Lives):
    """Plays a plan."""

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
            after = self.plan.after[number]
            house = House(number, ZoneInfo(town), days, remind, now - 900 * DAY, now, after)
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

    # Admins.

    def settings(self, house: House) -> Step:
        """The provider changes its mind about the deletion."""

        async def step(now: datetime) -> None:
            if not self.machines.web:
                self.at(now + HOUR, step)
                return
            was = house.clocks
            kind = self.chance.random()
            if kind < 0.15:
                house.module = not house.module
            elif kind < 0.25:
                house.days, house.remind = (0, house.remind) if house.days else (30, 5)
            elif kind < 0.35:
                house.remind = 0 if house.remind else 3
            elif kind < 0.5:
                house.after = self.chance.choice((0, *self.plan.after))
            else:
                house.days, house.remind = self.chance.choice(self.plan.delays)
            house.remind = min(house.remind, max(0, house.days - 1))
            house.changed = now
            begins = any(on and not before for on, before in zip(house.clocks, was, strict=True))
            house.counting = now if begins else house.counting
            await self.stage.configure(house, now)
            await self.stage.check(now)
            soon = 25 * DAY if all(house.clocks) else 5 * DAY
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
