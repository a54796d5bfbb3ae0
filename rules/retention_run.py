"""The nightly run of the deletion clock: when it runs, when it must wait, when it must stop."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

RUN_AT = time(4)
"""Local time of the nightly run. Chosen after every European change of hour (02:00 or 03:00)."""

QUIET = timedelta(minutes=15)
"""How long Telegram's queue must have been seen empty before anybody may be deleted."""

BRAKE_PEOPLE = 20
BRAKE_PERCENT = 20


def local_date(moment: datetime, zone: ZoneInfo) -> date:
    """Return the date that people in this zone read on their calendar at this moment."""
    if moment.tzinfo is None:
        # astimezone() would read a naive time in the machine's own zone: a wrong date, silently.
        raise ValueError("a moment without zone has no local date")
    return moment.astimezone(zone).date()


def run_moment(day: date, zone: ZoneInfo) -> datetime:
    """Return 04:00 local on this day, in UTC.

    An instant, not a wall time, so that comparing with it never goes backwards when the hour
    changes. In a zone that skips 04:00 it is after the gap; in one that has it twice, the first.
    """
    return datetime.combine(day, RUN_AT, tzinfo=zone).astimezone(UTC)


def next_run(now: datetime, zone: ZoneInfo) -> datetime:
    """Return the first 04:00 local strictly after now: what a preview calls "tonight"."""
    today = local_date(now, zone)
    tonight = run_moment(today, zone)
    return tonight if tonight > now else run_moment(today + timedelta(days=1), zone)


def run_is_due(now: datetime, zone: ZoneInfo, last_run_date: date | None) -> date | None:
    """Return the local date to write down for the run that is owed now, None if none is.

    Each local date has one run. Missed runs are caught up as one: the latest, because the rule
    looks at each person as of now. At 02:00 the run that may be missing is yesterday's.
    A machine whose clock was set back has a last run "in the future" and simply waits.
    """
    today = local_date(now, zone)
    day = today if now >= run_moment(today, zone) else today - timedelta(days=1)
    return day if last_run_date is None or last_run_date < day else None


def brake(running: int, to_delete: int, already_deleted: int = 0) -> bool:
    """Tell whether a run must stop and ask an admin: over 20 people and over 20 % of the running.

    `running` counts who is there now, `already_deleted` whom this same run deleted before it was
    killed or repeated: otherwise a run in two halves would pass twice under the bar.
    """
    total = to_delete + already_deleted
    everybody = running + already_deleted
    return total > BRAKE_PEOPLE and total * 100 > BRAKE_PERCENT * everybody


def may_delete_yet(
    now: datetime,
    queue_seen_empty_at: datetime | None,
    started_at: datetime,
    bot_back_at: datetime | None = None,
    *,
    bot_away: bool = False,
) -> bool:
    """Tell whether acts that waited at Telegram during our outage have had time to arrive.

    `queue_seen_empty_at` is the *first* time since the start, or since the bot came back, that
    Telegram reported no pending update; an older one says nothing. `bot_away`: the bot cannot
    speak with Telegram now, so its queue is unknown. Reminders need not wait: they harm nobody.
    """
    if bot_away or queue_seen_empty_at is None:
        return False
    since = started_at if bot_back_at is None else max(started_at, bot_back_at)
    return queue_seen_empty_at >= since and now >= queue_seen_empty_at + QUIET
