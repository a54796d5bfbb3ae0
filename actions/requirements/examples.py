"""The example of a document, made up by the provider, that candidates are shown in the chat.

It is checked like what candidates send before it comes here, and kept like it: encrypted under a
key of its own, its row committed before the object. It belongs to the draft until it is published;
what neither a draft nor a version of the document shows any more is let go (see drafting.held).
"""

from datetime import datetime

from actions.checks import NewFile
from actions.deeds import Actor
from actions.removals import LONGEST_CHECK
from actions.requirements.drafting import edit_draft, held
from models.ids import new_file_id
from models.reads.drafts import Drafting
from models.tables import StoredFile
from rules.errors import Refusal
from rules.requirements import DocumentEntry, NoSuchEntry
from store.room import room


class NotCheckedNow(Refusal):
    """The file can neither be kept nor refused at the moment."""

    sentence = "This file could not be checked at the moment. Please try again in a minute."


async def keep_example(
    provider_id: str, version: int, key: str, cleaned: NewFile, actor: Actor, now: datetime
) -> Drafting:
    """Show this file with the document from the next publication on, in place of another one.

    Args:
        cleaned: what the check made of the file that was sent.

    Raises:
        DraftChangedMeanwhile, NoSuchEntry, StoreDown, NotCheckedNow: too slow.
    """
    store, file_id = room(), new_file_id()
    sealed = store.new_key(file_id)
    async with held(provider_id, version, now) as desktop:
        if not isinstance(desktop.draft.entry(key), DocumentEntry):
            raise NoSuchEntry
        await StoredFile.create(
            id=file_id,
            provider_id=provider_id,
            state="storing",
            key=sealed,
            content_type=cleaned.content_type,
            size=len(cleaned.data),
            sha256=cleaned.sha256,
            created_at=now,
            due_at=now + 2 * LONGEST_CHECK,
        )
    await store.put(file_id, sealed, cleaned.data)
    return await _point_to(file_id, provider_id, version, key, actor, now)


async def _point_to(
    file_id: str, provider_id: str, version: int, key: str, actor: Actor, now: datetime
) -> Drafting:
    """The stored file becomes the document's example, in one transaction."""
    async with held(provider_id, version, now) as desktop:
        kept = await StoredFile.filter(id=file_id, state="storing").update(
            state="kept", due_at=None
        )
        if not kept:
            raise NotCheckedNow
        draft = desktop.draft.edit(key, example_id=file_id)
        return await desktop.keep(draft, actor, now)


async def remove_example(
    provider_id: str, version: int, key: str, actor: Actor, now: datetime
) -> Drafting:
    """Show no example of this document from the next publication on.

    Raises:
        DraftChangedMeanwhile, NoSuchEntry.
    """
    return await edit_draft(
        provider_id, version, lambda draft: draft.edit(key, example_id=None), actor, now
    )
