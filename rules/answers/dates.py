"""Dates, as people write them: the day first, or the month in words, or ISO 8601."""

from datetime import MAXYEAR, date
from typing import Final

from rules.answers import tidy
from rules.answers.question import InvalidAnswer, Question

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2100

MONTHS: Final = {
    "fr": tuple(
        "janvier février mars avril mai juin juillet août "
        "septembre octobre novembre décembre".split()
    ),
    "en": tuple(
        "January February March April May June July August "
        "September October November December".split()
    ),
}
# Beginnings of three letters would not part juin from juillet.
_SHORT = {"jan": 1, "fev": 2, "feb": 2, "mar": 3, "avr": 4, "apr": 4, "jun": 6, "juil": 7}
_SHORT |= {"jul": 7, "aug": 8, "sep": 9, "sept": 9, "oct": 10, "nov": 11, "dec": 12, "janv": 1}
_SHORT |= {"fevr": 2}
_NUMBERS = {
    tidy.fold(name): number for names in MONTHS.values() for number, name in enumerate(names, 1)
} | _SHORT
_SKIPPED = frozenset(("le", "the", "of", "du", "de"))
_ENDINGS = ("er", "st", "nd", "rd", "th")


class NotADate(InvalidAnswer):
    """No day, month and year could be found."""

    sentence = "Please write the day, the month and the year, for example {example}."


class NoSuchDay(InvalidAnswer):
    """A day that its month does not have, such as 30 February."""

    sentence = "There is no {day}/{month}/{year} in the calendar. Please check the day."


class NoSuchMonth(InvalidAnswer):
    """A month above 12: often the month was written first."""

    sentence = "There is no month {month}. Please write the day first: {example}."


class YearInTwoDigits(InvalidAnswer):
    """90 may be 1990 or 2090."""

    sentence = "Please write the year with four digits, for example {example}."


class YearOutOfRange(InvalidAnswer):
    """A year that cannot be meant here."""

    sentence = "The year {year} cannot be right. Please check it."


class DateInFuture(InvalidAnswer):
    """A date to come where a past one is asked."""

    sentence = "{written} is still to come. Please write a date in the past."


class DateInPast(InvalidAnswer):
    """A past date where one to come is asked."""

    sentence = "{written} is already past. Please write a date to come."


class DateTooEarly(InvalidAnswer):
    """Before the field's first date."""

    sentence = "This date is too early: {limit} at the soonest. Please check it."


class DateTooLate(InvalidAnswer):
    """After the field's last date."""

    sentence = "This date is too late: {limit} at the latest. Please check it."


class TooYoung(InvalidAnswer):
    """Below the age that the field asks."""

    sentence = (
        "You must be at least {age} years old. If the date is wrong, please correct it; "
        "if it is right, write to the operator."
    )


def parse_date(question: Question, raw: str, today: date) -> str:
    """A date in ISO 8601; 31/12/1990, 31.12.1990, 31 décembre 1990, 1990-12-31, 31121990."""
    day, month, year = _parts(tidy.digits(tidy.line(raw, 60)), today)
    if not 1 <= month <= 12:
        raise NoSuchMonth(month=month, example=_example(today))
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise YearOutOfRange(year=year)
    try:
        found = date(year, month, day)
    except ValueError as wrong:
        raise NoSuchDay(day=f"{day:02}", month=f"{month:02}", year=year) from wrong
    _check_limits(question, found, today)
    return found.isoformat()


def written_out(iso: str) -> str:
    """31/12/1990, from ISO 8601; anything else as it is."""
    year, first, rest = iso.partition("-")
    month, second, day = rest.partition("-")
    return f"{day}/{month}/{year}" if first and second else iso


def age_on(birth: date, today: date) -> int:
    """Whole years; somebody born on 29 February is a year older on 1 March."""
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def _parts(text: str, today: date) -> tuple[int, int, int]:
    """Day, month and year as written, whether or not they exist together."""
    words = _words(text)
    if len(words) == 1 and len(words[0]) == 8 and words[0].isdecimal():
        return _run_together(words[0], today)
    if len(words) != 3:
        raise NotADate(example=_example(today))
    named = [place for place, word in enumerate(words) if word in _NUMBERS]
    if named and named[0] < 2:
        month = str(_NUMBERS[words.pop(named[0])])
        first, last = words
        words = [last, month, first] if len(first) == 4 else [first, month, last]
    elif len(words[0]) == 4:
        words.reverse()
    if not all(word.isascii() and word.isdecimal() and len(word) <= 4 for word in words):
        raise NotADate(example=_example(today))
    return _numbers(*words, today=today)


def _words(text: str) -> list[str]:
    for mark in "/-.,\\–":
        text = text.replace(mark, " ")
    words = [word for word in tidy.fold(text).split() if word not in _SKIPPED]
    return [_without_ending(word) for word in words]


def _without_ending(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and word[: -len(ending)].isdecimal():
            return word[: -len(ending)]
    return word


def _numbers(day: str, month: str, year: str, *, today: date) -> tuple[int, int, int]:
    if len(year) == 2 and len(day) <= 2 and len(month) <= 2:
        century = today.year // 100 * 100
        near = int(year) + (century if int(year) <= today.year % 100 + 20 else century - 100)
        raise YearInTwoDigits(example=f"{int(day):02}/{int(month):02}/{near}")
    if len(year) != 4 or len(day) > 2 or len(month) > 2:
        raise NotADate(example=_example(today))
    return int(day), int(month), int(year)


def _run_together(figures: str, today: date) -> tuple[int, int, int]:
    """31121990, or 19901231: whichever of the two has a possible year."""
    readings = [
        (int(figures[:2]), int(figures[2:4]), int(figures[4:])),
        (int(figures[6:]), int(figures[4:6]), int(figures[:4])),
    ]
    likely = [r for r in readings if EARLIEST_YEAR <= r[2] <= LATEST_YEAR and r[1] <= 12]
    if len(likely) != 1:
        raise NotADate(example=_example(today))
    return likely[0]


def _check_limits(question: Question, found: date, today: date) -> None:
    limits, iso = question.limits, found.isoformat()
    if limits.get("past") and found > today:
        raise DateInFuture(written=written_out(iso))
    if limits.get("future") and found < today:
        raise DateInPast(written=written_out(iso))
    if iso < limits.get("min", "0001"):
        raise DateTooEarly(limit=written_out(limits["min"]))
    if iso > limits.get("max", str(MAXYEAR)):
        raise DateTooLate(limit=written_out(limits["max"]))
    age = limits.get("min_age")
    if age and age_on(found, today) < age:
        # A future date of birth is a slip of the hand, not a young candidate.
        raise TooYoung(age=age) if found <= today else DateInFuture(written=written_out(iso))


def _example(today: date) -> str:
    return f"31/12/{today.year - 1}"
