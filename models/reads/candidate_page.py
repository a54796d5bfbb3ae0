"""One candidate, as an operator's page shows them: plain values, the provider first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from models.reads.bots import left_bot
from models.reads.dossier import dossier as read_dossier
from models.reads.dossier import operator_names
from models.reads.queue import Neighbours, neighbours
from models.reads.retention import Warned, standing_of
from models.tables import Candidate, Chat, Decision, Event, Message, Provider
from rules.dossier import Dossier
from rules.retention import Outlook
from rules.vocabulary import DecisionState, Outcome


@dataclass(frozen=True, slots=True)
class Reach:
    """How this person can be reached."""

    email: str
    email_confirmed: bool
    email_refused: bool
    chat: bool
    """A chat that is not blocked."""
    blocked_at: datetime | None
    username: str
    left_bot: str = ""
    """Username of the bot they wrote to, once their provider took it back."""

    @property
    def by_mail(self) -> bool:
        """Whether a mail may arrive: there is an address, and it was not refused for good."""
        return bool(self.email) and not self.email_refused


@dataclass(frozen=True, slots=True)
class DecisionView:
    """A decision on the whole, with who took it."""

    id: str
    outcome: Outcome
    state: DecisionState
    by: str
    decided_at: datetime
    final_at: datetime
    comment: str
    reason: str
    items: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidatePage:
    """What every tab of a candidate's page shows."""

    dossier: Dossier
    seen: int
    """Lines in the journal, counted before anything else was read: see actions.journal."""
    outlook: Outlook
    warned: Warned | None
    kept_until: date | None
    reach: Reach
    decision: DecisionView | None
    """The newest one, whatever became of it."""
    neighbours: Neighbours
    unread: int
    """Messages of the candidate since an operator last read them."""
    awaiting_since: datetime | None
    binned_at: datetime | None
    erase_at: datetime | None
    version: int

    @property
    def id(self) -> str:
        """The candidate's id."""
        return self.dossier.candidate.id

    @property
    def zone(self) -> ZoneInfo:
        """The provider's time zone."""
        return ZoneInfo(self.dossier.policy.timezone)

    @property
    def pending(self) -> DecisionView | None:
        """The decision that waits to be sent."""
        found = self.decision
        return found if found and found.state is DecisionState.PENDING else None

    @property
    def cancelled(self) -> DecisionView | None:
        """A newest decision that an act of the candidate has cancelled."""
        found = self.decision
        return found if found and found.state is DecisionState.CANCELLED else None


async def candidate_page(
    provider: Provider, candidate_id: str, now: datetime
) -> CandidatePage | None:
    """The page of one candidate; None when unknown or another provider's."""
    row = await Candidate.filter(id=candidate_id, provider_id=provider.id).first()
    if row is None:
        return None
    seen = await Event.filter(candidate_id=row.id).count()
    standing = await standing_of(row, provider, now)
    return CandidatePage(
        dossier=await read_dossier(row, provider),
        seen=seen,
        outlook=standing.outlook,
        warned=standing.warned,
        kept_until=row.kept_until,
        reach=await _reach(row),
        decision=await _newest_decision(row.id),
        neighbours=await neighbours(provider.id, row),
        unread=await _unread(row),
        awaiting_since=row.awaiting_reply_since,
        binned_at=row.binned_at,
        erase_at=row.erase_at,
        version=row.version,
    )


async def candidate_row(provider_id: str, candidate_id: str) -> Candidate | None:
    """The row itself, for reads that take one; None when unknown or another provider's."""
    return await Candidate.filter(id=candidate_id, provider_id=provider_id).first()


async def _reach(row: Candidate) -> Reach:
    chat = await Chat.filter(bot_id=row.bot_id, user_id=row.telegram_id).first()
    known = chat is not None and row.telegram_id is not None
    return Reach(
        email=row.email,
        email_confirmed=row.email_confirmed_at is not None,
        email_refused=row.email_refused_at is not None,
        chat=chat is not None and known and chat.blocked_at is None,
        blocked_at=chat.blocked_at if chat else None,
        username=(chat.username or "") if chat else "",
        left_bot=await left_bot(row) if chat and chat.blocked_at else "",
    )


async def _newest_decision(candidate_id: str) -> DecisionView | None:
    """The last one, of those that this release understands."""
    understood = Decision.filter(outcome__in=tuple(Outcome), state__in=tuple(DecisionState))
    mine = understood.filter(candidate_id=candidate_id)
    row = await mine.order_by("-decided_at", "-id").first()
    if row is None:
        return None
    names = await operator_names([row.operator_id])
    return DecisionView(
        id=row.id,
        outcome=Outcome(row.outcome),
        state=DecisionState(row.state),
        by=names.get(row.operator_id, ""),
        decided_at=row.decided_at,
        final_at=row.final_at,
        comment=row.comment,
        reason=row.reason,
        items=tuple(row.items),
    )


async def _unread(row: Candidate) -> int:
    query = Message.filter(candidate_id=row.id, operator_id=None)
    if row.operator_seen_at is not None:
        query = query.filter(at__gt=row.operator_seen_at)
    return await query.count()
