"""Signing in and out; sessions live in the database, so a stolen cookie dies at sign-out.

Whoever has a second factor passes two doors: the password opens a step of ten minutes, the code
opens the session.
"""

import hashlib
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from actions import second_factor
from actions.passwords import right_password
from actions.provider_journal import record
from actions.second_factor import WrongCode, note_everywhere
from actions.throttle import Limit, Throttle
from actions.tokens import NoSuchLink, TokenKind, issue, look
from models.database import transaction
from models.reads.desks import Seat, open_memberships
from models.tables import Membership, Operator, Session, Token
from rules.errors import Refusal
from rules.history import ProviderEventKind

LIFE = timedelta(days=7)
IDLE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""`seen_at` is written at most this often."""

MARK = 16
"""Signs of a session's id that its owner's page shows: enough to name it, useless as a cookie."""

Later = Callable[[Coroutine[Any, Any, None]], None]
"""Does some work once the answer has left: how long it takes tells nobody anything."""


class WrongCredentials(Refusal):
    """Unknown account, wrong password, suspended: always the same answer."""

    sentence = "This e-mail address and this password do not go together. Check both."


class TooManyTries(Refusal):
    """Too many failed tries from there, or for this account."""

    sentence = "Too many tries. Please wait {minutes} min, then try again."


class StepOver(Refusal):
    """The code came too late, or the password was changed meanwhile."""

    sentence = "That took too long. Enter your e-mail address and your password again."


@dataclass(frozen=True, slots=True)
class Knock:
    """One try to sign in, and where it comes from."""

    email: str
    password: str = field(repr=False)
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


@dataclass(frozen=True, slots=True)
class Welcome:
    """The right person: a session is open."""

    secret: str
    """Of the session, for the cookie; shown only here."""


@dataclass(frozen=True, slots=True)
class HalfWay:
    """The right password, of somebody who signs in with a code as well."""

    step: str
    """The secret of this step, for a cookie."""


async def sign_in(
    knock: Knock, throttle: Throttle, now: datetime, later: Later
) -> Welcome | HalfWay:
    """Open a session, or ask for the code.

    Known and unknown accounts take the same time: the same work, and the line of a failed try
    in the journal is written later.

    Raises:
        TooManyTries, WrongCredentials.
    """
    admit(throttle, knock.limits, now)
    operator = await Operator.get_or_none(email=knock.email)
    right = await right_password(operator.password_hash if operator else None, knock.password)
    memberships = await open_memberships(operator.id if operator else "")
    if operator is None or not memberships or not right:
        if operator is not None:
            later(note_everywhere(ProviderEventKind.SIGN_IN_FAILED, operator, now))
        raise WrongCredentials
    throttle.forgive(knock.limits)
    if operator.totp_secret:
        return HalfWay(await issue(TokenKind.STEP, now, operator_id=operator.id))
    return Welcome(await open_session(operator, memberships, now, knock.user_agent))


async def step_stands(step: str, now: datetime) -> bool:
    """Whether a code is still awaited."""
    try:
        return (await look(step, TokenKind.STEP, now)).refusal is None
    except NoSuchLink:
        return False


async def enter_code(step: str, code: str, knock: Knock, throttle: Throttle, now: datetime) -> str:
    """The second door: open a session and return its secret.

    knock: where it comes from; its account and password are not looked at.

    Raises:
        StepOver, TooManyTries, WrongCode.
    """
    operator = await _of_step(step, now)
    limits = code_limits(operator.id, knock.address)
    admit(throttle, limits, now)
    try:
        async with transaction():
            await second_factor.prove(operator, code, now)
            memberships = await open_memberships(operator.id)
            if not await Token.filter(kind=TokenKind.STEP, digest=digest(step)).delete():
                raise StepOver
            if not memberships:
                raise StepOver
            secret = await open_session(operator, memberships, now, knock.user_agent)
    except WrongCode:
        await note_everywhere(ProviderEventKind.SIGN_IN_FAILED, operator, now)
        raise
    throttle.forgive(limits)
    return secret


async def _of_step(step: str, now: datetime) -> Operator:
    try:
        link = await look(step, TokenKind.STEP, now)
    except NoSuchLink:
        raise StepOver from None
    operator = await Operator.get_or_none(id=link.token.operator_id)
    if link.refusal is not None or operator is None or not operator.totp_secret:
        raise StepOver
    return operator


def code_limits(operator_id: str, address: str) -> tuple[Limit, ...]:
    """Of a million codes three are right at a time: few tries, from wherever they come."""
    return (
        (f"code|{operator_id}|{address}", 5),
        (f"code||{address}", 30),
        (f"code|{operator_id}|", 15),
    )


def admit(throttle: Throttle, limits: tuple[Limit, ...], now: datetime) -> None:
    """Count a try. Raises TooManyTries."""
    wait = throttle.blocked_for(limits, now)
    if wait is not None:
        raise TooManyTries(minutes=max(1, round(wait.total_seconds() / 60)))
    throttle.count(limits, now)


async def open_session(
    operator: Operator,
    memberships: list[Membership],
    now: datetime,
    user_agent: str = "",
    shown: str | None = None,
) -> str:
    """A new session in the space of one provider, by default the first membership's.

    Returns its secret, shown only here.
    """
    secret = secrets.token_urlsafe(32)
    async with transaction():
        await Session.filter(expires_at__lte=now).delete()
        await Session.create(
            id=digest(secret),
            operator_id=operator.id,
            provider_id=shown or memberships[0].provider_id,
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


async def end_sessions(operator_id: str, *, at: str | None = None, but: str | None = None) -> None:
    """End an operator's sessions, with the steps on the way to one.

    at: only those that show this provider; but: the one that goes on.
    """
    theirs = Session.filter(operator_id=operator_id)
    if at is not None:
        theirs = theirs.filter(provider_id=at)
    if but is not None:
        theirs = theirs.exclude(id=but)
    await theirs.delete()
    await Token.filter(candidate_id=None, kind=TokenKind.STEP, operator_id=operator_id).delete()


async def end_one(seat: Seat, mark: str) -> bool:
    """End one of one's own sessions, known by the beginning of its id; whether there was one."""
    mine = Session.filter(operator_id=seat.operator.id, id__startswith=mark)
    return len(mark) == MARK and bool(await mine.delete())


async def end_all(seat: Seat, now: datetime) -> None:
    """Sign out everywhere, here too."""
    async with transaction():
        await end_sessions(seat.operator.id)
        await note_everywhere(ProviderEventKind.SESSIONS_ENDED, seat.operator, now)


async def _note(
    kind: ProviderEventKind, operator: Operator, memberships: list[Membership], now: datetime
) -> None:
    for member in memberships:
        await record(member.provider_id, kind, operator.id, operator.name, now)
