"""Letters to operators: an invitation, and a link to a new password."""

from rules.letters import LetterFacts
from words import links
from words.letters.letter import Letter, write


def invitation(facts: LetterFacts, language: str) -> Letter:
    """Somebody is asked to use a provider's panel."""
    return write(
        "invitation", facts, language, link=links.page(facts.sites, f"invited/{facts.token}")
    )


def password_reset(facts: LetterFacts, language: str) -> Letter:
    """Choose a new password."""
    return write(
        "password_reset", facts, language, link=links.page(facts.sites, f"reset/{facts.token}")
    )
