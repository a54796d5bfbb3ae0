"""What is told to whom, and by which channel."""

from enum import StrEnum

from rules.vocabulary import Channel


class NoticeKind(StrEnum):
    """One kind of message that is owed."""

    FILE_REFUSED = "file_refused"
    DOCUMENT_REJECTED = "document_rejected"
    """At once, when the candidate can already send it again."""
    CORRECTIONS = "corrections"
    ACCEPTED = "accepted"
    ACTIVATION = "activation"
    ACTIVATION_AGAIN = "activation_again"
    """A reminder of the same, when nobody followed it."""
    ACCOUNT_CONFIRMED = "account_confirmed"
    FINAL_REJECTION = "final_rejection"
    RESTORED = "restored"
    ADMISSION_ENDED = "admission_ended"
    """The person no longer works with the provider, and until when their data are kept."""
    ADMISSION_RESUMED = "admission_resumed"
    DELETION_REMINDER = "deletion_reminder"
    KEPT = "kept"
    ASKED_MORE = "asked_more"
    """What the provider asks besides, since it changed its list."""
    DOCUMENT_EXPIRES = "document_expires"
    """A document of somebody admitted runs out: a new one is asked for."""
    MESSAGE = "message"
    EMAIL_CONFIRMATION = "email_confirmation"
    ERASED = "erased"
    """Proof of erasure, a farewell."""
    EXPORT = "export"
    """A copy of everything that is kept, as files."""
    INVITATION = "invitation"
    """To somebody who is asked to use the panel."""
    PASSWORD_RESET = "password_reset"  # noqa: S105  # a kind of mail
    MAIL_SAMPLE = "mail_sample"
    """A mail that an operator wrote, sent to themselves to see it."""
    DIGEST = "digest"
    """What waits, and what the deletion clock does: each morning, to who wants it."""
    OVERDUE = "overdue"
    """Applications that have waited for too long: to administrators, once for each."""


KNOWN_KINDS = ", ".join(f"'{kind}'" for kind in sorted(NoticeKind))
"""For SQL: a worker leaves alone what only a newer release knows how to say."""


CHANNELS: dict[NoticeKind, tuple[Channel, ...]] = {
    NoticeKind.FILE_REFUSED: (Channel.CHAT,),
    NoticeKind.DOCUMENT_REJECTED: (Channel.CHAT,),
    NoticeKind.CORRECTIONS: (Channel.MAIL, Channel.CHAT),
    NoticeKind.ACCEPTED: (Channel.CHAT,),
    NoticeKind.ACTIVATION: (Channel.MAIL,),
    NoticeKind.ACTIVATION_AGAIN: (Channel.MAIL,),
    NoticeKind.ACCOUNT_CONFIRMED: (Channel.CHAT,),
    NoticeKind.FINAL_REJECTION: (Channel.MAIL, Channel.CHAT),
    NoticeKind.RESTORED: (Channel.CHAT,),
    NoticeKind.ADMISSION_ENDED: (Channel.MAIL, Channel.CHAT),
    NoticeKind.ADMISSION_RESUMED: (Channel.CHAT,),
    NoticeKind.DELETION_REMINDER: (Channel.MAIL, Channel.CHAT),
    NoticeKind.KEPT: (Channel.CHAT,),
    NoticeKind.ASKED_MORE: (Channel.CHAT,),
    NoticeKind.DOCUMENT_EXPIRES: (Channel.MAIL, Channel.CHAT),
    NoticeKind.MESSAGE: (Channel.CHAT,),
    NoticeKind.EMAIL_CONFIRMATION: (Channel.MAIL,),
    NoticeKind.ERASED: (Channel.CHAT, Channel.MAIL),
    NoticeKind.EXPORT: (Channel.CHAT,),
    NoticeKind.INVITATION: (Channel.MAIL,),
    NoticeKind.PASSWORD_RESET: (Channel.MAIL,),
    NoticeKind.MAIL_SAMPLE: (Channel.MAIL,),
    NoticeKind.DIGEST: (Channel.MAIL,),
    NoticeKind.OVERDUE: (Channel.MAIL,),
}

MORNING = frozenset({NoticeKind.DIGEST, NoticeKind.OVERDUE})
"""To operators, from figures that are read when they leave."""

TO_OPERATORS = MORNING | {
    NoticeKind.INVITATION,
    NoticeKind.PASSWORD_RESET,
    NoticeKind.MAIL_SAMPLE,
}
"""About no candidate; the address is looked up when the mail leaves."""

FAREWELLS = frozenset({NoticeKind.FINAL_REJECTION, NoticeKind.ERASED})
"""May outlive the candidate: then they carry an address and rendered text, for 72 hours."""

TELLING_A_DATE = frozenset(
    {NoticeKind.DELETION_REMINDER, NoticeKind.ADMISSION_ENDED, NoticeKind.KEPT}
)
"""What may say when data are deleted: once it was taken, nobody is deleted before that date."""

SUBSCRIPTIONS = frozenset({NoticeKind.DIGEST})
"""Mails that their reader may end with one press; never what somebody must be told."""

URGENT = frozenset(
    {
        NoticeKind.ACTIVATION,
        NoticeKind.EMAIL_CONFIRMATION,
        NoticeKind.INVITATION,
        NoticeKind.PASSWORD_RESET,
        NoticeKind.MAIL_SAMPLE,
    }
)
"""Mails that somebody sits and waits for: they leave before all others."""
