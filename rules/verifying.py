"""What an operator notes of a document that they verify: a number, a date, whose it is.

Of a document that is looked at and then destroyed ("view and forget") it is all that stays.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from rules.answers import Question, parse
from rules.catalogue import DOCUMENTS, RECORDS
from rules.dossier import DocumentFacts, DocumentRule
from rules.errors import Refusal
from rules.writing import TooLong

HOLDER: Final = "holder"
"""Whether it is this person's: what has to be looked at on every document; only ticked."""
USUAL: Final = (HOLDER, "number", "date")
"""What is noted of a document of the provider's own."""
ELSEWHERE: Final = frozenset({"expiry", "checked_on"})
"""Noted anyway: as the document's expiry date, and as the day of the verdict."""
MASKED: Final = frozenset({"number", "security_code"})
LONGEST_NOTE: Final = 100
_DATE: Final = Question("date", "date", required=False, limits={"past": True})
_BY_CATALOGUE: Final = {item.key: item.records for item in DOCUMENTS}


class NothingVerified(Refusal):
    """Destroying a document of which nothing would stay."""

    sentence = "Tick what you have verified: it is what stays when the file is destroyed."


class AlreadyDestroyed(Refusal):
    """A verdict that needs the files of a document that was destroyed."""

    sentence = (
        "The file of this document was destroyed once verified. To see the document again, "
        "reject it: the candidate will be asked to send it again."
    )


def records(rule: DocumentRule) -> tuple[str, ...]:
    """What can be noted of this document, keys of the catalogue's RECORDS; possibly nothing.

    Of one that will be destroyed always whether it is this person's, first.
    """
    named = _BY_CATALOGUE.get(rule.key, USUAL if rule.view_and_forget else ())
    here = tuple(one for one in named if one not in ELSEWHERE)
    if not rule.view_and_forget:
        return here
    return (HOLDER, *(one for one in here if one != HOLDER))


def check_there(document: DocumentFacts) -> None:
    """Raises AlreadyDestroyed: nobody can look at it any more."""
    if document.destroyed:
        raise AlreadyDestroyed


def noted(
    rule: DocumentRule,
    ticked: Iterable[str],
    typed: Mapping[str, str],
    today: date,
    language: str,
) -> dict[str, str]:
    """What an operator notes, by key; what was only ticked has no text. Dates are ISO dates.

    Whatever was typed counts as ticked.

    Raises:
        NothingVerified: nothing would stay of a document that is destroyed.
        TooLong, InvalidAnswer: of the date.
    """
    chosen = set(ticked)
    found = {}
    for key in records(rule):
        text = typed.get(key, "").strip() if key != HOLDER else ""
        if not text and key not in chosen:
            continue
        if len(text) > LONGEST_NOTE:
            raise TooLong(limit=LONGEST_NOTE)
        found[key] = str(parse(_DATE, text, today, language)) if text and key == "date" else text
    if rule.view_and_forget and not found:
        raise NothingVerified
    return found


def told(noted: Mapping[str, str]) -> list[dict[str, Any]]:
    """The same as the journal keeps it: the label of each part, and of numbers only the end."""
    return [
        {"label": dict(RECORDS[key]), "reason": _masked(key, text)} for key, text in noted.items()
    ]


def _masked(key: str, text: str) -> str:
    if key not in MASKED or not text:
        return text
    return f"•••• {text[-4:]}" if len(text) > 4 else "••••"
