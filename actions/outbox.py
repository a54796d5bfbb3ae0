"""The outbox: mails are claimed one by one under a lease, and settled by whoever holds it.

A killed worker's lease runs out and the mail is claimed again: never lost, at most one double
per kill, with the same Message-ID. Everything about a mail's fate is written in one transaction
with the candidate's marks and the line in the journal.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from actions.deeds import SYSTEM, Deed, NoSuchCandidate, lock_candidate
from actions.reminders import reconsider_reminder, reminder_accepted
from models.database import dialect, rows, transaction
from models.reads.quiet import hours_of
from models.tables import Candidate, Notice, Provider
from rules.history import EventKind
from rules.notices import KNOWN_KINDS, NoticeKind
from rules.quiet import LATE, may_wait
from rules.retention import address_refused_for_good
from rules.vocabulary import Channel, NoticeState

LEASE = timedelta(seconds=50)
"""Longer than one mail may take (`jobs.transport.PATIENCE`), with its two transactions."""

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
UNTRIED = timedelta(hours=12)
"""So long after it was due, a try no longer continues a row of refusals."""
LONGEST_ERROR = 300
UNWRITTEN = "what was answered could not be written down"
LONGEST_WORD = 32
"""A longer word in an answer may be a token or an identifier: it is left out."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The other side took it."""

    message_id: int | None = None
    """Telegram's, for the chat."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side refuses it for good. `code` is SMTP's, None when there is none."""

    error: str
    code: int | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """Not now. `code`: SMTP's reply about this address; None: the fault is not the address's."""

    error: str
    code: int | None = None
    wait: timedelta | None = None
    """How long the other side asked to wait; None: our own schedule."""
    away: bool = False
    """The server itself is away: others need not be tried now."""


@dataclass(frozen=True, slots=True)
class Void:
    """It is no longer true: it never leaves."""

    why: str = ""


Fate = Accepted | Refused | Later | Void


def back_off(attempts: int, jitter: float | None = None) -> timedelta:
    """How long to wait after the n-th failure: 30 s doubled up to an hour, give or take a fifth.

    jitter: 0 to 1, random when not given, so that a crowd does not come back at once.
    """
    chance = secrets.randbelow(1001) / 1000 if jitter is None else jitter
    doubled: timedelta = FIRST_DELAY * 2 ** min(max(attempts - 1, 0), 20)
    return min(doubled, LONGEST_DELAY) * (0.8 + 0.4 * chance)


def plain_error(text: str) -> str:
    """What the other side said, without addresses, links, tokens, line breaks and broken bytes."""
    words = text.replace("\0", "").encode(errors="ignore").decode().split()
    kept = (
        "…" if "@" in word or "://" in word or len(word) > LONGEST_WORD else word for word in words
    )
    return " ".join(kept)[:LONGEST_ERROR]


def skip_locked(table: str) -> str:
    """The end of a sub-select that claims rows (SQLite's write lock does it by itself)."""
    return "" if dialect() == "sqlite" else f" FOR UPDATE OF {table} SKIP LOCKED"


async def claim_mails(
    by: str,
    now: datetime,
    limit: int = 1,
    *,
    but: Collection[str] = (),
    kinds: Collection[str] = (),
) -> list[Notice]:
    """Lease up to `limit` due mails, the longest due first; an attempt is counted for each.

    but: providers whose mails are passed over. kinds: only these, all that this release knows
    when empty; what a newer one has written waits for its worker.
    """
    passing = f" AND provider_id NOT IN ({_marks(but)})" if but else ""
    passing += f" AND kind IN ({_marks(kinds) if kinds else KNOWN_KINDS})"
    claimed = await rows(
        "UPDATE notice SET lease_by = ?, lease_until = ?, attempts = attempts + 1 WHERE id IN ("  # noqa: S608  # constants and question marks
        "SELECT id FROM notice WHERE channel = 'mail' AND state = 'owed' AND not_before <= ? "
        f"AND (lease_until IS NULL OR lease_until <= ?){passing} ORDER BY not_before, id LIMIT ?"
        + skip_locked("notice")
        + ") RETURNING id",
        by,
        now + LEASE,
        now,
        now,
        *but,
        *kinds,
        limit,
    )
    if not claimed:
        return []
    return await Notice.filter(id__in=[one["id"] for one in claimed]).order_by("not_before", "id")


