"""What every text goes through before it is judged: cheap refusals first, then one spelling."""

import unicodedata
from typing import Final

from rules.answers.question import InvalidAnswer

MOST_CHARACTERS: Final = 16_000
"""No answer is longer, whatever its field says; a Telegram message has 4,096."""

_SPACING = frozenset("\t\n\r\u2028\u2029")
_UNSEEN = {ord(sign): None for sign in "\u00ad\u200b\u2060\ufeff"}
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols by their category, but nothing is seen of them."""


class TooLong(InvalidAnswer):
    """More characters than the field takes."""

    sentence = "This is too long: {found} characters, and {limit} at most fit. Please shorten it."


class HiddenCharacters(InvalidAnswer):
    """Control characters, half characters or marks that turn the writing direction round."""

    sentence = (
        "This text holds hidden characters that cannot be kept. "
        "Please type it by hand instead of pasting it."
    )


def line(text: str, limit: int = MOST_CHARACTERS) -> str:
    """One clean line: NFC, without hidden characters, each run of white space one space."""
    return " ".join(_clean(text, limit).split())


def lines(text: str, limit: int = MOST_CHARACTERS) -> str:
    """The same for a text of several lines; at most one empty line is kept between two."""
    kept: list[str] = []
    for row in _clean(text, limit).splitlines():
        row = " ".join(row.split())
        if row or (kept and kept[-1]):
            kept.append(row)
    return "\n".join(kept).strip()


def digits(text: str) -> str:
    """Every decimal digit of any script as 0 to 9; superscripts and fractions stay."""
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in text)


def fold(text: str) -> str:
    """The text for comparing: no case, no accents, plain apostrophes, single spaces."""
    decomposed = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return " ".join("".join(s for s in decomposed if not unicodedata.combining(s)).split())


def shows_something(text: str) -> bool:
    """Whether a reader would see anything at all."""
    return any(sign not in _BLANKS and unicodedata.category(sign)[0] not in "ZCM" for sign in text)


def _clean(text: str, limit: int) -> str:
    # Length first: what follows costs time in proportion to it.
    if len(text) > MOST_CHARACTERS:
        raise TooLong(found=len(text), limit=min(limit, MOST_CHARACTERS))
    text = text.translate(_UNSEEN).strip()
    if any(_forbidden(sign) for sign in text):
        raise HiddenCharacters()
    text = unicodedata.normalize("NFC", text)
    if len(text) > limit:
        raise TooLong(found=len(text), limit=limit)
    return text


def _forbidden(sign: str) -> bool:
    if sign in _SPACING:
        return False
    point = ord(sign)
    # Noncharacters are legal Unicode, but XML, and so XLSX, cannot carry them.
    noncharacter = (point & 0xFFFE) == 0xFFFE or 0xFDD0 <= point <= 0xFDEF
    return sign in _BIDI or noncharacter or unicodedata.category(sign) in ("Cc", "Cs")
