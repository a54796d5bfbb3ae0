"""The chat's side of the outbox: a chat is leased whole, so that its notices keep their order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.leases import LEASE
from actions.outbox import (
    Accepted,
    Fate,
    Later,
    back_off,
    locked,
    plain_error,
    skip_locked,
    tell_clock,
    write_fate,
)
from models.database import rows, transaction
from models.tables import Bot, Candidate, Chat, Message, Notice
from rules.history import EventKind
from rules.notices import KNOWN_KINDS, NoticeKind
from rules.vocabulary import Channel, NoticeState

BLOCKED = "the person blocked the bot"
RECENT = timedelta(minutes=3)
"""How far back the quick look for outdated status cards goes; a slow one looks at all."""

FREE = (
    "(chat.lease_until IS NULL OR chat.lease_until < ?) AND chat.blocked_at IS NULL "
    "AND (chat.not_before IS NULL OR chat.not_before <= ?) "
    "AND (bot.not_before IS NULL OR bot.not_before <= ?) AND bot.disconnected_at IS NULL"
)
"""A chat that may be written to now; takes `now` three times."""

# Each begins at the few rows that are due and looks the chat up: no plan reads all chats.
OWED = (
    "FROM notice JOIN chat ON chat.id = notice.chat_id JOIN bot ON bot.id = chat.bot_id "
    "WHERE notice.channel = 'chat' AND notice.state = 'owed' AND notice.not_before <= ? "
    f"AND notice.kind IN ({KNOWN_KINDS}) AND {FREE} ORDER BY notice.not_before, notice.id"
)
OUTDATED = (
    "FROM candidate JOIN chat ON chat.candidate_id = candidate.id "
    "JOIN bot ON bot.id = chat.bot_id "
    f"WHERE candidate.version <> chat.card_shown AND {FREE}"
)
OUTDATED_LATELY = (
    "FROM provider JOIN event ON event.provider_id = provider.id "
    "JOIN candidate ON candidate.id = event.candidate_id "
    "JOIN chat ON chat.candidate_id = candidate.id JOIN bot ON bot.id = chat.bot_id "
    "WHERE provider.touched_at >= ? AND event.at >= ? "
    f"AND candidate.version <> chat.card_shown AND {FREE}"
)


async def claim_chat(by: str, now: datetime) -> Chat | None:
    """Lease a chat with due notices, the longest due first."""
    return await _claim(OWED, [now], by, now)


async def claim_outdated(by: str, now: datetime, *, everywhere: bool = False) -> Chat | None:
    """Lease a chat whose status card shows an older version of the candidate.

    everywhere: look at all chats, not only at those with something new in the journal.
    """
    if everywhere:
        return await _claim(OUTDATED, [], by, now)
    return await _claim(OUTDATED_LATELY, [now - RECENT, now - RECENT], by, now)


async def _claim(due: str, values: list[datetime], by: str, now: datetime) -> Chat | None:
    claimed = await rows(
        "UPDATE chat SET lease_by = ?, lease_until = ? WHERE id IN ("  # noqa: S608  # constants of this module
        f"SELECT chat.id {due} LIMIT 1{skip_locked('chat')}) RETURNING id",
        by,
        now + LEASE,
        *values,
        now,
        now,
        now,
    )
    if not claimed:
        return None
    return await Chat.get(id=claimed[0]["id"]).select_related("bot")


async def due_notices(chat: Chat, now: datetime) -> list[Notice]:
    """The notices that this chat is owed now, in the order in which they were owed.

    Only those of kinds that this release knows: others wait for a worker of a newer one.
    """
    owed = Notice.filter(chat_id=chat.id, channel=Channel.CHAT, state=NoticeState.OWED)
    return await owed.filter(not_before__lte=now, kind__in=sorted(NoticeKind)).order_by("id")


async def take(notice: Notice, by: str, now: datetime) -> bool:
    """Mark a notice as being sent, and count the attempt; False when it was withdrawn meanwhile.

    The chat's lease is what keeps others away; this tells those who would withdraw the notice
    that it is too late.
    """
    taken = await Notice.filter(id=notice.id, state=NoticeState.OWED).update(
        lease_by=by, lease_until=now + LEASE, attempts=notice.attempts + 1
    )
    notice.attempts += 1
    return bool(taken)


async def put_off(notice: Notice, until: datetime) -> None:
    """Leave one notice of a leased chat for later, untried; those after it need not wait."""
    await Notice.filter(id=notice.id, state=NoticeState.OWED).update(
        lease_by=None, lease_until=None, not_before=until
    )


async def give_up_blocked(now: datetime) -> int:
    """News for people who have blocked the bot since: they fail at once, nothing is sent."""
    blocked = await Notice.filter(
        channel=Channel.CHAT,
        state=NoticeState.OWED,
        not_before__lte=now,
        kind__in=sorted(NoticeKind),
        chat__blocked_at__not_isnull=True,
    ).values_list("id", flat=True)
    if not blocked:
        return 0
    return await Notice.filter(id__in=blocked, state=NoticeState.OWED).update(
        state=NoticeState.FAILED, settled_at=now, last_error=BLOCKED
    )


async def settle_news(notice: Notice, chat: Chat, by: str, now: datetime, fate: Fate) -> bool:
    """Write the fate of a piece of news; False when the chat's lease was lost meanwhile."""
    async with transaction():
        if not await _note_in_chat(chat, by, now, notice.attempts, fate):
            return False
        if isinstance(fate, Later):
            return await _put_back(notice, now, fate)
        heard = isinstance(fate, Accepted) and notice.kind in _TOLD
        doing = await locked(notice.candidate_id, now) if heard else None
        if not await write_fate(notice, fate, now):
            return False
        if doing is not None and isinstance(fate, Accepted):
            await _tell(notice, now, fate)
        return True


