"""Who the mails come from: a name that can be nothing else than a name, and the last lines."""

from rules.answers.tidy import lines
from rules.errors import Refusal

LONGEST_SENDER = 60
LONGEST_SIGNATURE = 400
MOST_LINES = 8
_SIGNS_OF_ADDRESSES = frozenset('<>@"\\,;:')
"""A name with these could be read as an address, or as several (RFC 5322)."""


class NotASenderName(Refusal):
    """A name that would be read as an address, or that hides something."""

    sentence = (
        "Write a simple name on one line, {limit} characters at most, without an address and "
        'without < > @ " \\ , ; :'
    )


class SignatureTooLong(Refusal):
    """More than a few lines."""

    sentence = "A signature is short: {limit} characters and {rows} lines at most."


def sender_name(text: str) -> str:
    """The name before the technical address; empty: the company's.

    Raises:
        NotASenderName.
    """
    name = " ".join(text.split(" "))
    odd = any(not sign.isprintable() or sign in _SIGNS_OF_ADDRESSES for sign in name)
    if odd or "=?" in name or len(name) > LONGEST_SENDER:
        raise NotASenderName(limit=LONGEST_SENDER)
    return " ".join(name.split())


def signature(text: str) -> str:
    """The last lines of a mail, tidied.

    Raises:
        SignatureTooLong, InvalidAnswer (hidden characters).
    """
    if len(text) > LONGEST_SIGNATURE or text.count("\n") >= MOST_LINES:
        raise SignatureTooLong(limit=LONGEST_SIGNATURE, rows=MOST_LINES)
    return lines(text)
