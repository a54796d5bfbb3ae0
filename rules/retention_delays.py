"""Delays that make sense: of applications, of ended admissions, and of "keep N days"."""

from datetime import date, timedelta

from rules.errors import Refusal
from rules.retention_values import (
    MAX_DAYS,
    DelayOutOfRange,
    KeepOutOfRange,
    ReminderNotBeforeDeletion,
)


class EndedDaysOutOfRange(Refusal):
    """Days after the end of an admission below 0 or over the most."""

    sentence = "Choose a number of days between 0 and {maximum}."


class EndedDaysTooFew(Refusal):
    """The reminder would leave on the day on which an admission ends, or before."""

    sentence = "At least {minimum} days, so that the reminder leaves before. Or 0: never."


def check_delays(deletion_days: int, reminder_days: int) -> None:
    """Refuse delays that make no sense: whole days from 0 to MAX_DAYS, x < days.

    Raises DelayOutOfRange, ReminderNotBeforeDeletion.
    """
    if not (0 <= deletion_days <= MAX_DAYS and 0 <= reminder_days <= MAX_DAYS):
        raise DelayOutOfRange(maximum=MAX_DAYS)
    if 0 < deletion_days <= reminder_days:
        raise ReminderNotBeforeDeletion(maximum=deletion_days - 1)


def check_ended_days(ended_days: int, reminder_days: int) -> None:
    """Ended admissions must leave room for the same reminder.

    Raises EndedDaysOutOfRange, EndedDaysTooFew.
    """
    try:
        check_delays(ended_days, reminder_days)
    except DelayOutOfRange:
        raise EndedDaysOutOfRange(maximum=MAX_DAYS) from None
    except ReminderNotBeforeDeletion:
        raise EndedDaysTooFew(minimum=reminder_days + 1) from None


def keep(today: date, days: int, reminder_days: int) -> date:
    """Return `kept_until` of "keep N days": today + N, with N > x (else KeepOutOfRange).

    N > x so that the reminder of the new date still lies ahead. The clock start does not move.
    """
    if not reminder_days < days <= MAX_DAYS:
        raise KeepOutOfRange(minimum=reminder_days + 1, maximum=MAX_DAYS)
    return today + timedelta(days=days)
