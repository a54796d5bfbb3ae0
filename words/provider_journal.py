"""The provider's journal in words: what each kind of line is called, and what changed.

A new kind of line needs its words in KINDS; new names of facts go to NAMES, new codes to CODES.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rules.history import ProviderEventKind as Kind
from rules.vocabulary import Language
from words.journal import NEWER
from words.language import N_, translate
from words.letters.titles import TITLES

KINDS: dict[str, str] = {
    Kind.PROVIDER_CREATED: N_("Provider created"),
    Kind.SETTINGS_CHANGED: N_("Settings changed"),
    Kind.MAIL_CHANGED: N_("Mail rewritten"),
    Kind.MAIL_PUT_BACK: N_("Original mail put back"),
    Kind.LINK_RENEWED: N_("Link renewed"),
    Kind.REQUIREMENT_ADDED: N_("Item added to what is asked"),
    Kind.REQUIREMENT_CHANGED: N_("Item changed in what is asked"),
    Kind.REQUIREMENT_ARCHIVED: N_("Item no longer asked"),
    Kind.REQUIREMENT_CONFIRMED: N_("Legal note read and confirmed"),
    Kind.REQUIREMENTS_PUBLISHED: N_("What is asked was published"),
    Kind.REQUIREMENTS_ASKED: N_("Applications in progress asked too"),
    Kind.ACTIVITIES_DECLARED: N_("Activities declared"),
    Kind.NEWCOMERS_VALIDATED: N_("People validated who came in while the module was off"),
    Kind.OPERATOR_ADDED: N_("Operator added"),
    Kind.OPERATOR_CHANGED: N_("Operator changed"),
    Kind.OPERATOR_INVITED: N_("Operator invited"),
    Kind.INVITATION_SENT_AGAIN: N_("Invitation sent again"),
    Kind.INVITATION_WITHDRAWN: N_("Invitation withdrawn"),
    Kind.INVITATION_ACCEPTED: N_("Invitation accepted"),
    Kind.OPERATOR_REMOVED: N_("Operator removed"),
    Kind.PASSWORD_RESET_ASKED: N_("New password asked for"),
    Kind.PASSWORD_CHANGED: N_("Password changed"),
    Kind.SECOND_FACTOR_ON: N_("Code at sign-in switched on"),
    Kind.SECOND_FACTOR_OFF: N_("Code at sign-in switched off"),
    Kind.RECOVERY_CODES_RENEWED: N_("New recovery codes made"),
    Kind.RECOVERY_CODE_USED: N_("Recovery code used"),
    Kind.SESSIONS_ENDED: N_("Signed out everywhere"),
    Kind.SIGNED_IN: N_("Signed in"),
    Kind.SIGNED_OUT: N_("Signed out"),
    Kind.SIGN_IN_FAILED: N_("Failed sign-in"),
    Kind.CANDIDATE_ERASED: N_("Application erased"),
    Kind.CLOCK_RUN: N_("Nightly run of the deletion"),
    Kind.CLOCK_BRAKED: N_("Deletion stopped: too many at once"),
    Kind.CLOCK_RELEASED: N_("Deletion released"),
    Kind.OVERDUE_TOLD: N_("Administrators told of applications that wait for too long"),
    Kind.DIGEST_CHANGED: N_("Morning digest"),
    Kind.BOT_CONNECTED: N_("Bot connected"),
    Kind.BOT_RETIRED: N_("Bot taken back"),
    Kind.JOURNAL_EXPORTED: N_("Journal exported"),
    Kind.LETTER_SENT_AGAIN: N_("Message to an operator sent again"),
    Kind.LETTER_SET_ASIDE: N_("Undelivered message to an operator set aside"),
}

SUBJECTS: dict[str, str] = {
    "recruitment": N_("recruitment module"),
    "company": N_("your company"),
    "mail_sender": N_("sender and signature"),
    "logo": N_("logo"),
    "source_tags": N_("where people come from"),
    "space_links": N_("links of the open space"),
}
"""What a change of settings was about, where the kind alone does not say it."""

NAMES: dict[str, str] = {
    "label": N_("name"),
    "help": N_("help"),
    "answer": N_("kind of answer"),
    "required": N_("required"),
    "statuses": N_("asked of"),
    "stage": N_("asked when"),
    "condition": N_("only if"),
    "options": N_("choices"),
    "limits": N_("limits"),
    "must_be": N_("answers that are accepted"),
    "unmet": N_("sentence for the others"),
    "formats": N_("kinds of file"),
    "max_pages": N_("pages at most"),
    "max_bytes": N_("bytes at most"),
    "asks_expiry": N_("expiry date asked"),
    "validity_days": N_("valid for (days)"),
    "remind_days": N_("asked again before (days)"),
    "view_and_forget": N_("looked at, not kept"),
    "sensitive": N_("each view is noted"),
    "reasons": N_("rejection reasons"),
    "example_id": N_("example"),
    "version": N_("version"),
    "reordered": N_("order changed"),
    "asked_too": N_("applications in progress asked too"),
    "notes": N_("legal note"),
    "activities": N_("activities"),
    "module_on": N_("module"),
    "signups_open": N_("sign-ups"),
    "closed_sentence": N_("sentence while closed"),
    "accepted_statuses": N_("accepted work statuses"),
    "french_required": N_("French required"),
    "french_of": N_("French required of"),
    "deletion_days": N_("deletion after (days)"),
    "reminder_days": N_("reminder before (days)"),
    "ended_days": N_("deletion after the end of an admission (days)"),
    "bin_days": N_("bin emptied after (days)"),
    "quiet_from": N_("no reminder from (hour)"),
    "quiet_until": N_("no reminder until (hour)"),
    "sender_name": N_("sender’s name"),
    "signature": N_("signature"),
    "subject": N_("subject"),
    "body": N_("text"),
    "colour": N_("colour"),
    "reply_to": N_("address for answers"),
    "language": N_("language"),
    "timezone": N_("time zone"),
    "name": N_("name"),
    "role": N_("role"),
    "slug": N_("address"),
    "reason": N_("reason"),
    "validated": N_("validated"),
    "left": N_("left to validate"),
    "reminded": N_("reminded"),
    "deleted": N_("deleted"),
    "running": N_("running"),
    "suspended": N_("suspended"),
    "to_delete": N_("to delete"),
    "after": N_("after"),
    "date": N_("date"),
    "last_status": N_("last status"),
    "bot": N_("bot"),
    "people": N_("people concerned"),
    "lines": N_("lines"),
    "applications": N_("applications"),
    "digest": N_("received"),
    "logo": N_("logo"),
    "source_tags": N_("where people come from"),
    "links": N_("links"),
    "kind": N_("what"),
    "who": N_("who"),
    "from": N_("from"),
    "to": N_("until"),
}

CODES: dict[str, str] = {
    "application": N_("with the application"),
    "admitted": N_("once accepted"),
    "child_protection": N_("child protection"),
    "early_childhood_structure": N_("early childhood structure"),
    "admin": N_("Administrator"),
    "reviewer": N_("Reviewer"),
    "independent": N_("independent"),
    "employee": N_("employee"),
    "automatic": N_("automatic"),
    "bin": N_("emptied bin"),
    "own_wish": N_("own wish"),
    "again": N_("erased again after a restore"),
    "restore": N_("restored backup"),
    "incomplete": N_("Incomplete"),
    "submitted": N_("Submitted"),
    "to_correct": N_("To correct"),
    "accepted": N_("Accepted"),
    "binned": N_("In the bin"),
    "system": N_("the system"),
    "settings": N_("Settings"),
    "people": N_("Operators and sign-ins"),
    "deletion": N_("Deletion and candidates"),
    "exports": N_("Exports"),
    "all": N_("everybody who applies"),
    "new": N_("those who sign up from now on"),
}

FIELD_KINDS: dict[str, str] = {
    "text": N_("short text"),
    "long_text": N_("long text"),
    "yes_no": N_("yes or no"),
    "choice": N_("one choice"),
    "choices": N_("several choices"),
    "date": N_("date"),
    "number": N_("number"),
    "email": N_("e-mail address"),
    "phone": N_("phone number"),
    "address": N_("postal address"),
    "postal_code": N_("postal code"),
    "siret": N_("SIRET number"),
    "iban": N_("IBAN"),
    "nir": N_("social security number"),
}
"""What a question takes for an answer."""

MAILS = frozenset({Kind.MAIL_CHANGED, Kind.MAIL_PUT_BACK})
"""Their subject is "mail", its name, and its language."""

DAYS = frozenset({"date", "from", "to"})
"""Facts that are days, written by the program as 2026-12-16."""
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Group:
    """One choice of the filter: the kinds that begin with one of these."""

    title: str
    beginnings: tuple[str, ...]


GROUPS: dict[str, Group] = {
    "settings": Group(N_("Settings"), ()),
    "people": Group(
        N_("Operators and sign-ins"),
        (
            "operator",
            "digest",
            "invit",
            "sign",
            "password",
            "second_factor",
            "session",
            "recovery",
        ),
    ),
    "deletion": Group(
        N_("Deletion and candidates"), ("clock", "overdue", "candidate", "newcomers")
    ),
    "exports": Group(N_("Exports"), ("journal_exported",)),
}
"""The filter by the word in the address; settings are whatever is none of the others."""


def kinds_of(group: str) -> frozenset[str]:
    """The kinds of a group; empty: of all, as for an unknown word."""
    if group not in GROUPS:
        return frozenset()
    if group == "settings":
        others = frozenset[str]().union(*(kinds_of(one) for one in GROUPS if one != group))
        return frozenset(map(str, Kind)) - others
    return frozenset(str(kind) for kind in Kind if kind.startswith(GROUPS[group].beginnings))


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a line says: what it was, and what it is now."""

    name: str
    before: str
    """Empty: the line does not say."""
    after: str


