"""From one bot to another of the same provider: the person is the same Telegram account.

Somebody may come by the link of another bot (the provider got its own, changed it, or took it
back). Telegram's user ids are the same for every bot, so the space simply moves with the person.
"""

from datetime import datetime

from actions.application import act
from models.database import dialect
from models.ids import is_id
from models.tables import Bot, Candidate, Chat, Notice
from rules.history import EventKind
from rules.vocabulary import Channel, NoticeState


async def elsewhere(bot: Bot, chat: Chat, provider_id: str) -> Candidate | None:
    """This person's space at the provider, when it is still with another bot."""
    others = Candidate.filter(provider_id=provider_id, telegram_id=chat.user_id)
    return await others.exclude(bot_id=bot.id).order_by("-created_at", "id").first()


async def follow_here(
    bot: Bot, chat: Chat, candidate_id: str, *, now: datetime, at: datetime
) -> bool:
    """Bring a space over to this chat; False when it is not one's own, or not for this bot.

    The door holds this chat; the other one is locked before the candidate, as everywhere.
    """
    if not is_id(candidate_id):
        return False
    found = await Candidate.get_or_none(id=candidate_id, telegram_id=chat.user_id)
    if found is None or bot.provider_id not in (None, found.provider_id):
        return False
    if await Candidate.exists(
        provider_id=found.provider_id, bot_id=bot.id, telegram_id=chat.user_id
    ):
        return False
    await move(found, bot, chat, now=now, at=at)
    return True


async def move(found: Candidate, bot: Bot, chat: Chat, *, now: datetime, at: datetime) -> None:
    """Move a space of this person to this chat; its row is the caller's to save."""
    left = await _leave(found)
    former = await Bot.get_or_none(id=found.bot_id) if found.bot_id else None
    async with act(found.id, now, at) as doing:
        doing.candidate.bot_id = bot.id
        await doing.record(
            EventKind.BOT_CHANGED,
            before=f"@{former.username}" if former else None,
            after=f"@{bot.username}",
        )
        if left is not None:
            owed = Notice.filter(candidate_id=found.id, chat_id=left.id, channel=Channel.CHAT)
            await owed.filter(state=NoticeState.OWED).update(chat_id=chat.id)
    chat.candidate_id = found.id


async def _leave(found: Candidate) -> Chat | None:
    """The chat that the space was in, which shows it no longer."""
    query = Chat.filter(bot_id=found.bot_id, user_id=found.telegram_id)
    if dialect() != "sqlite":
        query = query.select_for_update(no_key=True)
    left = await query.first()
    if left is not None and left.candidate_id == found.id:
        await Chat.filter(id=left.id).update(
            candidate_id=None, asking="", card_message_id=None, card_shown=0, card_digest=None
        )
    return left
