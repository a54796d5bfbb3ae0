"""Documents that run out: which can be renewed, when a new one is asked for, in which message.

Dates are local dates of the provider. A document is asked for on certain days before it expires,
once per version, date and day; what was asked is remembered as `mark`s, so that an answer depends
on the values given only: a run that is repeated, doubled or late by a month asks once.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from rules.checklist import Item, checklist
from rules.dossier import DocumentFacts, DocumentRule, Dossier, Requirement
from rules.vocabulary import DocumentState, Stage

WEEK = timedelta(days=7)
"""Documents that expire within the same week are asked for in one message."""

TOO_LATE = timedelta(days=30)
"""So long after it expired, nobody is asked any more for a document."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A validated document that runs out; `days`: how many days before, it is asked for."""

    document_id: str
    key: str
    version: int
    expires_on: date
    days: tuple[int, ...]
    validated_on: date | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """One document to ask for, and for which of its days before."""

    paper: Paper
    days: int

    @property
    def mark(self) -> str:
        """Recognises it among what was asked before."""
        paper = self.paper
        return f"{paper.document_id}:{paper.version}:{paper.expires_on}:{self.days}"


def renewable(rule: Requirement | None) -> bool:
    """Whether this is a document that runs out, so that a new one is needed one day."""
    return isinstance(rule, DocumentRule) and (rule.asks_expiry or bool(rule.validity_days))


def expired(sent: DocumentFacts | None, today: date) -> bool:
    """Whether a validated document is valid no more; its last day still counts."""
    if sent is None or sent.state is not DocumentState.VALIDATED:
        return False
    return sent.expires_on is not None and sent.expires_on < today


def runs_out(rule: Requirement, sent: DocumentFacts | None, today: date) -> bool:
    """Whether a new one is expected: it has expired, or its first reminder is due."""
    if sent is None or not isinstance(rule, DocumentRule):
        return False
    if sent.state is not DocumentState.VALIDATED or sent.expires_on is None:
        return False
    return expired(sent, today) or any(
        sent.expires_on - timedelta(days=days) <= today for days in rule.remind_days
    )


def papers_of_open_space(dossier: Dossier) -> tuple[Item, ...]:
    """Documents that count once somebody is admitted: those asked then, and what runs out."""
    before = checklist(dossier, Stage.APPLICATION).documents
    sent = (item for item in before if renewable(item.rule) and item.key in dossier.documents)
    return (*sent, *checklist(dossier, Stage.ADMITTED).documents)


def due(papers: Iterable[Paper], asked: Collection[str], today: date) -> tuple[Ask, ...]:
    """What one message asks for today, first what expires first; empty: nothing is due.

    Only the newest day of each document counts. Once one is due, the others that expire within
    the week of it come along, and their own day is done with that.
    """
    known = sorted(papers, key=lambda one: (one.expires_on, one.key))
    wanted = [ask for paper in known if (ask := _newest(paper, today)) and ask.mark not in asked]
    if not wanted:
        return ()
    taken = {ask.paper.document_id for ask in wanted}
    beside = [
        ask
        for paper in known
        if paper.document_id not in taken and _same_week(paper, wanted)
        for ask in [_coming(paper, today)]
        if ask is not None and ask.mark not in asked
    ]
    return tuple(sorted([*wanted, *beside], key=lambda one: one.paper.expires_on))


def _newest(paper: Paper, today: date) -> Ask | None:
    """The last day on which it was to be asked for, if there was one."""
    if today > paper.expires_on + TOO_LATE:
        return None
    past = [days for days in _meaningful(paper) if _on(paper, days) <= today]
    return Ask(paper, min(past)) if past else None


def _coming(paper: Paper, today: date) -> Ask | None:
    """Its next day, if that is within a week."""
    ahead = [days for days in _meaningful(paper) if today < _on(paper, days) < today + WEEK]
    return Ask(paper, max(ahead)) if ahead else None


def _meaningful(paper: Paper) -> list[int]:
    """The days after the validation, else the last one: nobody is asked again at once.

    A document that was validated two days before its end is asked for all the same.
    """
    if not paper.days:
        return []
    validated = paper.validated_on
    later = [one for one in paper.days if validated is None or _on(paper, one) > validated]
    return later or [min(paper.days)]


def _on(paper: Paper, days: int) -> date:
    return paper.expires_on - timedelta(days=days)


def _same_week(paper: Paper, wanted: Iterable[Ask]) -> bool:
    return any(abs(paper.expires_on - ask.paper.expires_on) < WEEK for ask in wanted)
