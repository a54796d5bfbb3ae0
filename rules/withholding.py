"""A mail that is still owed can be held back by an operator; some must leave."""

from rules.errors import Outdated, Refusal
from rules.notices import NoticeKind

MAY_BE_WITHHELD = frozenset(
    {
        NoticeKind.CORRECTIONS,
        NoticeKind.ACTIVATION,
        NoticeKind.ACTIVATION_AGAIN,
        NoticeKind.EMAIL_CONFIRMATION,
        NoticeKind.DOCUMENT_EXPIRES,
    }
)
"""Nobody is worse off without them: the chat says the same, or they can be asked for again.

A warning before a deletion must leave, and so must last words. A final rejection is taken back by
restoring the application.
"""

WITHHELD = "held back by an operator"
"""Why it did not leave."""


class MustLeave(Refusal):
    """A reminder of a deletion, last words, news of the chat: they are not an operator's."""

    sentence = "This message must leave: it cannot be held back."


class LeavesNow(Outdated):
    """A worker has it in hand."""

    sentence = "This mail is being sent at this very moment: it can no longer be held back."


class HasLeft(Outdated):
    """It was accepted for delivery in the meantime."""

    sentence = "This mail has left in the meantime: it can no longer be held back."


class SettledAlready(Outdated):
    """It failed, was withdrawn, or somebody else held it back or let it go."""

    sentence = "Something has happened to this mail in the meantime: look at it again below."


def refusal_of(state: str) -> Refusal:
    """Why a mail that is no longer simply owed cannot be held back."""
    if state == "owed":
        return LeavesNow()
    return HasLeft() if state == "accepted" else SettledAlready()
