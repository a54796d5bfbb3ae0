"""What a mail says of the data of somebody who no longer works with the provider."""

from rules.letters import LetterFacts
from words.language import N_, long_date, translate
from words.letters.letter import Letter, write

KEPT = N_(
    "At any time you can get a copy of your data, or have it erased, in your Telegram space."
)
ERASED = N_(
    "Without news from you, your data will be erased on %(day)s. Before that you can get a copy "
    "of it, or have it erased at once, in your Telegram space."
)
ERASED_AFTER_REMINDER = N_(
    "Without news from you, your data will be erased on %(day)s. A reminder will be sent to you "
    "before. Before that day you can get a copy of it, or have it erased at once, in your "
    "Telegram space."
)


def admission_ended(facts: LetterFacts, language: str) -> Letter:
    """The collaboration has ended: what becomes of the data, and one's rights."""
    return write("admission_ended", facts, language, outcome=outcome(facts, language))


def outcome(facts: LetterFacts, language: str) -> str:
    """Until when the data are kept. The date is no promise: settings may change before it.

    Whoever is to be deleted sooner is told by the reminder, whose date is one.
    """
    day = long_date(facts.day, language) if facts.day else ""
    return translate(language, _sentence(facts)) % {"day": day}


def _sentence(facts: LetterFacts) -> str:
    if facts.day is None:
        return KEPT
    return ERASED_AFTER_REMINDER if facts.warned_before else ERASED
