"""Decisions on the whole application: taken, pending for a delay, then final, undone or cancelled.

A decision changes nothing for the candidate before it is final: status, space, mail, chat and
card then change in one transaction. Until then an operator may undo it, and any act of the
candidate cancels it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from actions.apart import Resting
from actions.deeds import Actor, Deed, NoSuchCandidate, deed
from actions.effects import take_effect
from actions.journal import refuse_if_changed
from models.tables import Decision
from rules import decisions as rules
from rules.dossier import Dossier
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.statuses import NotBinned, NothingPending, check_decision
from rules.vocabulary import ActorKind, Channel, DecisionState, Outcome, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an operator's decision form says.

    ticked: keys of items to correct although nothing is wrong with them by themselves, each
    with the operator's words (possibly none).
    seen: lines of the journal when the form was drawn; None asks nothing.
    """

    outcome: Outcome
    comment: str = ""
    reason: str = ""
    ticked: Mapping[str, str] = field(default_factory=dict)
    seen: int | None = None


async def decide(
    candidate_id: str,
    verdict: Verdict,
    actor: Actor,
    now: datetime,
    *,
    provider_id: str,
    delay: timedelta,
) -> Decision:
    """Decide on the whole; final after `delay`, at once when it is zero.

    Raises:
        ChangedMeanwhile: something happened that the operator has not seen.
        AlreadyBinned, DecisionPending, ReasonNeeded, NothingToCorrect, TooLong.
    """
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        await refuse_if_changed(candidate_id, verdict.seen, but=rules.LEAVES_ALONE)
        decision = await _write(doing, verdict, delay)
        if delay <= timedelta(0):
            await take_effect(doing, decision)
    return decision


async def _write(doing: Deed, verdict: Verdict, delay: timedelta) -> Decision:
    dossier = await doing.dossier()
    check_decision(dossier, verdict.outcome, verdict.reason)
    named = _named(dossier, verdict)
    rules.check_words(verdict.outcome, verdict.comment, named)
    decision = await Decision.create(
        candidate_id=doing.candidate.id,
        operator_id=doing.actor.id,
        outcome=verdict.outcome,
        former_status=doing.candidate.status,
        comment=verdict.comment.strip(),
        reason=verdict.reason.strip(),
        items=[one.column() for one in named],
        decided_at=doing.now,
        final_at=doing.now + max(delay, timedelta(0)),
    )
    await doing.record(EventKind.DECIDED, after=_told(decision))
    return decision


def _named(dossier: Dossier, verdict: Verdict) -> tuple[rules.Fault, ...]:
    """Only a rejection names what is to be corrected."""
    if verdict.outcome is not Outcome.REJECT:
        return ()
    return rules.faults(dossier, verdict.ticked)


def _told(decision: Decision) -> dict[str, Any]:
    """A decision as the journal keeps it, empty parts left out."""
    parts = {
        "outcome": str(decision.outcome),
        "comment": decision.comment,
        "reason": decision.reason,
        "items": decision.items,
    }
    return {name: value for name, value in parts.items() if value}


async def undo(
    candidate_id: str, decision_id: str, actor: Actor, now: datetime, *, provider_id: str
) -> None:
    """Undo a pending decision: nothing has left, nothing has changed. Raises NothingPending."""
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        decision = await _pending(candidate_id, decision_id)
        await _end(doing, decision, DecisionState.UNDONE, EventKind.DECISION_UNDONE)


async def _end(doing: Deed, decision: Decision, state: DecisionState, kind: EventKind) -> None:
    decision.state = state
    await decision.save(update_fields=["state"])
    doing.restart_clock()  # a pending decision holds the clock, and the hold ends here
    await doing.record(kind, before={"decision": decision.id, "outcome": str(decision.outcome)})


async def send_now(
    candidate_id: str, decision_id: str, actor: Actor, now: datetime, *, provider_id: str
) -> None:
    """Make a pending decision final without waiting. Raises NothingPending."""
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        decision = await _pending(candidate_id, decision_id)
        await take_effect(doing, decision)


async def cancel_pending(doing: Deed) -> bool:
    """An act of the candidate cancels what is pending, so that nobody decides past it.

    Called inside every deed of the candidate; the journal's line tells the operators.
    """
    decision = await Decision.filter(
        candidate_id=doing.candidate.id, state=DecisionState.PENDING
    ).first()
    if decision is None:
        return False
    await _end(doing, decision, DecisionState.CANCELLED, EventKind.DECISION_CANCELLED)
    return True


async def _pending(candidate_id: str, decision_id: str) -> Decision:
    decision = await Decision.filter(
        id=decision_id, candidate_id=candidate_id, state=DecisionState.PENDING
    ).first()
    if decision is None:
        raise NothingPending
    return decision


async def finalise_due(now: datetime, resting: Resting | None = None) -> int:
    """Make every decision final whose delay is over; returns how many. Safe to run twice at once.

    Each one is looked at again under its candidate's lock: an undo or a cancel that came first
    has won, and a second worker finds nothing left to do. One that meets a bug holds up nobody
    else.

    resting: remembers those between two looks; None: nobody looks again soon.
    """
    resting = resting or Resting()
    due = Decision.filter(state=DecisionState.PENDING, final_at__lte=now).order_by("final_at")
    found = [str(one) for one in await due.values_list("id", flat=True)]
    rest, done = resting.those(now), 0
    for decision_id in (one for one in found if one not in rest):
        with resting.one(decision_id, now, decision=decision_id):
            done += await _finalise(decision_id, now)
    return done


async def _finalise(decision_id: str, now: datetime) -> bool:
    """Whoever decided is who makes it final."""
    decision = await Decision.get_or_none(id=decision_id).select_related("operator")
    if decision is None:  # erased meanwhile
        return False
    by = Actor(ActorKind.OPERATOR, decision.operator_id, decision.operator.name)
    try:
        async with deed(decision.candidate_id, by, now) as doing:
            await take_effect(doing, await _pending(decision.candidate_id, decision.id))
    except (NothingPending, NoSuchCandidate):  # undone, cancelled, sent or erased meanwhile
        return False
    return True


async def restore(candidate_id: str, actor: Actor, now: datetime, *, provider_id: str) -> None:
    """Take somebody out of the bin: the former status is back. Raises NotBinned."""
    async with deed(candidate_id, actor, now, provider_id=provider_id) as doing:
        candidate = doing.candidate
        if candidate.status != Status.BINNED:
            raise NotBinned
        former = rules.restored(candidate.former_status)
        candidate.status, candidate.status_since = former, now
        candidate.former_status = candidate.binned_at = candidate.erase_at = None
        doing.restart_clock()
        event = await doing.record(
            EventKind.RESTORED,
            before={"status": str(Status.BINNED)},
            after={"status": str(former)},
        )
        unheard = await doing.withdraw(NoticeKind.FINAL_REJECTION)
        if Channel.CHAT not in unheard:  # else the chat never heard of the bin
            await _tell_restored(doing, str(event.id))


async def _tell_restored(doing: Deed, once: str) -> None:
    """The space is open again, or as closed as it was once the admission had ended."""
    if doing.candidate.ended_at is None:
        await doing.owe(NoticeKind.RESTORED, once=once)
    else:
        await doing.owe(NoticeKind.ADMISSION_ENDED, once=once, channels=(Channel.CHAT,))
