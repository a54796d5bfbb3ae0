"""Statuses: whose turn it is, who may do what, and what a decision leads to."""

from datetime import datetime
from typing import Literal

from rules.catalogue.reasons import OPENS
from rules.checklist import ItemState, checklist, status_refused
from rules.dossier import Dossier, FieldRule, Requirement
from rules.errors import Outdated, Refusal
from rules.renewals import renewable
from rules.vocabulary import RUNNING, DocumentState, Outcome, Stage, Status

Turn = Literal["candidate", "operator", "nobody"]

CONTACT_KINDS = frozenset({"email", "phone", "address"})
"""Contact details can be changed at any time, but in the bin."""

AFTER: dict[Outcome, Status] = {
    Outcome.ACCEPT: Status.ACCEPTED,
    Outcome.REJECT: Status.TO_CORRECT,
    Outcome.BIN: Status.BINNED,
}


class NotComplete(Refusal):
    """Submitting although something is missing."""

    sentence = "Your application is not complete yet. What is missing is marked in the list."


class ConditionNotMet(Refusal):
    """Submitting although a condition of admission is not met."""

    sentence = (
        "One of your answers does not meet the conditions. You can correct it or write to us."
    )


class FileStillChecked(Refusal):
    """Submitting while a file is being checked."""

    sentence = "One of your files is still being checked. Please try again in a few seconds."


class NotYourTurn(Refusal):
    """Submitting what is submitted, accepted or binned."""

    sentence = (
        "Your application has already been sent. You will be told as soon as it is reviewed."
    )


class Locked(Refusal):
    """Changing something that is with the operator."""

    sentence = (
        "This can no longer be changed: your application has been sent. "
        "You can write to us, or take your application back."
    )


class SpaceClosed(Refusal):
    """Anything but one's rights, once in the bin or no longer working with the provider."""

    sentence = "This space is closed. You can still get a copy of your data or erase it."


class NotAdmitted(Refusal):
    """Ending the admission of somebody who is not admitted, or whose admission ended already."""

    sentence = "This person is not working with you at the moment: there is nothing to end."


class NotEnded(Refusal):
    """Taking somebody back whose admission has not ended."""

    sentence = "This person is working with you already."


class ReplyFirst(Refusal):
    """Closing a space while its messages wait for a reply, which could no longer be given."""

    sentence = "A message awaits a reply. Answer it, or mark it as answered; then say this again."


class AdmissionEnded(Refusal):
    """Deciding on somebody who no longer works with the provider; the bin stays possible."""

    sentence = "This person no longer works with you. Say first that they work with you again."


class AlreadyBinned(Refusal):
    """Deciding on somebody in the bin."""

    sentence = "This application is in the bin. Restore it first."


class DecisionPending(Refusal):
    """Deciding while a decision waits to become final."""

    sentence = "A decision by {by} is waiting to be sent. Undo it first."


class ReasonNeeded(Refusal):
    """Accepting although something is missing or not reviewed, without a reason."""

    sentence = "Something is missing or not reviewed. Say why you accept it all the same."


class NotBinned(Refusal):
    """Restoring somebody who is not in the bin."""

    sentence = "This application is not in the bin."


class NothingToTakeBack(Refusal):
    """Taking back an application that is not submitted."""

    sentence = "Your application is not with us at the moment: you can already change it."


class ChangedMeanwhile(Outdated):
    """A form drawn from an older version of the candidate."""

    sentence = (
        "{who} changed this application in the meantime: {what}. Look at it again, then decide."
    )


class NothingPending(Refusal):
    """Undoing a decision that is final, or undone already."""

    sentence = "This decision can no longer be undone: it has taken effect."


class NotReviewable(Refusal):
    """A verdict on a document that is being checked, unusable or gone."""

    sentence = "This document cannot be reviewed at the moment: nothing readable was sent."


class RejectionReasonNeeded(Refusal):
    """Rejecting a document without a word."""

    sentence = "Choose a reason, or write one: the candidate has to know what to send."


def whose_turn(dossier: Dossier) -> Turn:
    """Who is expected to act."""
    status = dossier.candidate.status
    if status in RUNNING:
        return "candidate"
    return "operator" if status is Status.SUBMITTED else "nobody"


def closed(status: str, ended_at: datetime | None) -> bool:
    """Whether a space is closed: in the bin, or the admission has ended."""
    return status == Status.BINNED or ended_at is not None


def is_closed(dossier: Dossier) -> bool:
    """`closed`, of a snapshot."""
    return closed(dossier.candidate.status, dossier.candidate.ended_at)


def has_ended(dossier: Dossier) -> bool:
    """Whether the person no longer works with the provider; in the bin, that comes first."""
    return dossier.candidate.ended_at is not None and not _binned(dossier)


