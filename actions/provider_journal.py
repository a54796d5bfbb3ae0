"""The provider's journal: one line per change of settings, sign-in or renewed link."""

from datetime import datetime
from typing import Any

from models.tables import ProviderEvent
from rules.history import ProviderEventKind
from rules.vocabulary import ActorKind


async def record(
    provider_id: str,
    kind: ProviderEventKind,
    operator_id: str | None,
    operator_name: str,
    now: datetime,
    *,
    subject: str | None = None,
    before: Any = None,
    after: Any = None,
) -> None:
    """Add a line; without operator it was the system (or the command line)."""
    await ProviderEvent.create(
        provider_id=provider_id,
        at=now,
        kind=kind,
        actor_kind=ActorKind.OPERATOR if operator_id else ActorKind.SYSTEM,
        actor_id=operator_id,
        actor_name=operator_name,
        subject=subject,
        before=before,
        after=after,
    )
