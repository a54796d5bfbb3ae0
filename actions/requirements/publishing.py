"""Publishing a draft: rows superseded under their key, and nobody harmed.

What is asked is never edited: the old row ends with the version before, the new one begins with
the new version, and each candidate goes on being judged by the version they carry. Only words
that help to answer, and what concerns the operator's side, reach everybody at once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.deeds import Actor
from actions.provider_journal import record
from actions.requirements.asking import FIRST, ask_some
from actions.requirements.drafting import Desktop, empty, held
from actions.settings import SettingsChangedMeanwhile, last_to_change
from models.reads.drafts import Row, current, entry_of
from models.tables import DocumentType, Field, Provider
from rules.history import ProviderEventKind as Kind
from rules.requirements import Difference, Draft, Entry, NothingToPublish, difference, unconfirmed
from rules.requirements.difference import AT_ONCE, HANDLING, WORDING
from rules.requirements.refusals import NotConfirmed
from rules.requirements.telling import summary, told

Line = tuple[Kind, str | None, Any, Any]
"""Kind, key, before and after of one line of the journal."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did."""

    version: int
    """The requirements version that is asked of newcomers now."""
    asked: int = 0
    """People in course who are asked the new requirements already."""
    left: bool = False
    """Whether others follow in the background."""


async def publish(
    provider_id: str,
    draft_version: int,
    ask_running: bool,
    actor: Actor,
    now: datetime,
    *,
    settings_version: int | None = None,
) -> Published:
    """Ask from now on what the draft asks.

    Args:
        ask_running: applications in progress are asked too; else they keep their requirements.
        settings_version: what the page was drawn from; None does not look.

    Raises:
        DraftChangedMeanwhile, SettingsChangedMeanwhile, NothingToPublish, NotConfirmed,
        EntryRefused.
    """
    async with held(provider_id, draft_version, now) as desktop:
        provider, draft = desktop.provider, desktop.draft
        if settings_version is not None and settings_version != provider.settings_version:
            raise SettingsChangedMeanwhile(who=await last_to_change(provider_id))
        found = check(draft)
        if found.asks_otherwise:
            provider.requirements_version += 1
        await _write_rows(desktop, found, now)
        if ask_running:
            provider.asking_up_to = provider.requirements_version
        provider.settings_version += 1
        provider.touched_at = now
        await provider.save()
        await empty(desktop, actor, now)
        await _tell(provider, draft, found, ask_running, actor, now)
    if not ask_running:
        return Published(provider.requirements_version)
    # Outside of the transaction: each person is asked under their own lock.
    asked = await ask_some(provider_id, actor, now, limit=FIRST)
    return Published(provider.requirements_version, asked.number, asked.left)


def check(draft: Draft) -> Difference:
    """What publishing this draft changes, if it can be published.

    Raises:
        NothingToPublish, EntryRefused, NotConfirmed.
    """
    found = difference(draft)
    if not found:
        raise NothingToPublish
    for fault in draft.faults:
        raise fault
    for caution in unconfirmed(draft):
        raise NotConfirmed("key", key=caution.key, item=caution.item)
    return found


async def _write_rows(desktop: Desktop, found: Difference, now: datetime) -> None:
    asked = {row.key: row for row in current(desktop.rows)}
    version = desktop.provider.requirements_version
    for place, entry in enumerate(desktop.draft.entries, 1):
        row = asked.pop(entry.key, None)
        if row is not None:
            await _reach_everybody(desktop.rows, row, entry)
        if found.asks_otherwise and (row is None or _otherwise(row, entry, place)):
            if row is not None:
                await _end(row, version)
            await _begin(desktop.provider.id, entry, place, version)
    for row in asked.values():
        row.archived_at = now
        await _end(row, version)


def _otherwise(row: Row, entry: Entry, place: int) -> bool:
    """Whether the row asks something else than the entry, or at another place."""
    was = entry_of(row).columns()
    now = entry.columns()
    return row.position != place or any(now[n] != was[n] for n in now if n not in AT_ONCE)


async def _end(row: Row, version: int) -> None:
    row.until = version
    await row.save()


async def _begin(provider_id: str, entry: Entry, place: int, version: int) -> None:
    table = DocumentType if entry.is_document else Field
    await table.create(provider_id=provider_id, position=place, since=version, **entry.columns())


async def _reach_everybody(rows: Iterable[Row], asked: Row, entry: Entry) -> None:
    """Write what holds at once into the rows of every version of this item."""
    before, after = entry_of(asked).columns(), entry.columns()
    changed = {name: after[name] for name in after if after[name] != before[name]}
    handling = {name: value for name, value in changed.items() if name in HANDLING}
    wording = {name: value for name, value in changed.items() if name in WORDING}
    if not handling and not wording:
        return
    label = asked.label
    for row in rows:
        if row.key != entry.key or type(row) is not type(asked):
            continue
        # Help speaks of the question beside it: another question keeps its own.
        fits = row.label == label == after["label"]
        for name, value in (handling | wording if fits else handling).items():
            setattr(row, name, value)
        await row.save()


async def _tell(
    provider: Provider,
    draft: Draft,
    found: Difference,
    ask_running: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """One line for each item, before and after, and one for the whole."""
    whole = {
        "version": provider.requirements_version,
        "reordered": found.reordered,
        "asked_too": ask_running,
    }
    lines = [
        *(
            (Kind.REQUIREMENT_ADDED, one.key, None, summary(one, draft.entries))
            for one in found.added
        ),
        *(
            (Kind.REQUIREMENT_ARCHIVED, one.key, summary(one, draft.ground.published), None)
            for one in found.archived
        ),
        *_changed_lines(draft, found),
        (Kind.REQUIREMENTS_PUBLISHED, None, None, whole),
    ]
    for kind, subject, was, became in lines:
        await record(
            provider.id, kind, actor.id, actor.name, now, subject=subject, before=was, after=became
        )


def _changed_lines(draft: Draft, found: Difference) -> Iterator[Line]:
    asked = draft.ground.published
    was = {one.key: one for one in asked}
    for key in dict.fromkeys(one.key for one in found.changed):
        parts = [one for one in found.changed if one.key == key]
        entry = draft.entry(key)
        before = {"label": dict(was[key].label)} | {
            one.part: told(one.part, one.before, was[key], asked) for one in parts
        }
        after = {"label": dict(entry.label)} | {
            one.part: told(one.part, one.after, entry, draft.entries) for one in parts
        }
        yield Kind.REQUIREMENT_CHANGED, key, before, after