def _binned(dossier: Dossier) -> bool:
    return dossier.candidate.status is Status.BINNED


def is_open(dossier: Dossier) -> bool:
    """Whether the whole space is open: admitted, or the module is off."""
    if is_closed(dossier):
        return False
    return dossier.candidate.status is Status.ACCEPTED or not dossier.policy.module_on


def may_change(dossier: Dossier, key: str) -> bool:
    """Whether the candidate may answer or send this item (again) now."""
    rule, status = dossier.rule(key), dossier.candidate.status
    if rule is None or is_closed(dossier):
        return False
    if status is Status.INCOMPLETE or _is_contact(rule):
        return True
    if is_open(dossier) and _asked_when_open(rule, status):
        return True
    if status is Status.TO_CORRECT:
        unlocked = key in dossier.candidate.unlocked
        not_good = unlocked or _not_well(dossier, key) or _sent_since(dossier, key)
        return not_good or _may_be_why(dossier, key)
    return False


def _asked_when_open(rule: Requirement, status: Status) -> bool:
    """The second stage; and what runs out has to be renewed by whoever was admitted with it."""
    return rule.stage is Stage.ADMITTED or (status is Status.ACCEPTED and renewable(rule))


def check_change(dossier: Dossier, key: str) -> None:
    """Raise SpaceClosed or Locked unless the item may be changed now."""
    if may_change(dossier, key):
        return
    if is_closed(dossier):
        raise SpaceClosed
    raise Locked


def _is_contact(rule: object) -> bool:
    return isinstance(rule, FieldRule) and rule.question.kind in CONTACT_KINDS


def _not_well(dossier: Dossier, key: str) -> bool:
    item = checklist(dossier).item(key)
    return item is not None and item.state not in (
        ItemState.GIVEN,
        ItemState.TO_REVIEW,
        ItemState.VALIDATED,
        ItemState.CHECKING,
    )


def _sent_since(dossier: Dossier, key: str) -> bool:
    """Sent during this correction: more pages, or a better photo, until it goes back."""
    sent = dossier.documents.get(key)
    return sent is not None and sent.sent_at >= dossier.candidate.status_since


def _may_be_why(dossier: Dossier, key: str) -> bool:
    """A document was rejected because it does not say what this answer says."""
    return any(
        sent.state is DocumentState.REJECTED and key in OPENS.get(sent.reason_key or "", ())
        for sent in dossier.documents.values()
    )


def check_submit(dossier: Dossier) -> None:
    """Raise the reason why this application cannot be submitted, if there is one."""
    if dossier.candidate.status not in RUNNING:
        raise NotYourTurn
    todo = checklist(dossier)
    if todo.unmet or status_refused(dossier):
        raise ConditionNotMet
    if dossier.checking:
        raise FileStillChecked
    if not todo.complete:
        raise NotComplete


def check_take_back(dossier: Dossier) -> None:
    """Only a submitted application can be taken back."""
    if dossier.candidate.status is not Status.SUBMITTED:
        raise NothingToTakeBack


def needs_reason(dossier: Dossier) -> bool:
    """Whether accepting needs a reason: not all is there and validated."""
    todo = checklist(dossier)
    return not todo.complete or any(
        item.is_document and item.rule.required and item.state is not ItemState.VALIDATED
        for item in todo.items
    )


def check_decision(dossier: Dossier, outcome: Outcome, reason: str) -> None:
    """Raise why this decision cannot be taken now, if there is a why."""
    if dossier.candidate.status is Status.BINNED:
        raise AlreadyBinned
    if has_ended(dossier) and outcome is not Outcome.BIN:
        raise AdmissionEnded
    if dossier.pending is not None:
        raise DecisionPending(by=dossier.pending.by)
    if outcome is Outcome.ACCEPT and needs_reason(dossier) and not reason.strip():
        raise ReasonNeeded


def check_end(dossier: Dossier) -> None:
    """Raise why this admission cannot end now, if there is a why."""
    candidate = dossier.candidate
    if candidate.status is not Status.ACCEPTED or candidate.ended_at is not None:
        raise NotAdmitted
    if dossier.pending is not None:
        raise DecisionPending(by=dossier.pending.by)
    if candidate.awaiting_reply:
        raise ReplyFirst


def check_resume(dossier: Dossier) -> None:
    """Raise why this person cannot work here again, if there is a why: a bin is left first."""
    if _binned(dossier):
        raise AlreadyBinned
    if not has_ended(dossier):
        raise NotEnded
    if dossier.pending is not None:
        raise DecisionPending(by=dossier.pending.by)
