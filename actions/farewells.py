"""Farewells: what is still told to somebody who is no longer here, and their last traces.

They are the final rejection that had not left yet, and the proof of erasure (which also takes
the place of the status card in the chat). A farewell names nobody: `candidate_id` is empty, its
unique key is random, the address and the facts of the letter (`rules.letters.packed`) are sealed.
The letter is rendered from those facts when it is delivered, like every other one, so words are
chosen in one place; it is wiped when accepted, when refused for good, or after 72 hours.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from actions.apart import Apart
from actions.wakes import wake
from models.database import dialect, rows, transaction
from models.ids import new_id
from models.reads.letters import signing
from models.tables import Bot, Candidate, Chat, Notice, Provider
from rules.letters import LetterFacts, Sites, packed, unpacked
from rules.notices import FAREWELLS, NoticeKind
from rules.retention import local_date
from rules.vocabulary import Channel, NoticeState
from store.sealing import keyring

FAREWELL_LASTS = timedelta(hours=72)
"""After that a farewell that nobody accepted is wiped."""

STRANGER_LASTS = timedelta(days=30)
"""A chat of somebody who never signed up is forgotten after this."""

LEADS_NOWHERE = """
    SELECT id FROM chat
    WHERE candidate_id IS NULL AND (display_name = '' OR created_at <= ?)
      AND (lease_until IS NULL OR lease_until <= ?)
      AND NOT EXISTS (SELECT 1 FROM candidate
        WHERE candidate.bot_id = chat.bot_id AND candidate.telegram_id = chat.user_id)
      AND NOT EXISTS (SELECT 1 FROM notice WHERE notice.chat_id = chat.id)
    LIMIT 500
"""

ADDRESS = "farewell address"
FACTS = "farewell facts"
"""Purposes under which a farewell's two values are sealed."""


class Reason(StrEnum):
    """Why a candidate was erased, as the Tombstone keeps it."""

    AUTOMATIC = "automatic"
    BIN = "bin"
    OWN_WISH = "own_wish"
    AGAIN = "again"
    """Erased once already, then brought back by a backup: nobody is told twice."""


PROOF: dict[Reason, tuple[Channel, ...]] = {
    Reason.AUTOMATIC: (Channel.MAIL, Channel.CHAT),
    Reason.OWN_WISH: (Channel.MAIL, Channel.CHAT),
    Reason.BIN: (Channel.CHAT,),
    Reason.AGAIN: (),
}
"""Where the proof of erasure goes; from the bin, the final rejection was the last letter."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """What is in a farewell notice, opened. `sites` of the facts is empty: it is the sender's."""

    address: str | None
    """The mail address; the chat's farewell goes to `Notice.chat`."""
    language: str
    facts: LetterFacts
    card_message_id: int | None
    """The status card on the phone that this farewell takes the place of."""


@dataclass(frozen=True, slots=True)
class Held:
    """A candidate locked for erasure, with the chat of their Telegram account."""

    candidate: Candidate
    provider: Provider
    chat: Chat | None


async def say_farewell(held: Held, reason: Reason, now: datetime) -> None:
    """Keep the final rejection that has not left, owe the proof; all other notices go."""
    candidate = held.candidate
    last_words = Notice.filter(
        candidate_id=candidate.id, kind__in=sorted(FAREWELLS), state=NoticeState.OWED
    )
    for notice in [] if reason is Reason.AGAIN else await last_words:
        await _make_farewell(held, notice, now)
    await Notice.filter(candidate_id=candidate.id).delete()
    for channel in PROOF[reason]:
        await _owe_proof(held, channel, reason, now)


async def _make_farewell(held: Held, notice: Notice, now: datetime) -> None:
    """Detach an owed notice from its candidate; who is sending it at this moment settles it."""
    comment = str(notice.facts.get("comment", ""))
    await Notice.filter(id=notice.id).update(
        candidate_id=None,
        unique_key=_farewell_key(),
        facts={"language": held.candidate.language},
        address=_sealed_address(held.candidate, notice.channel),
        rendered=await _letter(held, comment, now),
        wipe_at=now + FAREWELL_LASTS,
    )


