"""Time passes in the demo’s past: many stories, told in the order in which things happened."""

import asyncio
import heapq
from collections.abc import Callable, Coroutine
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
Story = Coroutine[Any, Any, None]


class Timeline:
    """A clock that jumps from one waiting story to the next; only one story acts at a time.

    A story that waits for a moment after the end is never taken up again: it has not happened
    yet.
    """

    def __init__(self, begin: datetime, end: datetime) -> None:
        self.now = begin
        self.end = end
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._numbers = count()
        self._parked = asyncio.Event()

    @property
    def today(self) -> date:
        """The day on which the story ends, in Paris."""
        return self.end.astimezone(ZONE).date()

    def day(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """A moment of a day before today, as clocks in Paris show it."""
        day = self.today - timedelta(days=days_ago)
        return datetime.combine(day, time(hour, minute), ZONE).astimezone(UTC)

    def at_work(self, days_ago: int, hour: int, minute: int = 0) -> datetime:
        """The same, or the Monday after a weekend unless that is still to come."""
        moment = self.day(days_ago, hour, minute)
        weekday = moment.astimezone(ZONE).weekday()
        later = moment + timedelta(days=max(7 - weekday, 0) if weekday > 4 else 0)
        return later if later <= self.end else moment

    def ago(self, **delta: float) -> datetime:
        """A moment shortly before the end."""
        return self.end - timedelta(**delta)

    async def until(self, moment: datetime) -> None:
        """Wait for a moment; one that is past is now."""
        turn = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (max(moment, self.now), next(self._numbers), turn))
        self._parked.set()
        await turn

    async def wait(self, **delta: float) -> None:
        """Let some time pass."""
        await self.until(self.now + timedelta(**delta))

    async def play(self, stories: list[Story], *, begun: Callable[[], None]) -> None:
        """Tell all stories to the end of time; the first one that fails fails the whole.

        begun: called once every story waits for its first moment.
        """
        tasks: list[asyncio.Task[None]] = []
        try:
            for story in stories:
                tasks.append(asyncio.create_task(story))
                tasks[-1].add_done_callback(lambda _: self._parked.set())
                await self._one_acts(tasks)
            begun()
            while self._waiting and self._waiting[0][0] <= self.end:
                self.now, _, turn = heapq.heappop(self._waiting)
                turn.set_result(None)
                await self._one_acts(tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for story in stories[len(tasks) :]:
                story.close()
        self.now = self.end

    async def _one_acts(self, tasks: list[asyncio.Task[None]]) -> None:
        """Wait until the story that was woken waits again, or ends."""
        await self._parked.wait()
        self._parked.clear()
        for task in tasks:
            if task.done() and not task.cancelled():
                task.result()
