"""A mail that has not left is held back by an operator, or let go after all."""

from datetime import datetime

from actions.dead_letters import NoSuchNotice
from actions.deeds import Actor, Deed, lock_candidate
from actions.wakes import wake
from models.database import transaction
from models.tables import Notice, Provider
from rules.history import EventKind
from rules.vocabulary import Channel, NoticeState
from rules.withholding import (
    MAY_BE_WITHHELD,
    WITHHELD,
    MustLeave,
    SettledAlready,
    refusal_of,
)


async def withhold(
    candidate_id: str, notice_id: int, actor: Actor, now: datetime, *, provider_id: str
) -> None:
    """Hold a mail back that is owed and in no worker's hands; the journal says by whom.

    Raises:
        NoSuchCandidate, NoSuchNotice, MustLeave, LeavesNow, HasLeft, SettledAlready.
    """
    async with transaction():
        doing = await _doing(candidate_id, actor, now, provider_id)
        notice = await _mail(doing, notice_id)
        owed = Notice.filter(id=notice.id, state=NoticeState.OWED, lease_until=None)
        if not await owed.update(state=NoticeState.VOID, settled_at=now, last_error=WITHHELD):
            raise refusal_of((await Notice.get(id=notice.id)).state)
        await _note(doing, EventKind.LETTER_WITHHELD, notice)


async def let_go(
    candidate_id: str, notice_id: int, actor: Actor, now: datetime, *, provider_id: str
) -> None:
    """Send a mail after all that was held back; it says what is true when it leaves.

    Raises:
        NoSuchCandidate, NoSuchNotice, MustLeave, SettledAlready.
    """
    async with transaction():
        doing = await _doing(candidate_id, actor, now, provider_id)
        notice = await _mail(doing, notice_id)
        held = Notice.filter(id=notice.id, state=NoticeState.VOID, last_error=WITHHELD)
        fresh = {"attempts": 0, "failing_since": None, "settled_at": None, "last_error": ""}
        if not await held.update(state=NoticeState.OWED, not_before=now, **fresh):
            raise SettledAlready
        await _note(doing, EventKind.LETTER_SENT_AGAIN, notice)
        wake(Channel.MAIL)


async def _doing(candidate_id: str, actor: Actor, now: datetime, provider_id: str) -> Deed:
    """Under the candidate's lock; the version stays: no operator's form is outdated by it."""
    candidate = await lock_candidate(candidate_id, provider_id)
    return Deed(candidate, await Provider.get(id=provider_id), actor, now)


async def _mail(doing: Deed, notice_id: int) -> Notice:
    notice = await Notice.get_or_none(
        id=notice_id, provider_id=doing.provider.id, candidate_id=doing.candidate.id
    )
    if notice is None:
        raise NoSuchNotice
    if notice.channel != Channel.MAIL or notice.kind not in MAY_BE_WITHHELD:
        raise MustLeave
    return notice


async def _note(doing: Deed, kind: EventKind, notice: Notice) -> None:
    await doing.record(kind, after={"kind": notice.kind})
    await Provider.filter(id=doing.provider.id).update(touched_at=doing.now)
