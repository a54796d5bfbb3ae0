"""Finding people: what of a candidate can be searched for, and how a query is read.

NIR, IBAN and free answers are never among the words.
"""

from collections.abc import Iterable
from itertools import chain

from phonenumbers import PhoneNumberFormat, format_number, parse
from phonenumbers.phonenumberutil import NumberParseException

from rules.answers.tidy import digits, fold

SEARCHED_KINDS = frozenset({"email", "phone", "siret"})
"""Kinds of questions whose answers can be searched for, besides the names."""
LONGEST = 80
PREFIX = LONGEST - 1
"""Of a query's word: what follows all that begin with it still fits the column."""
MOST_WORDS = 6
"""Words of a query that count."""
_IN_NUMBERS = frozenset("0123456789 +.-/()\u00a0\u202f")
_FEWEST_DIGITS = 4


def words_of(names: Iterable[str], email: str, numbers: Iterable[str]) -> frozenset[str]:
    """The words that find a person: each part of the names and address, each number whole.

    numbers: phone numbers (+33…) and SIRET.
    """
    parts = chain.from_iterable(_parts(text) for text in (*names, email))
    spellings = chain.from_iterable(_spellings(number) for number in numbers)
    found = {*parts, *spellings, fold(email)}
    return frozenset(word[:LONGEST] for word in found if word)


def query_words(text: str) -> tuple[str, ...]:
    """What each found person must have, as beginnings of words; empty: nothing to look for."""
    text = digits(text.strip())
    number = "".join(sign for sign in text if sign.isdigit())
    if len(number) >= _FEWEST_DIGITS and set(text) <= _IN_NUMBERS:
        return (number.removeprefix("00")[:PREFIX],)
    if "@" in text:
        return (fold(text)[:PREFIX],)
    return tuple(dict.fromkeys(word[:PREFIX] for word in _parts(text)))[:MOST_WORDS]


def _parts(text: str) -> list[str]:
    """Runs of letters and digits: `jean`, `pierre` of Jean-Pierre."""
    return "".join(sign if sign.isalnum() else " " for sign in fold(text)).split()


def _spellings(number: str) -> set[str]:
    """A number as people type it: 33612345678 and 0612345678; a SIRET as it is."""
    plain = "".join(sign for sign in digits(number) if sign.isdigit())
    if not number.startswith("+"):
        return {plain}
    try:
        known = parse(number)
    except NumberParseException:
        return {plain}
    national = format_number(known, PhoneNumberFormat.NATIONAL)
    return {plain, "".join(sign for sign in national if sign.isdigit())}
