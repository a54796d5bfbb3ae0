"""The activation mail once more, for accepted people who did not follow the first one."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from tortoise.expressions import Q

from actions.apart import Apart
from actions.deeds import Deed, NoSuchCandidate
from actions.reminders import quiet_deed
from models.database import transaction
from models.tables import Candidate, Notice, Provider
from rules.activation import AGAIN_AFTER, TOO_LATE, Mailed, again
from rules.notices import NoticeKind
from rules.vocabulary import NoticeState, Status

KINDS = (NoticeKind.ACTIVATION, NoticeKind.ACTIVATION_AGAIN)
BATCH = 200
"""Candidates read at once."""


async def remind_of_activation(provider: Provider, now: datetime) -> int:
    """Owe the reminders that are due at one provider; how many people get one.

    Looks at whoever was accepted in the weeks in which a reminder may fall due, by the index on
    the status. Each one is looked at again under their lock, so a round made twice reminds once.
    """
    reminded, apart = 0, Apart()
    async for batch in _unconfirmed(provider.id, now):
        mails = await _mails(batch)
        for one in batch:
            with apart.one(candidate=one.id):
                if _due(one, mails.get(one.id, []), now) is not None:
                    reminded += await _remind(one.id, now)
    return reminded


async def _unconfirmed(provider_id: str, now: datetime) -> AsyncIterator[list[Candidate]]:
    """Accepted people without a confirmed account who can be written to, oldest first."""
    query = Candidate.filter(
        provider_id=provider_id,
        status=Status.ACCEPTED,
        status_since__gte=now - TOO_LATE,
        status_since__lte=now - timedelta(days=AGAIN_AFTER[0]),
        account_confirmed_at=None,
        email_refused_at=None,
        ended_at=None,
    ).exclude(email="")
    query = query.order_by("status_since", "id").limit(BATCH)
    batch = await query
    while batch:
        yield batch
        last = batch[-1]
        here = Q(status_since=last.status_since, id__gt=last.id)
        batch = await query.filter(Q(status_since__gt=last.status_since) | here)


async def _mails(batch: list[Candidate]) -> dict[str, list[Notice]]:
    """Their activation mails, oldest first."""
    found = Notice.filter(candidate_id__in=[one.id for one in batch], kind__in=KINDS)
    mails: dict[str, list[Notice]] = {}
    for notice in await found.order_by("id"):
        mails.setdefault(notice.candidate_id or "", []).append(notice)
    return mails


def _due(candidate: Candidate, mails: list[Notice], now: datetime) -> int | None:
    """Which reminder is due for somebody who was mailed a link before."""
    open_or_sent = [one for one in mails if one.state in (NoticeState.OWED, NoticeState.ACCEPTED)]
    if not any(one.kind == NoticeKind.ACTIVATION for one in open_or_sent):
        return None
    first = mails[0]
    left = first.settled_at if first.state == NoticeState.ACCEPTED else None
    since = max(left or first.not_before, candidate.status_since)
    return again(since, [Mailed(one.settled_at) for one in open_or_sent], now)


async def _remind(candidate_id: str, now: datetime) -> bool:
    """Owe the reminder, unless something has changed meanwhile."""
    async with transaction():
        try:
            doing = await quiet_deed(candidate_id, now)
        except NoSuchCandidate:  # erased meanwhile
            return False
        days = await _still_due(doing)
        if days is None:
            return False
        return bool(await doing.owe(NoticeKind.ACTIVATION_AGAIN, {"days": days}, once=str(days)))


async def _still_due(doing: Deed) -> int | None:
    row = doing.candidate
    if row.status != Status.ACCEPTED or row.ended_at or row.account_confirmed_at:
        return None
    if row.email_refused_at:
        return None
    mails = await _mails([row])
    return _due(row, mails.get(row.id, []), doing.now)
