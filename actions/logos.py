"""The provider's logo: kept encrypted like every file, replaced, removed."""

import hashlib
from datetime import datetime

from actions.deeds import Actor
from actions.removals import LONGEST_CHECK, let_go
from actions.settings import locked_settings, write_changes
from models.ids import new_file_id
from models.tables import Provider, StoredFile
from store.room import room

SUBJECT = "logo"
PNG = "image/png"


async def keep_logo(
    provider_id: str, picture: bytes, version: int, actor: Actor, now: datetime
) -> None:
    """Show this picture (PNG of our own making) from now on; the former one is let go.

    The row comes before the object, so none is ever without: when the settings changed meanwhile,
    the sweep takes both.

    Raises:
        SettingsChangedMeanwhile.
        StoreDown: nothing was changed.
    """
    if not await Provider.exists(id=provider_id, settings_version=version):
        async with locked_settings(provider_id, version):
            pass  # says who changed them
    file_id = await _stored(provider_id, picture, now)
    async with locked_settings(provider_id, version) as provider:
        await StoredFile.filter(id=file_id).update(state="kept", due_at=None)
        await _show(provider, file_id, actor, now)


async def _stored(provider_id: str, picture: bytes, now: datetime) -> str:
    file_id = new_file_id()
    key = room().new_key(file_id)
    await StoredFile.create(
        id=file_id,
        provider_id=provider_id,
        state="storing",
        key=key,
        content_type=PNG,
        size=len(picture),
        sha256=hashlib.sha256(picture).hexdigest(),
        created_at=now,
        due_at=now + LONGEST_CHECK,
    )
    await room().put(file_id, key, picture)
    return file_id


async def remove_logo(provider_id: str, version: int, actor: Actor, now: datetime) -> None:
    """Show the name alone again; nothing is written when there is no logo.

    Raises:
        SettingsChangedMeanwhile.
    """
    async with locked_settings(provider_id, version) as provider:
        if provider.logo_file_id is not None:
            await _show(provider, None, actor, now)


async def _show(provider: Provider, file_id: str | None, actor: Actor, now: datetime) -> None:
    former = provider.logo_file_id
    await write_changes(
        provider,
        SUBJECT,
        ({"logo_file_id": former}, {"logo_file_id": file_id}),
        actor,
        now,
        told=({SUBJECT: former is not None}, {SUBJECT: file_id is not None}),
    )
    if former is not None:
        await let_go([former], now)
