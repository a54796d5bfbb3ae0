"""Views of sensitive documents: who looked at what, and when, in the journal."""

from datetime import datetime, timedelta

from actions.deeds import Actor, lock_candidate
from models.database import transaction
from models.tables import Event
from rules.history import EventKind

SAME_VIEW = timedelta(minutes=10)
"""Turning pages and coming back are one view."""


async def note_view(
    candidate_id: str, key: str, actor: Actor, now: datetime, *, provider_id: str
) -> None:
    """Write a view into the journal, once per operator, document and 10 minutes.

    No deed: it moves neither the candidate's version nor the clock. Under the candidate's lock
    all the same, so that no line appears after an erasure.
    """
    async with transaction():
        candidate = await lock_candidate(candidate_id, provider_id)
        if await _viewed_lately(candidate.id, key, actor, now):
            return
        await Event.create(
            provider_id=candidate.provider_id,
            candidate_id=candidate.id,
            at=now,
            kind=EventKind.DOCUMENT_VIEWED,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_name=actor.name,
            subject=key,
        )


async def _viewed_lately(candidate_id: str, key: str, actor: Actor, now: datetime) -> bool:
    return await Event.exists(
        candidate_id=candidate_id,
        kind=EventKind.DOCUMENT_VIEWED,
        subject=key,
        actor_id=actor.id,
        at__gt=now - SAME_VIEW,
    )