def what(kind: str, subject: str | None, language: str) -> str:
    """What happened, in words."""
    if kind not in KINDS:
        return translate(language, NEWER, name=kind)
    text = translate(language, KINDS[kind])
    if kind in MAILS and subject is not None:
        _, name, code = subject.split()
        return f"{text} ({translate(language, TITLES.get(name, name))}, {code})"
    about = SUBJECTS.get(subject or "") if kind == Kind.SETTINGS_CHANGED else None
    return f"{text} ({translate(language, about)})" if about else text


def facts(before: Any, after: Any, language: str) -> list[Fact]:
    """What a line says was before and is after; of what is no more, only what it was."""
    if after is None and isinstance(before, Mapping):
        before, after = None, before
    if isinstance(after, Mapping):
        was = before if isinstance(before, Mapping) else {}
        return [
            Fact(
                translate(language, NAMES.get(str(name), str(name))),
                _fact(name, was[name], language) if name in was else "",
                _fact(name, value, language),
            )
            for name, value in after.items()
        ]
    return [] if after is None else [Fact("", "", _value(after, language))]


def _fact(name: str, value: Any, language: str) -> str:
    if name in DAYS:
        return _day(value)
    if name == "answer" and value in FIELD_KINDS:
        return translate(language, FIELD_KINDS[value])
    if name == "statuses" and not value:
        return translate(language, "everybody")
    return _value(value, language)


def _day(value: Any) -> str:
    """`2026-12-16` as it is written everywhere."""
    year, _, rest = str(value).partition("-")
    month, _, day = rest.partition("-")
    return f"{day}/{month}/{year}"


def _value(value: Any, language: str) -> str:
    if value is None:
        return NOTHING
    if isinstance(value, bool):
        return translate(language, "yes") if value else translate(language, "no")
    if isinstance(value, Mapping):
        told = sorted(value, key=_place)  # PostgreSQL keeps keys in an order of its own
        return " / ".join(_value(value[one], language) for one in told) or NOTHING
    if isinstance(value, str):
        return translate(language, CODES[value]) if value in CODES else value or NOTHING
    if isinstance(value, Iterable):
        return ", ".join(_value(one, language) for one in value) or NOTHING
    return str(value)


def _place(key: str) -> int:
    """French before English, other keys as they come."""
    order = [str(one) for one in Language]
    return order.index(key) if key in order else len(order)
