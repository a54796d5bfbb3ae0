"""Numbers, as people write them in French and in English."""

from decimal import Decimal
from typing import Final

from rules.answers import tidy
from rules.answers.question import InvalidAnswer, Question

MOST: Final = 999_999_999
"""Bound of a number without limits of its own, on both sides of zero."""

_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’_")
_MINUS = str.maketrans("−–—", "---")


class NotANumber(InvalidAnswer):
    """No number, or a number with words, a unit, a fraction or an exponent around it."""

    sentence = "Please write only a number, in digits, for example {example}."


class AmbiguousNumber(InvalidAnswer):
    """A point or comma that may part the thousands or the decimals."""

    sentence = "“{written}” can be read in two ways. Please write {thousands} or {decimal}."


class TooManyDecimals(InvalidAnswer):
    """More figures after the decimal mark than the field takes."""

    sentence = "Too many digits after the comma: {limit} at most. Please round the number."


class WholeNumberOnly(InvalidAnswer):
    """Decimals where only a whole number makes sense."""

    sentence = "A whole number is needed here, for example {example}."


class NumberTooSmall(InvalidAnswer):
    """Below the field's minimum."""

    sentence = "This number is too small: {limit} or more is needed."


class NumberTooBig(InvalidAnswer):
    """Above the field's maximum."""

    sentence = "This number is too big: {limit} or less is needed."


def parse_typed(question: Question, text: str, language: str) -> int | float:
    """A typed number; "1 234,5", "1,234.5" and "1234.5" are the same."""
    decimals = _decimals(question)
    written = tidy.line(text, 60)
    figures = tidy.digits(written).translate(_MINUS).translate(_SPACES)
    sign = "-" if figures.startswith("-") else ""
    figures = figures.removeprefix("-" if sign else "+")
    whole, part = _marks(figures, written, language, decimals)
    if not _plain(whole) or (part and not _plain(part)):
        raise NotANumber(example=_example(question))
    return _judge(question, Decimal(f"{sign}{whole}.{part or 0}"))


def parse_given(question: Question, number: int | float) -> int | float:
    """A number that came as one (JSON); NaN and the infinities are refused."""
    if isinstance(number, float) and (number != number or abs(number) == float("inf")):
        raise NotANumber(example=_example(question))
    if abs(number) > 10**15:
        # Before anything writes it out: a JSON integer may have thousands of figures.
        _check_bounds(question, Decimal(10**16 if number > 0 else -(10**16)))
    return _judge(question, Decimal(str(number)))


def written_out(number: int | float, language: str) -> str:
    """The number for people: 1 234,5 in French, 1,234.5 in English."""
    text = f"{Decimal(str(number)):,f}"
    if language == "en":
        return text
    return text.replace(",", "\u202f").replace(".", ",")


def _marks(figures: str, written: str, language: str, decimals: int) -> tuple[str, str]:
    """The figures before and after the decimal mark, thousands joined."""
    comma, point = figures.count(","), figures.count(".")
    if comma and point:
        mark = max(",.", key=figures.rfind)
        whole, _, part = figures.rpartition(mark)
        return _join(whole, "." if mark == "," else ","), part
    if not comma and not point:
        return figures, ""
    mark = "," if comma else "."
    if comma + point > 1:
        return _join(figures, mark), ""
    whole, _, part = figures.partition(mark)
    if len(part) == 3 and 1 <= len(whole) <= 3 and whole.strip("0"):
        if language == "en" and mark == ",":
            return whole + part, ""
        if decimals < 3 and _plain(whole + part):
            raise AmbiguousNumber(
                written=written, thousands=whole + part, decimal=whole + mark + part[:2]
            )
    return whole or "0", part


def _join(whole: str, mark: str) -> str:
    """Thousands parted by this mark as one number; nothing when the groups are not of three."""
    first, *groups = whole.split(mark)
    right = 1 <= len(first) <= 3 and all(len(group) == 3 for group in groups)
    return first + "".join(groups) if right or not groups else ""


def _plain(figures: str) -> bool:
    return figures.isascii() and figures.isdecimal()


def _judge(question: Question, number: Decimal) -> int | float:
    decimals = _decimals(question)
    _check_bounds(question, number)
    if number == number.to_integral_value():
        return int(number)
    if not decimals:
        raise WholeNumberOnly(example=_example(question))
    if number != round(number, decimals):
        raise TooManyDecimals(limit=decimals)
    return float(number)


def _check_bounds(question: Question, number: Decimal) -> None:
    least, most = question.limits.get("min", -MOST), question.limits.get("max", MOST)
    if number < Decimal(str(least)):
        raise NumberTooSmall(limit=least)
    if number > Decimal(str(most)):
        raise NumberTooBig(limit=most)


def _decimals(question: Question) -> int:
    return int(question.limits.get("decimals", 2))


def _example(question: Question) -> str:
    return str(question.limits.get("example", question.limits.get("min", 0) or 3))
