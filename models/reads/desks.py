"""Who sits at the panel: the session, its operator, and the provider whose space is shown."""

from dataclasses import dataclass
from datetime import datetime

from models.tables import Membership, Operator, Provider, RecoveryCode, Session


@dataclass(frozen=True, slots=True)
class Seat:
    """One valid session; `memberships` are the operator's open ones, the shown one first."""

    session: Session
    operator: Operator
    memberships: tuple[Membership, ...]

    @property
    def provider(self) -> Provider:
        """The provider whose space is shown."""
        return self.memberships[0].provider

    @property
    def role(self) -> str:
        """The operator's role there."""
        return self.memberships[0].role


async def seat(digest: str, now: datetime, idle_since: datetime) -> Seat | None:
    """The seat of a session's digest; None when it is unknown, expired, idle or suspended."""
    session = (
        await Session.filter(id=digest, expires_at__gt=now, seen_at__gt=idle_since)
        .select_related("operator")
        .first()
    )
    if session is None:
        return None
    found = await open_memberships(session.operator_id)
    if not found:
        return None
    shown_first = sorted(found, key=lambda one: one.provider_id != session.provider_id)
    return Seat(session, session.operator, tuple(shown_first))


async def open_memberships(operator_id: str) -> list[Membership]:
    """The providers at which an operator may work now, oldest first."""
    return (
        await Membership.filter(operator_id=operator_id, suspended_at=None)
        .order_by("id")
        .select_related("provider")
    )


async def operators(provider_id: str) -> list[Membership]:
    """Everybody who uses this provider's panel, by name."""
    return (
        await Membership.filter(provider_id=provider_id)
        .order_by("operator__name", "id")
        .select_related("operator")
    )


async def member(provider_id: str, operator_id: str) -> Membership | None:
    """One person who uses this provider's panel; None when there is no such person here."""
    found = Membership.filter(provider_id=provider_id, operator_id=operator_id)
    return await found.select_related("operator").first()


async def own_sessions(operator_id: str, now: datetime) -> list[Session]:
    """Where an operator is signed in, used last first."""
    return await Session.filter(operator_id=operator_id, expires_at__gt=now).order_by("-seen_at")


async def codes_left(operator_id: str) -> int:
    """How many recovery codes were not used."""
    return await RecoveryCode.filter(operator_id=operator_id, used_at=None).count()


async def admins(provider_id: str) -> list[str]:
    """Names of those who may change this provider's settings."""
    return [
        member.operator.name
        for member in await operators(provider_id)
        if member.role == "admin" and member.suspended_at is None
    ]
