"""The frame of every deed on a candidate: lock, check, write, journal, owe; one transaction."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from actions.wakes import wake
from models.database import dialect, transaction
from models.ids import new_id
from models.reads.dossier import dossier as read_dossier
from models.reads.quiet import hours_of
from models.tables import Candidate, Chat, Event, Notice, Provider
from rules.dossier import Dossier
from rules.errors import Unknown
from rules.history import EventKind
from rules.merging import WAITS_FOR_MORE
from rules.notices import CHANNELS, NoticeKind
from rules.quiet import may_wait
from rules.statuses import ChangedMeanwhile
from rules.vocabulary import ActorKind, Channel, NoticeState


class NoSuchCandidate(Unknown):
    """Unknown, erased, or another provider's: always the same answer."""

    sentence = "This application does not exist, or no longer exists."


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it; the name is kept in the journal as it was then."""

    kind: ActorKind
    id: str | None = None
    name: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)


@dataclass(slots=True)
class Deed:
    """An open deed: the locked candidate, and what it changes."""

    candidate: Candidate
    provider: Provider
    actor: Actor
    now: datetime
    _dossier: Dossier | None = field(default=None, repr=False)

    async def dossier(self, *, fresh: bool = False) -> Dossier:
        """The snapshot under this lock; `fresh` after having changed something."""
        if self._dossier is None or fresh:
            self._dossier = await read_dossier(self.candidate, self.provider)
        return self._dossier

    async def record(
        self, kind: EventKind, subject: str | None = None, *, before: Any = None, after: Any = None
    ) -> Event:
        """Add one line to the journal; sensitive values must come masked."""
        return await Event.create(
            provider_id=self.provider.id,
            candidate_id=self.candidate.id,
            at=self.now,
            kind=kind,
            actor_kind=self.actor.kind,
            actor_id=self.actor.id,
            actor_name=self.actor.name,
            subject=subject,
            before=before,
            after=after,
        )

    async def owe(
        self,
        kind: NoticeKind,
        facts: Mapping[str, Any] | None = None,
        *,
        once: str,
        not_before: datetime | None = None,
        channels: tuple[Channel, ...] | None = None,
    ) -> list[Notice]:
        """Owe a notice on each of its channels; `once` makes it unique for this candidate."""
        owed = []
        for channel in CHANNELS[kind] if channels is None else channels:
            notice = await self._owe_on(channel, kind, dict(facts or {}), once, not_before)
            if notice is not None:
                owed.append(notice)
        return owed

    async def _owe_on(
        self,
        channel: Channel,
        kind: NoticeKind,
        facts: dict[str, Any],
        once: str,
        not_before: datetime | None,
    ) -> Notice | None:
        chat = await self.chat() if channel is Channel.CHAT else None
        if channel is Channel.CHAT and chat is None:
            return None
        if channel is Channel.MAIL and not self.candidate.email:
            return None
        key = f"{self.candidate.id}:{channel}:{kind}:{once}"
        if await Notice.exists(unique_key=key):
            return None
        leaves = self._leaves(kind, facts, not_before or self.now)
        if chat is not None and kind not in WAITS_FOR_MORE and leaves <= self.now:
            await self._send_first(chat)
        wake(channel)
        return await Notice.create(
            provider_id=self.provider.id,
            candidate_id=self.candidate.id,
            chat_id=chat.id if chat else None,
            channel=channel,
            kind=kind,
            facts=facts,
            unique_key=key,
            owed_at=self.now,
            not_before=leaves,
            message_id=new_id(),
        )

    async def _send_first(self, chat: Chat) -> None:
        """What waits for more to be told with it waits no longer: the chat keeps its order."""
        owed = Notice.filter(chat_id=chat.id, state=NoticeState.OWED, not_before__gt=self.now)
        await owed.filter(kind__in=sorted(WAITS_FOR_MORE)).update(not_before=self.now)

    def _leaves(self, kind: NoticeKind, facts: dict[str, Any], at: datetime) -> datetime:
        """Reminders wait until it is no longer quiet; everything else leaves when it is owed."""
        return hours_of(self.provider).after(at) if may_wait(kind, facts) else at

    async def withdraw(self, kind: NoticeKind) -> set[str]:
        """Take back what nobody sends yet; returns the channels that now never hear of it."""
        owed = await Notice.filter(
            candidate_id=self.candidate.id,
            kind=kind,
            state=NoticeState.OWED,
            lease_until__isnull=True,
        )
        await Notice.filter(id__in=[one.id for one in owed], state=NoticeState.OWED).update(
            state=NoticeState.VOID, settled_at=self.now
        )
        return {one.channel for one in owed}

    async def chat(self) -> Chat | None:
        """The chat of the candidate's Telegram account."""
        return await Chat.filter(
            bot_id=self.candidate.bot_id, user_id=self.candidate.telegram_id
        ).first()

    def restart_clock(self, at: datetime | None = None) -> None:
        """An act of the candidate, or one addressed to them: deletion counts from here.

        `at` is Telegram's date of the act; the clock never goes back.
        """
        self.candidate.clock_start = max(self.candidate.clock_start, at or self.now)


@asynccontextmanager
async def deed(
    candidate_id: str,
    actor: Actor,
    now: datetime,
    *,
    provider_id: str | None = None,
    version: int | None = None,
) -> AsyncIterator[Deed]:
    """Lock a candidate, then do one thing to them; everything is written, or nothing.

    Args:
        provider_id: the operator's provider; another one's candidate does not exist.
        version: what the operator's form was drawn from; another one is refused.

    Raises:
        NoSuchCandidate: unknown, erased, or another provider's.
        ChangedMeanwhile: somebody changed the candidate since.
    """
    async with transaction():
        candidate = await lock_candidate(candidate_id, provider_id)
        if version is not None and version != candidate.version:
            raise await _changed_meanwhile(candidate)
        provider = await Provider.get(id=candidate.provider_id)
        doing = Deed(candidate, provider, actor, now)
        yield doing
        candidate.version += 1
        await candidate.save()
        await _mark_changed(candidate, now)


async def lock_candidate(candidate_id: str, provider_id: str | None = None) -> Candidate:
    """The candidate's row, locked until the transaction ends."""
    query = Candidate.filter(id=candidate_id)
    if provider_id is not None:
        query = query.filter(provider_id=provider_id)
    if dialect() != "sqlite":  # there the whole transaction holds the write lock
        query = query.select_for_update(no_key=True)
    candidate = await query.first()
    if candidate is None:
        raise NoSuchCandidate
    return candidate


async def _mark_changed(candidate: Candidate, now: datetime) -> None:
    """Live pages look again, and the status card follows the candidate's version."""
    await Provider.filter(id=candidate.provider_id).update(touched_at=now)
    wake(Channel.CHAT)


async def _changed_meanwhile(candidate: Candidate) -> ChangedMeanwhile:
    last = await Event.filter(candidate_id=candidate.id).order_by("-id").first()
    who = last.actor_name if last and last.actor_name else "—"
    return ChangedMeanwhile(who=who, what=last.kind if last else "—")
