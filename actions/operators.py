"""Operators: who works at a provider, with which role, and how one leaves."""

from dataclasses import dataclass, field
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from tortoise.exceptions import IntegrityError

from actions.deeds import Actor
from actions.passwords import check_password, hash_password, right_password
from actions.provider_journal import lock_provider, record
from actions.second_factor import note_everywhere
from actions.sessions import end_sessions, open_session
from actions.tokens import TokenKind
from models.database import transaction
from models.reads.desks import Seat, open_memberships
from models.tables import Membership, Operator, RecoveryCode, Token
from rules.errors import Refusal, Unknown
from rules.history import ProviderEventKind
from rules.vocabulary import Role


class NotAnAddress(Refusal):
    """An e-mail address that no mail can reach."""

    sentence = "This is not an e-mail address. It looks like odile@example.org."


class NameNeeded(Refusal):
    """An operator without a name."""

    sentence = "Write a name: candidates and colleagues see who acts."


class AlreadyHere(Refusal):
    """Adding somebody who has a membership already."""

    sentence = "This person already uses this panel."


class NoSuchOperator(Unknown):
    """Unknown, or another provider's."""

    sentence = "This person does not use this panel."


class LastAdmin(Refusal):
    """Taking the last administrator away."""

    sentence = "There must be at least one administrator: give somebody else that role first."


class WrongPassword(Refusal):
    """One's own present password, mistyped."""

    sentence = "This is not your present password."


NOWHERE = "removed.invalid"
"""Where no mail ever goes (RFC 2606): the address of an emptied account."""


@dataclass(frozen=True, slots=True)
class NewOperator:
    """A person to add; the password only counts when the account is new."""

    name: str
    email: str
    role: Role
    password: str = field(repr=False)
    language: str = "fr"


def tidy_address(text: str) -> str:
    """The address in lower case, as operators are known by.

    Raises:
        NotAnAddress.
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise NotAnAddress from None
    return found.normalized.lower()


def tidy_name(text: str) -> str:
    """The name in one line.

    Raises:
        NameNeeded.
    """
    name = " ".join(text.split())[:160]
    if not name:
        raise NameNeeded
    return name


async def add_operator(
    provider_id: str, new: NewOperator, actor: Actor, now: datetime
) -> Membership:
    """Let a person use this provider's panel at once, without an invitation.

    Only who runs the installation does that (and the demo): whoever chooses a password could
    come in with it. An account that is known keeps its own.

    Raises:
        NameNeeded, NotAnAddress, PasswordTooShort, AlreadyHere.
    """
    name = tidy_name(new.name)
    email = tidy_address(new.email)
    check_password(new.password)
    hashed = await hash_password(new.password)
    try:
        async with transaction():
            operator = await Operator.get_or_none(email=email)
            if operator is None:
                operator = await Operator.create(
                    name=name,
                    email=email,
                    password_hash=hashed,
                    language=new.language,
                    created_at=now,
                )
            return await join(
                provider_id, operator, new.role, actor, now, ProviderEventKind.OPERATOR_ADDED
            )
    except IntegrityError:  # somebody added the same person at this very moment
        raise AlreadyHere from None


async def join(
    provider_id: str,
    operator: Operator,
    role: Role,
    actor: Actor,
    now: datetime,
    how: ProviderEventKind,
) -> Membership:
    """Make an operator a member, inside the deed that allows it.

    Raises:
        AlreadyHere.
    """
    if await Membership.exists(provider_id=provider_id, operator_id=operator.id):
        raise AlreadyHere
    member = await Membership.create(
        provider_id=provider_id, operator_id=operator.id, role=role, created_at=now
    )
    await record(
        provider_id,
        how,
        actor.id,
        actor.name,
        now,
        subject=operator.id,
        after={"name": operator.name, "role": role},
    )
    return member


async def change_membership(
    provider_id: str,
    operator_id: str,
    role: Role,
    *,
    suspended: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Give another role, suspend or let back in; that person's sessions here end.

    Raises:
        NoSuchOperator, LastAdmin.
    """
    async with transaction():
        await lock_provider(provider_id)
        member = await _member(provider_id, operator_id)
        before = {"role": member.role, "suspended": member.suspended_at is not None}
        after = {"role": role, "suspended": suspended}
        if before == after:
            return
        member.role = role
        member.suspended_at = now if suspended else None
        await member.save()
        await _keep_an_admin(provider_id)
        await end_sessions(operator_id, at=provider_id)
        await record(
            provider_id,
            ProviderEventKind.OPERATOR_CHANGED,
            actor.id,
            actor.name,
            now,
            subject=operator_id,
            before=before,
            after={**after, "name": member.operator.name},
        )


