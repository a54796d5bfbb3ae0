"""The queue of what operators review, one person after the other."""

from dataclasses import dataclass
from typing import Literal

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.database import rows
from models.reads.renewed import in_order_of_waiting
from models.tables import Candidate
from rules.vocabulary import Status


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The queue to review, oldest first; `place` counts from 1, None when not in it."""

    place: int | None
    total: int
    previous_id: str | None
    next_id: str | None


PLACE = """
SELECT
  (SELECT count(*) FROM candidate WHERE provider_id = ? AND status = 'submitted') AS total,
  (SELECT count(*) FROM candidate WHERE provider_id = ? AND status = 'submitted'
     AND (status_since < ? OR (status_since = ? AND id <= ?))) AS place
"""


async def neighbours(provider_id: str, row: Candidate) -> Neighbours:
    """Who comes before and after in the queue; from outside of it, next is its first.

    Applications first, the longest waiting first; then accepted people with new documents.
    """
    renewed = await in_order_of_waiting(provider_id)
    if row.status == Status.SUBMITTED:
        return await _among_submitted(provider_id, row, renewed)
    queue = _queue(provider_id)
    submitted = await queue.count()
    total = submitted + len(renewed)
    if row.id in renewed:
        at = renewed.index(row.id)
        last = await queue.order_by("-status_since", "-id").first() if at == 0 else None
        earlier = renewed[at - 1] if at else last.id if last else None
        later = renewed[at + 1] if at + 1 < len(renewed) else None
        return Neighbours(submitted + at + 1, total, earlier, later)
    first = await queue.first()
    following = first.id if first else renewed[0] if renewed else None
    return Neighbours(None, total, None, following)


async def _among_submitted(provider_id: str, row: Candidate, renewed: list[str]) -> Neighbours:
    since = row.status_since
    (found,) = await rows(PLACE, provider_id, provider_id, since, since, row.id)
    earlier = await _beside(row, "lt").order_by("-status_since", "-id").first()
    later = await _beside(row, "gt").order_by("status_since", "id").first()
    return Neighbours(
        found["place"],
        found["total"] + len(renewed),
        earlier.id if earlier else None,
        later.id if later else renewed[0] if renewed else None,
    )


def _queue(provider_id: str) -> QuerySet[Candidate]:
    return Candidate.filter(provider_id=provider_id, status=Status.SUBMITTED).order_by(
        "status_since", "id"
    )


def _beside(row: Candidate, side: Literal["lt", "gt"]) -> QuerySet[Candidate]:
    """Those of the queue on one side of `row`: (status_since, id) before or after."""
    at, own = row.status_since, row.id
    if side == "lt":
        there = Q(status_since__lt=at) | Q(status_since=at, id__lt=own)
    else:
        there = Q(status_since__gt=at) | Q(status_since=at, id__gt=own)
    return Candidate.filter(there, provider_id=row.provider_id, status=Status.SUBMITTED)
