"""Decisions that operators must know of in lists: those that wait, those that were cancelled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.database import rows
from models.tables import Candidate, Decision, Event
from rules.history import EventKind
from rules.vocabulary import ActorKind, DecisionState

SHOWN_FOR = timedelta(days=14)
"""Cancelled decisions are called to mind so long; submitted applications stay in the queue."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A decision that an act of the candidate has cancelled, and none was taken since."""

    candidate: Candidate
    outcome: str
    by: str
    """Who had decided."""
    at: datetime
    act: str
    """Kind of the journal's line: what the candidate did; empty when it cannot be told."""

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return f"{self.candidate.first_name} {self.candidate.last_name}".strip()


async def pending_of(candidate_ids: Sequence[str]) -> dict[str, datetime]:
    """When the pending decision of each of these candidates leaves."""
    if not candidate_ids:
        return {}
    waiting = Decision.filter(candidate_id__in=candidate_ids, state=DecisionState.PENDING)
    return dict(await waiting.values_list("candidate_id", "final_at"))


CANCELLED = """
SELECT d.candidate_id, d.outcome, o.name AS decided_by
FROM decision d JOIN candidate c ON c.id = d.candidate_id JOIN operator o ON o.id = d.operator_id
WHERE d.state = 'cancelled' AND d.final_at >= ? AND c.provider_id = ? AND c.status <> 'binned'
  AND NOT EXISTS (SELECT 1 FROM decision later
    WHERE later.candidate_id = d.candidate_id AND later.decided_at > d.decided_at)
ORDER BY d.decided_at, d.id LIMIT ?
"""


async def cancelled(provider_id: str, now: datetime, limit: int) -> tuple[Cancelled, ...]:
    """Decisions of this provider to look at again, oldest first."""
    found = await rows(CANCELLED, now - SHOWN_FOR, provider_id, limit)
    if not found:
        return ()
    ids = [one["candidate_id"] for one in found]
    people = await Candidate.filter(provider_id=provider_id).in_bulk(ids, "id")
    acts = await _acts(ids)
    return tuple(
        Cancelled(people[one], line["outcome"], line["decided_by"], *acts[one])
        for one, line in zip(ids, found, strict=True)
        if one in people and one in acts
    )


async def _acts(ids: Sequence[str]) -> Mapping[str, tuple[datetime, str]]:
    """When each one's newest decision was cancelled, and by which act: a line of that moment."""
    lines = Event.filter(candidate_id__in=ids, actor_kind=ActorKind.CANDIDATE).order_by("id")
    moments: dict[str, datetime] = {}
    kinds: dict[tuple[str, datetime], str] = {}
    for kind, one, at in await lines.values_list("kind", "candidate_id", "at"):
        if kind == EventKind.DECISION_CANCELLED:
            moments[one] = at
        else:
            kinds[one, at] = kind
    return {one: (at, kinds.get((one, at), "")) for one, at in moments.items()}