_TOLD = (NoticeKind.MESSAGE, NoticeKind.DELETION_REMINDER)
"""Kinds whose acceptance is written on something else too."""


async def _note_in_chat(chat: Chat, by: str, now: datetime, attempts: int, fate: Fate) -> bool:
    """Write on the chat's row, which also locks it and proves the lease."""
    columns: dict[str, object] = {"lease_by": by}
    if isinstance(fate, Accepted) and fate.message_id is not None:
        chat.last_message_id = max(fate.message_id, chat.last_message_id or 0)
        columns["last_message_id"] = chat.last_message_id
    if isinstance(fate, Later):
        chat.not_before = now + (fate.wait if fate.wait is not None else back_off(attempts))
        columns["not_before"] = chat.not_before
    return bool(await Chat.filter(id=chat.id, lease_by=by).update(**columns))


async def _put_back(notice: Notice, now: datetime, fate: Later) -> bool:
    """It stays due and first in its chat: it is the chat that waits, so the order is kept."""
    return bool(
        await Notice.filter(id=notice.id, state=NoticeState.OWED).update(
            lease_by=None,
            lease_until=None,
            failing_since=notice.failing_since or now,
            last_error=plain_error(fate.error),
        )
    )


async def _tell(notice: Notice, now: datetime, fate: Accepted) -> None:
    await tell_clock(notice, Channel.CHAT, now)
    if notice.kind == NoticeKind.MESSAGE:
        await Message.filter(id=notice.facts["message_id"], delivered_at=None).update(
            delivered_at=now, telegram_message_id=fate.message_id
        )


async def mark_blocked(chat: Chat, by: str, now: datetime) -> bool:
    """Telegram says that the person blocked the bot: nothing more is sent, the journal says so."""
    async with transaction():
        mine = Chat.filter(id=chat.id, lease_by=by, blocked_at=None)
        if not await mine.update(blocked_at=now):
            return False
        for candidate in await _people(chat):
            doing = await locked(candidate, now)
            if doing is not None:
                await doing.record(EventKind.BOT_BLOCKED)
        owed = Notice.filter(chat_id=chat.id, channel=Channel.CHAT, state=NoticeState.OWED)
        await owed.update(state=NoticeState.FAILED, settled_at=now, last_error=BLOCKED)
        return True


async def _people(chat: Chat) -> list[str]:
    """The candidates that this Telegram account is, at one provider or several, in lock order."""
    mine = Candidate.filter(bot_id=chat.bot_id, telegram_id=chat.user_id).order_by("id")
    return [str(one) for one in await mine.values_list("id", flat=True)]


async def hold_bot(bot: Bot, until: datetime) -> None:
    """Telegram asked the whole bot to be silent until then."""
    await Bot.filter(id=bot.id).update(not_before=until)


async def hold_chat(chat: Chat, by: str, until: datetime) -> None:
    """Leave this chat alone until then; its notices stay due."""
    await Chat.filter(id=chat.id, lease_by=by).update(not_before=until)


@dataclass(frozen=True, slots=True)
class Card:
    """A status card as it now stands in the chat; `message_id` None: there is none."""

    version: int
    message_id: int | None
    digest: str | None


async def note_card(chat: Chat, by: str, card: Card) -> bool:
    """Remember which version the card shows; False when the lease was lost meanwhile."""
    newest = max(card.message_id or 0, chat.last_message_id or 0) or None
    mine = Chat.filter(id=chat.id, lease_by=by)
    shown = await mine.update(
        card_message_id=card.message_id,
        card_shown=card.version,
        card_digest=card.digest,
        last_message_id=newest,
    )
    chat.card_message_id, chat.card_shown = card.message_id, card.version
    chat.card_digest, chat.last_message_id = card.digest, newest
    return bool(shown)
