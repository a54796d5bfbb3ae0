"""Messages from the candidate to the operator."""

from datetime import datetime

from actions.application import act
from actions.decisions import cancel_pending
from models.tables import Message
from rules.errors import Refusal
from rules.history import EventKind
from rules.statuses import SpaceClosed, closed


class NothingWritten(Refusal):
    """A message without a word."""

    sentence = "There is nothing to read in this message. Please write a few words."


async def receive(
    candidate_id: str, text: str, message_id: int, *, now: datetime, at: datetime
) -> Message:
    """Hand a message to the operator; deletion is held until it is answered.

    Args:
        message_id: Telegram's: the same message is received once, and found when it is edited.

    Raises:
        SpaceClosed, NothingWritten.
    """
    async with act(candidate_id, now, at) as doing:
        if closed(doing.candidate.status, doing.candidate.ended_at):
            raise SpaceClosed
        if not text.strip():
            raise NothingWritten
        known = await Message.filter(
            candidate_id=candidate_id, operator_id=None, telegram_message_id=message_id
        ).first()
        if known is not None:
            return known
        await cancel_pending(doing)
        message = await Message.create(
            candidate_id=candidate_id, text=text, at=at, telegram_message_id=message_id
        )
        if doing.candidate.awaiting_reply_since is None:
            doing.candidate.awaiting_reply_since = now
        await doing.record(EventKind.MESSAGE_FROM_CANDIDATE, after={"message": message.id})
        return message


async def edit(
    bot_id: str, user_id: int, message_id: int, text: str, *, now: datetime, at: datetime
) -> bool:
    """Take over the edit of a message to an operator; the earlier text is kept.

    Returns False when that message went to no operator. Raises SpaceClosed in a closed space: what
    operators decided upon stays as they read it.
    """
    found = await Message.filter(
        telegram_message_id=message_id,
        operator_id=None,
        candidate__bot_id=bot_id,
        candidate__telegram_id=user_id,
    ).first()
    if found is None or not text.strip():
        return False
    async with act(found.candidate_id, now, at) as doing:
        if closed(doing.candidate.status, doing.candidate.ended_at):
            raise SpaceClosed
        message = await Message.get(id=found.id)
        if message.text == text:
            return True
        await cancel_pending(doing)
        written = message.edited_at or message.at
        message.earlier = [
            *message.earlier,
            {"at": written.isoformat(), "text": message.text},
        ]
        message.text, message.edited_at = text, at
        await message.save()
        await doing.record(EventKind.MESSAGE_EDITED, after={"message": message.id})
    return True
