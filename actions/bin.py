"""The bin: emptied after the provider's delay, or at once by an operator."""

from datetime import datetime

from actions.apart import Apart
from actions.deeds import SYSTEM, Actor, NoSuchCandidate
from actions.erasure import Reason, erase_held, hold
from models.database import transaction
from models.tables import Candidate
from rules.statuses import NotBinned
from rules.vocabulary import Status


async def empty_due(now: datetime) -> int:
    """Erase those whose time in the bin is over; returns how many. Safe to run twice at once.

    Somebody with whom a bug is met stays in the bin until the next look, and holds up nobody.
    """
    due = Candidate.filter(status=Status.BINNED, erase_at__lte=now).order_by("erase_at")
    erased, apart = 0, Apart()
    for candidate_id in await due.values_list("id", flat=True):
        with apart.one(candidate=str(candidate_id)):
            erased += await _erase_if_due(str(candidate_id), now)
    return erased


async def _erase_if_due(candidate_id: str, now: datetime) -> bool:
    async with transaction():
        try:
            held = await hold(candidate_id)
        except NoSuchCandidate:
            return False
        candidate = held.candidate
        due = candidate.erase_at is not None and candidate.erase_at <= now
        if candidate.status != Status.BINNED or not due:
            return False  # restored meanwhile
        await erase_held(held, Reason.BIN, SYSTEM, now)
        return True


async def empty_now(candidate_id: str, actor: Actor, now: datetime, *, provider_id: str) -> None:
    """Erase one person in the bin without waiting, as an operator asks.

    Raises NoSuchCandidate, NotBinned.
    """
    async with transaction():
        held = await hold(candidate_id, provider_id)
        if held.candidate.status != Status.BINNED:
            raise NotBinned
        await erase_held(held, Reason.BIN, actor, now)
