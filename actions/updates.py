"""The ledger of Telegram's updates: each one has its effects exactly once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.database import rows, transaction
from models.ids import new_id
from models.tables import Candidate, Chat, KeptUpdate, LedgerEntry
from store.sealing import keyring

PATIENCE = timedelta(seconds=15)
"""An unanswered update younger than this is probably being answered by another process."""
LEDGER_LASTS = timedelta(days=7)
"""Telegram repeats an update for 24 hours at most."""
KEPT_LASTS = timedelta(days=14)


class Standing(StrEnum):
    """What the ledger knows of an update that arrives."""

    NEW = "new"
    ANSWERED = "answered"
    IN_HAND = "in_hand"
    """Its effects are there, its answer may be on its way."""
    UNANSWERED = "unanswered"
    """Its effects are there, its answer was lost."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote, as Telegram says."""

    user_id: int
    display_name: str = ""
    username: str | None = None


async def enter(bot_id: str, update_id: int, user_id: int | None, now: datetime) -> Standing:
    """Write the ledger row inside the caller's transaction, or say what is known already."""
    made = await rows(
        "INSERT INTO ledger_entry (bot_id, update_id, chat_user_id, received_at) "
        "VALUES (?, ?, ?, ?) ON CONFLICT (bot_id, update_id) DO NOTHING RETURNING id",
        bot_id,
        update_id,
        user_id,
        now,
    )
    if made:
        return Standing.NEW
    entry = await LedgerEntry.get(bot_id=bot_id, update_id=update_id)
    if entry.answered_at is not None:
        return Standing.ANSWERED
    return Standing.IN_HAND if now - entry.received_at < PATIENCE else Standing.UNANSWERED


async def open_chat(bot_id: str, person: Person, language: str, now: datetime) -> Chat:
    """The chat's row, made when new, locked until the transaction ends."""
    found = await rows(
        "INSERT INTO chat (id, bot_id, user_id, language, asking, username, display_name, "
        "card_shown, created_at) VALUES (?, ?, ?, ?, '', ?, ?, 0, ?) "
        "ON CONFLICT (bot_id, user_id) DO UPDATE SET username = excluded.username, "
        "display_name = excluded.display_name RETURNING id",
        new_id(),
        bot_id,
        person.user_id,
        language,
        (person.username or "")[:64] or None,
        person.display_name[:160],
        now,
    )
    return await Chat.get(id=found[0]["id"])


HANDLER_COLUMNS = ["candidate_id", "language", "asking", "blocked_at", "contact_shown"]
"""What a handler may change of its chat; the rest belongs to who holds the lease."""


async def close_chat(chat: Chat) -> None:
    """Write what the handler changed."""
    await chat.save(update_fields=HANDLER_COLUMNS)


async def mark_answered(bot_id: str, update_id: int, now: datetime) -> None:
    """The screens are shown: a repeat of this update does nothing."""
    await LedgerEntry.filter(bot_id=bot_id, update_id=update_id, answered_at=None).update(
        answered_at=now
    )


@dataclass(frozen=True, slots=True)
class Shown:
    """Messages that a holder of the chat's lease has just sent or edited."""

    newest: int | None = None
    screen: int | None = None
    """The last of them that is not the card."""
    card: int | None = None
    card_version: int = 0


async def note_shown(chat_id: str, shown: Shown) -> None:
    """Remember the newest message, and where the status card is."""
    chat = await Chat.get_or_none(id=chat_id)
    if chat is None:
        return
    if shown.newest is not None:
        chat.last_message_id = max(shown.newest, chat.last_message_id or 0)
    if shown.screen is not None:
        chat.screen_message_id = shown.screen
    if shown.card is not None:
        chat.card_message_id, chat.card_shown = shown.card, shown.card_version
    columns = ["last_message_id", "screen_message_id", "card_message_id", "card_shown"]
    await chat.save(update_fields=columns)


async def note_message(chat: Chat, message_id: int) -> None:
    """A message of the person is now the newest of the chat."""
    if message_id > (chat.last_message_id or 0):
        await Chat.filter(id=chat.id).update(last_message_id=message_id)


async def keep(
    bot_id: str, update_id: int, user_id: int | None, payload: bytes, error: str, now: datetime
) -> None:
    """Keep an update that hit a bug, sealed, together with its ledger row."""
    async with transaction():
        await enter(bot_id, update_id, user_id, now)
        if await KeptUpdate.exists(bot_id=bot_id, update_id=update_id):
            return
        await KeptUpdate.create(
            bot_id=bot_id,
            update_id=update_id,
            user_id=user_id,
            payload=keyring().seal(payload, "kept update"),
            error=error[:200],
            kept_at=now,
        )
        if user_id is not None:  # our bug, their act: nobody is deleted for it
            await Candidate.filter(bot_id=bot_id, telegram_id=user_id, clock_start__lt=now).update(
                clock_start=now
            )


async def kept_updates(bot_id: str) -> list[tuple[KeptUpdate, bytes]]:
    """Kept updates of one bot in order, opened."""
    found = await KeptUpdate.filter(bot_id=bot_id).order_by("update_id")
    return [(one, keyring().open(one.payload, "kept update")) for one in found]


async def take_again(kept: KeptUpdate) -> None:
    """Make a kept update new again, inside the caller's transaction that replays it."""
    await KeptUpdate.filter(id=kept.id).delete()
    await LedgerEntry.filter(bot_id=kept.bot_id, update_id=kept.update_id).delete()


async def sweep(now: datetime) -> None:
    """Forget ledger rows after 7 days and kept updates after 14."""
    await LedgerEntry.filter(received_at__lt=now - LEDGER_LASTS).delete()
    await KeptUpdate.filter(kept_at__lt=now - KEPT_LASTS).delete()
