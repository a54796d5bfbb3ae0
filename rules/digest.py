"""The operators' mornings: when their mails are owed, to whom, and what these tell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from rules.vocabulary import Role

MORNING = time(7)
"""Local time from which the mails of a day are owed: after the night's run, before work."""
EVENING = time(20)
"""Local time from which it is too late for this day: the next morning tells the same."""

NAMED = 5
"""People who are named in each part of a digest; the others are counted."""
NAMED_OVERDUE = 20
"""The same in the mail about applications that have waited for too long."""

OVERDUE = timedelta(days=30)
"""An application that waits for a decision for so long is told to the administrators."""

Stop = Literal["", "brake", "restore"]


def morning(now: datetime, zone: ZoneInfo) -> date | None:
    """The local date whose mails are owed now; None at night, when those of no day are.

    A day that went by while nobody worked is never caught up: each mail tells of now.
    """
    if now.tzinfo is None:
        raise ValueError("a moment without zone has no local date")
    local = now.astimezone(zone)
    return local.date() if MORNING <= local.time() < EVENING else None


def digest_key(membership_id: int, day: date) -> str:
    """A digest is owed once for each morning of somebody's work at a provider."""
    return f"digest:{membership_id}:{day}"


def overdue_key(membership_id: int, day: date) -> str:
    """The mail about applications that have waited for too long: one a day at most."""
    return f"overdue:{membership_id}:{day}"


def wants_digest(choice: bool | None, role: str) -> bool:
    """Whether somebody gets the digest: as they chose, else administrators only."""
    return role == Role.ADMIN if choice is None else choice


def days_waited(since: datetime, now: datetime) -> int:
    """Whole days since then; 0 when the clock of a machine was set back."""
    return max(0, (now - since).days)


def is_overdue(since: datetime, now: datetime) -> bool:
    """Whether an application that was sent then has waited for too long."""
    return now - since >= OVERDUE


def newly_overdue(told_until: datetime | None, now: datetime) -> tuple[datetime | None, datetime]:
    """Since when whoever is overdue now, and was not when it was last told, has waited.

    Returns (after, until]: each application crosses this window once, however late it is
    looked at; `after` is None when nobody was ever told.
    """
    return told_until - OVERDUE if told_until else None, now - OVERDUE


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is named, and for how many days they have waited."""

    candidate_id: str
    name: str
    """Empty as long as it is not known."""
    days: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """How many people, and the first of them."""

    number: int = 0
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class DeletionDay:
    """Who is deleted on one day, unless they act."""

    day: date
    who: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What one operator is told in the morning."""

    since: date
    """The local date from which deletions are counted: that of the digest before."""
    admin: bool = True
    """Settings are only told to those who may open them."""
    waiting: Group = Group()
    overdue: int = 0
    """How many of those who wait have waited for too long."""
    messages: Group = Group()
    ending: tuple[DeletionDay, ...] = ()
    deleted: Mapping[str, int] = field(default_factory=dict)
    """People by reason of their deletion (`Tombstone.reason`): never who they were."""
    unreachable: Group = Group()
    more: bool = False
    """There are more than were looked at: `ending` and `unreachable` are "at least"."""
    stopped: Stop = ""
    """Why automatic deletion waits for an administrator's word."""
    to_delete: int = 0
    """How many people the stopped run would have deleted."""
    failed: int = 0
    """Messages that were refused for good, and that nobody has settled."""
    asking: bool = False
    """Applications in progress are being asked what was published since."""

    @property
    def tells(self) -> bool:
        """Whether there is anything to tell; what passes by itself is not worth a mail."""
        return bool(
            self.waiting.number
            or self.messages.number
            or self.ending
            or self.deleted
            or self.unreachable.number
            or self.stopped
            or (self.failed and self.admin)
        )
