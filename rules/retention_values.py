"""The values that the deletion clock reads and returns. The rules themselves: rules.retention."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from rules.errors import Refusal
from rules.vocabulary import Status

MAX_DAYS = 3650
"""Longest delay that can be configured: ten years, far from the end of the calendar."""

ENDED_DAYS = 730
"""Days that the data of somebody whose admission ended are kept, unless the provider says else."""

State = Literal[
    "off",  # module or deletion switched off
    "not_concerned",  # not the candidate's turn, or admitted once and still working here
    "held",  # something waits for us; the clock starts again when that ends
    "counting",  # nothing to do yet
    "reminder_due",  # the run must owe the reminder
    "reminder_owed",  # owed, no channel that counts accepted it yet: waits, never deleted
    "reminded",  # warned, the date is fixed
    "due",  # the run deletes
    "unreachable",  # should be warned, nothing can carry the warning: an operator decides
]
Hold = Literal["awaiting_reply", "checking_file", "decision_pending", "restored"]
VoidReason = Literal[
    "off",  # the clock does not run for this person: off, not concerned or held
    "clock_moved",  # somebody acted, or the counting began anew, since it was owed
    "date_moved",  # the date is now later than the one that was promised
    "too_early",  # not accepted yet, and by today's settings not owed yet
    "no_reminder",  # not accepted yet, and the provider no longer sends reminders
]


class DelayOutOfRange(Refusal):
    """Days before deletion, or of the reminder, below 0 or over MAX_DAYS."""

    sentence = "Choose a number of days between 0 and {maximum}."


class ReminderNotBeforeDeletion(Refusal):
    """The reminder would leave on the first day already, or before."""

    sentence = "The reminder must be at most {maximum} days before the deletion."


class KeepOutOfRange(Refusal):
    """ "Keep N days" with an N that leaves no room for the reminder, or too large."""

    sentence = "Choose a number of days between {minimum} and {maximum}."


@dataclass(frozen=True, slots=True)
class RetentionSettings:
    """What the provider configured, as of now; a preview passes what it would become."""

    module_on: bool
    deletion_days: int
    """0: nobody is deleted."""
    reminder_days: int
    """0: nobody is warned; people are then deleted on the day itself, without a word."""
    zone: ZoneInfo
    counting_since: datetime | None = None
    """When module or deletion was last switched on, or the word given after a restore."""
    waits_for_word: bool = False
    """After a restore from backup, until an operator gives the word: everybody is held."""
    ended_days: int = ENDED_DAYS
    """Days before deletion of those whose admission ended; 0: they are never deleted."""

    @property
    def on(self) -> bool:
        """Whether the clock runs at all."""
        return self.module_on and self.deletion_days > 0

    def starts_after(self, was: "RetentionSettings") -> bool:
        """Whether saving these switches a clock on that stood still: counting begins then.

        One moment for both clocks: whoever's clock ran already is deleted later, never sooner.
        """
        begins = self.on and not was.on
        return begins or (self.of_ended.on and not was.of_ended.on)

    def of(self, retained: "Retained") -> "RetentionSettings":
        """The settings that concern this person. Asked twice, it answers the same."""
        return self.of_ended if retained.ended else self

    @property
    def of_ended(self) -> "RetentionSettings":
        """The settings of those whose admission ended: a delay of its own, the same reminder.

        Where the reminder would fall before the first day (checked when saved, but the delay may
        be the default) it leaves on that day: a warning is shortened, never left out.
        """
        before = min(self.reminder_days, max(1, self.ended_days - 1))
        return replace(self, deletion_days=self.ended_days, reminder_days=before)


@dataclass(frozen=True, slots=True)
class Reminder:
    """The open reminder of a candidate, from the moment it is owed."""

    clock_start: datetime
    """The effective clock start it was owed for: if that moves, this reminder is void."""
    due: date
    """D when it was owed."""
    accepted_at: datetime | None = None
    """First acceptance on a channel that counts, see `warned_at`."""
    promised: date | None = None
    """Fixed at that acceptance, never changed afterwards."""
    zone: ZoneInfo | None = None
    """The zone in which the promise was made; None: the provider's zone of now."""


@dataclass(frozen=True, slots=True)
class Retained:
    """What the rule must know of a candidate. Built by one read, under the candidate's lock."""

    status: str
    ever_admitted: bool
    clock_start: datetime
    """Latest act of the candidate (Telegram's date), operator's act addressed to them, or end
    of a hold."""
    kept_until: date | None = None
    awaiting_reply: bool = False
    checking_file: bool = False
    decision_pending: bool = False
    reminder: Reminder | None = None
    latest_promise: date | None = None
    """The latest date ever promised or told to this person, by void reminders too."""
    has_address: bool = False
    address_refused: bool = False
    """Refused for good, see `address_refused_for_good`."""
    chat_reachable: bool = True
    ended_at: datetime | None = None
    """When an operator ended the admission: the person no longer works with the provider."""

    @property
    def ended(self) -> bool:
        """Whether the delay of ended admissions is theirs. In the bin, the bin's own delay is."""
        return self.status == Status.ACCEPTED and self.ended_at is not None

    @property
    def reachable(self) -> bool:
        """Whether some channel could still carry a warning."""
        return (self.has_address and not self.address_refused) or self.chat_reachable


@dataclass(frozen=True, slots=True)
class Outlook:
    """What awaits a candidate, as of now. Panel, preview and run read the same one."""

    state: State
    clock_start: datetime | None = None
    due: date | None = None
    """D. None when no date can be given: off, not concerned, held."""
    deletion_date: date | None = None
    """What people are told: the promise, else the earliest date possible. None: no deletion."""
    days_left: int | None = None
    remind_on: date | None = None
    holds: tuple[Hold, ...] = ()
    void: VoidReason | None = None
    """Why the open reminder is void: its copies must be withdrawn and its row closed."""

    @property
    def reminder_void(self) -> bool:
        """Whether there is an open reminder that must be closed."""
        return self.void is not None
