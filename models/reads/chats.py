"""Where a chat is: everything that its current screen is drawn from."""

from datetime import datetime
from zoneinfo import ZoneInfo

from models.reads.dossier import dossier as read_dossier
from models.reads.dossier import operator_names
from models.tables import (
    Candidate,
    Chat,
    DocumentVersion,
    LooseMessage,
    Message,
    Provider,
    Upload,
)
from rules import asking
from rules.place import Line, Link, Place, Space
from rules.reviews import as_told

THREAD = 6
"""How many of the last messages the chat shows."""


async def place(chat: Chat, now: datetime) -> Place:
    """The place of this chat, its columns as they are in memory."""
    asked = asking.read(chat.asking)
    spaces = await _spaces(chat)
    current = next((row for row in spaces if row.id == chat.candidate_id), None)
    shown = tuple(Space(row.id, row.provider.name) for row in spaces)
    if current is None:
        return await _visitor(chat, asked, shown, now)
    provider = current.provider
    about = await _about(asked)
    return Place(
        language=chat.language,
        asking=asked,
        now=now,
        today=now.astimezone(ZoneInfo(provider.timezone)).date(),
        dossier=as_told(await read_dossier(current, provider)),
        spaces=shown,
        links=tuple(Link(one["label"], one["url"]) for one in provider.links),
        reply_to=provider.reply_to or "",
        thread=await _thread(current, provider) if asked.step == asking.MESSAGES else (),
        provider=about.name if about else provider.name,
        closed_sentence=about.closed_sentence if about else {},
        email_refused=current.email_refused_at is not None,
    )


async def _spaces(chat: Chat) -> list[Candidate]:
    return (
        await Candidate.filter(bot_id=chat.bot_id, telegram_id=chat.user_id)
        .select_related("provider")
        .order_by("created_at", "id")
    )


async def names_of_spaces(chat: Chat) -> dict[str, str]:
    """The provider's name of each of this person's spaces, by the candidate's id."""
    own = Candidate.filter(bot_id=chat.bot_id, telegram_id=chat.user_id)
    return {one: str(name) for one, name in await own.values_list("id", "provider__name")}


async def _visitor(
    chat: Chat, asked: asking.Asking, spaces: tuple[Space, ...], now: datetime
) -> Place:
    about = await _about(asked)
    return Place(
        language=chat.language,
        asking=asked,
        now=now,
        today=now.date(),
        spaces=spaces,
        provider=about.name if about else "",
        closed_sentence=about.closed_sentence if about else {},
    )


async def _about(asked: asking.Asking) -> Provider | None:
    """The provider that a renewed link, closed sign-ups or a farewell speak of."""
    if asked.step not in (asking.RENEWED_LINK, asking.CLOSED, asking.ERASED):
        return None
    return await Provider.filter(id=asked.key).first()


async def album_document(candidate_id: str, media_group: str) -> str | None:
    """Key of the document that an album was begun for."""
    version = (
        await DocumentVersion.filter(document__candidate_id=candidate_id, media_group=media_group)
        .select_related("document")
        .first()
    )
    return version.document.key if version else None


async def album_words(candidate_id: str, media_group: str) -> str:
    """Id of the words that came with an album and wait to be sent as a message; else empty."""
    items = await Upload.filter(
        candidate_id=candidate_id, version__media_group=media_group
    ).values_list("position", flat=True)
    piece = await LooseMessage.filter(
        candidate_id=candidate_id, message_id__in=items, file__isnull=True
    ).first()
    return piece.id if piece else ""


async def album_is_loose(candidate_id: str, media_group: str) -> bool:
    """Whether an album waits for its place."""
    return await LooseMessage.exists(candidate_id=candidate_id, media_group=media_group)


async def _thread(candidate: Candidate, provider: Provider) -> tuple[Line, ...]:
    rows = await Message.filter(candidate_id=candidate.id).order_by("-at", "-id").limit(THREAD)
    names = await operator_names(row.operator_id for row in rows)
    return tuple(
        Line(
            row.text, row.at, names.get(row.operator_id, provider.name) if row.operator_id else ""
        )
        for row in reversed(rows)
    )
