"""What a validator must know of a field, and the shapes of an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from rules.errors import Refusal

Value = str | bool | int | float | list[str] | dict[str, str] | None
"""A normalised answer, as JSON keeps it.

text, long_text, email, postal_code, siret, iban, nir: str. phone: str, E.164. date: str,
ISO 8601. choice: str, the key. choices: list of keys, in the field's order. yes_no: bool.
number: int or float. address: dict with street, postal_code, city. None: nothing was given.
"""

Words = Mapping[str, str]
"""The same words by language code: {"fr": …, "en": …}."""

KINDS: Final = (
    "text",
    "long_text",
    "yes_no",
    "choice",
    "choices",
    "date",
    "number",
    "email",
    "phone",
    "address",
    "postal_code",
    "siret",
    "iban",
    "nir",
)
PRESSED: Final = frozenset({"yes_no", "choice", "choices"})
"""Kinds that are answered by buttons."""

SENSITIVE_KINDS: Final = frozenset({"nir", "iban"})
"""Kinds whose values are masked wherever they are told."""


class InvalidAnswer(Refusal):
    """An answer that cannot be kept; every subclass says how to put it right."""


class AnswerMissing(InvalidAnswer):
    """A required question was left empty."""

    sentence = "This answer is needed. Please write it to go on."


class NothingChosen(AnswerMissing):
    """Of what is picked, nothing was."""

    sentence = "This answer is needed. Please choose it to go on."


class AnswerUnreadable(InvalidAnswer):
    """The raw value has not the shape that this kind of question takes."""

    sentence = "This answer could not be read. Please write it again, as text."


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer: its key, and its label by language."""

    key: str
    label: Words


@dataclass(frozen=True, slots=True)
class Question:
    """A field, as far as its validator is concerned.

    limits: min, max (number; date as ISO 8601), max_length (characters), decimals (number, 2),
    past and future (date, bool), min_age (years, date), name (text: a person's name, bool).
    """

    key: str
    kind: str
    required: bool = True
    choices: tuple[Choice, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    former: tuple[Choice, ...] = ()
    """Choices that are offered no more, for the words of answers that hold them."""


def in_language(words: Words, language: str) -> str:
    """The words in this language, else in French, else in whichever there is."""
    for code in (language, "fr"):
        if words.get(code):
            return words[code]
    return next((text for text in words.values() if text), "")
