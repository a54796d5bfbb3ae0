"""Messages that were refused for good: sent again, or set aside, by an operator's word."""

from datetime import datetime

from actions.apart import Apart
from actions.deeds import Actor, Deed, NoSuchCandidate, lock_candidate
from actions.provider_journal import record
from actions.wakes import wake
from models.database import transaction
from models.reads.health import failed_before
from models.tables import Chat, Notice, Provider
from rules.errors import Outdated, Refusal, Unknown
from rules.history import EventKind, ProviderEventKind
from rules.vocabulary import NoticeState

BATCH = 200
"""Ids of failed messages read at once."""
SET_ASIDE = "set aside by an operator"


class NoSuchNotice(Unknown):
    """Never owed, wiped, or another provider's: always the same answer."""

    sentence = "This message does not exist, or no longer exists."


class SettledMeanwhile(Outdated):
    """Somebody else has sent it again, or set it aside."""

    sentence = "Somebody has settled this message before you. Look at the list again."


class NobodyToSendItTo(Refusal):
    """Its person was erased, or has blocked the bot."""

    sentence = "Nobody can receive this message any more. Set it aside."


async def send_again(provider_id: str, notice_id: int, actor: Actor, now: datetime) -> None:
    """Owe a failed message once more, from now on; it says what is true when it leaves.

    Raises:
        NoSuchNotice, SettledMeanwhile, NobodyToSendItTo.
    """
    async with transaction():
        notice = await _failed(provider_id, notice_id)
        doing = await _about(notice, actor, now)
        if (doing is None and notice.operator_id is None) or await _is_blocked(notice):
            raise NobodyToSendItTo
        fresh = {"attempts": 0, "failing_since": None, "settled_at": None, "last_error": ""}
        await _settle(notice, state=NoticeState.OWED, not_before=now, **fresh)
        await _note(notice, doing, "letter_sent_again", actor, now)
        wake(notice.channel)


async def send_all_again(provider_id: str, actor: Actor, now: datetime) -> int:
    """Everything that can go, shown on the page or not; how many messages that was.

    Each in a transaction of its own; one with which a bug is met holds up no other.
    """
    sent, apart, last = 0, Apart(), None
    while found := await failed_before(provider_id, last, BATCH):
        for notice_id in found:
            with apart.one(notice=str(notice_id)):
                sent += await _sent_again(provider_id, notice_id, actor, now)
        last = found[-1]
    return sent


async def _sent_again(provider_id: str, notice_id: int, actor: Actor, now: datetime) -> bool:
    try:
        await send_again(provider_id, notice_id, actor, now)
    except (SettledMeanwhile, NobodyToSendItTo, NoSuchNotice):
        return False
    return True


async def set_aside(provider_id: str, notice_id: int, actor: Actor, now: datetime) -> None:
    """Take a failed message off the list: it never leaves.

    Raises:
        NoSuchNotice, SettledMeanwhile.
    """
    async with transaction():
        notice = await _failed(provider_id, notice_id)
        doing = await _about(notice, actor, now)
        await _settle(notice, state=NoticeState.VOID, last_error=SET_ASIDE)
        await _note(notice, doing, "letter_set_aside", actor, now)


async def _failed(provider_id: str, notice_id: int) -> Notice:
    notice = await Notice.get_or_none(id=notice_id, provider_id=provider_id)
    if notice is None:
        raise NoSuchNotice
    if notice.state != NoticeState.FAILED:
        raise SettledMeanwhile
    return notice


async def _about(notice: Notice, actor: Actor, now: datetime) -> Deed | None:
    """The candidate under their lock; None when it is about nobody (any more)."""
    if notice.candidate_id is None:
        return None
    try:
        candidate = await lock_candidate(notice.candidate_id, notice.provider_id)
    except NoSuchCandidate:
        return None
    return Deed(candidate, await Provider.get(id=notice.provider_id), actor, now)


async def _is_blocked(notice: Notice) -> bool:
    if notice.chat_id is None:
        return False
    return await Chat.exists(id=notice.chat_id, blocked_at__not_isnull=True)


async def _settle(notice: Notice, **columns: object) -> None:
    """Change the row if it is still failed; of two operators the first one wins."""
    if not await Notice.filter(id=notice.id, state=NoticeState.FAILED).update(**columns):
        raise SettledMeanwhile


async def _note(
    notice: Notice, doing: Deed | None, kind: str, actor: Actor, now: datetime
) -> None:
    """The journal's line: the candidate's, else the provider's."""
    after = {"kind": notice.kind, "error": notice.last_error}
    if doing is not None:
        await doing.record(EventKind(kind), after=after)
    else:
        await record(
            notice.provider_id, ProviderEventKind(kind), actor.id, actor.name, now, after=after
        )
    await Provider.filter(id=notice.provider_id).update(touched_at=now)
