"""A provider's logo, for whoever serves or prints it."""

from dataclasses import dataclass, field

from models.tables import Provider, StoredFile


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture in the store."""

    id: str
    key: str = field(repr=False)
    """Sealed: for store.room().get(id, key)."""
    content_type: str


async def logo_of(provider: Provider) -> Logo | None:
    """The logo that the provider shows now."""
    if not provider.logo_file_id:
        return None
    row = await StoredFile.get_or_none(
        id=provider.logo_file_id, provider_id=provider.id, state="kept"
    )
    return Logo(row.id, row.key, row.content_type) if row else None


async def provider_by_slug(slug: str) -> Provider | None:
    """Whose public pages these are."""
    return await Provider.get_or_none(slug=slug)
