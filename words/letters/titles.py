"""What each mail is called in the panel."""

from rules.mails import MailName
from words.language import N_, translate

TITLES: dict[str, str] = {
    MailName.ACTIVATION: N_("Accepted: activate your account"),
    MailName.WELCOME: N_("Welcome: activate your account"),
    MailName.ACTIVATION_AGAIN: N_("Reminder: activate your account"),
    MailName.CORRECTIONS: N_("Rejected: what to correct"),
    MailName.FINAL_REJECTION: N_("Rejected and deleted"),
    MailName.REMINDER_INCOMPLETE: N_("Reminder: application not complete"),
    MailName.REMINDER_TO_CORRECT: N_("Reminder: corrections awaited"),
    MailName.REMINDER_UNMET: N_("Reminder: condition not met"),
    MailName.DOCUMENT_EXPIRES: N_("Reminder: a document runs out"),
    MailName.ADMISSION_ENDED: N_("No longer working together"),
    MailName.REMINDER_ENDED: N_("Reminder: no longer working together"),
    MailName.EMAIL_CONFIRMATION: N_("E-mail confirmation"),
    MailName.ERASED: N_("Proof of erasure"),
}


def titles(language: str) -> dict[str, str]:
    """The title of every mail, by its name."""
    return {name: translate(language, title) for name, title in TITLES.items()}
