"""The console script `antichambre`: a page of contents, one function per command."""

import asyncio
import gc
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import click

from commands.leaving import leave
from commands.logs import configure
from rules.errors import Refusal
from settings import SettingError, Settings
from settings.terminal import terminal_language


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Recruit through Telegram: candidates in the chat, operators in the panel."""
    configure()
    gc.disable()  # loading makes nothing to collect: a quarter of its time


@cli.command()
def web() -> None:
    """Serve the panel and Telegram's webhook; a worker runs elsewhere."""
    from commands.serving import Parts, run

    _do(run(Settings.from_environment(), Parts(web=True, worker=False)))


@cli.command()
def worker() -> None:
    """Send what is owed, check files, run the clock."""
    from commands.serving import Parts, run

    _do(run(Settings.from_environment(), Parts(web=False, worker=True)))


@cli.command()
def run() -> None:
    """Serve web and worker in one process (one machine, no server to install)."""
    from commands.serving import Parts, run

    _do(run(Settings.from_environment(), Parts()))


@cli.command()
def demo() -> None:
    """Serve the whole demo: panel, worker, sandbox chat, mailbox, made-up people."""
    from commands.demo import serve_demo

    _do(serve_demo(Settings.from_environment(demo=True)))


@cli.command()
@click.option("--to", default="", metavar="NAME", help="Up or down to this one, such as 0006.")
@click.option("--yes", "lose", is_flag=True, help="Going down, lose what came with later ones.")
def migrate(to: str, lose: bool) -> None:
    """Bring the database's schema up to date, or to one migration."""
    from commands.migrating import migrate

    _do(migrate(Settings.from_environment(), to, lose=lose))


@cli.command()
@click.option("--mail", "mail_to", default="", metavar="ADDRESS", help="Send one mail there, too.")
@click.option("--language", type=click.Choice(["fr", "en"]), help="Else that of LANG.")
def check(mail_to: str, language: str | None) -> None:
    """Try every connection and setting; exit code 1 when something is wrong."""
    from commands.check import check

    gc.enable()
    sys.exit(asyncio.run(check(language or terminal_language(), mail_to)))


@cli.group()
def provider() -> None:
    """Companies that recruit."""


@provider.command("add")
@click.argument("name")
@click.option("--slug", default="", help="Its address; made from the name by default.")
@click.option("--language", type=click.Choice(["fr", "en"]), default="fr")
@click.option("--timezone", default="Europe/Paris", show_default=True)
@click.option("--admin-name", default="", help="Its first administrator.")
@click.option("--admin-email", default="", help="Where the invitation goes.")
def provider_add(
    name: str, slug: str, language: str, timezone: str, admin_name: str, admin_email: str
) -> None:
    """Make a provider with the default requirements, and invite its first administrator."""
    from commands.people import add_provider

    if bool(admin_name) != bool(admin_email):
        raise click.UsageError("Give both --admin-name and --admin-email, or neither.")
    admin = (admin_name, admin_email) if admin_name else None
    _do(add_provider(Settings.from_environment(), name, slug, language, timezone, admin))


@provider.command("list")
def provider_list() -> None:
    """List the providers: address, name, operators, open invitations."""
    from commands.people import list_providers

    _do(list_providers(Settings.from_environment()))


@cli.group()
def operator() -> None:
    """People who use the panel."""


@operator.command("add")
@click.argument("provider_slug")
@click.argument("name")
@click.argument("email")
@click.option("--role", type=click.Choice(["admin", "reviewer"]), default="admin")
@click.option("--password", default="", help="Made and printed once by default.")
def operator_add(provider_slug: str, name: str, email: str, role: str, password: str) -> None:
    """Let a person use the panel of a provider."""
    from commands.people import add_person

    _do(add_person(Settings.from_environment(), provider_slug, name, email, role, password))


@operator.command("invite")
@click.argument("provider_slug")
@click.argument("name")
@click.argument("email")
@click.option("--role", type=click.Choice(["admin", "reviewer"]), default="admin")
def operator_invite(provider_slug: str, name: str, email: str, role: str) -> None:
    """Mail an invitation: the person chooses their own password."""
    from commands.people import invite_person

    _do(invite_person(Settings.from_environment(), provider_slug, name, email, role))


@operator.command("list")
@click.argument("provider_slug", default="")
def operator_list(provider_slug: str) -> None:
    """List the operators, of one provider or of all."""
    from commands.people import list_operators

    _do(list_operators(Settings.from_environment(), provider_slug))


@operator.command("new-password")
@click.argument("email")
def operator_new_password(email: str) -> None:
    """Make a new password and print it once: for who gets no mail."""
    from commands.people import give_new_password

    _do(give_new_password(Settings.from_environment(), email))


@operator.command("reset-second-factor")
@click.argument("email")
def operator_reset_second_factor(email: str) -> None:
    """Switch a person's code at sign-in off: phone and recovery codes are lost."""
    from commands.people import reset_second_factor

    _do(reset_second_factor(Settings.from_environment(), email))


@cli.group()
def updates() -> None:
    """Telegram's updates."""


@updates.command("replay")
def updates_replay() -> None:
    """Handle again what was kept after a bug."""
    from commands.replay import replay

    _do(replay(Settings.from_environment()))


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write everything, as it is now, to FILE; web and worker may go on."""
    from commands.backup import backup

    _do(backup(Settings.from_environment(), file))


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only say whether FILE could be restored here.")
@click.option(
    "--replace",
    count=True,
    help="Lose what the database holds; asks again, unless it is given twice.",
)
@click.option("--old-store", default="", help="STORAGE_URL of before, to know who was erased.")
def restore(file: Path, check: bool, replace: int, old_store: str) -> None:
    """Bring a backup back, into an empty database; stop web and worker first."""
    from commands import backup

    settings = Settings.from_environment()
    if check:
        _do(backup.check(settings, file))
    else:
        _do(backup.restore(settings, file, replacing=replace, old_store=old_store))


@cli.group()
def keys() -> None:
    """Encryption keys."""


@keys.command("add")
def keys_add() -> None:
    """Make a new first key."""
    from commands.keys import add_key

    add_key(Settings.from_environment())


@keys.command("rotate")
def keys_rotate() -> None:
    """Seal everything again by the first key, so that older ones can go."""
    from commands.keys import rotate_keys

    _do(rotate_keys(Settings.from_environment()))


def _do(work: Coroutine[Any, Any, None]) -> None:
    gc.enable()
    asyncio.run(work)


def main() -> None:
    """Run a command; a problem with the settings is told, not traced."""
    try:
        cli()
    except (SettingError, Refusal) as problem:
        click.echo(str(problem), err=True)
        leave(1)
    except SystemExit as end:  # how click ends every command
        leave(end.code if isinstance(end.code, int) else 0 if end.code is None else 1)


if __name__ == "__main__":
    main()
