"""Made-up companies and people, written straight into the tables."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from actions.providers import NewProvider, create_provider
from actions.search import index
from models.tables import Candidate, Membership, Operator, Provider

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PASSWORD = "une phrase longue et simple"
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$Lg3vh2x3RfbZ/JtAn+dtAw$ypbjwpzVsIFj3ZichPxJNkw92mExKsJh8+HyyKMElqM"
)
"""Of PASSWORD, with parameters that take no time."""
numbers = itertools.count(1)


async def a_provider(
    name: str = "Douceur & Cie", *, now: datetime = NOW, **columns: Any
) -> Provider:
    """A provider with the usual requirements and a personal link."""
    provider = await create_provider(NewProvider(name=name), now)
    if columns:
        await provider.update_from_dict(columns).save()
    return provider


async def an_operator(
    provider: Provider, name: str = "Odile", role: str = "admin", *, now: datetime = NOW
) -> Operator:
    """A person who can sign in to this provider's panel with PASSWORD."""
    operator = await Operator.create(
        name=name,
        email=f"{name.lower()}@{provider.slug}.example",
        password_hash=PASSWORD_HASH,
        created_at=now,
    )
    await Membership.create(
        provider_id=provider.id, operator_id=operator.id, role=role, created_at=now
    )
    return operator


async def a_candidate(
    provider: Provider,
    name: str = "Amina Benali",
    status: str = "incomplete",
    *,
    since: timedelta = timedelta(days=2),
    now: datetime = NOW,
    **columns: Any,
) -> Candidate:
    """A candidate of this provider who can be found by name and address."""
    first, _, last = name.partition(" ")
    at = now - since
    values: dict[str, Any] = {
        "first_name": first,
        "last_name": last,
        "email": f"{first.lower()}{next(numbers)}@example.org" if first else "",
        "work_status": "independent",
        "status": status,
        "status_since": at,
        "created_at": at,
        "clock_start": at,
        "submitted_at": at if status != "incomplete" else None,
        "admitted_at": at if status == "accepted" else None,
    }
    candidate = await Candidate.create(provider_id=provider.id, **{**values, **columns})
    await index(candidate)
    return candidate
