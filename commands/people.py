"""Providers and operators from the command line: what only who runs the installation may do."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import click

from actions.deeds import SYSTEM
from actions.invitations import Invited, invite
from actions.operators import NewOperator, add_operator, set_password, tidy_address
from actions.providers import NewProvider, create_provider
from actions.second_factor import reset
from commands.serving import opened
from jobs.context import utc_now
from models.database import transaction
from models.reads.desks import operators
from models.reads.invitations import pending
from models.tables import Membership, Operator, Provider
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


async def add_provider(
    settings: Settings,
    name: str,
    slug: str,
    language: str,
    zone: str,
    admin: tuple[str, str] | None = None,
) -> None:
    """Make a provider with the default requirements, and say its address.

    admin: name and e-mail address of the first administrator, who gets an invitation; when the
    address is none, no provider is made either.
    """
    async with opened(settings):
        made = NewProvider(name=name, slug=slug, language=language, timezone=zone)
        with told():
            async with transaction():
                provider = await create_provider(made, utc_now())
                if admin is not None:
                    who = Invited(admin[0], admin[1], Role.ADMIN)
                    await invite(provider.id, who, SYSTEM, utc_now())
    click.echo(f"{provider.name}: {settings.public_url}/join/{provider.slug}")
    if admin is not None:
        _say_invited(settings, admin[1])


async def invite_person(
    settings: Settings, provider_slug: str, name: str, email: str, role: str
) -> None:
    """Owe a mail of invitation; whatever runs the worker sends it."""
    async with opened(settings):
        provider = await _provider(provider_slug)
        with told():
            await invite(provider.id, Invited(name, email, Role(role)), SYSTEM, utc_now())
    _say_invited(settings, email)


def _say_invited(settings: Settings, email: str) -> None:
    click.echo(f"An invitation for {email} is on its way.")
    if settings.smtp is None and not settings.demo:
        click.echo("There is no SMTP_URL: it waits until there is one, seven days at most.")


async def list_providers(settings: Settings) -> None:
    """One line for each provider."""
    async with opened(settings):
        for provider in await Provider.all().order_by("slug"):
            people = await Membership.filter(provider_id=provider.id).count()
            waiting = len(await pending(provider.id))
            click.echo(f"{provider.slug}\t{provider.name}\t{people} operators\t{waiting} invited")


async def list_operators(settings: Settings, provider_slug: str) -> None:
    """One line for each membership: provider, role, name, address, and what is special."""
    async with opened(settings):
        if provider_slug:
            found = [await _provider(provider_slug)]
        else:
            found = await Provider.all().order_by("slug")
        for provider in found:
            for member in await operators(provider.id):
                click.echo("\t".join(_line(provider, member)))


def _line(provider: Provider, member: Membership) -> tuple[str, ...]:
    person = member.operator
    special = [
        *(["suspended"] if member.suspended_at else []),
        *(["code at sign-in"] if person.totp_secret else []),
    ]
    return (provider.slug, member.role, person.name, person.email, ", ".join(special))


async def give_new_password(settings: Settings, email: str) -> None:
    """Make a password and print it once; the person's sessions end, their code stays."""
    password = secrets.token_urlsafe(12)
    async with opened(settings):
        person = await _operator(email)
        await set_password(person, password, utc_now())
    click.echo(f"{person.email} signs in at {settings.public_url}/login")
    click.echo(f"Password: {password}")


async def reset_second_factor(settings: Settings, email: str) -> None:
    """Switch a person's code off; be sure first that it is this person who asks."""
    async with opened(settings):
        person = await _operator(email)
        was_on = await reset(person, utc_now())
    click.echo(
        f"{person.email} signs in with the password alone now."
        if was_on
        else f"{person.email} signs in without a code already."
    )


async def _operator(email: str) -> Operator:
    with told():
        person = await Operator.get_or_none(email=tidy_address(email))
    if person is None:
        raise click.ClickException(f"There is no operator “{email}”.")
    return person


async def _provider(slug: str) -> Provider:
    provider = await Provider.get_or_none(slug=slug)
    if provider is None:
        raise click.ClickException(f"There is no provider “{slug}”.")
    return provider


async def add_person(
    settings: Settings, provider_slug: str, name: str, email: str, role: str, password: str
) -> None:
    """Add an operator; an empty password is made and printed once.

    An account that is known keeps its own: whoever gave it that password comes in here, too.
    """
    chosen = password or secrets.token_urlsafe(12)
    async with opened(settings):
        provider = await _provider(provider_slug)
        new = NewOperator(name, email, Role(role), chosen, provider.language)
        with told():
            known = await Operator.exists(email=tidy_address(email))
            await add_operator(provider.id, new, SYSTEM, utc_now())
    click.echo(f"{email} can sign in at {settings.public_url}/login")
    if known:
        click.echo("The account was there already and keeps its password.")
    elif not password:
        click.echo(f"Password: {chosen}")
