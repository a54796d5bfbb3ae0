"""Free text: one line, several lines, and the name of a person."""

from typing import Final

from rules.answers import tidy
from rules.answers.question import InvalidAnswer, Question

LINE_LENGTH: Final = 200
LONG_LENGTH: Final = 4_000

_NOT_IN_NAMES = frozenset("/\\@<>{}[]|=*_#%$^~")


class NothingReadable(InvalidAnswer):
    """Signs, but nothing that a reader would see."""

    sentence = "Nothing can be read here. Please write your answer in words."


class NameWithoutLetters(InvalidAnswer):
    """A name made of figures, emoji or punctuation."""

    sentence = "A name is written with letters, for example “Amina”. Please write yours."


class NameHasLink(InvalidAnswer):
    """A link, an address or code in a name: it would travel in our mails."""

    sentence = (
        "A name cannot hold a link, an e-mail address or signs such as / @ < >. "
        "Please write only your name, with a space after each dot."
    )


class NameIsQuestion(InvalidAnswer):
    """Somebody who wants to know something before they answer."""

    sentence = (
        "This looks like a question. Please write only your name here; "
        "to ask something, tap “Write to us”."
    )


def parse_line(question: Question, raw: str) -> str:
    """One line of text, or a person's name where the field's limits say `name`."""
    text = tidy.line(raw, question.limits.get("max_length", LINE_LENGTH))
    if question.limits.get("name"):
        _check_name(text)
    return _shown(text)


def parse_lines(question: Question, raw: str) -> str:
    """Several lines of text."""
    return _shown(tidy.lines(raw, question.limits.get("max_length", LONG_LENGTH)))


def _shown(text: str) -> str:
    if text and not tidy.shows_something(text):
        raise NothingReadable()
    return text


def _check_name(text: str) -> None:
    # Names open our mails: "Win at evil.com" must never leave in the provider's name.
    if _NOT_IN_NAMES.intersection(text) or "www." in text.lower():
        raise NameHasLink()
    if any(_like_a_domain(word) for word in text.split()):
        raise NameHasLink()
    if text.endswith("?"):
        raise NameIsQuestion()
    if text and not any(sign.isalpha() for sign in text):
        raise NameWithoutLetters()


def _like_a_domain(word: str) -> bool:
    """Whether a mail program would make a link of it: evil.com, but neither J.-P. nor St."""
    before, dot, after = word.rpartition(".")
    return bool(dot and before and before[-1].isalnum()) and after[:2].isalpha() and len(after) > 1
