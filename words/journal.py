"""The journal in words: what each kind of line is called, and what was before and after."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from rules.answers import display, in_language
from rules.dossier import Dossier, FieldRule
from rules.errors import Refusal
from rules.history import EventKind as Kind
from rules.notices import NoticeKind
from rules.statuses import ChangedMeanwhile
from words.language import N_, sentence, short_date, translate

KINDS: dict[Kind, str] = {
    Kind.SIGNED_UP: N_("signed up"),
    Kind.NOTICE_SHOWN: N_("privacy notice shown"),
    Kind.LANGUAGE_CHANGED: N_("language changed"),
    Kind.ANSWER_GIVEN: N_("answer given"),
    Kind.ANSWER_CHANGED: N_("answer changed"),
    Kind.ANSWER_SKIPPED: N_("question skipped"),
    Kind.ANSWER_REMOVED: N_("answer removed"),
    Kind.DOCUMENT_ADDED: N_("document added"),
    Kind.DOCUMENT_REPLACED: N_("document replaced"),
    Kind.DOCUMENT_REMOVED: N_("document removed"),
    Kind.FILE_CHECKED: N_("file checked"),
    Kind.FILE_REFUSED: N_("file refused by the check"),
    Kind.DOCUMENT_VALIDATED: N_("document validated"),
    Kind.DOCUMENT_REJECTED: N_("document rejected"),
    Kind.VERDICT_WITHDRAWN: N_("verdict withdrawn"),
    Kind.EXPIRY_SET: N_("expiry date corrected"),
    Kind.DOCUMENT_DESTROYED: N_("verified, then destroyed"),
    Kind.DOCUMENT_EXPIRED: N_("document expired"),
    Kind.DOCUMENT_VIEWED: N_("document viewed"),
    Kind.COMMENT_ADDED: N_("comment added"),
    Kind.COMMENT_EDITED: N_("comment edited"),
    Kind.COMMENT_REMOVED: N_("comment removed"),
    Kind.SUBMITTED: N_("application submitted"),
    Kind.TAKEN_BACK: N_("application taken back"),
    Kind.DECIDED: N_("decision taken"),
    Kind.DECISION_UNDONE: N_("decision undone"),
    Kind.DECISION_CANCELLED: N_("decision cancelled by an act of the candidate"),
    Kind.ACCEPTED: N_("application accepted"),
    Kind.REJECTED: N_("application sent back to be corrected"),
    Kind.BINNED: N_("application rejected and put into the bin"),
    Kind.RESTORED: N_("application restored from the bin"),
    Kind.ADMISSION_ENDED: N_("no longer works with you: space closed"),
    Kind.ADMISSION_RESUMED: N_("works with you again: space open"),
    Kind.ACCOUNT_CONFIRMED: N_("account confirmed"),
    Kind.EMAIL_CONFIRMED: N_("e-mail address confirmed"),
    Kind.MESSAGE_FROM_CANDIDATE: N_("message from the candidate"),
    Kind.MESSAGE_EDITED: N_("message edited"),
    Kind.MESSAGE_TO_CANDIDATE: N_("message to the candidate"),
    Kind.MARKED_ANSWERED: N_("marked as answered"),
    Kind.KEPT: N_("kept from deletion"),
    Kind.REMINDER_OWED: N_("deletion reminder due"),
    Kind.REMINDER_ACCEPTED: N_("deletion reminder delivered"),
    Kind.REMINDER_VOID: N_("deletion reminder withdrawn"),
    Kind.UNREACHABLE: N_("could not be reached"),
    Kind.MAIL_SENT: N_("mail sent"),
    Kind.MAIL_FAILED: N_("mail not delivered"),
    Kind.BOT_BLOCKED: N_("bot blocked"),
    Kind.BOT_UNBLOCKED: N_("bot unblocked"),
    Kind.BOT_CHANGED: N_("came by another bot"),
    Kind.STATUS_EXEMPTED: N_("work status exempted"),
    Kind.DATA_EXPORTED: N_("copy of the data requested"),
    Kind.LETTER_SENT_AGAIN: N_("message sent again by hand"),
    Kind.LETTER_WITHHELD: N_("mail held back"),
    Kind.LETTER_SET_ASIDE: N_("undelivered message set aside"),
    Kind.REQUIREMENTS_CHANGED: N_("brought to the requirements of now"),
}

GROUPS: dict[str, tuple[str, frozenset[Kind]]] = {
    "documents": (
        N_("Documents"),
        frozenset(
            one for one in Kind if one.startswith(("document", "file", "verdict", "expiry"))
        ),
    ),
    "details": (N_("Details"), frozenset(one for one in Kind if one.startswith("answer"))),
    "decisions": (
        N_("Decisions"),
        frozenset(
            {
                Kind.SUBMITTED,
                Kind.TAKEN_BACK,
                Kind.DECIDED,
                Kind.DECISION_UNDONE,
                Kind.DECISION_CANCELLED,
                Kind.ACCEPTED,
                Kind.REJECTED,
                Kind.BINNED,
                Kind.RESTORED,
                Kind.ADMISSION_ENDED,
                Kind.ADMISSION_RESUMED,
                Kind.STATUS_EXEMPTED,
            }
        ),
    ),
    "messages": (
        N_("Messages"),
        frozenset(one for one in Kind if one.startswith(("message", "marked"))),
    ),
    "comments": (N_("Comments"), frozenset(one for one in Kind if one.startswith("comment"))),
    "mails": (
        N_("Mails and deletion"),
        frozenset(one for one in Kind if one.startswith(("mail", "reminder", "letter")))
        | {Kind.KEPT, Kind.UNREACHABLE, Kind.BOT_BLOCKED, Kind.BOT_UNBLOCKED, Kind.BOT_CHANGED},
    ),
}
"""The filter of the history: label and kinds by the word in the address."""

NOTICES: dict[NoticeKind, str] = {
    NoticeKind.FILE_REFUSED: N_("File refused"),
    NoticeKind.DOCUMENT_REJECTED: N_("Document to send again"),
    NoticeKind.CORRECTIONS: N_("Application to correct"),
    NoticeKind.ACCEPTED: N_("Application accepted"),
    NoticeKind.ACTIVATION: N_("Account activation"),
    NoticeKind.ACTIVATION_AGAIN: N_("Reminder to activate the account"),
    NoticeKind.ACCOUNT_CONFIRMED: N_("Account confirmed"),
    NoticeKind.FINAL_REJECTION: N_("Final rejection"),
    NoticeKind.RESTORED: N_("Application open again"),
    NoticeKind.ADMISSION_ENDED: N_("No longer working together"),
    NoticeKind.ADMISSION_RESUMED: N_("Working together again"),
    NoticeKind.DELETION_REMINDER: N_("Deletion reminder"),
    NoticeKind.KEPT: N_("Application kept"),
    NoticeKind.ASKED_MORE: N_("More is asked"),
    NoticeKind.DOCUMENT_EXPIRES: N_("Document to renew"),
    NoticeKind.MESSAGE: N_("Message"),
    NoticeKind.EMAIL_CONFIRMATION: N_("E-mail confirmation"),
    NoticeKind.ERASED: N_("Proof of erasure"),
    NoticeKind.EXPORT: N_("Copy of the data"),
    NoticeKind.INVITATION: N_("Invitation"),
    NoticeKind.PASSWORD_RESET: N_("New password"),
    NoticeKind.MAIL_SAMPLE: N_("Trial mail"),
    NoticeKind.DIGEST: N_("Morning digest"),
    NoticeKind.OVERDUE: N_("Applications that wait for too long"),
}

NAMES: dict[str, str] = {
    "status": N_("status"),
    "state": N_("state"),
    "version": N_("version"),
    "reason": N_("reason"),
    "comment": N_("comment"),
    "text": N_("text"),
    "outcome": N_("decision"),
    "items": N_("to correct"),
    "expires_on": N_("expires on"),
    "until": N_("until"),
    "date": N_("date"),
    "promised": N_("promised date"),
    "files": N_("files"),
    "noted": N_("verified"),
    "pages": N_("pages"),
    "name": N_("file"),
    "message": N_("message"),
    "kind": N_("letter"),
    "error": N_("error"),
    "language": N_("language"),
    "added": N_("asked from now on"),
    "set_aside": N_("no longer asked, kept"),
}
"""Parts of a line that people understand; ids, digests and sizes are not shown."""

VALUES: dict[str, str] = {
    "incomplete": N_("incomplete"),
    "submitted": N_("submitted"),
    "to_correct": N_("to correct"),
    "accepted": N_("accepted"),
    "binned": N_("in the bin"),
    "missing": N_("missing"),
    "checking": N_("being checked"),
    "to_review": N_("to review"),
    "validated": N_("validated"),
    "rejected": N_("rejected"),
    "unusable": N_("unusable"),
    "accept": N_("accept"),
    "reject": N_("send back to be corrected"),
    "bin": N_("reject and delete"),
    "fr": N_("French"),
    "en": N_("English"),
    "independent": N_("independent"),
    "employee": N_("employee"),
}

NEWER = N_("known to a newer version only ({name})")
"""Of a kind that a newer release writes, while both run or after going back."""

PRODUCT = "Antichambre"
"""Who did it, when it was nobody: a job."""

UNNAMED = frozenset({"text", "message"})
"""Parts that speak for themselves."""

COUNTED = frozenset({"version", "files", "pages"})
"""Parts whose first 1 nobody has to be told."""

LISTED = frozenset({"items", "added", "set_aside", "noted"})
"""Parts that are lists of items."""

CODED = frozenset({"status", "state", "outcome", "language"})
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Change:
    """One part of a line: its name (possibly none), before and after (possibly empty)."""

    name: str
    before: str
    after: str


def what(kind: str, language: str) -> str:
    """What happened, in a few words, to put after "who" or into a sentence."""
    try:
        return translate(language, KINDS[Kind(kind)])
    except (ValueError, KeyError):
        return translate(language, NEWER, name=kind)


def notice(kind: str, language: str) -> str:
    """What a letter or a piece of news is called."""
    try:
        return translate(language, NOTICES[NoticeKind(kind)])
    except (ValueError, KeyError):
        return translate(language, NEWER, name=kind)


def groups(language: str) -> tuple[tuple[str, str], ...]:
    """The filter of the history: (word in the address, label)."""
    return tuple((key, translate(language, label)) for key, (label, _) in GROUPS.items())


def refusal(refused: Refusal, language: str) -> str:
    """A refusal in plain words; what happened meanwhile is named in them."""
    if not isinstance(refused, ChangedMeanwhile):
        return sentence(refused, language)
    who = str(refused.facts["who"]) or PRODUCT
    happened = what(str(refused.facts["what"]), language)
    return translate(language, refused.sentence, who=who, what=happened)


def subject(key: str | None, dossier: Dossier, language: str) -> str:
    """The label of the item that a line is about."""
    if key is None:
        return ""
    rule = dossier.known(key)
    return in_language(rule.label, language) if rule else key


def changes(
    key: str | None,
    before: Any,
    after: Any,
    dossier: Dossier,
    language: str,
    texts: Mapping[int, str] | None = None,
) -> tuple[Change, ...]:
    """What changed, part by part; parts that stayed the same are left out.

    texts: words of messages by id, for the lines that name one.
    """
    rule = dossier.known(key) if key else None
    if isinstance(rule, FieldRule):
        shown = [display(rule.question, value, language) for value in (before, after)]
        return (Change("", *shown),)
    if isinstance(before, dict) or isinstance(after, dict):
        old = before if isinstance(before, dict) else {}
        new = after if isinstance(after, dict) else {}
        return tuple(_parts(old, new, language, texts or {}))
    if before is None and after is None:
        return ()
    return (Change("", _plain(before, language), _plain(after, language)),)


def _parts(
    old: Mapping[str, Any], new: Mapping[str, Any], language: str, texts: Mapping[int, str]
) -> Iterable[Change]:
    for name, label in NAMES.items():
        was, became = old.get(name), new.get(name)
        if was == became or not (was or became):
            continue
        if name in COUNTED and (was, became) == (None, 1):
            continue
        parts = [_part(name, value, language, texts) for value in (was, became)]
        yield Change("" if name in UNNAMED else translate(language, label), *parts)


def _part(name: str, value: Any, language: str, texts: Mapping[int, str]) -> str:
    if value is None:
        return ""
    if name == "message":
        return texts.get(value, "")
    if name in LISTED:
        return ", ".join(_item(one, language) for one in value)
    if name == "kind" and value in NOTICES:
        return translate(language, NOTICES[value])
    if name in CODED:
        return _plain(value, language)
    return _dated(str(value), language)


def _item(column: Mapping[str, Any], language: str) -> str:
    label = in_language(column["label"], language)
    return f"{label} ({column['reason']})" if column.get("reason") else label


def _plain(value: Any, language: str) -> str:
    if value is None:
        return ""
    text = str(value)
    return translate(language, VALUES[text]) if text in VALUES else text


def _dated(text: str, language: str) -> str:
    if DATE.fullmatch(text):
        return short_date(date.fromisoformat(text), language)
    return text
