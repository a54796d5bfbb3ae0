"""What a provider wrote: tidied, and refused with the reason when it could not leave as a mail."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rules.answers.tidy import line, lines
from rules.errors import Refusal
from rules.mails.catalogue import MAILS, MailName
from rules.mails.writing import parse

LONGEST_SUBJECT = 150
LONGEST_BODY = 6000
_NO_BREAK = {"\u00a0": "\ue0a0", "\u202f": "\ue0af"}
"""No-break spaces, and marks that stand for them while white space is tidied."""


class SubjectNeeded(Refusal):
    """An empty subject."""

    sentence = "Write a subject: it is what the candidate sees first."


class BodyNeeded(Refusal):
    """An empty text."""

    sentence = "Write the text of the mail, or put the original text back."


class NotOneLine(Refusal):
    """A subject with a line break, as forged forms send it."""

    sentence = "The subject fits on one line. Take the line break out."


class TextTooLong(Refusal):
    """More than a mail should hold."""

    sentence = "This is too long: {found} characters, and {limit} at most fit."


class MailRefused(Refusal):
    """The text cannot be kept as it is; `faults`: why, by `subject` and `body`."""

    sentence = "Nothing was saved yet: see what is marked below."

    def __init__(self, faults: Mapping[str, Refusal]) -> None:
        """Keep the faults beside the sentence."""
        super().__init__()
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class OwnText:
    """A mail in the provider's own words, tags included."""

    subject: str
    body: str


def check_text(name: MailName, text: OwnText) -> OwnText:
    """The text, tidied.

    Raises:
        MailRefused.
    """
    faults = examine(name, text)
    if faults:
        raise MailRefused(faults)
    return OwnText(_french(line, text.subject), _french(lines, text.body))


def _french(tidy: Callable[[str], str], text: str) -> str:
    """Tidied, but for the no-break spaces before : ; ! ? and inside « »."""
    for space, mark in _NO_BREAK.items():
        text = text.replace(space, mark)
    text = tidy(text)
    for space, mark in _NO_BREAK.items():
        text = text.replace(mark, space)
    return text


def examine(name: MailName, text: OwnText) -> dict[str, Refusal]:
    """What is wrong with a text, by field; empty when it can leave."""
    faults = {}
    for field, check in (("subject", _check_subject), ("body", _check_body)):
        try:
            check(name, text)
        except Refusal as refusal:
            faults[field] = refusal
    return faults


def _check_subject(name: MailName, text: OwnText) -> None:
    subject = text.subject
    if "\n" in subject.strip() or "\r" in subject.strip():
        raise NotOneLine
    _measure(subject, LONGEST_SUBJECT)
    if not line(subject):
        raise SubjectNeeded
    parse(subject, MAILS[name].subject_tags)


def _check_body(name: MailName, text: OwnText) -> None:
    _measure(text.body, LONGEST_BODY)
    if not lines(text.body):
        raise BodyNeeded
    parse(text.body, MAILS[name].tags)


def _measure(text: str, limit: int) -> None:
    if len(text) > limit:
        raise TextTooLong(found=len(text), limit=limit)
