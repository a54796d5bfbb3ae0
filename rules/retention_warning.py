"""When a reminder counts as a warning, and which date it then promises."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from rules.retention_run import local_date
from rules.vocabulary import Channel

TRIES = timedelta(hours=72)
"""How long an address may answer "not now" (SMTP 4xx) before it counts as refused for good."""

ABOUT_US = frozenset({*range(500, 505), *range(530, 539)})
"""SMTP replies about our commands or login (RFC 5321, RFC 4954), never about an address."""


def promised_date(due: date, reminder_days: int, accepted_at: datetime, zone: ZoneInfo) -> date:
    """Return the date fixed by the first acceptance: the later of `due` and R + x, local dates.

    `due` is the date that the accepted copy says. Whole dates, not multiples of 24 hours: an
    ordinary reminder of 7 days then promises exactly the announced date, across any change of
    hour; a late one still leaves x dates.
    """
    return max(due, local_date(accepted_at, zone) + timedelta(days=reminder_days))


def address_refused_for_good(
    code: int, first_refused_at: datetime, last_refused_at: datetime
) -> bool:
    """Tell whether an address is refused for good: 5xx, or 4xx for 72 hours.

    `code` is the last SMTP reply; the two moments bound the unbroken row of refusals. The last
    *attempt* is compared, not now: 72 hours in which we did not try prove nothing. A reply about
    our own login or commands is our fault and never condemns an address.
    """
    if code in ABOUT_US:
        return False
    if 500 <= code <= 599:
        return True
    return 400 <= code <= 499 and last_refused_at - first_refused_at >= TRIES


def counts_as_warned(
    channel: Channel,
    has_address: bool,
    address_refused: bool,
    *,
    local_mailbox: bool = False,
    demo: bool = False,
) -> bool:
    """Tell whether an acceptance on this channel warns the person.

    Mail counts; one that was only kept on our own disk (`local_mailbox`) reached nobody and
    counts only in the demo. The chat alone counts only where mail cannot: no address, or one
    refused for good; before that the mail may still arrive.
    """
    if channel == Channel.MAIL:
        return demo or not local_mailbox
    return not has_address or address_refused


def warned_at(
    mail_accepted_at: datetime | None,
    chat_accepted_at: datetime | None,
    *,
    has_address: bool,
    address_refused_at: datetime | None,
) -> datetime | None:
    """Return the moment from which the person counts as warned, None as long as they do not.

    A chat copy sent while the mail was still being tried counts from the moment at which the
    address was given up, not from before: until then the panel said "not warned yet", and nobody
    must go from there to deletion in one night.
    """
    moments = [] if mail_accepted_at is None else [mail_accepted_at]
    refused = address_refused_at is not None
    if chat_accepted_at is not None and counts_as_warned(Channel.CHAT, has_address, refused):
        given_up = address_refused_at if has_address and address_refused_at else chat_accepted_at
        moments.append(max(chat_accepted_at, given_up))
    return min(moments, default=None)
