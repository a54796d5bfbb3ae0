"""What is told to whom, and by which channel."""

from enum import StrEnum

from rules.vocabulary import Channel


class NoticeKind(StrEnum):
    """One kind of message that is owed."""

    SCREEN = "screen"
    """The chat's current screen, when the door could not show it itself."""
    FILE_REFUSED = "file_refused"
    DOCUMENT_REJECTED = "document_rejected"
    """At once, when the candidate can already send it again."""
    CORRECTIONS = "corrections"
    ACCEPTED = "accepted"
    ACTIVATION = "activation"
    ACCOUNT_CONFIRMED = "account_confirmed"
    FINAL_REJECTION = "final_rejection"
    RESTORED = "restored"
    DELETION_REMINDER = "deletion_reminder"
    KEPT = "kept"
    ASKED_MORE = "asked_more"
    """What the provider asks besides, since it changed its list."""
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


CHANNELS: dict[NoticeKind, tuple[Channel, ...]] = {
    NoticeKind.SCREEN: (Channel.CHAT,),
    NoticeKind.FILE_REFUSED: (Channel.CHAT,),
    NoticeKind.DOCUMENT_REJECTED: (Channel.CHAT,),
    NoticeKind.CORRECTIONS: (Channel.MAIL, Channel.CHAT),
    NoticeKind.ACCEPTED: (Channel.CHAT,),
    NoticeKind.ACTIVATION: (Channel.MAIL,),
    NoticeKind.ACCOUNT_CONFIRMED: (Channel.CHAT,),
    NoticeKind.FINAL_REJECTION: (Channel.MAIL, Channel.CHAT),
    NoticeKind.RESTORED: (Channel.CHAT,),
    NoticeKind.DELETION_REMINDER: (Channel.MAIL, Channel.CHAT),
    NoticeKind.KEPT: (Channel.CHAT,),
    NoticeKind.ASKED_MORE: (Channel.CHAT,),
    NoticeKind.MESSAGE: (Channel.CHAT,),
    NoticeKind.EMAIL_CONFIRMATION: (Channel.MAIL,),
    NoticeKind.ERASED: (Channel.CHAT, Channel.MAIL),
    NoticeKind.EXPORT: (Channel.CHAT,),
    NoticeKind.INVITATION: (Channel.MAIL,),
    NoticeKind.PASSWORD_RESET: (Channel.MAIL,),
    NoticeKind.MAIL_SAMPLE: (Channel.MAIL,),
}

TO_OPERATORS = frozenset(
    {NoticeKind.INVITATION, NoticeKind.PASSWORD_RESET, NoticeKind.MAIL_SAMPLE}
)
"""About no candidate; the address is looked up when the mail leaves."""

FAREWELLS = frozenset({NoticeKind.FINAL_REJECTION, NoticeKind.ERASED})
"""May outlive the candidate: then they carry an address and rendered text, for 72 hours."""

SUBSCRIPTIONS: frozenset[NoticeKind] = frozenset()
"""Mails that their reader may end with one press; never what somebody must be told."""
