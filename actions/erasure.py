"""Erasing a candidate: one transaction, after which nothing of them is left but an anonymous line.

What may outlive them for 72 hours are farewell notices, see `actions.farewells`. Rows and bytes
of files go later, by removal rows that lead to nobody (`actions.removals`). On SQLite the caller
empties the write-ahead log afterwards, outside of transactions: `models.database.checkpoint`.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from actions.deeds import Actor, NoSuchCandidate, lock_candidate
from actions.farewells import Held, Reason, say_farewell
from actions.outside import NoteOutside
from actions.removals import let_go_of_all
from models.database import after_commit, dialect, transaction
from models.tables import (
    Answer,
    Candidate,
    Chat,
    Comment,
    Decision,
    Document,
    DocumentVersion,
    Event,
    KeptUpdate,
    LedgerEntry,
    LooseMessage,
    Message,
    Page,
    Provider,
    ProviderEvent,
    Reminder,
    SearchWord,
    Token,
    Tombstone,
    Upload,
)
from rules.history import ProviderEventKind
from rules.retention import local_date
from rules.vocabulary import ActorKind

__all__ = ["Held", "Reason", "erase", "erase_held", "hold"]


async def erase(
    candidate_id: str,
    reason: Reason,
    actor: Actor,
    now: datetime,
    *,
    provider_id: str | None = None,
    chat: Chat | None = None,
) -> Tombstone:
    """Erase a candidate for good; joins an open transaction, but never call it inside a deed.

    Args:
        provider_id: the operator's provider; another one's candidate does not exist.
        chat: the row that the door holds and will save: it is emptied too.

    Raises:
        NoSuchCandidate: unknown, erased already, or another provider's.
    """
    async with transaction():
        held = await hold(candidate_id, provider_id)
        tombstone = await erase_held(held, reason, actor, now)
        if chat is not None:
            chat.candidate_id, chat.asking = None, ""
            chat.username, chat.display_name = None, ""
            chat.card_message_id = None
        return tombstone


async def hold(candidate_id: str, provider_id: str | None = None) -> Held:
    """Lock chat, then candidate, inside the caller's transaction. Raises NoSuchCandidate."""
    seen = await Candidate.get_or_none(id=candidate_id)
    if seen is None:
        raise NoSuchCandidate
    chat = await _lock_chat(seen)
    candidate = await lock_candidate(candidate_id, provider_id)
    if (candidate.bot_id, candidate.telegram_id) != (seen.bot_id, seen.telegram_id):
        chat = await _lock_chat(candidate)  # moved to another account between the two reads
    return Held(candidate, await Provider.get(id=candidate.provider_id), chat)


async def _lock_chat(candidate: Candidate) -> Chat | None:
    if candidate.bot_id is None or candidate.telegram_id is None:
        return None
    query = Chat.filter(bot_id=candidate.bot_id, user_id=candidate.telegram_id)
    if dialect() != "sqlite":
        query = query.select_for_update(no_key=True)
    return await query.first()


async def erase_held(held: Held, reason: Reason, actor: Actor, now: datetime) -> Tombstone:
    """Erase whom `hold` locked, inside the same transaction."""
    candidate = held.candidate
    tombstone = await _bury(held, reason, actor, now)
    await say_farewell(held, reason, now)
    await _erase_documents(candidate.id, now)
    await _erase_application(candidate.id)
    await _forget_account(held)
    await Event.filter(candidate_id=candidate.id).delete()
    await Candidate.filter(id=candidate.id).delete()
    await Provider.filter(id=held.provider.id).update(touched_at=now)
    after_commit(NoteOutside(candidate.id))
    return tombstone


async def _bury(held: Held, reason: Reason, actor: Actor, now: datetime) -> Tombstone:
    """The anonymous line comes first: only with it does the database let the history go."""
    candidate, zone = held.candidate, ZoneInfo(held.provider.timezone)
    tombstone = await Tombstone.create(
        provider_id=held.provider.id,
        candidate_id=candidate.id,
        created_on=local_date(candidate.created_at, zone),
        submitted_on=candidate.submitted_at and local_date(candidate.submitted_at, zone),
        erased_on=local_date(now, zone),
        last_status=candidate.status,
        reason=reason,
        actor_kind=actor.kind,
        source=candidate.source,
    )
    operator = actor.kind is ActorKind.OPERATOR
    await ProviderEvent.create(
        provider_id=held.provider.id,
        at=now,
        kind=ProviderEventKind.CANDIDATE_ERASED,
        actor_kind=actor.kind,
        actor_id=actor.id if operator else None,
        actor_name=actor.name if operator else "",
        subject=candidate.id,
        after={"reason": reason, "last_status": candidate.status},
    )
    return tombstone


async def _erase_documents(candidate_id: str, now: datetime) -> None:
    """Documents with versions, files and pages; what is in the store becomes removal rows."""
    uploads = [str(row.id) for row in await Upload.filter(candidate_id=candidate_id)]
    documents = [str(row.id) for row in await Document.filter(candidate_id=candidate_id)]
    await Page.filter(upload_id__in=uploads).delete()
    await Upload.filter(candidate_id=candidate_id).delete()
    await DocumentVersion.filter(document_id__in=documents).delete()
    await Document.filter(candidate_id=candidate_id).delete()
    await let_go_of_all(candidate_id, now)


async def _erase_application(candidate_id: str) -> None:
    await Answer.filter(candidate_id=candidate_id).delete()
    await Decision.filter(candidate_id=candidate_id).delete()
    await Reminder.filter(candidate_id=candidate_id).delete()
    await Message.filter(candidate_id=candidate_id).delete()
    await Comment.filter(candidate_id=candidate_id).delete()
    await LooseMessage.filter(candidate_id=candidate_id).delete()
    await Token.filter(candidate_id=candidate_id).delete()
    await SearchWord.filter(candidate_id=candidate_id).delete()


async def _forget_account(held: Held) -> None:
    """What the Telegram account left: kept updates, ledger, and the chat's personal columns.

    The chat's row itself stays while a farewell needs it, see `actions.farewells.forget_chats`.
    """
    candidate, chat = held.candidate, held.chat
    await Chat.filter(candidate_id=candidate.id).update(
        candidate_id=None, asking="", card_message_id=None, card_shown=0, card_digest=None
    )
    if candidate.bot_id is None or candidate.telegram_id is None:
        return
    account = {"bot_id": candidate.bot_id, "user_id": candidate.telegram_id}
    await KeptUpdate.filter(**account).delete()
    if await _has_other_space(candidate):
        return
    await LedgerEntry.filter(bot_id=candidate.bot_id, chat_user_id=candidate.telegram_id).update(
        chat_user_id=None
    )
    if chat is not None:
        await Chat.filter(id=chat.id).update(username=None, display_name="")


async def _has_other_space(candidate: Candidate) -> bool:
    """Whether the same account, with the same bot, is a candidate at another provider too."""
    return (
        await Candidate.filter(bot_id=candidate.bot_id, telegram_id=candidate.telegram_id)
        .exclude(id=candidate.id)
        .exists()
    )
