"""A candidate's journal, and the mails and chat messages that were owed to them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.tables import Event, Message, Notice
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.vocabulary import ActorKind, Channel, NoticeState, known
from rules.withholding import MAY_BE_WITHHELD, WITHHELD

PAGE = 100
"""Lines of the journal on one page."""


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of the journal."""

    id: int
    at: datetime
    kind: str
    actor_kind: ActorKind
    by: str
    subject: str | None
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Sent:
    """A notice and its fate."""

    id: int
    kind: str
    """A NoticeKind, or what a newer release calls it."""
    channel: Channel
    state: NoticeState
    owed_at: datetime
    not_before: datetime
    settled_at: datetime | None
    attempts: int
    last_error: str
    in_hand: bool
    """A worker is sending it."""

    @property
    def can_be_withheld(self) -> bool:
        """Whether an operator may still hold it back."""
        waits = self.state is NoticeState.OWED and not self.in_hand
        return waits and self.channel is Channel.MAIL and self.kind in MAY_BE_WITHHELD

    @property
    def withheld(self) -> bool:
        """Whether an operator held it back."""
        return self.state is NoticeState.VOID and self.last_error == WITHHELD


async def journal(
    provider_id: str,
    candidate_id: str,
    *,
    kinds: Collection[str] = (),
    subject: str | None = None,
    before_id: int | None = None,
    limit: int = PAGE,
) -> tuple[LineView, ...]:
    """Lines of the journal, newest first."""
    query = Event.filter(provider_id=provider_id, candidate_id=candidate_id)
    if kinds:
        query = query.filter(kind__in=sorted(kinds))
    if subject is not None:
        query = query.filter(subject=subject)
    if before_id is not None:
        query = query.filter(id__lt=before_id)
    return tuple(_line(row) for row in await query.order_by("-id").limit(limit))


async def since(provider_id: str, candidate_id: str, seen: int) -> tuple[LineView, ...]:
    """What an operator who saw `seen` lines does not know yet, oldest first; no mere views."""
    query = Event.filter(provider_id=provider_id, candidate_id=candidate_id).order_by("id")
    found = await query.offset(max(seen, 0)).limit(PAGE)
    return tuple(_line(row) for row in found if row.kind != EventKind.DOCUMENT_VIEWED)


def _line(row: Event) -> LineView:
    return LineView(
        row.id,
        row.at,
        row.kind,
        known(ActorKind, row.actor_kind, ActorKind.SYSTEM),
        row.actor_name,
        row.subject,
        row.before,
        row.after,
    )


async def message_texts(candidate_id: str, lines: Iterable[LineView]) -> Mapping[int, str]:
    """The words of the messages that these lines speak of, by message id."""
    ids = {
        line.after["message"]
        for line in lines
        if isinstance(line.after, dict) and "message" in line.after
    }
    if not ids:
        return {}
    found = await Message.filter(candidate_id=candidate_id, id__in=sorted(ids))
    return {row.id: row.text for row in found}


async def notices(provider_id: str, candidate_id: str) -> tuple[Sent, ...]:
    """Mails and chat news, newest first; messages have a tab of their own."""
    found = (
        await Notice.filter(provider_id=provider_id, candidate_id=candidate_id)
        .exclude(kind=NoticeKind.MESSAGE)
        .order_by("-id")
        .limit(PAGE)
    )
    return tuple(
        Sent(
            row.id,
            row.kind,
            Channel(row.channel),
            NoticeState(row.state),
            row.owed_at,
            row.not_before,
            row.settled_at,
            row.attempts,
            row.last_error,
            row.lease_until is not None,
        )
        for row in found
    )


async def lines_since(provider_id: str, candidate_id: str, seen: int) -> int:
    """How many lines an open page that showed `seen` of them does not know; views do not count."""
    lines = Event.filter(provider_id=provider_id, candidate_id=candidate_id).order_by("id")
    unseen = await lines.offset(max(seen, 0)).limit(PAGE)
    return sum(row.kind != EventKind.DOCUMENT_VIEWED for row in unseen)
