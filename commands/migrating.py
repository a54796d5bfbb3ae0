"""Migrations from the command line: up to date, or to one by name, which may be a way down."""

import click

from models import database
from models.going_back import CannotGo, WouldLose, go_to, named
from models.raw import others_connected
from settings import Settings


async def migrate(settings: Settings, to: str, *, lose: bool) -> None:
    """Bring the schema to where it is wanted; a refusal says why, and changes nothing."""
    if not to:
        await database.migrate(settings.database_url)
        return
    try:
        name = named(to)
        if await others_connected(settings.database_url):
            raise CannotGo("Something else uses this database: stop web and worker first.")
        await go_to(settings.database_url, name, lose=lose)
    except CannotGo as refusal:
        raise click.ClickException(f"{refusal} Nothing was changed.") from None
    except WouldLose as refusal:
        raise click.ClickException(_said(refusal, name)) from None
    click.echo(f"The schema is at {name}.")
    if name != database.released()[-1]:
        click.echo("Start the release that ends with it: this one wants the newer schema.")


def _said(refusal: WouldLose, name: str) -> str:
    lines = [
        f"  {one.place}: {one.rows} {'row' if one.rows == 1 else 'rows'} ({one.migration})"
        for one in refusal.losses
    ]
    head = f"Going to {name} would lose what newer migrations brought:"
    end = (
        "Nothing was changed. Make a backup (antichambre backup FILE), and give the command again "
        "with --yes."
    )
    return "\n".join([head, *lines, end])
