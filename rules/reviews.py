"""Verdicts on documents: what can be judged, what a verdict needs, who is told when."""

from dataclasses import replace
from datetime import date, timedelta

from rules.answers import in_language
from rules.dossier import DocumentFacts, DocumentRule, Dossier, Requirement
from rules.errors import Refusal
from rules.renewals import renewable
from rules.statuses import (
    AdmissionEnded,
    AlreadyBinned,
    DecisionPending,
    NotReviewable,
    RejectionReasonNeeded,
    has_ended,
)
from rules.vocabulary import RUNNING, DocumentState, Stage, Status
from rules.writing import TooLong

REVIEWABLE = frozenset({DocumentState.TO_REVIEW, DocumentState.VALIDATED, DocumentState.REJECTED})
"""States that a verdict may follow; a verdict may be changed until the application is decided."""

LONGEST_REASON = 1000
"""Characters: it has to fit in a chat message with everything around it."""


class ExpiryNeeded(Refusal):
    """Validating without the date that the document type asks for."""

    sentence = "Write the date on which this document expires, or tick that it bears none."


class AlreadyExpired(Refusal):
    """Validating a document with an expiry date in the past."""

    sentence = "This date is past: reject the document, or correct the date."


class NotAsked(Refusal):
    """A verdict on something that is not a document of this application."""

    sentence = "This document is not asked of this candidate."


class NoVerdict(Refusal):
    """Withdrawing a verdict that was not given."""

    sentence = "There is no verdict to withdraw on this document."


def mark(document: DocumentFacts | None) -> str:
    """What an operator saw of a document, as a form carries it: another mark, another document.

    The candidate's version would refuse a verdict because of a mere message or of a comment by
    a colleague. This changes exactly with what a verdict is about: the version, its files (a
    late page of an album joins the same version), and the verdict that stands.
    """
    if document is None:
        return "none"
    reviewed = int(document.reviewed_at.timestamp() * 1000) if document.reviewed_at else 0
    expires = document.expires_on.isoformat() if document.expires_on else ""
    return f"{document.version}.{document.files}.{document.state}.{reviewed}.{expires}"


def check_verdict(dossier: Dossier, key: str) -> tuple[DocumentRule, DocumentFacts]:
    """The document to judge and its rule; raises why no verdict can be given now.

    While a decision waits to be sent, its list of what is wrong is frozen: undo it first.
    """
    if dossier.candidate.status is Status.BINNED:
        raise AlreadyBinned
    if has_ended(dossier):
        raise AdmissionEnded
    if dossier.pending is not None:
        raise DecisionPending(by=dossier.pending.by)
    rule, document = dossier.rule(key), dossier.documents.get(key)
    if not isinstance(rule, DocumentRule):
        raise NotAsked
    if document is None or document.state not in REVIEWABLE:
        raise NotReviewable
    return rule, document


def rejection_words(
    rule: DocumentRule, reason_key: str | None, reason: str, language: str
) -> tuple[str, str]:
    """Reason and advice as the candidate reads them: free words go before the list's label.

    Raises RejectionReasonNeeded without either, TooLong.
    """
    chosen = next((one for one in rule.reasons if one.key == reason_key), None)
    text = reason.strip()
    if len(text) > LONGEST_REASON:
        raise TooLong(limit=LONGEST_REASON)
    if chosen is None:
        if not text:
            raise RejectionReasonNeeded
        return text, ""
    label = in_language(chosen.label, language)
    return (f"{label} — {text}" if text else label), in_language(chosen.advice, language)


def advice(rule: Requirement, document: DocumentFacts, language: str) -> str:
    """What the reason of a rejection says to do next; empty: nothing, or the reason is gone."""
    reasons = rule.reasons if isinstance(rule, DocumentRule) else ()
    chosen = next((one for one in reasons if one.key == document.reason_key), None)
    return in_language(chosen.advice, language) if chosen else ""


def expiry(
    rule: DocumentRule, asked: date | None, sent_on: date, today: date, *, bears_none: bool = False
) -> date | None:
    """The expiry date to keep with a validation; local dates of the provider.

    Asked of the operator, or counted from the day on which it was sent, or none.

    bears_none: the operator saw that the document has no such date.

    Raises ExpiryNeeded, AlreadyExpired.
    """
    if asked is not None:
        if asked < today:
            raise AlreadyExpired
        return asked
    if rule.asks_expiry and bears_none:
        return None
    if rule.validity_days:
        return proposed_expiry(rule, sent_on)
    if rule.asks_expiry:
        raise ExpiryNeeded
    return None


def proposed_expiry(rule: DocumentRule, sent_on: date) -> date | None:
    """The date that holds when none is noted: so many days after it was sent."""
    return sent_on + timedelta(days=rule.validity_days) if rule.validity_days else None


def told_at_once(dossier: Dossier, rule: DocumentRule) -> bool:
    """Whether the candidate can act on a rejection now; if not, the decision tells it."""
    status = dossier.candidate.status
    later = rule.stage is Stage.ADMITTED or renewable(rule)
    return status in RUNNING or (status is Status.ACCEPTED and later)


def as_told(dossier: Dossier) -> Dossier:
    """The dossier as its candidate may see it: verdicts that nobody told yet are not there."""
    rules = {rule.key: rule for rule in dossier.document_types}
    documents = {
        key: replace(sent, state=DocumentState.TO_REVIEW, reason="", reason_key=None)
        if key in rules and _untold(dossier, rules[key], sent)
        else sent
        for key, sent in dossier.documents.items()
    }
    return replace(dossier, documents=documents)


def _untold(dossier: Dossier, rule: DocumentRule, sent: DocumentFacts) -> bool:
    if sent.state is DocumentState.VALIDATED:
        since, judged = dossier.candidate.status_since, sent.reviewed_at
        told_before = judged is not None and judged < since
        return dossier.candidate.status is Status.SUBMITTED and not told_before
    return sent.state is DocumentState.REJECTED and not told_at_once(dossier, rule)
