"""The deletion clock: who is reminded and who is deleted, on which date, and why not.

Panel, preview before saving and nightly run all ask `outlook`, so that what people are shown is
what happens. Dates are local dates of the provider, moments are aware (UTC). Nothing here
remembers: an answer depends on the values given only, so a run that is repeated or doubled finds
the same, and a late one only later dates, because every date is a maximum and `now` only grows.
(The settings being equal: a late run after the provider shortened the delays has made no promise
that could hold it back; it still warns, and keeps what it then promises.)

Two kinds of people have a clock: those whose application is with them, and those whose admission
an operator ended. The second have a delay of their own (`RetentionSettings.of`), and else the same
rules. Nobody else has one: who was once admitted and still works here is never deleted.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from rules.retention_delays import check_delays, check_ended_days, keep
from rules.retention_run import (
    brake,
    local_date,
    may_delete_yet,
    next_run,
    run_is_due,
    run_moment,
)
from rules.retention_values import (
    ENDED_DAYS,
    MAX_DAYS,
    DelayOutOfRange,
    Hold,
    KeepOutOfRange,
    Outlook,
    Reminder,
    ReminderNotBeforeDeletion,
    Retained,
    RetentionSettings,
    State,
    VoidReason,
)
from rules.retention_warning import (
    address_refused_for_good,
    counts_as_warned,
    promised_date,
    warned_at,
)
from rules.vocabulary import RUNNING

__all__ = [
    "ENDED_DAYS",
    "MAX_DAYS",
    "DelayOutOfRange",
    "Hold",
    "KeepOutOfRange",
    "Outlook",
    "Reminder",
    "ReminderNotBeforeDeletion",
    "Retained",
    "RetentionSettings",
    "State",
    "VoidReason",
    "accept_reminder",
    "address_refused_for_good",
    "brake",
    "check_delays",
    "check_ended_days",
    "clock_start",
    "concerned",
    "counts_as_warned",
    "date_to_say",
    "deletion_date",
    "keep",
    "local_date",
    "may_delete_yet",
    "next_run",
    "outlook",
    "owe_reminder",
    "promised_date",
    "remind_date",
    "run_is_due",
    "run_moment",
    "superset_bound",
    "void_reminder",
    "warned_at",
]


def outlook(settings: RetentionSettings, retained: Retained, now: datetime) -> Outlook:
    """Say what awaits this candidate. The run deletes on "due", owes on "reminder_due".

    Close a void reminder first: a new one may be due in the same run.
    """
    settings = settings.of(retained)
    void = void_reminder(settings, retained, now)
    if not settings.on:
        return Outlook("off", void=void)
    if not concerned(retained):
        return Outlook("not_concerned", void=void)
    held = tuple(_holds(settings, retained))
    if held:
        # The end of a hold starts the clock again, so there is no date to show.
        return Outlook("held", holds=held, void=void)
    due = deletion_date(settings, retained)
    state = _state(settings, retained, due, now, void)
    told = None if state == "unreachable" else date_to_say(settings, retained, now)
    return Outlook(
        state,
        clock_start=clock_start(settings, retained),
        due=due,
        deletion_date=told,
        days_left=_days_left(told, now, settings),
        remind_on=remind_date(settings, retained),
        void=void,
    )


def _days_left(told: date | None, now: datetime, settings: RetentionSettings) -> int | None:
    """Return the "5" of "J-5", 0 from the day itself on."""
    if told is None:
        return None
    return max(0, (told - local_date(now, settings.zone)).days)


def _state(
    settings: RetentionSettings,
    retained: Retained,
    due: date,
    now: datetime,
    void: VoidReason | None,
) -> State:
    """Decide for somebody whose clock runs, whose D is `due`."""
    reminder = retained.reminder if void is None else None
    if _accepted(reminder):
        # A warned person stays warned: blocking the bot after it neither saves nor delays.
        return "due" if now >= _earliest(settings, retained, due) else "reminded"
    if settings.reminder_days == 0:
        return "due" if now >= _earliest(settings, retained, due) else "counting"
    # From here on nobody is deleted, however late: without acceptance there is no promise.
    if now < run_moment(due - timedelta(days=settings.reminder_days), settings.zone):
        return "counting"
    if not retained.reachable:
        return "unreachable"
    return "reminder_owed" if reminder else "reminder_due"


def concerned(retained: Retained) -> bool:
    """Tell whether automatic deletion is about this person at all.

    Once admitted, never; unless an operator has ended the admission since.
    """
    return retained.ended or (retained.status in RUNNING and not retained.ever_admitted)


def _holds(settings: RetentionSettings, retained: Retained) -> Iterator[Hold]:
    """Yield what waits for us, not for the candidate."""
    if retained.awaiting_reply:
        yield "awaiting_reply"
    if retained.checking_file:
        yield "checking_file"
    if retained.decision_pending:
        yield "decision_pending"
    if settings.waits_for_word:
        yield "restored"


def clock_start(settings: RetentionSettings, retained: Retained) -> datetime:
    """Return the moment from which days are counted: the last act, the end, the switching on."""
    moments = [retained.clock_start]
    if settings.counting_since is not None:
        moments.append(settings.counting_since)
    if retained.ended and retained.ended_at is not None:
        moments.append(retained.ended_at)
    return max(moments)


def deletion_date(settings: RetentionSettings, retained: Retained) -> date:
    """Return D: the latest of clock start + days, `kept_until` and every date ever promised.

    The promises are part of D because whoever shortens the delays, or closes a reminder, must
    not bring forward a date that somebody was told.
    """
    day = local_date(clock_start(settings, retained), settings.zone)
    floors = [retained.kept_until, retained.latest_promise]
    if retained.reminder:
        floors.append(retained.reminder.promised)
    counted = day + timedelta(days=settings.of(retained).deletion_days)
    return max([counted, *(floor for floor in floors if floor)])


def remind_date(settings: RetentionSettings, retained: Retained) -> date | None:
    """Return D − x, on which the reminder is owed from 04:00 local; None without reminders."""
    before = settings.of(retained).reminder_days
    if before == 0:
        return None
    return deletion_date(settings, retained) - timedelta(days=before)


def date_to_say(settings: RetentionSettings, retained: Retained, now: datetime) -> date:
    """Return the date that a copy written now says: the promise, or D but at least x days off.

    Without a promise it is "not before": a date in the past would be no news for anybody.
    """
    settings = settings.of(retained)
    due = deletion_date(settings, retained)
    if _accepted(_valid(settings, retained, now)):
        return due
    return promised_date(due, settings.reminder_days, now, settings.zone)


def _earliest(settings: RetentionSettings, retained: Retained, due: date) -> datetime:
    """Return the moment before which nobody is deleted: 04:00 local on D.

    If the provider moved to another zone since the promise, 04:00 in both: otherwise somebody
    in Paris would lose their last evening to a 04:00 in Nouméa.
    """
    moment = run_moment(due, settings.zone)
    reminder = retained.reminder
    if reminder and reminder.promised and reminder.zone:
        return max(moment, run_moment(reminder.promised, reminder.zone))
    return moment


def _accepted(reminder: Reminder | None) -> bool:
    """Tell whether somebody was warned. Half an acceptance (no date, or no moment) is none."""
    return bool(reminder and reminder.accepted_at and reminder.promised)


def _valid(settings: RetentionSettings, retained: Retained, now: datetime) -> Reminder | None:
    return retained.reminder if void_reminder(settings, retained, now) is None else None


def void_reminder(
    settings: RetentionSettings, retained: Retained, now: datetime
) -> VoidReason | None:
    """Say why the open reminder no longer warns of anything; None if it does, or if none is open.

    An accepted one survives a change of the delays unless D moves past its date; one that nobody
    accepted yet has promised nothing, so it goes as soon as today's settings would not owe it.
    """
    reminder, settings = retained.reminder, settings.of(retained)
    if reminder is None:
        return None
    if not settings.on or not concerned(retained) or any(_holds(settings, retained)):
        return "off"
    if reminder.clock_start != clock_start(settings, retained):
        return "clock_moved"
    due = deletion_date(settings, retained)
    if reminder.promised and reminder.accepted_at:
        return "date_moved" if due > reminder.promised else None
    if settings.reminder_days == 0:
        return "no_reminder"
    remind_on = due - timedelta(days=settings.reminder_days)
    return "too_early" if local_date(now, settings.zone) < remind_on else None


def owe_reminder(settings: RetentionSettings, retained: Retained) -> Reminder:
    """Return the reminder to write down when the outlook is "reminder_due"."""
    return Reminder(
        clock_start=clock_start(settings, retained),
        due=deletion_date(settings, retained),
        zone=settings.zone,
    )


def accept_reminder(
    settings: RetentionSettings, reminder: Reminder, accepted_at: datetime, said: date
) -> Reminder:
    """Return the reminder as its acceptance leaves it; only the first acceptance fixes a date.

    `said` is the date in the accepted copy (`date_to_say` when it was written): if the delays
    were shortened while the mail was on its way, the person still gets what they read. Raise
    `Retained.latest_promise` with the result, also when the reminder is void by now. The settings
    are those that concern this person (`RetentionSettings.of`).
    """
    if _accepted(reminder):
        return reminder
    promised = promised_date(said, settings.reminder_days, accepted_at, settings.zone)
    return replace(reminder, accepted_at=accepted_at, promised=promised, zone=settings.zone)


def superset_bound(settings: RetentionSettings, now: datetime) -> datetime:
    """Return the clock start up to which somebody may be due for reminder or deletion, UTC.

    For an index search on (provider, clock_start): a day wider than needed, and blind to all
    that only delays. When the deletion is off it is the beginning of the calendar: nobody.
    Open reminders that became void are not all below it; they are searched as reminders.
    With `RetentionSettings.of_ended` the same holds of `ended_at`: the clock never starts before.
    """
    if not settings.on:
        return datetime.min.replace(tzinfo=UTC)
    days = max(0, settings.deletion_days - settings.reminder_days)
    last = local_date(now, settings.zone) - timedelta(days=days)
    midnight = datetime.combine(last + timedelta(days=1), time(0), tzinfo=settings.zone)
    return midnight.astimezone(UTC) + timedelta(days=1)
