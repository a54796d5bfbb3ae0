"""Coming in by a provider's link: a new candidate, or one who returns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from actions.application import act
from actions.deeds import Deed
from actions.moves import elsewhere, move
from models.database import transaction
from models.tables import Bot, Candidate, Chat, JoinLink, Provider
from rules.history import EventKind
from rules.sources import read_tags, split_payload, tag_of

Coming = Literal["dead", "renewed", "closed", "returned", "signed_up"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a link was answered."""

    coming: Coming
    provider_id: str | None = None
    candidate_id: str | None = None


async def arrive(bot: Bot, chat: Chat, payload: str, *, now: datetime, at: datetime) -> Arrival:
    """Follow a link's payload into a space; the chat moves there, its row is the caller's to save.

    A returning candidate is let in whatever became of the link's sign-ups, and brings the space
    along when it was with another bot. A tag that the
    provider does not have counts for nothing.
    """
    token, key = split_payload(payload)
    link = await JoinLink.filter(token=token).select_related("provider").first()
    if link is None or bot.provider_id not in (None, link.provider_id):
        return Arrival("dead")
    provider = link.provider
    known = await Candidate.filter(
        provider_id=provider.id, bot_id=bot.id, telegram_id=chat.user_id
    ).first()
    if known is not None:
        chat.candidate_id = known.id
        return Arrival("returned", provider.id, known.id)
    former = await elsewhere(bot, chat, provider.id)
    if former is not None:
        await move(former, bot, chat, now=now, at=at)
        return Arrival("returned", provider.id, former.id)
    if link.renewed_at is not None:
        return Arrival("renewed", provider.id)
    if not provider.signups_open:
        return Arrival("closed", provider.id)
    tag = tag_of(key, read_tags(provider.source_tags))
    candidate = await _sign_up(bot, chat, provider, now, at, tag.key if tag else None)
    chat.candidate_id = candidate.id
    return Arrival("signed_up", provider.id, candidate.id)


async def _sign_up(
    bot: Bot, chat: Chat, provider: Provider, now: datetime, at: datetime, source: str | None
) -> Candidate:
    accepted = provider.accepted_statuses
    async with transaction():
        candidate = await Candidate.create(
            provider_id=provider.id,
            bot_id=bot.id,
            telegram_id=chat.user_id,
            created_at=now,
            status_since=now,
            clock_start=at,
            language=chat.language,
            work_status=accepted[0] if len(accepted) == 1 else None,
            requirements_version=provider.requirements_version,
            source=source,
        )
        async with act(candidate.id, now, at) as doing:
            await doing.record(EventKind.SIGNED_UP)
            await _show_notice(doing, chat.language)
    return candidate


async def show_notice_again(chat: Chat, *, now: datetime, at: datetime) -> None:
    """The privacy notice says something else than what this person was shown."""
    async with act(chat.candidate_id or "", now, at) as doing:
        await _show_notice(doing, chat.language)


async def _show_notice(doing: Deed, language: str) -> None:
    """Remember which notice is shown, and when."""
    version = doing.provider.privacy_version
    doing.candidate.notice_version, doing.candidate.notice_at = version, doing.now
    await doing.record(EventKind.NOTICE_SHOWN, after={"version": version, "language": language})
