"""Decisions on the whole: what has to be corrected, what opens, and when it takes effect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rules.checklist import Item, ItemState, checklist
from rules.dossier import Dossier
from rules.errors import Refusal
from rules.history import EventKind
from rules.reviews import advice
from rules.vocabulary import Outcome, Status
from rules.writing import TooLong

LONGEST_COMMENT = 2000
"""Characters: a comment has to fit in one chat message with the list of what is wrong."""

WRONG = (
    ItemState.REJECTED,
    ItemState.UNMET,
    ItemState.UNUSABLE,
    ItemState.MISSING,
)
"""States that a rejection names by itself."""

FINAL_EVENT = {
    Outcome.ACCEPT: EventKind.ACCEPTED,
    Outcome.REJECT: EventKind.REJECTED,
    Outcome.BIN: EventKind.BINNED,
}

LEAVES_ALONE = frozenset(
    {
        EventKind.NOTICE_SHOWN,
        EventKind.LANGUAGE_CHANGED,
        EventKind.DOCUMENT_VIEWED,
        EventKind.MAIL_SENT,
        EventKind.MAIL_FAILED,
        EventKind.LETTER_SENT_AGAIN,
        EventKind.LETTER_WITHHELD,
        EventKind.LETTER_SET_ASIDE,
        EventKind.REMINDER_OWED,
        EventKind.REMINDER_ACCEPTED,
        EventKind.REMINDER_VOID,
        EventKind.UNREACHABLE,
        EventKind.BOT_BLOCKED,
        EventKind.BOT_UNBLOCKED,
        EventKind.DATA_EXPORTED,
    }
)
"""Lines of the journal that change nothing in what an operator decides on.

Everything else that happened since the page was drawn refuses the decision, a message of the
candidate too: it may say that they found another job.
"""


class NothingToCorrect(Refusal):
    """Rejecting without saying what is wrong."""

    sentence = "Nothing to correct is named: reject a document, tick an item, or write a comment."


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to correct, in every language of the provider's words."""

    key: str
    label: Mapping[str, str]
    state: ItemState | None
    """None: nothing is wrong with it by itself, the operator ticked it."""
    reason: str = ""
    advice: str = ""
    """What to do next, as the list of reasons says it."""

    def column(self) -> dict[str, Any]:
        """As a decision keeps it: frozen, whatever happens to the item later."""
        told = {
            "key": self.key,
            "label": dict(self.label),
            "state": str(self.state) if self.state else "asked",
            "reason": self.reason,
        }
        return {**told, "advice": self.advice} if self.advice else told


def faults(dossier: Dossier, ticked: Mapping[str, str] | None = None) -> tuple[Fault, ...]:
    """Everything that is wrong by itself, and what the operator ticked, in the asked order.

    ticked: the operator's words by the item's key, possibly empty.
    """
    asked = ticked or {}
    return tuple(
        _fault(dossier, item, asked.get(item.key, ""))
        for item in checklist(dossier).items
        if _wrong(item) or item.key in asked
    )


def _wrong(item: Item) -> bool:
    """An optional item that was never sent is not wrong; one that was refused is."""
    if item.state is ItemState.MISSING:
        return item.rule.required
    return item.state in WRONG


def _fault(dossier: Dossier, item: Item, words: str) -> Fault:
    state = item.state if _wrong(item) else None
    fault = Fault(item.key, item.rule.label, state, words.strip())
    sent = dossier.documents.get(item.key)
    if sent is None or item.state is not ItemState.REJECTED:
        return fault
    return replace(
        fault,
        reason=fault.reason or sent.reason,
        advice=advice(item.rule, sent, dossier.candidate.language),
    )


def check_words(outcome: Outcome, comment: str, named: Iterable[Fault]) -> None:
    """Raise TooLong, or NothingToCorrect for a rejection that says nothing."""
    if len(comment) > LONGEST_COMMENT:
        raise TooLong(limit=LONGEST_COMMENT)
    if outcome is Outcome.REJECT and not comment.strip() and not any(named):
        raise NothingToCorrect


def unlocked_by(outcome: Outcome, named: Iterable[Mapping[str, Any]]) -> list[str]:
    """Keys that the decision opens to correction, beside what is missing and contact details."""
    return [one["key"] for one in named] if outcome is Outcome.REJECT else []


def restored(former: str | None) -> Status:
    """The status that leaving the bin gives back."""
    return Status(former) if former else Status.INCOMPLETE
