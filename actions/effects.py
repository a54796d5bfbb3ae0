"""What a decision does when it becomes final: status, space and news, in one transaction."""

from datetime import datetime, timedelta

from actions.deeds import Deed
from actions.merging import end_corrections, owe_corrections
from models.tables import Decision
from rules.decisions import FINAL_EVENT, unlocked_by
from rules.notices import NoticeKind
from rules.statuses import AFTER
from rules.vocabulary import DecisionState, Outcome

ONCE_IN_A_LIFE = "first"
"""An account is activated once: a second acceptance owes no second mail."""


async def take_effect(doing: Deed, decision: Decision) -> None:
    """Make a pending decision final, under the candidate's lock."""
    outcome = Outcome(decision.outcome)
    before = {"status": str(doing.candidate.status)}
    planned = decision.final_at
    decision.state, decision.final_at = DecisionState.FINAL, doing.now
    await decision.save(update_fields=["state", "final_at"])
    _change_status(doing, decision, outcome)
    after = {"status": str(doing.candidate.status)}
    if decision.comment:
        after["comment"] = decision.comment
    await doing.record(FINAL_EVENT[outcome], before=before, after=after)
    await _TELL[outcome](doing, decision, planned)


def _change_status(doing: Deed, decision: Decision, outcome: Outcome) -> None:
    candidate = doing.candidate
    if outcome is Outcome.BIN:
        candidate.former_status = candidate.status
        candidate.binned_at = doing.now
        candidate.erase_at = doing.now + timedelta(days=doing.provider.bin_days)
    if candidate.status != AFTER[outcome]:
        candidate.status, candidate.status_since = AFTER[outcome], doing.now
    if outcome is Outcome.ACCEPT and candidate.admitted_at is None:
        candidate.admitted_at = doing.now
    candidate.unlocked = unlocked_by(outcome, decision.items)
    doing.restart_clock()


async def _tell_accepted(doing: Deed, decision: Decision, _planned: datetime) -> None:
    """The activation mail, unless the account is confirmed; the chat says it in both cases."""
    await end_corrections(doing)
    confirmed = doing.candidate.account_confirmed_at is not None
    facts = {"comment": decision.comment, "confirmed": confirmed}
    await doing.owe(NoticeKind.ACCEPTED, facts, once=decision.id)
    if not confirmed:
        await doing.owe(NoticeKind.ACTIVATION, facts, once=ONCE_IN_A_LIFE)


async def _tell_corrections(doing: Deed, decision: Decision, planned: datetime) -> None:
    facts = {"comment": decision.comment, "items": decision.items}
    await owe_corrections(doing, facts, once=decision.id, planned=planned)


async def _tell_final_rejection(doing: Deed, decision: Decision, _planned: datetime) -> None:
    await doing.owe(NoticeKind.FINAL_REJECTION, {"comment": decision.comment}, once=decision.id)


_TELL = {
    Outcome.ACCEPT: _tell_accepted,
    Outcome.REJECT: _tell_corrections,
    Outcome.BIN: _tell_final_rejection,
}
