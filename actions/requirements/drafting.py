"""The draft: changed by one admin at a time, each change knowing the one before it.

A change carries the draft's version that its page was drawn from; another version is refused
with who changed it, and nothing is overwritten. The version only ever grows: a draft that was
published or discarded leaves its row, empty, so that no later draft can be taken for it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from actions.deeds import Actor
from actions.provider_journal import lock_provider, record
from actions.removals import let_go
from models.database import transaction
from models.ids import new_id
from models.reads.drafts import Drafting, Row, drafting_of, ground_of, rows_of
from models.tables import DocumentType, Provider, RequirementsDraft
from rules.errors import Outdated
from rules.history import ProviderEventKind
from rules.requirements import Draft, cautions, confirm
from rules.requirements.guard import sign

Operation = Callable[[Draft], Draft]
"""One operation of `rules.requirements.Draft`, such as `lambda draft: draft.move("cv", "up")`."""


class DraftChangedMeanwhile(Outdated):
    """A change drawn from an older draft."""

    sentence = (
        "{who} changed these requirements in the meantime. Nothing of yours was saved: look at "
        "what they are now, then change them again."
    )


@dataclass(slots=True)
class Desktop:
    """A draft held under the provider's lock."""

    provider: Provider
    rows: list[Row]
    kept: RequirementsDraft | None
    drafting: Drafting

    @property
    def draft(self) -> Draft:
        """The draft."""
        return self.drafting.draft

    async def keep(self, draft: Draft, actor: Actor, now: datetime) -> Drafting:
        """Write the draft; one that changes nothing any more is as good as discarded."""
        if draft == self.draft:
            return self.drafting
        await _note_confirmed(self, draft, actor, now)
        idle = replace(draft, confirmed=frozenset()) == Draft.begun(draft.ground)
        self.kept = await _write(self, {} if idle else draft.content(), actor, now)
        return drafting_of(self.kept, draft.ground)


def new_token() -> str:
    """What the key of an own item is made with: random, so that no two are the same."""
    return new_id()


async def edit_draft(
    provider_id: str, version: int, operation: Operation, actor: Actor, now: datetime
) -> Drafting:
    """Change the draft; the first change begins one. Nobody is asked anything yet.

    Args:
        version: `Drafting.version` that the page was drawn from.

    Raises:
        DraftChangedMeanwhile, and what the operation raises.
    """
    async with held(provider_id, version, now) as desktop:
        return await desktop.keep(operation(desktop.draft), actor, now)


async def confirm_note(
    provider_id: str, version: int, key: str, actor: Actor, now: datetime
) -> Drafting:
    """Confirm that this item is asked in spite of its legal notes.

    Raises:
        DraftChangedMeanwhile, NoSuchEntry.
    """
    return await edit_draft(provider_id, version, lambda draft: confirm(draft, key), actor, now)


async def discard_draft(provider_id: str, version: int, actor: Actor, now: datetime) -> Drafting:
    """Forget what was composed. Raises DraftChangedMeanwhile."""
    async with held(provider_id, version, now) as desktop:
        await empty(desktop, actor, now)
        return drafting_of(desktop.kept, desktop.draft.ground)


@asynccontextmanager
async def held(provider_id: str, version: int, now: datetime) -> AsyncIterator[Desktop]:
    """The draft of this version, under the provider's lock; unused examples are let go at the end.

    Raises DraftChangedMeanwhile.
    """
    async with transaction():
        provider = await lock_provider(provider_id)
        rows = await rows_of(provider_id)
        kept = await RequirementsDraft.filter(provider_id=provider_id).first()
        drafting = drafting_of(kept, ground_of(provider, rows))
        if drafting.version != version:
            raise DraftChangedMeanwhile(who=(kept.changed_by if kept else "") or "—")
        desktop = Desktop(provider, rows, kept, drafting)
        shown = await _examples(provider_id, kept)
        yield desktop
        if shown:
            left = shown - await _examples(provider_id, desktop.kept)
            await let_go(left, now)


async def _examples(provider_id: str, kept: RequirementsDraft | None) -> set[str]:
    """Files that some version of a document shows, or that the draft does."""
    asked = DocumentType.filter(provider_id=provider_id, example_id__isnull=False)
    found = {str(one) for one in await asked.values_list("example_id", flat=True)}
    composed = kept.content.get("documents", ()) if kept else ()
    return found | {one["example_id"] for one in composed if one.get("example_id")}


async def _note_confirmed(desktop: Desktop, draft: Draft, actor: Actor, now: datetime) -> None:
    """Who confirmed which legal notes is journaled at once, published or not."""
    for entry in draft.entries:
        if sign(entry) in draft.confirmed - desktop.draft.confirmed and cautions(entry):
            await record(
                desktop.provider.id,
                ProviderEventKind.REQUIREMENT_CONFIRMED,
                actor.id,
                actor.name,
                now,
                subject=entry.key,
                after={
                    "label": dict(entry.label),
                    "notes": [dict(one.note) for one in cautions(entry)],
                },
            )


async def empty(desktop: Desktop, actor: Actor, now: datetime) -> None:
    """Leave the row without content."""
    desktop.kept = await _write(desktop, {}, actor, now)


async def _write(
    desktop: Desktop, content: dict[str, Any], actor: Actor, now: datetime
) -> RequirementsDraft:
    base = desktop.provider.requirements_version
    if desktop.kept is None:
        return await RequirementsDraft.create(
            provider_id=desktop.provider.id,
            base=base,
            content=content,
            changed_at=now,
            changed_by=actor.name,
        )
    row = desktop.kept
    row.base, row.content, row.version = base, content, row.version + 1
    row.changed_at, row.changed_by = now, actor.name
    await row.save()
    return row
