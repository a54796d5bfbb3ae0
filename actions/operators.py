"""Operators: adding one to a provider, and setting a password."""

from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from tortoise.exceptions import IntegrityError

from actions.deeds import Actor
from actions.passwords import check_password, hash_password, right_password
from actions.provider_journal import lock_provider, record
from actions.sessions import end_sessions
from models.database import transaction
from models.tables import Membership, Operator
from rules.errors import Refusal, Unknown
from rules.history import ProviderEventKind
from rules.vocabulary import ActorKind, Role


class NotAnAddress(Refusal):
    """An e-mail address that no mail can reach."""

    sentence = "This is not an e-mail address. It looks like odile@example.org."


class NameNeeded(Refusal):
    """An operator without a name."""

    sentence = "Write a name: candidates and colleagues see who acts."


class AlreadyHere(Refusal):
    """Adding somebody who has a membership already."""

    sentence = "This person already uses this panel."


class KnownElsewhere(Refusal):
    """An administrator adding an account that is another provider's.

    Whoever made that account chose its password: they would come in here with it. So only who
    runs the installation joins the two, and nothing is told of whose account it is.
    """

    sentence = (
        "This address already signs in for another company of this installation. "
        "Give another address, or ask whoever runs the installation to add this person."
    )


class NoSuchOperator(Unknown):
    """Unknown, or another provider's."""

    sentence = "This person does not use this panel."


class LastAdmin(Refusal):
    """Taking the last administrator away."""

    sentence = "There must be at least one administrator: give somebody else that role first."


class WrongPassword(Refusal):
    """One's own present password, mistyped."""

    sentence = "This is not your present password."


@dataclass(frozen=True, slots=True)
class NewOperator:
    """A person to add; the password only counts when the account is new."""

    name: str
    email: str
    role: Role
    password: str
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


async def add_operator(
    provider_id: str, new: NewOperator, actor: Actor, now: datetime
) -> Membership:
    """Let a person use this provider's panel.

    An account known elsewhere is joined from the command line only, and keeps its password.

    Raises:
        NameNeeded, NotAnAddress, PasswordTooShort, AlreadyHere, KnownElsewhere.
    """
    name = " ".join(new.name.split())[:160]
    if not name:
        raise NameNeeded
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
            elif actor.kind is ActorKind.OPERATOR:
                await _refuse_known(provider_id, operator)
            return await _join(provider_id, operator, new.role, actor, now)
    except IntegrityError:  # somebody added the same person at this very moment
        raise AlreadyHere from None


async def _refuse_known(provider_id: str, operator: Operator) -> None:
    if await Membership.exists(provider_id=provider_id, operator_id=operator.id):
        raise AlreadyHere
    raise KnownElsewhere


async def _join(
    provider_id: str, operator: Operator, role: Role, actor: Actor, now: datetime
) -> Membership:
    if await Membership.exists(provider_id=provider_id, operator_id=operator.id):
        raise AlreadyHere
    member = await Membership.create(
        provider_id=provider_id, operator_id=operator.id, role=role, created_at=now
    )
    await record(
        provider_id,
        ProviderEventKind.OPERATOR_ADDED,
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
    """Give another role, suspend or let back in; every open session of that person ends.

    Raises:
        NoSuchOperator, LastAdmin.
    """
    async with transaction():
        await lock_provider(provider_id)
        member = await Membership.filter(provider_id=provider_id, operator_id=operator_id).first()
        if member is None:
            raise NoSuchOperator
        before = {"role": member.role, "suspended": member.suspended_at is not None}
        after = {"role": role, "suspended": suspended}
        if before == after:
            return
        member.role = role
        member.suspended_at = now if suspended else None
        await member.save()
        if not await Membership.exists(
            provider_id=provider_id, role=Role.ADMIN, suspended_at=None
        ):
            raise LastAdmin
        await end_sessions(operator_id)
        await record(
            provider_id,
            ProviderEventKind.OPERATOR_CHANGED,
            actor.id,
            actor.name,
            now,
            subject=operator_id,
            before=before,
            after=after,
        )


async def change_own_password(operator: Operator, old: str, new: str) -> None:
    """A new password for whoever knows the old one; every session ends, this one too.

    Raises:
        WrongPassword, PasswordTooShort.
    """
    check_password(new)
    if not await right_password(operator.password_hash, old):
        raise WrongPassword
    await set_password(operator.id, new)


async def set_password(operator_id: str, password: str) -> None:
    """Give an operator a new password; every open session of theirs ends.

    Raises:
        PasswordTooShort.
    """
    check_password(password)
    hashed = await hash_password(password)
    async with transaction():
        await Operator.filter(id=operator_id).update(password_hash=hashed)
        await end_sessions(operator_id)


async def set_preferences(operator_id: str, *, language: str, single_keys: bool) -> None:
    """The operator's own language, and whether one-letter shortcuts work."""
    await Operator.filter(id=operator_id).update(language=language, single_keys=single_keys)
