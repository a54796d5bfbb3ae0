"""Letters to candidates, pure, from `rules.letters.LetterFacts`: ours, or the provider's own."""

from collections.abc import Callable
from dataclasses import replace

from rules.errors import Refusal
from rules.letters import LetterFacts
from rules.mails import OwnText, name_of
from rules.notices import SUBSCRIPTIONS, NoticeKind
from words import links
from words.letters.ended import admission_ended
from words.letters.letter import Letter, chat_link, renewal_link, write
from words.letters.mornings import digest, overdue
from words.letters.own import write_own
from words.letters.staff import invitation, password_reset

__all__ = ["Letter", "chat_link", "letter"]


def activation(facts: LetterFacts, language: str) -> Letter:
    """Accepted: one step is left, to activate the account."""
    return write("activation", facts, language, link=link(NoticeKind.ACTIVATION, facts))


def activation_again(facts: LetterFacts, language: str) -> Letter:
    """The same step, when nobody took it: a kind reminder."""
    to = link(NoticeKind.ACTIVATION_AGAIN, facts)
    return write("activation_again", facts, language, link=to)


def corrections(facts: LetterFacts, language: str) -> Letter:
    """What has to be corrected, why, each with its link into the chat."""
    return write("corrections", facts, language)


def final_rejection(facts: LetterFacts, language: str) -> Letter:
    """The application is rejected and will be deleted; or was, when no candidate is left."""
    return write("final_rejection", facts, language)


def deletion_reminder(facts: LetterFacts, language: str) -> Letter:
    """The exact date of deletion, and one step to keep the application; three texts."""
    assert facts.day is not None, "a reminder says a date"
    to = link(NoticeKind.DELETION_REMINDER, facts)
    return write("deletion_reminder", facts, language, link=to)


def document_expires(facts: LetterFacts, language: str) -> Letter:
    """Documents that run out, each with its last day and its link into the chat."""
    assert facts.day is not None, "something runs out on a day"
    return write("document_expires", facts, language, chat=renewal_link(facts))


def email_confirmation(facts: LetterFacts, language: str) -> Letter:
    """Is this address yours?"""
    to = link(NoticeKind.EMAIL_CONFIRMATION, facts)
    return write("email_confirmation", facts, language, link=to)


def erased(facts: LetterFacts, language: str) -> Letter:
    """Proof that everything was erased, and when."""
    assert facts.day is not None, "a proof says a date"
    return write("erased", facts, language)


WRITERS: dict[NoticeKind, Callable[[LetterFacts, str], Letter]] = {
    NoticeKind.ACTIVATION: activation,
    NoticeKind.ACTIVATION_AGAIN: activation_again,
    NoticeKind.CORRECTIONS: corrections,
    NoticeKind.FINAL_REJECTION: final_rejection,
    NoticeKind.ADMISSION_ENDED: admission_ended,
    NoticeKind.DELETION_REMINDER: deletion_reminder,
    NoticeKind.DOCUMENT_EXPIRES: document_expires,
    NoticeKind.EMAIL_CONFIRMATION: email_confirmation,
    NoticeKind.ERASED: erased,
    NoticeKind.INVITATION: invitation,
    NoticeKind.PASSWORD_RESET: password_reset,
    NoticeKind.DIGEST: digest,
    NoticeKind.OVERDUE: overdue,
}

PAGES = {
    NoticeKind.ACTIVATION: "activate",
    NoticeKind.ACTIVATION_AGAIN: "activate",
    NoticeKind.DELETION_REMINDER: "keep",
    NoticeKind.EMAIL_CONFIRMATION: "confirm",
}
"""Where the mailed link of a kind leads."""


def link(kind: NoticeKind, facts: LetterFacts) -> str:
    """The mailed link; empty for a mail that carries none."""
    return links.page(facts.sites, f"{PAGES[kind]}/{facts.token}") if kind in PAGES else ""


def letter(
    kind: NoticeKind, facts: LetterFacts, language: str, own: OwnText | None = None
) -> Letter:
    """The mail of one kind, ready but for its envelope; also what the panel shows beforehand.

    own: the provider's text in this language. One that can no longer be used never stops a mail:
    our own text leaves in its place (the panel shows which texts are in this state).
    """
    written = _written(kind, facts, language, own)
    return replace(written, unsubscribe=facts.unsubscribe) if kind in SUBSCRIPTIONS else written


def _says_else(kind: NoticeKind, facts: LetterFacts) -> bool:
    """Whether a provider's own text is about another situation: ours leaves in its place."""
    return kind is NoticeKind.FINAL_REJECTION and facts.situation == "ended"


def _written(kind: NoticeKind, facts: LetterFacts, language: str, own: OwnText | None) -> Letter:
    if own is not None and not _says_else(kind, facts):
        try:
            return write_own(name_of(kind, facts), own, facts, language, link(kind, facts))
        except Refusal:
            pass
    return WRITERS[kind](facts, language)
