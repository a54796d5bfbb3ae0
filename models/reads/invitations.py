"""Invitations that wait for an answer, and whose link somebody followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.tables import Notice, Operator, Provider, Token
from rules.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class Pending:
    """One invitation that was neither accepted nor withdrawn."""

    row: int
    id: str
    """For addresses of the panel."""
    name: str
    email: str
    role: str
    by: str
    created_at: datetime
    expires_at: datetime
    mail: str
    """State of its last mail, as `rules.vocabulary.NoticeState`; empty when it is forgotten."""
    error: str
    """What the mail server said, when it did not take it."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page behind an invitation's link may say."""

    provider: Provider
    name: str
    email: str
    role: str
    by: str
    language: str
    known: bool
    """The address has an account: one joins with its password."""
    code: bool
    """And signs in with a code as well."""


async def pending(provider_id: str) -> list[Pending]:
    """This provider's open invitations, newest first; expired ones are among them."""
    # Few rows have no candidate, and that column has an index.
    open_ones = Token.filter(
        candidate_id=None, kind="invitation", provider_id=provider_id, used_at=None
    )
    found = await open_ones.order_by("-id")
    mails = await _mails([one.facts["mail"] for one in found])
    return [_pending(one, mails.get(one.facts["mail"])) for one in found]


async def _mails(ids: list[str]) -> Mapping[str, Notice]:
    if not ids:
        return {}
    query = Notice.filter(candidate_id=None, kind=NoticeKind.INVITATION, message_id__in=ids)
    return {one.message_id: one for one in await query}


def _pending(row: Token, mail: Notice | None) -> Pending:
    said = row.facts
    return Pending(
        row=row.id,
        id=said["id"],
        name=said["name"],
        email=said["email"],
        role=said["role"],
        by=said["by"],
        created_at=row.created_at,
        expires_at=row.expires_at,
        mail=mail.state if mail else "",
        error=mail.last_error if mail else "",
    )


async def invitation(row: Token) -> Invitation | None:
    """Who is invited by this link, and where; None when it says nothing any more."""
    provider = await Provider.get_or_none(id=row.provider_id)
    if provider is None or "email" not in row.facts:
        return None
    operator = await Operator.get_or_none(email=row.facts["email"])
    return Invitation(
        provider=provider,
        name=row.facts["name"],
        email=row.facts["email"],
        role=row.facts["role"],
        by=row.facts["by"],
        language=row.facts["language"],
        known=operator is not None,
        code=operator is not None and operator.totp_secret is not None,
    )


async def provider_of(row: Token) -> Provider | None:
    """The provider that a link belongs to."""
    return await Provider.get_or_none(id=row.provider_id)
