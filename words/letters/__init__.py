"""Letters to candidates: one function per kind, pure, from `rules.letters.LetterFacts`."""

from collections.abc import Callable

from rules.letters import LetterFacts
from rules.notices import NoticeKind
from words import links
from words.letters.letter import Letter, chat_link, write

__all__ = ["Letter", "chat_link", "letter"]


def activation(facts: LetterFacts, language: str) -> Letter:
    """Accepted: one step is left, to activate the account."""
    link = links.page(facts.sites, f"activate/{facts.token}")
    return write("activation", facts, language, link=link)


def corrections(facts: LetterFacts, language: str) -> Letter:
    """What has to be corrected, why, each with its link into the chat."""
    return write("corrections", facts, language)


def final_rejection(facts: LetterFacts, language: str) -> Letter:
    """The application is rejected and will be deleted; or was, when no candidate is left."""
    return write("final_rejection", facts, language)


def deletion_reminder(facts: LetterFacts, language: str) -> Letter:
    """The exact date of deletion, and one step to keep the application; three texts."""
    assert facts.day is not None, "a reminder says a date"
    link = links.page(facts.sites, f"keep/{facts.token}")
    return write("deletion_reminder", facts, language, link=link)


def email_confirmation(facts: LetterFacts, language: str) -> Letter:
    """Is this address yours?"""
    link = links.page(facts.sites, f"confirm/{facts.token}")
    return write("email_confirmation", facts, language, link=link)


def erased(facts: LetterFacts, language: str) -> Letter:
    """Proof that everything was erased, and when."""
    assert facts.day is not None, "a proof says a date"
    return write("erased", facts, language)


WRITERS: dict[NoticeKind, Callable[[LetterFacts, str], Letter]] = {
    NoticeKind.ACTIVATION: activation,
    NoticeKind.CORRECTIONS: corrections,
    NoticeKind.FINAL_REJECTION: final_rejection,
    NoticeKind.DELETION_REMINDER: deletion_reminder,
    NoticeKind.EMAIL_CONFIRMATION: email_confirmation,
    NoticeKind.ERASED: erased,
}


def letter(kind: NoticeKind, facts: LetterFacts, language: str) -> Letter:
    """The mail of one kind, ready but for its envelope; also what the panel shows beforehand."""
    return WRITERS[kind](facts, language)
