"""The chat itself: its language, its space, whether the person blocked the bot."""

from datetime import datetime

from actions.application import act
from actions.deeds import Actor, deed
from models.ids import is_id
from models.tables import Candidate, Chat
from rules.history import EventKind
from rules.vocabulary import ActorKind


async def touch(candidate_id: str, at: datetime) -> None:
    """Any sign of life is an act: deletion counts from it (one statement, so it locks by itself).

    The version stays: what an operator is looking at has not changed.
    """
    await Candidate.filter(id=candidate_id, clock_start__lt=at).update(clock_start=at)


async def set_language(chat: Chat, language: str, *, now: datetime, at: datetime) -> None:
    """Speak another language from now on, in chat and letters."""
    former, chat.language = chat.language, language
    if chat.candidate_id is None:
        return
    async with act(chat.candidate_id, now, at) as doing:
        if doing.candidate.language != language:
            doing.candidate.language = language
            await doing.record(EventKind.LANGUAGE_CHANGED, before=former, after=language)


async def block(chat: Chat, *, now: datetime) -> None:
    """The person blocked the bot: known to all their spaces; not an act that saves anything."""
    if chat.blocked_at is None:
        chat.blocked_at = now
        await _tell_spaces(chat, EventKind.BOT_BLOCKED, now)


async def unblock(chat: Chat, *, now: datetime) -> None:
    """The person let the bot in again."""
    if chat.blocked_at is not None:
        chat.blocked_at = None
        await _tell_spaces(chat, EventKind.BOT_UNBLOCKED, now)


async def _tell_spaces(chat: Chat, kind: EventKind, now: datetime) -> None:
    spaces = await Candidate.filter(bot_id=chat.bot_id, telegram_id=chat.user_id).order_by("id")
    for row in spaces:
        name = f"{row.first_name} {row.last_name}".strip()
        async with deed(row.id, Actor(ActorKind.CANDIDATE, row.id, name), now) as doing:
            await doing.record(kind)


async def enter(chat: Chat, candidate_id: str) -> bool:
    """Go to another of one's own spaces; False when it is not (or no longer) one."""
    own = is_id(candidate_id) and await Candidate.exists(
        id=candidate_id, bot_id=chat.bot_id, telegram_id=chat.user_id
    )
    if own:
        chat.candidate_id = candidate_id
    return own
