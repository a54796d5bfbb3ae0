"""Exempting somebody whose work status is no longer accepted: their application goes on."""

from datetime import datetime

from actions.deeds import Actor, deed
from rules.checklist import status_refused
from rules.errors import Refusal
from rules.history import EventKind


class NothingToExempt(Refusal):
    """Exempting somebody whose work status is accepted, or who is exempted already."""

    sentence = "The work status of this candidate is accepted: there is nothing to exempt."


async def exempt(candidate_id: str, actor: Actor, now: datetime, *, provider_id: str) -> None:
    """Let this candidate keep their work status. Raises NothingToExempt."""
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        if not status_refused(await doing.dossier()):
            raise NothingToExempt
        doing.candidate.status_exempted_at = now
        work_status = doing.candidate.work_status
        await doing.record(EventKind.STATUS_EXEMPTED, after=work_status)
