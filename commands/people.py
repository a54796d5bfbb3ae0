"""Providers and operators made from the command line."""

import secrets

import click

from actions.deeds import SYSTEM
from actions.operators import NewOperator, add_operator
from actions.providers import NewProvider, create_provider
from commands.serving import opened
from jobs.context import utc_now
from models.tables import Provider
from rules.vocabulary import Role
from settings import Settings


async def add_provider(settings: Settings, name: str, slug: str, language: str, zone: str) -> None:
    """Make a provider with the default requirements, and say its address."""
    async with opened(settings):
        made = NewProvider(name=name, slug=slug, language=language, timezone=zone)
        provider = await create_provider(made, utc_now())
    click.echo(f"{provider.name}: {settings.public_url}/join/{provider.slug}")


async def add_person(
    settings: Settings, provider_slug: str, name: str, email: str, role: str, password: str
) -> None:
    """Add an operator; an empty password is made and printed once."""
    chosen = password or secrets.token_urlsafe(12)
    async with opened(settings):
        provider = await Provider.get_or_none(slug=provider_slug)
        if provider is None:
            raise click.ClickException(f"There is no provider “{provider_slug}”.")
        new = NewOperator(name, email, Role(role), chosen, provider.language)
        await add_operator(provider.id, new, SYSTEM, utc_now())
    click.echo(f"{email} can sign in at {settings.public_url}/login")
    if not password:
        click.echo(f"Password: {chosen}")
