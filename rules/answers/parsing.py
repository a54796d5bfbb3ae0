"""From what was sent or typed to a value: the two entrances of the validators."""

from collections.abc import Mapping
from datetime import date

from rules.answers import dates, numbers, picks, places, reach, registers, texts, tidy
from rules.answers.question import (
    PRESSED,
    AnswerMissing,
    AnswerUnreadable,
    NothingChosen,
    Question,
    Value,
)


def parse(question: Question, raw: object, today: date, language: str) -> Value:
    """The value of what a form or a program sent; choices by their keys.

    raw: text; for choices a list of keys; for an address a mapping of street, postal_code and
    city; for yes_no and number also a bool or a number. today: the provider's local date.
    Raises a Refusal.
    """
    if isinstance(raw, str) and question.kind not in ("choice", "choices"):
        return parse_text(question, raw, today, language)
    if raw is None or raw == "" or raw == []:
        return _nothing(question)
    match question.kind, raw:
        case "yes_no", bool():
            return raw
        case "number", int() | float() if not isinstance(raw, bool):
            return numbers.parse_given(question, raw)
        case "address", Mapping():
            return places.parse_address(question, raw)
        case (("choice" | "choices"), (str() | list() | tuple())):
            return _parse_keys(question, [raw] if isinstance(raw, str) else list(raw), language)
    raise AnswerUnreadable()


def parse_text(question: Question, text: str, today: date, language: str) -> Value:
    """The value of what a person typed, in any of the ways people write it. Raises a Refusal."""
    # Spaces that nobody sees are still nothing.
    if len(text) <= tidy.MOST_CHARACTERS and not text.strip("\u200b\u2060\ufeff\u00ad \t\r\n"):
        return _nothing(question)
    match question.kind:
        case "text":
            return texts.parse_line(question, text) or _nothing(question)
        case "long_text":
            return texts.parse_lines(question, text) or _nothing(question)
        case "yes_no":
            return picks.parse_yes_no(text)
        case "choice":
            return picks.parse_one(question, text, language)
        case "choices":
            return list(picks.parse_several(question, text, language))
        case "date":
            return dates.parse_date(question, text, today)
        case "number":
            return numbers.parse_typed(question, text, language)
        case "address":
            return dict(places.parse_typed(text))
    return _SIMPLE[question.kind](text)


_SIMPLE = {
    "email": reach.parse_email,
    "phone": reach.parse_phone,
    "postal_code": places.parse_postal_code,
    "siret": registers.parse_siret,
    "iban": registers.parse_iban,
    "nir": registers.parse_nir,
}


def _parse_keys(question: Question, raw: list[object], language: str) -> Value:
    keys = [key for key in raw if isinstance(key, str) and key]
    if len(keys) != len([key for key in raw if key != ""]):
        raise AnswerUnreadable()
    found = picks.parse_keys(question, keys, language)
    if not found:
        return _nothing(question)
    if question.kind == "choices":
        return list(found)
    if len(found) > 1:
        raise picks.OneChoiceOnly(choices=picks.listed(question, language))
    return found[0]


def _nothing(question: Question) -> Value:
    if question.required:
        raise NothingChosen() if question.kind in PRESSED else AnswerMissing()
    return None
