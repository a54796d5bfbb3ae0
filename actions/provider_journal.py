"""The provider's journal: one line per change of settings, sign-in or renewed link."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from actions.deeds import Actor
from models.database import dialect
from models.tables import Provider, ProviderEvent
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


async def lock_provider(provider_id: str) -> Provider:
    """The provider's row, locked until the transaction ends: its settings change one by one."""
    query = Provider.filter(id=provider_id)
    if dialect() != "sqlite":  # there the whole transaction holds the write lock
        query = query.select_for_update(no_key=True)
    return await query.get()


async def note_export(
    provider_id: str, lines: int, wanted: Mapping[str, str], actor: Actor, now: datetime
) -> None:
    """Somebody took a copy of the journal: how many lines, and which filter left others out."""
    await record(
        provider_id,
        ProviderEventKind.JOURNAL_EXPORTED,
        actor.id,
        actor.name,
        now,
        after={"lines": lines, **wanted},
    )
