"""Signing in and out; sessions live in the database, so a stolen cookie dies at sign-out."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from actions.passwords import right_password
from actions.provider_journal import record
from actions.throttle import Limit, Throttle
from models.database import transaction
from models.reads.desks import Seat, open_memberships
from models.tables import Membership, Operator, Session
from rules.errors import Refusal
from rules.history import ProviderEventKind

LIFE = timedelta(days=7)
IDLE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""`seen_at` is written at most this often."""


class WrongCredentials(Refusal):
    """Unknown account, wrong password, suspended: always the same answer."""

    sentence = "This e-mail address and this password do not go together. Check both."


class TooManyTries(Refusal):
    """Too many failed tries from there, or for this account."""

    sentence = "Too many tries. Please wait {minutes} min, then try again."


@dataclass(frozen=True, slots=True)
class Knock:
    """One try to sign in, and where it comes from."""

    email: str
    password: str
    address: str
    user_agent: str = ""

    @property
    def limits(self) -> tuple[Limit, ...]:
        """A few tries for one account from one place, more for a place, many for an account."""
        return (
            (f"{self.email}|{self.address}", 5),
            (f"|{self.address}", 30),
            (f"{self.email}|", 60),
        )


def digest(secret: str) -> str:
    """What is kept of a session's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def sign_in(knock: Knock, throttle: Throttle, now: datetime) -> str:
    """Open a session and return its secret, for the cookie.

    Raises:
        TooManyTries, WrongCredentials.
    """
    admit(throttle, knock.limits, now)
    operator = await Operator.get_or_none(email=knock.email)
    right = await right_password(operator.password_hash if operator else None, knock.password)
    memberships = await open_memberships(operator.id) if operator else []
    if operator is None or not memberships or not right:
        if operator is not None:
            await _note(ProviderEventKind.SIGN_IN_FAILED, operator, memberships, now)
        raise WrongCredentials
    throttle.forgive(knock.limits)
    return await open_session(operator, memberships, now, knock.user_agent)


def admit(throttle: Throttle, limits: tuple[Limit, ...], now: datetime) -> None:
    """Count a try. Raises TooManyTries."""
    wait = throttle.blocked_for(limits, now)
    if wait is not None:
        raise TooManyTries(minutes=max(1, round(wait.total_seconds() / 60)))
    throttle.count(limits, now)


async def open_session(
    operator: Operator, memberships: list[Membership], now: datetime, user_agent: str = ""
) -> str:
    """A new session in the space of the first membership; its secret, shown only here."""
    secret = secrets.token_urlsafe(32)
    async with transaction():
        await Session.filter(expires_at__lte=now).delete()
        await Session.create(
            id=digest(secret),
            operator_id=operator.id,
            provider_id=memberships[0].provider_id,
            created_at=now,
            seen_at=now,
            expires_at=now + LIFE,
            user_agent=user_agent[:200],
        )
        await _note(ProviderEventKind.SIGNED_IN, operator, memberships, now)
    return secret


async def sign_out(seat: Seat, now: datetime) -> None:
    """End this session."""
    async with transaction():
        await Session.filter(id=seat.session.id).delete()
        await _note(ProviderEventKind.SIGNED_OUT, seat.operator, list(seat.memberships), now)


async def seen(session: Session, now: datetime) -> None:
    """Note that a session is in use."""
    if now - session.seen_at >= SEEN_EVERY:
        await Session.filter(id=session.id).update(seen_at=now)


async def show_provider(seat: Seat, provider_id: str) -> None:
    """Show the space of another provider of this operator; any other id changes nothing."""
    if any(member.provider_id == provider_id for member in seat.memberships):
        await Session.filter(id=seat.session.id).update(provider_id=provider_id)


async def end_sessions(operator_id: str) -> None:
    """End every session of an operator: their password or role has changed."""
    await Session.filter(operator_id=operator_id).delete()


async def _note(
    kind: ProviderEventKind, operator: Operator, memberships: list[Membership], now: datetime
) -> None:
    for member in memberships:
        await record(member.provider_id, kind, operator.id, operator.name, now)
