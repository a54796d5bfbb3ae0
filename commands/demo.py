"""The demo: everything on this machine, with a local Telegram, a mailbox, and made-up people."""

from __future__ import annotations

import errno
import secrets
import shutil
import socket
from collections.abc import Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import click

from actions.installation import is_demo, is_filled, mark_as_demo
from commands.serving import Parts, run
from jobs.context import utc_now
from jobs.deliver import sender_of, sites_of, transport_of
from models.database import refuse_inside_transaction, sqlite_path
from models.tables import Provider
from sandbox.app import BotSpec, Server, start
from sandbox.saving import save
from seed.demo import SignIn, fill, join_links, sign_ins
from seed.papers import Press
from seed.stage import Way
from settings import Settings
from settings.parsing import own_name
from store.room import Room
from store.sealing import keyring

BOT_NAME = "Antichambre (démo)"
BOT_USERNAME = "antichambre_demo_bot"
CHAT_PORT_AFTER = 1
"""The sandbox's chat listens on the port after the panel's."""
PHONES = "sandbox.json"


class NotADemo(click.ClickException):
    """The database holds real people: a demo never touches it."""

    def __init__(self) -> None:
        super().__init__(
            "This database is not a demo's. Choose another DATA_DIR or DATABASE_URL for the demo."
        )


class PortBusy(click.ClickException):
    """Somebody else listens there."""

    def __init__(self, host: str, port: int, what: str) -> None:
        super().__init__(
            f"Something already listens on {host}:{port}, where the {what} should be. "
            f"Stop it, or choose another port: the demo takes PORT and the one after it, "
            f"for example PORT=9080."
        )


class HalfFilled(Exception):
    """The first start was cut off: its people are not all there."""


class CannotStartAnew(click.ClickException):
    """The same, in a database that is not ours to remove."""

    def __init__(self) -> None:
        super().__init__(
            "The demo's first start was interrupted. Empty the database that DATABASE_URL names "
            "(drop and create it), then start again."
        )


@dataclass(frozen=True, slots=True)
class Demo:
    """What one start of the demo has in hand."""

    settings: Settings
    sandbox: Server
    people: list[SignIn]
    press: Press


async def serve_demo(settings: Settings) -> None:
    """Serve the whole demo until interrupted; starting twice does not double it."""
    for port, what in ((settings.port, "panel"), (settings.port + CHAT_PORT_AFTER, "chat")):
        check_port(settings.host, port, what)
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        await _serve(settings)
    except HalfFilled:
        start_anew(settings)
        await _serve(settings)


def check_port(host: str, port: int, what: str) -> None:
    """Find out before anything else whether the port is free.

    Raises:
        PortBusy.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise click.ClickException(f"HOST={host} PORT={port}: {error.strerror}") from None
            raise PortBusy(host, port, what) from None


async def _serve(settings: Settings) -> None:
    token = demo_token(settings.data_dir / "bot_token")
    people = sign_ins(settings.data_dir / "sign_ins.json")
    port = settings.port + CHAT_PORT_AFTER
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(
            await start(
                settings.host,
                port,
                [BotSpec(token, BOT_NAME, BOT_USERNAME)],
                state_file=settings.data_dir / PHONES,
            )
        )
        chat = f"http://{own_name(settings.host)}:{port}"
        ours = replace(settings, telegram_token=token, telegram_api_url=chat)
        demo = Demo(ours, sandbox, people, stack.enter_context(closing(Press())))
        if _is_new(ours):
            demo.press.warm_up()  # it is going to be filled, once it is there
        await run(ours, Parts(), before=lambda: prepare(demo), ready=lambda: announce(demo))


def _is_new(settings: Settings) -> bool:
    """Whether an embedded database is not there yet."""
    return settings.embedded and not Path(sqlite_path(settings.database_url)).exists()


def demo_token(path: Path) -> str:
    """The sandbox bot's token, the same at every start."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(26)}")
    return path.read_text()


async def prepare(demo: Demo) -> None:
    """Fill the open database with the demo's people, unless they are there already.

    Raises:
        NotADemo: the database belongs to a real installation.
        HalfFilled: an earlier start was cut off before the end.
    """
    if not await mark_as_demo(utc_now()) and not await is_demo():
        raise NotADemo
    if await is_filled():
        return
    if await Provider.exists():
        raise HalfFilled
    click.echo("Making up the demo's people (a few seconds, the first time only)…")
    settings = demo.settings
    transport = transport_of(settings)
    assert transport is not None, "the demo has a mailbox"
    way = Way(transport, sender_of(settings), sites_of(settings), settings.secret_key)
    world = demo.sandbox.world
    await fill(
        world,
        BOT_USERNAME,
        Room(settings.storage_url, keyring(), refuse_inside_transaction),
        way,
        demo.people,
        utc_now(),
        press=demo.press,
        done=lambda: save(world, settings.data_dir / PHONES),
    )


def start_anew(settings: Settings) -> None:
    """Remove what a start that was cut off has left, and only that: the demo's own files.

    Raises:
        CannotStartAnew: with a database that is not a file of ours.
    """
    if not settings.embedded:
        raise CannotStartAnew
    database = Path(sqlite_path(settings.database_url))
    for end in ("", "-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)
    (settings.data_dir / PHONES).unlink(missing_ok=True)
    for folder in (settings.mailbox, settings.data_dir / "files"):
        shutil.rmtree(folder, ignore_errors=True)


async def announce(demo: Demo) -> None:
    """Print where everything is."""
    click.echo("\n".join(_lines(demo.settings, demo.people, await join_links())))


def _lines(
    settings: Settings, people: Sequence[SignIn], links: Sequence[tuple[str, str]]
) -> list[str]:
    chat = settings.telegram_api_url
    lines = [
        "",
        f"  Panel    {settings.public_url}/",
        f"  Chat     {chat}/",
        f"  Mailbox  {settings.public_url}/mailbox",
        "",
        "  Become a candidate:",
    ]
    lines += [f"    {name:15}{chat}/t.me/{BOT_USERNAME}?start={token}" for name, token in links]
    lines += ["", "  Sign in to the panel:"]
    lines += [f"    {one.provider:15}{one.email:20}{one.password:36}{one.name}" for one in people]
    return [*lines, "", "  Ctrl+C stops everything.", ""]