async def remove_operator(provider_id: str, operator_id: str, actor: Actor, now: datetime) -> None:
    """Take a person out of this provider; what they did keeps their name.

    Their sessions here end at once; at other providers they stay as they are. An account that
    no provider has any more is emptied: no address, no password, no way in.

    Raises:
        NoSuchOperator, LastAdmin.
    """
    async with transaction():
        await lock_provider(provider_id)
        member = await _member(provider_id, operator_id)
        await member.delete()
        await _keep_an_admin(provider_id)
        await end_sessions(operator_id, at=provider_id)
        await record(
            provider_id,
            ProviderEventKind.OPERATOR_REMOVED,
            actor.id,
            actor.name,
            now,
            subject=operator_id,
            after={"name": member.operator.name, "role": member.role},
        )
        if not await Membership.exists(operator_id=operator_id):
            await _empty_account(operator_id)


async def _member(provider_id: str, operator_id: str) -> Membership:
    found = Membership.filter(provider_id=provider_id, operator_id=operator_id)
    member = await found.select_related("operator").first()
    if member is None:
        raise NoSuchOperator
    return member


async def _keep_an_admin(provider_id: str) -> None:
    admins = Membership.filter(provider_id=provider_id, role=Role.ADMIN, suspended_at=None)
    if not await admins.exists():
        raise LastAdmin


async def _empty_account(operator_id: str) -> None:
    """Decisions and comments still name their author, so the row stays."""
    await end_sessions(operator_id)
    await RecoveryCode.filter(operator_id=operator_id).delete()
    await Token.filter(candidate_id=None, operator_id=operator_id).delete()
    await Operator.filter(id=operator_id).update(
        email=f"{operator_id}@{NOWHERE}", password_hash=None, totp_secret=None
    )


async def change_own_password(seat: Seat, old: str, new: str, now: datetime) -> str:
    """A new password for whoever knows the old one.

    Every session ends; returns the secret of the one that takes this one's place.

    Raises:
        WrongPassword, PasswordTooShort.
    """
    operator = seat.operator
    check_password(new)
    if not await right_password(operator.password_hash, old):
        raise WrongPassword
    hashed = await hash_password(new)
    async with transaction():
        await give_password(operator, hashed, now)
        return await open_session(
            operator,
            await open_memberships(operator.id),
            now,
            seat.session.user_agent,
            seat.provider.id,
        )


async def set_password(operator: Operator, password: str, now: datetime) -> None:
    """Give an operator a new password, from the command line; every session of theirs ends.

    Raises:
        PasswordTooShort.
    """
    check_password(password)
    hashed = await hash_password(password)
    async with transaction():
        await give_password(operator, hashed, now, themselves=False)


async def give_password(
    operator: Operator, hashed: str, now: datetime, *, themselves: bool = True
) -> None:
    """Inside a deed: the new hash; sessions and links to other new passwords are dead."""
    await Operator.filter(id=operator.id).update(password_hash=hashed)
    await end_sessions(operator.id)
    await Token.filter(
        candidate_id=None, kind=TokenKind.RESET, operator_id=operator.id, used_at=None
    ).delete()
    changed = ProviderEventKind.PASSWORD_CHANGED
    await note_everywhere(changed, operator, now, themselves=themselves)


async def set_preferences(operator_id: str, *, language: str, single_keys: bool) -> None:
    """The operator's own language, and whether one-letter shortcuts work."""
    await Operator.filter(id=operator_id).update(language=language, single_keys=single_keys)
