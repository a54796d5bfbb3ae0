"""Providers: making one, with its requirements from the catalogue and its personal link."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from actions import provider_journal
from models.database import transaction
from models.tables import DocumentType, Field, JoinLink, Provider
from rules.answers.tidy import fold
from rules.catalogue import DEFAULT, Selection
from rules.companies import company_name
from rules.errors import Refusal
from rules.history import ProviderEventKind

LINK_BYTES = 16
"""22 characters: a deep link's payload takes 64 of A-Z a-z 0-9 _ - (Telegram)."""


class SlugTaken(Refusal):
    """Two providers cannot have the same address."""

    sentence = "The address “{slug}” is taken. Choose another one."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProvider:
    """What must be known to make a provider."""

    name: str
    slug: str = ""
    """Empty: made from the name."""
    colour: str = "#0f766e"
    language: str = "fr"
    timezone: str = "Europe/Paris"
    reply_to: str | None = None
    requirements: Selection = DEFAULT


async def create_provider(new: NewProvider, now: datetime) -> Provider:
    """Make a provider: module on, both statuses, deletion after 45 days, reminder 7 days before.

    Raises:
        SlugTaken: when another provider has this address.
        CompanyNameNeeded, InvalidAnswer: when the name is none.
    """
    name = company_name(new.name)
    slug = slug_of(new.slug or name)
    async with transaction():
        if await Provider.exists(slug=slug):
            raise SlugTaken(slug=slug)
        provider = await Provider.create(
            name=name,
            slug=slug,
            colour=new.colour,
            language=new.language,
            timezone=new.timezone,
            reply_to=new.reply_to,
            created_at=now,
            counting_since=now,
        )
        await _copy_requirements(provider.id, new.requirements)
        await new_link(provider.id, now)
        await provider_journal.record(
            provider.id,
            ProviderEventKind.PROVIDER_CREATED,
            None,
            "",
            now,
            after={"name": name, "slug": slug},
        )
    return provider


def slug_of(name: str) -> str:
    """`douceur-cie` for `Douceur & Cie`."""
    words = "".join(sign if sign.isalnum() else " " for sign in fold(name)).split()
    plain = "-".join(word for word in words if word.isascii())
    return plain[:50].strip("-") or secrets.token_hex(4)


async def _copy_requirements(provider_id: str, selection: Selection) -> None:
    """Fields first, in the catalogue's order, then documents."""
    await Field.bulk_create(
        Field(provider_id=provider_id, position=place, **field.columns())
        for place, field in enumerate(selection.fields, 1)
    )
    await DocumentType.bulk_create(
        DocumentType(provider_id=provider_id, position=place, **document.columns())
        for place, document in enumerate(selection.documents, len(selection.fields) + 1)
    )


async def new_link(provider_id: str, now: datetime) -> JoinLink:
    """Make the provider's current link; an earlier one says from now on that it was renewed."""
    async with transaction():
        await JoinLink.filter(provider_id=provider_id, renewed_at=None).update(renewed_at=now)
        return await JoinLink.create(
            provider_id=provider_id, token=secrets.token_urlsafe(LINK_BYTES), created_at=now
        )
