"""Tokens of mailed links: single use, expiring; the database keeps only their SHA-256.

A token in a mail about a notice is derived from the notice's Message-ID, so that a mail that is
sent again after a crash carries the same link. The others are random.

An operator's link (invitation, new password) has its row from the moment it is owed, under a
digest that no secret has; it begins to work, and its time to count, when its mail first leaves.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from actions.wakes import wake
from models.database import dialect, rows, transaction
from models.ids import new_id
from models.tables import Notice, Token
from rules.errors import Refusal, Unknown
from rules.notices import SUBSCRIPTIONS, NoticeKind
from rules.vocabulary import Channel, NoticeState


class TokenKind(StrEnum):
    """What a mailed link does."""

    ACTIVATION = "activation"
    KEEP = "keep"
    CONFIRM_EMAIL = "confirm_email"
    INVITATION = "invitation"
    RESET = "reset"
    STEP = "second_step"
    """Not mailed: a browser that gave the right password and still owes a code."""


LASTS = {
    TokenKind.ACTIVATION: timedelta(days=30),
    TokenKind.KEEP: timedelta(days=60),
    TokenKind.CONFIRM_EMAIL: timedelta(days=7),
    TokenKind.INVITATION: timedelta(days=7),
    TokenKind.RESET: timedelta(hours=1),
    TokenKind.STEP: timedelta(minutes=10),
}
"""How long each kind of link works."""

LONGEST_NUMBER = 9
"""Digits of a membership's number."""

OF_NOTICE = {
    NoticeKind.ACTIVATION: TokenKind.ACTIVATION,
    NoticeKind.ACTIVATION_AGAIN: TokenKind.ACTIVATION,
    NoticeKind.DELETION_REMINDER: TokenKind.KEEP,
    NoticeKind.EMAIL_CONFIRMATION: TokenKind.CONFIRM_EMAIL,
    NoticeKind.INVITATION: TokenKind.INVITATION,
    NoticeKind.PASSWORD_RESET: TokenKind.RESET,
}
"""The link that a mail of this kind carries."""


class NoSuchLink(Unknown):
    """Never given, cut off, or gone with its candidate."""

    sentence = "This link does not work. Check that it is complete, or open your Telegram space."


class LinkUsed(Refusal):
    """A second use."""

    sentence = "This link has already been used."


class LinkExpired(Refusal):
    """Too old, or sent to an address that was changed since."""

    sentence = "This link is no longer valid."


@dataclass(frozen=True, slots=True)
class Link:
    """A known link: its row and whether it still works."""

    token: Token
    refusal: Refusal | None = None


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def address_mark(address: str) -> str:
    """Recognises the address that a link was sent to, without keeping it twice."""
    return digest(address.lower())[:32]


async def issue(
    kind: TokenKind,
    now: datetime,
    *,
    provider_id: str | None = None,
    candidate_id: str | None = None,
    operator_id: str | None = None,
    facts: dict[str, Any] | None = None,
) -> str:
    """A new random token; returns what goes into the link."""
    token = secrets.token_urlsafe(32)
    await Token.create(
        digest=digest(token),
        kind=kind,
        provider_id=provider_id,
        candidate_id=candidate_id,
        operator_id=operator_id,
        facts=facts or {},
        created_at=now,
        expires_at=now + LASTS[kind],
    )
    return token


async def issue_for(notice: Notice, secret_key: bytes, address: str, now: datetime) -> str:
    """The token of a mail: the same for the same notice, written down once; empty without link.

    It expires counted from the day on which the mail first left.
    """
    if notice.kind in SUBSCRIPTIONS:
        return subscription_token(notice.facts["membership"], secret_key)
    kind = OF_NOTICE.get(NoticeKind(notice.kind))
    if kind is None:
        return ""
    token = _derived(kind, notice.message_id, secret_key)
    if notice.candidate_id is None:
        await _begin(notice, kind, token, now)
        return token
    await Token.get_or_create(
        digest=digest(token),
        defaults={
            "kind": kind,
            "provider_id": notice.provider_id,
            "candidate_id": notice.candidate_id,
            "facts": {"address": address_mark(address)},
            "created_at": now,
            "expires_at": now + LASTS[kind],
        },
    )
    return token


async def _begin(notice: Notice, kind: TokenKind, token: str, now: datetime) -> None:
    """Let an operator's link work from now on; not if a newer mail has taken its place."""
    async with transaction():
        row = await lock_token(notice.facts["token"], kind)
        if row is None or row.used_at or row.facts.get("mail") != notice.message_id:
            return
        if row.digest != digest(token):
            row.digest, row.created_at = digest(token), now
            row.expires_at = now + LASTS[kind]
            await row.save(update_fields=["digest", "created_at", "expires_at"])


