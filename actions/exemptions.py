"""Exempting somebody whose work status is no longer accepted: their application goes on."""

from dataclasses import dataclass
from datetime import datetime

from actions.deeds import Actor, deed
from models.reads.settings import oldest_with_status, with_status
from models.tables import Provider
from rules.checklist import status_refused
from rules.errors import Refusal
from rules.history import EventKind
from rules.vocabulary import WorkStatus

MOST = 100
"""People exempted by one press: a page must not take long."""


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


@dataclass(frozen=True, slots=True)
class Exempted:
    """What became of those whose work status is no longer accepted."""

    done: int
    left: int


async def exempt_all(provider: Provider, actor: Actor, now: datetime) -> Exempted:
    """Exempt the first hundred running candidates concerned, one deed each.

    provider: as it is since its settings were saved.
    """
    gone = [one for one in WorkStatus if one not in provider.accepted_statuses]
    done = 0
    for status in gone:
        for candidate_id in await oldest_with_status(provider.id, status, MOST - done):
            try:
                await exempt(candidate_id, actor, now, provider_id=provider.id)
            except Refusal:  # changed their status, exempted or erased meanwhile
                continue
            done += 1
    left = [(await with_status(provider.id, status)).number for status in gone]
    return Exempted(done, sum(left))
