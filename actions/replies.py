"""What operators do for a candidate who waits: write, mark answered, keep for some days."""

from datetime import datetime
from zoneinfo import ZoneInfo

from actions.deeds import Actor, deed
from actions.journal import refuse_if_changed, unseen
from actions.tokens import TokenKind
from models.tables import Candidate, Message, Reminder, Token
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.retention import keep as keep_date
from rules.retention import local_date
from rules.statuses import closed
from rules.writing import LONGEST_MESSAGE, ClosedToMessages, written

ANSWERED = (EventKind.MESSAGE_TO_CANDIDATE, EventKind.MARKED_ANSWERED)
"""Lines that refuse a reply written without having seen them: nobody is answered twice."""


async def send(
    candidate_id: str,
    text: str,
    actor: Actor,
    now: datetime,
    *,
    provider_id: str,
    seen: int | None = None,
) -> Message:
    """Write to the candidate; ends their waiting for a reply, and restarts their clock.

    What they wrote after the page was drawn still awaits a reply: nobody has read it.

    Raises NothingWritten, TooLong, ClosedToMessages; ChangedMeanwhile when somebody else has
    answered since the page was drawn (a new message of the candidate does not stop a reply).
    """
    text = written(text, LONGEST_MESSAGE)
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        await refuse_if_changed(candidate_id, seen, only=ANSWERED)
        if closed(doing.candidate.status, doing.candidate.ended_at):
            raise ClosedToMessages
        message = await Message.create(
            candidate_id=candidate_id, operator_id=actor.id, text=text, at=now
        )
        doing.candidate.awaiting_reply_since = await _unread_since(candidate_id, seen)
        doing.restart_clock()
        await doing.record(EventKind.MESSAGE_TO_CANDIDATE, after={"message": message.id})
        await doing.owe(NoticeKind.MESSAGE, {"message_id": message.id}, once=str(message.id))
    return message


async def _unread_since(candidate_id: str, seen: int | None) -> datetime | None:
    """When the candidate wrote the first message that the operator's page did not show."""
    lines = await unseen(candidate_id, seen)
    return next((one.at for one in lines if one.kind == EventKind.MESSAGE_FROM_CANDIDATE), None)


async def mark_answered(
    candidate_id: str,
    actor: Actor,
    now: datetime,
    *,
    provider_id: str,
    seen: int | None = None,
) -> None:
    """No reply is needed to what the page showed: its hold ends, and the clock starts again.

    seen: lines of the journal when the page was drawn; a later message holds as before.

    Raises ChangedMeanwhile when there is nothing but a later message to mark.
    """
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        since = doing.candidate.awaiting_reply_since
        if since is None:
            return
        unread = await _unread_since(candidate_id, seen)
        if unread is not None and unread <= since:  # somebody answered the rest meanwhile
            await refuse_if_changed(candidate_id, seen)
        doing.candidate.awaiting_reply_since = unread
        doing.restart_clock()
        await doing.record(EventKind.MARKED_ANSWERED, before={"since": since.isoformat()})


async def keep(
    candidate_id: str,
    days: int,
    actor: Actor,
    now: datetime,
    *,
    provider_id: str,
    seen: int | None = None,
) -> None:
    """Keep somebody N days more, from today; the clock does not move.

    Whoever was already told a date of deletion is told the new one. Raises KeepOutOfRange;
    ChangedMeanwhile when somebody kept them since the page was drawn.
    """
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        await refuse_if_changed(candidate_id, seen, only=(EventKind.KEPT,))
        today = local_date(now, ZoneInfo(doing.provider.timezone))
        until = keep_date(today, days, doing.provider.reminder_days)
        before = doing.candidate.kept_until
        if before is not None and await _was_shown_a_date(candidate_id):
            until = max(until, before)
        doing.candidate.kept_until = until
        event = await doing.record(
            EventKind.KEPT,
            before={"until": before.isoformat()} if before else None,
            after={"until": until.isoformat()},
        )
        if await _was_warned(candidate_id):
            facts = {"until": until.isoformat()}
            await doing.owe(NoticeKind.KEPT, facts, once=str(event.id))


async def _was_shown_a_date(candidate_id: str) -> bool:
    """Whether they kept their application by the link: its page says until when."""
    return await Token.exists(
        candidate_id=candidate_id, kind=TokenKind.KEEP, used_at__not_isnull=True
    )


async def _was_warned(candidate_id: str) -> bool:
    """Whether an open reminder has reached them."""
    return await Reminder.exists(
        candidate_id=candidate_id, void_at=None, accepted_at__isnull=False
    )


async def mark_read(candidate_id: str, provider_id: str, now: datetime) -> None:
    """An operator has the messages on screen: a read mark, which is no deed and moves nothing."""
    await Candidate.filter(id=candidate_id, provider_id=provider_id).update(operator_seen_at=now)