def _marks(values: Collection[str]) -> str:
    return ", ".join("?" * len(values))


async def give_back(notice: Notice, by: str) -> None:
    """Give a mail back untried; it stays due, and anybody may take it at once."""
    await release(notice, by, notice.not_before)


async def release(notice: Notice, by: str, until: datetime) -> None:
    """Give a mail back untried, to be looked at again at `until`."""
    await Notice.filter(id=notice.id, lease_by=by).update(
        lease_by=None, lease_until=None, not_before=until, attempts=notice.attempts - 1
    )


async def put_off(notice: Notice, by: str, until: datetime) -> None:
    """Give a mail back until it is no longer quiet; since when it is due is kept."""
    late = {LATE: notice.not_before.isoformat(), **notice.facts}
    await Notice.filter(id=notice.id, lease_by=by).update(facts=late)
    await release(notice, by, until)


@dataclass(slots=True)
class Settling:
    """One notice under the candidate's lock, about to get its fate."""

    notice: Notice
    now: datetime
    address: str = ""
    doing: Deed | None = field(default=None)
    """The candidate's side; None for a farewell, or when the candidate was erased meanwhile."""

    async def record(self, kind: EventKind, **more: str) -> None:
        """A line in the candidate's journal: which mail, to whom, with what answer."""
        if self.doing is not None:
            facts = {"kind": self.notice.kind, "to": self.address, **more}
            await self.doing.record(kind, after=facts)

    async def mark_address(self, **columns: datetime | None) -> None:
        """What we know of the candidate's address, unless it was changed since the mail left.

        The version stays: no operator's form is outdated by a mail that left.
        """
        if self.doing is not None:
            mine = Candidate.filter(id=self.doing.candidate.id, email=self.address)
            await mine.update(**columns)


async def settle_mail(notice: Notice, by: str, now: datetime, fate: Fate, address: str) -> bool:
    """Write the fate of a mail that `by` claimed; False when the lease was lost meanwhile."""
    async with transaction():
        doing = await locked(notice.candidate_id, now)
        if not await write_fate(notice, fate, now, lease_by=by):
            return False
        settling = Settling(notice, now, address, doing)
        if isinstance(fate, Accepted):
            await _mail_accepted(settling)
        elif isinstance(fate, Refused):
            await _mail_refused(settling, fate)
        elif isinstance(fate, Later):
            await _address_failing(settling, fate)
        return True


async def settle_alone(notice: Notice, by: str, now: datetime, fate: Fate) -> bool:
    """Write the fate and nothing that follows from it, where that met a bug of ours.

    What left must not leave again and again. The night weighs a reminder's copies anew.
    """
    if isinstance(fate, Refused | Later):  # their words may be what cannot be written
        fate = replace(fate, error=UNWRITTEN)
    return await write_fate(notice, fate, now, lease_by=by)


async def locked(candidate_id: str | None, now: datetime) -> Deed | None:
    """The candidate under their lock, before any of their notices; None when there is none."""
    if candidate_id is None:
        return None
    try:
        candidate = await lock_candidate(candidate_id)
    except NoSuchCandidate:
        return None
    provider = await Provider.get(id=candidate.provider_id)
    await Provider.filter(id=provider.id).update(touched_at=now)
    return Deed(candidate, provider, SYSTEM, now)


