"""What operators write: comments on documents, messages to candidates."""

from rules.errors import Refusal

LONGEST_MESSAGE = 3500
"""Characters: with the provider's name above it still fits in one chat message (4096)."""

LONGEST_COMMENT = 4000


class NothingWritten(Refusal):
    """An empty comment or message."""

    sentence = "Write something first."


class TooLong(Refusal):
    """More than fits."""

    sentence = "This text is too long: {limit} characters at most."


class NotYourComment(Refusal):
    """Editing or removing a colleague's comment."""

    sentence = "Only {by} can change this comment."


class CommentGone(Refusal):
    """Editing or removing a comment that is removed already."""

    sentence = "This comment was removed in the meantime."


class ClosedToMessages(Refusal):
    """Writing to somebody whose space is closed."""

    sentence = (
        "This person’s space is closed, so no message can reach them. Open it again to write."
    )


def written(text: str, limit: int) -> str:
    """The text without blank edges and with plain line ends. Raises NothingWritten, TooLong."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise NothingWritten
    if len(text) > limit:
        raise TooLong(limit=limit)
    return text
