"""The mails that may be rewritten, one per situation, and the tags that each of them knows."""

from dataclasses import dataclass
from enum import StrEnum

from rules.letters import LetterFacts, Situation
from rules.notices import NoticeKind


class MailName(StrEnum):
    """One mail in one situation, so that no text has to suit two."""

    ACTIVATION = "activation"
    """Accepted: the account is to be activated."""
    WELCOME = "welcome"
    """The same link, with the module off: nobody was accepted, the space is open."""
    ACTIVATION_AGAIN = "activation_again"
    """The same link once more, 7 and 30 days later."""
    CORRECTIONS = "corrections"
    FINAL_REJECTION = "final_rejection"
    REMINDER_INCOMPLETE = "reminder_incomplete"
    REMINDER_TO_CORRECT = "reminder_to_correct"
    REMINDER_UNMET = "reminder_unmet"
    ADMISSION_ENDED = "admission_ended"
    """The person no longer works with the provider."""
    REMINDER_ENDED = "reminder_ended"
    DOCUMENT_EXPIRES = "document_expires"
    EMAIL_CONFIRMATION = "email_confirmation"
    ERASED = "erased"


class MailTag(StrEnum):
    """What a text may name between {{ and }}; French in every language, as the docs list them."""

    GREETING = "bonjour"
    """"Bonjour Amina," or "Bonjour," when the first name is not known."""
    FIRST_NAME = "prenom"
    COMPANY = "entreprise"
    DAY = "date"
    """Of the deletion or of the erasure; or the first on which a document runs out."""
    CONDITION = "condition"
    """The provider's sentence on the condition that is not met."""
    OUTCOME = "suite"
    """What becomes of the data."""
    LIST = "liste"
    COMMENT = "commentaire"
    """The operator's own words, written with the decision."""
    BUTTON = "bouton"
    SPACE = "espace"
    """The link to the space in Telegram."""


BLOCKS = frozenset({MailTag.LIST, MailTag.COMMENT, MailTag.BUTTON, MailTag.SPACE})
"""Stand between paragraphs; the other tags are words of a sentence."""

IN_SUBJECTS = frozenset({MailTag.FIRST_NAME, MailTag.COMPANY, MailTag.DAY})
EVERYWHERE = (MailTag.GREETING, MailTag.FIRST_NAME, MailTag.COMPANY)


@dataclass(frozen=True, slots=True)
class MailParts:
    """What one mail is made of.

    kept: never missing from the mail: what a text leaves out is added at its end, in this order.
    """

    kind: NoticeKind
    kept: tuple[MailTag, ...]
    more: tuple[MailTag, ...] = ()

    @property
    def tags(self) -> tuple[MailTag, ...]:
        """Every tag that the text of this mail may use."""
        return (*EVERYWHERE, *self.kept, *self.more)

    @property
    def subject_tags(self) -> tuple[MailTag, ...]:
        """Those that its subject may use."""
        return tuple(tag for tag in self.tags if tag in IN_SUBJECTS)


REMINDED = (MailTag.LIST, MailTag.DAY, MailTag.BUTTON)
MAILS: dict[MailName, MailParts] = {
    MailName.ACTIVATION: MailParts(NoticeKind.ACTIVATION, (MailTag.COMMENT, MailTag.BUTTON)),
    MailName.WELCOME: MailParts(NoticeKind.ACTIVATION, (MailTag.COMMENT, MailTag.BUTTON)),
    MailName.ACTIVATION_AGAIN: MailParts(NoticeKind.ACTIVATION_AGAIN, (MailTag.BUTTON,)),
    MailName.CORRECTIONS: MailParts(
        NoticeKind.CORRECTIONS, (MailTag.LIST, MailTag.COMMENT, MailTag.BUTTON)
    ),
    MailName.FINAL_REJECTION: MailParts(
        NoticeKind.FINAL_REJECTION, (MailTag.COMMENT, MailTag.OUTCOME, MailTag.BUTTON)
    ),
    MailName.REMINDER_INCOMPLETE: MailParts(
        NoticeKind.DELETION_REMINDER, REMINDED, (MailTag.SPACE,)
    ),
    MailName.REMINDER_TO_CORRECT: MailParts(
        NoticeKind.DELETION_REMINDER, REMINDED, (MailTag.SPACE,)
    ),
    MailName.REMINDER_UNMET: MailParts(
        NoticeKind.DELETION_REMINDER, (MailTag.CONDITION, *REMINDED), (MailTag.SPACE,)
    ),
    MailName.DOCUMENT_EXPIRES: MailParts(
        NoticeKind.DOCUMENT_EXPIRES, (MailTag.LIST, MailTag.BUTTON), (MailTag.DAY,)
    ),
    MailName.ADMISSION_ENDED: MailParts(
        NoticeKind.ADMISSION_ENDED, (MailTag.OUTCOME, MailTag.BUTTON)
    ),
    MailName.REMINDER_ENDED: MailParts(
        NoticeKind.DELETION_REMINDER, (MailTag.DAY, MailTag.BUTTON), (MailTag.SPACE,)
    ),
    MailName.EMAIL_CONFIRMATION: MailParts(NoticeKind.EMAIL_CONFIRMATION, (MailTag.BUTTON,)),
    MailName.ERASED: MailParts(NoticeKind.ERASED, (MailTag.DAY,)),
}
"""In the order of the panel's list: decisions first."""

SITUATIONS: dict[MailName, Situation] = {
    MailName.REMINDER_INCOMPLETE: "incomplete",
    MailName.REMINDER_TO_CORRECT: "to_correct",
    MailName.REMINDER_UNMET: "unmet",
    MailName.REMINDER_ENDED: "ended",
}
"""The four reminders, each with its situation."""

_REMINDERS = {situation: name for name, situation in SITUATIONS.items()}


def name_of(kind: NoticeKind, facts: LetterFacts) -> MailName:
    """Which of the mails a notice of this kind is, with these facts.

    Raises:
        ValueError: this kind is no mail that may be rewritten.
    """
    if kind is NoticeKind.DELETION_REMINDER:
        return _REMINDERS[facts.situation]
    if kind is NoticeKind.ACTIVATION and not facts.accepted:
        return MailName.WELCOME
    return MailName(kind)
