"""Providers and operators made from the command line."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import click

from actions.deeds import SYSTEM
from actions.operators import NewOperator, add_operator, tidy_address
from actions.providers import NewProvider, create_provider
from commands.serving import opened
from jobs.context import utc_now
from models.tables import Operator, Provider
from rules.errors import Refusal
from rules.vocabulary import Role
from settings import Settings


@contextmanager
def told() -> Iterator[None]:
    """A refusal in words instead of a traceback."""
    try:
        yield
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from None


async def add_provider(settings: Settings, name: str, slug: str, language: str, zone: str) -> None:
    """Make a provider with the default requirements, and say its address."""
    async with opened(settings):
        made = NewProvider(name=name, slug=slug, language=language, timezone=zone)
        with told():
            provider = await create_provider(made, utc_now())
    click.echo(f"{provider.name}: {settings.public_url}/join/{provider.slug}")


async def add_person(
    settings: Settings, provider_slug: str, name: str, email: str, role: str, password: str
) -> None:
    """Add an operator; an empty password is made and printed once.

    An account that is known keeps its own: whoever gave it that password comes in here, too.
    """
    chosen = password or secrets.token_urlsafe(12)
    async with opened(settings):
        provider = await Provider.get_or_none(slug=provider_slug)
        if provider is None:
            raise click.ClickException(f"There is no provider “{provider_slug}”.")
        new = NewOperator(name, email, Role(role), chosen, provider.language)
        with told():
            known = await Operator.exists(email=tidy_address(email))
            await add_operator(provider.id, new, SYSTEM, utc_now())
    click.echo(f"{email} can sign in at {settings.public_url}/login")
    if known:
        click.echo("The account was there already and keeps its password.")
    elif not password:
        click.echo(f"Password: {chosen}")
