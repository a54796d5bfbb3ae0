"""The closed lists of the product: statuses, stages, states, channels (see docs/glossary.md)."""

from enum import StrEnum
from typing import TypeVar

One = TypeVar("One", bound=StrEnum)


def known(kind: type[One], value: str, otherwise: One) -> One:
    """A word of one of these lists; `otherwise` for one that only a newer release writes."""
    return next((one for one in kind if one == value), otherwise)


class Status(StrEnum):
    """Where an application stands; `erased` is not one, it is a Tombstone."""

    INCOMPLETE = "incomplete"
    SUBMITTED = "submitted"
    TO_CORRECT = "to_correct"
    ACCEPTED = "accepted"
    BINNED = "binned"


RUNNING = frozenset({Status.INCOMPLETE, Status.TO_CORRECT})
"""It is the candidate's turn; only these can fall due for deletion."""


class Stage(StrEnum):
    """When a requirement is asked: to submit, or once accepted."""

    APPLICATION = "application"
    ADMITTED = "admitted"


class WorkStatus(StrEnum):
    """How the candidate works; decides which requirements apply."""

    INDEPENDENT = "independent"
    EMPLOYEE = "employee"


class DocumentState(StrEnum):
    """State of one document, as both sides see it."""

    MISSING = "missing"
    CHECKING = "checking"
    TO_REVIEW = "to_review"
    VALIDATED = "validated"
    REJECTED = "rejected"
    UNUSABLE = "unusable"
    """Every file sent for it was refused by the check (unreadable, wrong type…)."""


class UploadState(StrEnum):
    """State of one sent file."""

    WAITING = "waiting"
    KEPT = "kept"
    REFUSED = "refused"
    DESTROYED = "gone"
    """It was verified, and only what was noted of it stays ("view and forget")."""


class Outcome(StrEnum):
    """The operator's decision on the whole application."""

    ACCEPT = "accept"
    REJECT = "reject"
    BIN = "bin"


class DecisionState(StrEnum):
    """A decision is pending for a delay, then final, unless undone or cancelled."""

    PENDING = "pending"
    FINAL = "final"
    UNDONE = "undone"
    CANCELLED = "cancelled"


class ActorKind(StrEnum):
    """Who did it."""

    CANDIDATE = "candidate"
    OPERATOR = "operator"
    SYSTEM = "system"


class Channel(StrEnum):
    """How a notice travels."""

    MAIL = "mail"
    CHAT = "chat"


class NoticeState(StrEnum):
    """Life of a notice; only `owed` ones are ever claimed."""

    OWED = "owed"
    ACCEPTED = "accepted"
    FAILED = "failed"
    """Refused for good by the other side, shown in the panel."""
    VOID = "void"
    """No longer true before it left."""


class Role(StrEnum):
    """What an operator may do at one provider."""

    ADMIN = "admin"
    REVIEWER = "reviewer"


class Language(StrEnum):
    """Languages of the product; French is the first and the fallback."""

    FRENCH = "fr"
    ENGLISH = "en"
