"""What a world must be able to do for the script of the year to be played in it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tests.clock.year.diary import House, Person
from tests.clock.year.judge import Judge


class Stage(Protocol):
    """A world: the deeds come in, what people see goes to the judge."""

    judge: Judge

    async def open(self, house: House, now: datetime) -> None:
        """A provider begins."""

    async def sign_up(self, person: Person, now: datetime) -> None:
        """Somebody applies."""

    async def do(
        self, verb: str, person: Person, now: datetime, at: datetime, number: int
    ) -> None:
        """A deed of the diary, received `now`; the person did it `at`."""

    async def configure(self, house: House, now: datetime) -> None:
        """The provider's settings become those of the diary."""

    async def restore(self, now: datetime) -> None:
        """A backup of the whole installation is restored."""

    async def word(self, house: House, now: datetime) -> None:
        """An admin lets the clock run again after the restore."""

    async def release(self, house: House, now: datetime) -> None:
        """An admin agrees to what the brake stopped."""

    async def start(self, now: datetime) -> None:
        """The worker starts."""

    async def look(self, now: datetime) -> None:
        """The worker asks Telegram what waits."""

    async def night(self, house: House, now: datetime, dies_after: int | None) -> bool:
        """The nightly run, killed after some people if so; True when it is finished."""

    async def braked(self, house: House) -> int | None:
        """How many deletions the brake holds back; None: it is not pulled."""

    async def second_machine(self, house: House, now: datetime) -> None:
        """The same run again, by a machine that knows nothing of the first one's."""

    async def deliver(self, now: datetime) -> None:
        """Hand over what is owed, as far as the servers are up."""

    async def empty_bins(self, now: datetime) -> None:
        """Erase those whose time in the bin is over."""

    async def check(self, now: datetime) -> None:
        """Compare what is kept with what must be: rows, promises."""