async def _owe_proof(held: Held, channel: Channel, reason: Reason, now: datetime) -> None:
    facts: dict[str, object] = {"language": held.candidate.language}
    if channel is Channel.MAIL:
        if not held.candidate.email or held.candidate.email_refused_at is not None:
            return
    else:
        card = _card(held)
        if held.chat is None or held.chat.blocked_at or (card is None and reason is Reason.BIN):
            return
        facts["card"] = card
    wake(channel)
    await Notice.create(
        provider_id=held.provider.id,
        chat_id=held.chat.id if held.chat and channel is Channel.CHAT else None,
        channel=channel,
        kind=NoticeKind.ERASED,
        facts=facts,
        unique_key=_farewell_key(),
        owed_at=now,
        not_before=now,
        message_id=new_id(),
        address=_sealed_address(held.candidate, channel),
        rendered=await _letter(held, "", now),
        wipe_at=now + FAREWELL_LASTS,
    )


def _farewell_key() -> str:
    """Random: it leads back to nobody. Owed once all the same, as the Tombstone is unique."""
    return f"farewell:{new_id()}"


def _card(held: Held) -> int | None:
    """The status card on the phone, if it is this candidate's."""
    chat = held.chat
    return chat.card_message_id if chat and chat.candidate_id == held.candidate.id else None


def _sealed_address(candidate: Candidate, channel: str) -> str | None:
    return keyring().seal_text(candidate.email, ADDRESS) if channel == Channel.MAIL else None


async def _letter(held: Held, comment: str, now: datetime) -> str:
    """The sealed facts of the letter."""
    provider, bot_id = held.provider, held.candidate.bot_id
    bot = await Bot.get_or_none(id=bot_id) if bot_id else None
    facts = LetterFacts(
        sites=Sites(""),
        first_name=held.candidate.first_name,
        bot=bot.username if bot else "",
        comment=comment,
        day=local_date(now, ZoneInfo(provider.timezone)),
        situation="ended" if held.candidate.ended_at is not None else "incomplete",
        **signing(provider),
    )
    return keyring().seal_text(packed(facts), FACTS)


def open_farewell(notice: Notice) -> Farewell | None:
    """What a farewell says and to whom; None when the notice is none, or was wiped."""
    if not notice.rendered:
        return None
    keys = keyring()
    return Farewell(
        address=keys.open_text(notice.address, ADDRESS) if notice.address else None,
        language=str(notice.facts.get("language", "fr")),
        facts=unpacked(keys.open_text(notice.rendered, FACTS)),
        card_message_id=notice.facts.get("card"),
    )


async def wipe_farewells(now: datetime) -> int:
    """Remove farewells that were accepted, refused, or are 72 hours old; then empty chats.

    Returns how many notices are gone. One that is being sent at this moment waits for the next
    look. Safe to run twice at once.
    """
    settled = Q(settled_at__isnull=False)
    late = Q(wipe_at__lte=now) & (Q(lease_until=None) | Q(lease_until__lte=now))
    gone = await Notice.filter(
        settled | late, candidate_id=None, operator_id=None, kind__in=sorted(FAREWELLS)
    ).delete()
    await forget_chats(now)
    return gone


async def forget_chats(now: datetime) -> int:
    """Remove chats that lead to nobody: emptied by an erasure, or of strangers long ago.

    An emptied chat has no display name; the door writes one again whenever the person comes
    back, and they then are a stranger like any other.
    """
    found = await rows(LEADS_NOWHERE, now - STRANGER_LASTS, now)
    gone, apart = 0, Apart()
    for one in found:
        with apart.one(chat=one["id"]):
            gone += await _forget_chat(one["id"], now)
    return gone


async def _forget_chat(chat_id: str, now: datetime) -> bool:
    async with transaction():
        query = Chat.filter(Q(lease_until=None) | Q(lease_until__lte=now))
        query = query.filter(id=chat_id, candidate_id=None)
        if dialect() != "sqlite":
            query = query.select_for_update()
        chat = await query.first()
        if chat is None or await _is_needed(chat):
            return False
        await Chat.filter(id=chat_id).delete()
        return True


async def _is_needed(chat: Chat) -> bool:
    """Whether the person has a space with this bot, or something is still to be told to them."""
    account = {"bot_id": chat.bot_id, "telegram_id": chat.user_id}
    return await Candidate.exists(**account) or await Notice.exists(chat_id=chat.id)
