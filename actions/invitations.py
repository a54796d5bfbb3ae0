"""Invitations: an administrator asks somebody to use the panel, a mailed link lets them in.

Nothing tells the administrator whether the invited address has an account already: who has one
joins with their own password, who has none chooses one. Name and address live in the link's row,
and are wiped as soon as it is accepted.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError

from actions.deeds import SYSTEM, Actor
from actions.operators import AlreadyHere, join, tidy_address, tidy_name
from actions.passwords import check_password, hash_password, right_password
from actions.provider_journal import lock_provider, record
from actions.second_factor import prove
from actions.sessions import Knock, WrongCredentials, admit, code_limits, open_session
from actions.throttle import Throttle
from actions.tokens import (
    LASTS,
    NoSuchLink,
    TokenKind,
    digest,
    lock_token,
    look,
    new_row,
    owe_link,
    use,
    void_mails,
)
from models.database import transaction
from models.ids import new_id
from models.reads.desks import open_memberships
from models.reads.invitations import pending
from models.tables import Membership, Notice, Operator, Token
from rules.errors import Refusal, Unknown
from rules.history import ProviderEventKind
from rules.notices import NoticeKind
from rules.vocabulary import ActorKind, Role

LASTS_DAYS = LASTS[TokenKind.INVITATION].days
MAILS_A_DAY = 3
"""For one invitation."""
MOST_PENDING = 50
"""Invitations that one provider has open: no company is a way to write to strangers."""
MOST_MAILS = 100
"""Mails of invitation that one provider sends in a day."""


class AlreadyInvited(Refusal):
    """A second invitation to the same address."""

    sentence = "This address has an open invitation: send it again, or withdraw it, in the list."


class EnoughInvitations(Refusal):
    """More mails than anybody needs."""

    sentence = "That is a lot of invitations. Wait until tomorrow, or withdraw some of them."


class NoSuchInvitation(Unknown):
    """Unknown, accepted, withdrawn, or another provider's."""

    sentence = "This invitation does not exist, or no longer exists."


class KnownAccount(Refusal):
    """Choosing a password for an address that has an account since."""

    sentence = "This address has an account. Join with its password."


