"""Quiet hours: at night nobody is reminded of anything. Local time of the provider."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from rules.errors import Refusal
from rules.notices import NoticeKind

QUIET_FROM: Final = 20
QUIET_UNTIL: Final = 8
"""Hours of a provider that chose none."""

LEAST_AWAKE: Final = 4
"""Hours of a day in which reminders leave at least: an address that is away has to be tried."""

REMINDERS = frozenset(
    {
        NoticeKind.DELETION_REMINDER,
        NoticeKind.ACTIVATION_AGAIN,
        NoticeKind.DOCUMENT_EXPIRES,
    }
)
"""Kinds that can wait for the morning: nobody asked for them, and nobody waits for them."""

ASKED = "asked"
"""Fact of a reminder that its reader has just asked for again: that one leaves at once."""

LATE = "late since"
"""Fact of a mail that had to wait for the morning: from when on it was due."""


class NotAnHour(Refusal):
    """Quiet hours that are not on the clock."""

    sentence = "Choose an hour between 0 and 23."


class TooQuiet(Refusal):
    """Quiet hours that leave reminders hardly any time."""

    sentence = "Leave at least {least} hours a day in which reminders may leave."


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From the full hour `begin` to the full hour `end`; equal hours: no quiet time at all."""

    begin: int
    end: int
    zone: ZoneInfo

    def cover(self, moment: datetime) -> bool:
        """Whether it is quiet at this moment."""
        hour = moment.astimezone(self.zone).hour
        if self.begin <= self.end:
            return self.begin <= hour < self.end
        return hour >= self.begin or hour < self.end

    def after(self, moment: datetime) -> datetime:
        """The first moment from this one on at which it is not quiet, in UTC.

        When the clocks change, the end may be skipped, or be there twice: it is looked at until
        it is found. A skipped hour ends with the gap; of two, the first counts.
        """
        moment = moment.astimezone(UTC)
        while self.cover(moment):
            moment = self._next(self.end, moment)
        return moment

    def awake(self, since: datetime, until: datetime) -> timedelta:
        """How much of this time was not quiet."""
        if self.begin == self.end:
            return max(until - since, timedelta(0))
        total, at = timedelta(0), self.after(since)
        while at < until:
            rest = min(self._next(self.begin, at), until)
            total += rest - at
            at = self.after(rest)
        return total

    def _next(self, hour: int, moment: datetime) -> datetime:
        """The next time that this full hour strikes, seen from another hour."""
        local = moment.astimezone(self.zone)
        day = local.date() if local.hour < hour else local.date() + timedelta(days=1)
        return datetime.combine(day, time(hour), tzinfo=self.zone).astimezone(UTC)


def quiet_hours(begin: int | None, end: int | None, zone: ZoneInfo) -> QuietHours:
    """What a provider's two columns mean."""
    return QuietHours(
        QUIET_FROM if begin is None else begin, QUIET_UNTIL if end is None else end, zone
    )


def check_quiet_hours(begin: int, end: int) -> None:
    """Raises NotAnHour, TooQuiet."""
    if not (0 <= begin <= 23 and 0 <= end <= 23):
        raise NotAnHour
    if begin != end and (begin - end) % 24 < LEAST_AWAKE:
        raise TooQuiet(least=LEAST_AWAKE)


def may_wait(kind: str, facts: dict[str, object]) -> bool:
    """Whether a notice is a reminder that nobody has just asked for."""
    return kind in REMINDERS and not facts.get(ASKED)