async def lock_token(token_id: int, kind: TokenKind) -> Token | None:
    """The row of a link, locked until the transaction ends."""
    query = Token.filter(id=token_id, kind=kind)
    if dialect() != "sqlite":  # there the whole transaction holds the write lock
        query = query.select_for_update()
    return await query.first()


async def new_row(
    kind: TokenKind,
    now: datetime,
    *,
    provider_id: str | None = None,
    operator_id: str | None = None,
    facts: dict[str, Any] | None = None,
) -> Token:
    """The row of an operator's link that no mail carries yet."""
    return await Token.create(
        digest=_nobodys(),
        kind=kind,
        provider_id=provider_id,
        operator_id=operator_id,
        facts=facts or {},
        created_at=now,
        expires_at=now + LASTS[kind],
    )


def _nobodys() -> str:
    """The digest of a secret that is forgotten at once."""
    return digest(secrets.token_urlsafe(32))


async def owe_link(row: Token, kind: NoticeKind, provider_id: str, now: datetime) -> None:
    """Owe the mail that carries an operator's link; an earlier mail and its link are dead.

    The notice says neither name nor address: both are looked up when it leaves.
    """
    await void_mails(row, kind, now)
    mail = new_id()
    row.digest, row.facts = _nobodys(), {**row.facts, "mail": mail}
    row.expires_at = now + LASTS[TokenKind(row.kind)]
    await row.save(update_fields=["digest", "facts", "expires_at"])
    wake(Channel.MAIL)
    await Notice.create(
        provider_id=provider_id,
        operator_id=row.operator_id,
        channel=Channel.MAIL,
        kind=kind,
        facts={"token": row.id},
        unique_key=f"{kind}:{row.id}:{mail}",
        owed_at=now,
        not_before=now,
        message_id=mail,
    )


async def void_mails(row: Token, kind: NoticeKind, now: datetime) -> None:
    """Take back the mails about this link that have not left."""
    waiting = Notice.filter(candidate_id=None, kind=kind, state=NoticeState.OWED)
    await waiting.filter(unique_key__startswith=f"{kind}:{row.id}:").update(
        state=NoticeState.VOID, settled_at=now, last_error="another one took its place"
    )


def _derived(kind: TokenKind, message_id: str, secret_key: bytes) -> str:
    """43 characters of A-Z a-z 0-9 _ -; without the secret key nobody can guess them."""
    mac = hmac.digest(secret_key, f"link:{kind}:{message_id}".encode(), hashlib.sha256)
    return urlsafe_b64encode(mac).decode().rstrip("=")


def subscription_token(membership_id: int, secret_key: bytes) -> str:
    """What ends somebody's digest: signed, the same in each mail, and it never expires.

    It can do no harm but that, and whoever finds an old mail must still be able to end it; so
    there is nothing to keep in the database.
    """
    mac = hmac.digest(secret_key, f"subscription:{membership_id}".encode(), hashlib.sha256)
    return f"{membership_id}.{urlsafe_b64encode(mac).decode().rstrip('=')}"


def subscription_of(token: str, secret_key: bytes) -> int:
    """The membership that a token was signed for.

    Raises:
        NoSuchLink: nobody signed this.
    """
    number = token.partition(".")[0]
    if number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER:
        signed = subscription_token(int(number), secret_key)
        if hmac.compare_digest(signed.encode(), token.encode()):
            return int(number)
    raise NoSuchLink


async def look(token: str, kind: TokenKind, now: datetime) -> Link:
    """A link as it stands; looking changes nothing.

    Raises:
        NoSuchLink: no such link of this kind.
    """
    row = await Token.get_or_none(digest=digest(token), kind=kind)
    if row is None:
        raise NoSuchLink
    if row.used_at is not None:
        return Link(row, LinkUsed())
    if row.expires_at <= now:
        return Link(row, LinkExpired())
    return Link(row)


async def use(row: Token, now: datetime) -> None:
    """Use a token up, inside the deed that it allows.

    Raises:
        LinkUsed, LinkExpired.
    """
    if row.expires_at <= now:
        raise LinkExpired
    used = await rows(
        "UPDATE token SET used_at = ? WHERE id = ? AND used_at IS NULL RETURNING id", now, row.id
    )
    if not used:
        raise LinkUsed
