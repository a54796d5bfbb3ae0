"""Activation again: the days after which a mail that nobody followed is sent once more."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

AGAIN_AFTER = (7, 30)
"""Days after the first activation mail."""

APART = timedelta(days=3)
"""Two mails about the same account are never nearer to each other than this."""

TOO_LATE = timedelta(days=90)
"""So long after the first mail nobody is reminded any more."""


@dataclass(frozen=True, slots=True)
class Mailed:
    """One activation mail, of whatever kind: when it left, or None while it is on its way."""

    left_at: datetime | None


def again(since: datetime, mails: Iterable[Mailed], now: datetime) -> int | None:
    """Which reminder is due, as its number of days; None: none is.

    Any activation mail that left after a reminder's day makes that reminder superfluous, also one
    that the person asked for, or an earlier reminder that was late. So a month of downtime is
    followed by one mail, never by two.

    since: when the first mail left, or was due; or the last acceptance, when that is later.
    """
    past = [days for days in AGAIN_AFTER if since + timedelta(days=days) <= now]
    if not past or now - since > TOO_LATE:
        return None
    days = past[-1]
    for mail in mails:
        if mail.left_at is None or mail.left_at > now - APART:
            return None
        if mail.left_at >= since + timedelta(days=days):
            return None
    return days