async def write_fate(
    notice: Notice, fate: Fate, now: datetime, *, lease_by: str | None = None
) -> bool:
    """Change the row if it is still owed (and still leased by `lease_by`, when given)."""
    query = Notice.filter(id=notice.id, state=NoticeState.OWED)
    if lease_by is not None:
        query = query.filter(lease_by=lease_by)
    columns = _later(notice, fate, now) if isinstance(fate, Later) else _settled(fate, now)
    return bool(await query.update(lease_by=None, lease_until=None, **columns))


def _later(notice: Notice, fate: Later, now: datetime) -> dict[str, object]:
    """Facts are only written for a reminder: an erasure may have emptied them meanwhile."""
    wait = fate.wait if fate.wait is not None else back_off(notice.attempts)
    facts = {name: value for name, value in notice.facts.items() if name != LATE}
    return {
        **({"facts": facts} if LATE in notice.facts else {}),
        "not_before": now + wait,
        "failing_since": notice.failing_since or now,
        "last_error": plain_error(fate.error),
    }


def _settled(fate: Accepted | Refused | Void, now: datetime) -> dict[str, object]:
    """A settled farewell keeps nothing: its address and facts are wiped."""
    wiped = {"settled_at": now, "address": None, "rendered": None, "wipe_at": None}
    if isinstance(fate, Accepted):
        return {**wiped, "state": NoticeState.ACCEPTED, "last_error": "", "failing_since": None}
    if isinstance(fate, Refused):
        return {**wiped, "state": NoticeState.FAILED, "last_error": plain_error(fate.error)}
    return {**wiped, "state": NoticeState.VOID, "last_error": plain_error(fate.why)}


async def _mail_accepted(settling: Settling) -> None:
    await settling.record(EventKind.MAIL_SENT)
    await settling.mark_address(email_failing_since=None, email_refused_at=None)
    await tell_clock(settling.notice, Channel.MAIL, settling.now)


async def tell_clock(notice: Notice, channel: Channel, now: datetime) -> None:
    """A reminder was accepted for delivery: its first acceptance fixes the promised date."""
    if notice.kind == NoticeKind.DELETION_REMINDER:
        await reminder_accepted(notice, channel, now)


async def _mail_refused(settling: Settling, fate: Refused) -> None:
    await settling.record(EventKind.MAIL_FAILED, error=plain_error(fate.error))
    if fate.code is not None and address_refused_for_good(fate.code, settling.now, settling.now):
        await _give_address_up(settling)


async def _give_address_up(settling: Settling) -> None:
    """Refused for good: what the chat already said counts from now on."""
    await settling.mark_address(email_refused_at=settling.now)
    if settling.doing is not None:
        await reconsider_reminder(settling.doing.candidate.id, settling.now)


async def _address_failing(settling: Settling, fate: Later) -> None:
    """A 4xx about the address: the first one of a row is remembered; 72 hours of them end it.

    Hours in which this mail was not tried prove nothing: a server of ours that is away, or half
    a day without a try, begins the row anew.
    """
    if settling.doing is None:
        return
    if fate.code is None:
        await settling.mark_address(email_failing_since=None)
        return
    untried = _untried(settling.notice, settling.doing.provider, settling.now) > UNTRIED
    known = None if untried else settling.doing.candidate.email_failing_since
    first = known or settling.now
    await settling.mark_address(email_failing_since=first)
    tried_since = max(first, settling.notice.failing_since or settling.now)
    if address_refused_for_good(fate.code, tried_since, settling.now):
        await write_fate(settling.notice, Refused(fate.error, fate.code), settling.now)
        await settling.record(EventKind.MAIL_FAILED, error=plain_error(fate.error))
        await _give_address_up(settling)


def _untried(notice: Notice, provider: Provider, now: datetime) -> timedelta:
    """How long this mail was due without being tried; at night nobody would try a reminder."""
    late = notice.facts.get(LATE)
    due = datetime.fromisoformat(late) if late else notice.not_before
    if may_wait(notice.kind, notice.facts):
        return hours_of(provider).awake(due, now)
    return now - due