@dataclass(frozen=True, slots=True)
class Invited:
    """Who is invited, as the form says."""

    name: str
    email: str
    role: Role


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody without an account chooses."""

    name: str
    password: str = field(repr=False)
    language: str


async def invite(provider_id: str, who: Invited, actor: Actor, now: datetime) -> None:
    """Owe the mail; the link works for seven days from the moment it leaves.

    Raises:
        NameNeeded, NotAnAddress, AlreadyHere, AlreadyInvited, EnoughInvitations.
    """
    name, email = tidy_name(who.name), tidy_address(who.email)
    async with transaction():
        provider = await lock_provider(provider_id)
        if await Membership.exists(provider_id=provider_id, operator__email=email):
            raise AlreadyHere
        waiting = await pending(provider_id)
        if any(one.email == email for one in waiting):
            raise AlreadyInvited
        if len(waiting) >= MOST_PENDING:
            raise EnoughInvitations
        await _refuse_flood(provider_id, now)
        row = await new_row(
            TokenKind.INVITATION,
            now,
            provider_id=provider_id,
            facts={
                "id": new_id(),
                "name": name,
                "email": email,
                "role": who.role,
                "by": actor.name,
                "language": provider.language,
            },
        )
        await owe_link(row, NoticeKind.INVITATION, provider_id, now)
        await _note(ProviderEventKind.OPERATOR_INVITED, row, actor, now)


async def send_again(provider_id: str, invitation: str, actor: Actor, now: datetime) -> None:
    """A new mail with a new link, good for seven more days; the old link is dead.

    Raises:
        NoSuchInvitation, EnoughInvitations.
    """
    async with transaction():
        await lock_provider(provider_id)
        row = await _open_row(provider_id, invitation)
        await _refuse_flood(provider_id, now, row)
        await owe_link(row, NoticeKind.INVITATION, provider_id, now)
        await _note(ProviderEventKind.INVITATION_SENT_AGAIN, row, actor, now)


async def ask_again(token: str, now: datetime) -> None:
    """Mail a new link to the invited address, in place of one that came too late.

    Whoever holds the old mail may ask, three times a day with those of the administrators. Nothing
    happens, and nobody is told so, when the link works still, was used, or leads to no invitation.
    """
    row = await Token.get_or_none(digest=digest(token), kind=TokenKind.INVITATION)
    if row is None or row.provider_id is None:
        return
    try:
        async with transaction():
            await lock_provider(row.provider_id)
            late = await lock_token(row.id, TokenKind.INVITATION)
            if late is None or late.digest != row.digest or not _may_ask(late, now):
                return
            await _refuse_flood(row.provider_id, now, late)
            await owe_link(late, NoticeKind.INVITATION, row.provider_id, now)
            await _note(ProviderEventKind.INVITATION_SENT_AGAIN, late, SYSTEM, now)
    except EnoughInvitations:
        return


def _may_ask(row: Token, now: datetime) -> bool:
    return row.used_at is None and row.expires_at <= now and "email" in row.facts


async def withdraw(provider_id: str, invitation: str, actor: Actor, now: datetime) -> None:
    """The link is dead; name and address are forgotten.

    Raises:
        NoSuchInvitation.
    """
    async with transaction():
        await lock_provider(provider_id)
        row = await _open_row(provider_id, invitation)
        await void_mails(row, NoticeKind.INVITATION, now)
        await _note(ProviderEventKind.INVITATION_WITHDRAWN, row, actor, now)
        await row.delete()


async def _open_row(provider_id: str, invitation: str) -> Token:
    found = [one for one in await pending(provider_id) if one.id == invitation]
    row = await lock_token(found[0].row, TokenKind.INVITATION) if found else None
    if row is None or row.used_at is not None:
        raise NoSuchInvitation
    return row


async def _refuse_flood(provider_id: str, now: datetime, row: Token | None = None) -> None:
    mails = Notice.filter(
        candidate_id=None,
        kind=NoticeKind.INVITATION,
        provider_id=provider_id,
        owed_at__gt=now - timedelta(days=1),
    )
    if await mails.count() >= MOST_MAILS:
        raise EnoughInvitations
    if row is not None:
        again = mails.filter(unique_key__startswith=f"{NoticeKind.INVITATION}:{row.id}:")
        if await again.count() >= MAILS_A_DAY:
            raise EnoughInvitations


async def _note(kind: ProviderEventKind, row: Token, actor: Actor, now: datetime) -> None:
    """Names and roles stand in the journal, addresses do not: it is never changed."""
    after = {"name": row.facts["name"], "role": row.facts["role"]}
    await record(row.provider_id or "", kind, actor.id, actor.name, now, after=after)


async def accept_as_new(token: str, who: Newcomer, now: datetime, user_agent: str = "") -> str:
    """Make the account, join, and open a session; its secret, shown only here.

    Raises:
        NoSuchLink, LinkUsed, LinkExpired, NameNeeded, PasswordTooShort, KnownAccount.
    """
    row = await _working(token, now)
    name = tidy_name(who.name)
    check_password(who.password)
    hashed = await hash_password(who.password)
    try:
        async with transaction():
            if await Operator.exists(email=row.facts["email"]):
                raise KnownAccount
            operator = await Operator.create(
                name=name,
                email=row.facts["email"],
                password_hash=hashed,
                language=who.language,
                created_at=now,
            )
            return await _accept(row, operator, now, user_agent)
    except IntegrityError:  # the same address got an account at this very moment
        raise KnownAccount from None


async def accept_as_known(
    token: str, knock: Knock, code: str, throttle: Throttle, now: datetime
) -> str:
    """Join with the account of the invited address, and open a session; its secret.

    knock: the password and where it comes from; the account is the link's.
    code: of the second factor, when the account has one.

    Raises:
        NoSuchLink, LinkUsed, LinkExpired, TooManyTries, WrongCredentials, WrongCode, AlreadyHere.
    """
    row = await _working(token, now)
    operator = await Operator.get_or_none(email=row.facts["email"])
    if operator is None:
        raise NoSuchLink
    admit(throttle, knock.limits, now)
    if not await right_password(operator.password_hash, knock.password):
        raise WrongCredentials
    throttle.forgive(knock.limits)
    limits = code_limits(operator.id, knock.address)
    if operator.totp_secret:
        admit(throttle, limits, now)
    async with transaction():
        if operator.totp_secret:
            await prove(operator, code, now)
        secret = await _accept(row, operator, now, knock.user_agent)
    throttle.forgive(limits)
    return secret


async def _working(token: str, now: datetime) -> Token:
    link = await look(token, TokenKind.INVITATION, now)
    if link.refusal is not None:
        raise link.refusal
    return link.token


async def _accept(row: Token, operator: Operator, now: datetime, user_agent: str) -> str:
    """Use the link up and wipe what it said; the role is the one that was offered."""
    provider_id = row.provider_id or ""
    await lock_provider(provider_id)
    await use(row, now)
    await Token.filter(id=row.id).update(facts={})
    await void_mails(row, NoticeKind.INVITATION, now)
    actor = Actor(ActorKind.OPERATOR, operator.id, operator.name)
    how = ProviderEventKind.INVITATION_ACCEPTED
    await join(provider_id, operator, Role(row.facts["role"]), actor, now, how)
    return await open_session(
        operator, await open_memberships(operator.id), now, user_agent, provider_id
    )
