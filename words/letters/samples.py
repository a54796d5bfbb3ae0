"""A mail about a made-up candidate: for the preview, and to be sent to oneself."""

from dataclasses import replace
from datetime import date, timedelta

from rules.letters import LetterFacts, Point
from rules.mails import MAILS, SITUATIONS, MailName, MailTag, OwnText
from rules.retention import ENDED_DAYS
from rules.vocabulary import Language
from words.language import N_, translate
from words.letters import letter
from words.letters.letter import Letter

NOWHERE = "preview"
"""The token of a sample's link: nobody ever got it, so it opens nothing."""
DAYS = 7
_AHEAD = {MailName.ERASED: 0, MailName.ADMISSION_ENDED: ENDED_DAYS}
"""Days from today to the date that a mail says, where they are not 7."""


def made_up(name: MailName, base: LetterFacts, language: str, today: date) -> LetterFacts:
    """The facts of a candidate who does not exist, in the situation of this mail.

    base: the provider's part (name, colour, signature, sites, bot).
    """
    words = base
    if name in SITUATIONS:
        words = replace(base, situation=SITUATIONS[name], unmet=_both(UNMET))
    return replace(
        words,
        first_name="Camille",
        candidate_id=NOWHERE,
        token=NOWHERE,
        comment=translate(language, COMMENT) if MailTag.COMMENT in MAILS[name].tags else "",
        points=_points(name, language, today),
        day=today + timedelta(days=_AHEAD.get(name, DAYS)),
        warned_before=True,
        accepted=name is not MailName.WELCOME,
    )


def sample(
    name: MailName, own: OwnText | None, base: LetterFacts, language: str, today: date
) -> Letter:
    """The mail to the made-up candidate, marked as a trial in its subject."""
    facts = made_up(name, base, language, today)
    written = letter(MAILS[name].kind, facts, language, own)
    subject = translate(language, "[Trial] {subject}", subject=written.subject)
    return replace(written, subject=subject)


COMMENT = N_("Thank you for the care that you took with your application.")
INSURANCE = N_("Insurance certificate")
FRENCH = N_("Do you speak French fluently?")
UNREADABLE = N_("The photo is blurred: we cannot read the date.")
IDENTITY = N_("Proof of identity")
UNMET = N_("Fluent French is needed to talk with our customers.")


def _points(name: MailName, language: str, today: date) -> tuple[Point, ...]:
    if name is MailName.DOCUMENT_EXPIRES:
        return (Point("insurance", _both(INSURANCE), until=today + timedelta(days=DAYS)),)
    if name is MailName.REMINDER_UNMET:
        return (Point("french", _both(FRENCH), is_document=False),)
    refused = name is not MailName.REMINDER_INCOMPLETE
    reason = translate(language, UNREADABLE) if refused else ""
    return (
        Point("insurance", _both(INSURANCE), reason),
        Point("identity", _both(IDENTITY)),
    )


def _both(words: str) -> dict[str, str]:
    return {code: translate(code, words) for code in Language}
