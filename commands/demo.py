"""The demo: everything on this machine, with a local Telegram, a mailbox, and made-up people."""

from __future__ import annotations

import asyncio
import secrets
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import click

from actions.installation import is_demo, mark_as_demo
from commands.serving import Parts, opened, run
from jobs.context import utc_now
from sandbox.app import BotSpec, start
from settings import Settings

BOT_NAME = "Antichambre (démo)"
BOT_USERNAME = "antichambre_demo_bot"
CHAT_PORT_AFTER = 1
"""The sandbox's chat listens on the port after the panel's."""


class NotADemo(click.ClickException):
    """The database holds real people: a demo never touches it."""

    def __init__(self) -> None:
        super().__init__(
            "This database is not a demo's. Choose another DATA_DIR or DATABASE_URL for the demo."
        )


@dataclass(frozen=True, slots=True)
class SignIn:
    """One way into the panel, as printed."""

    provider: str
    name: str
    email: str
    password: str


async def serve_demo(settings: Settings) -> None:
    """Serve the whole demo until interrupted; starting twice does not double it."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    token = demo_token(settings.data_dir / "bot_token")
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(
            await start(
                settings.host,
                settings.port + CHAT_PORT_AFTER,
                [BotSpec(token, BOT_NAME, BOT_USERNAME)],
                state_file=settings.data_dir / "sandbox.json",
            )
        )
        ours = replace(settings, telegram_token=token, telegram_api_url=sandbox.url)
        sign_ins = await prepare(ours)
        ready = asyncio.Event()
        announcing = asyncio.create_task(announce_when(ready, ours, sign_ins))
        await run(ours, Parts(), ready=ready)
        announcing.cancel()


def demo_token(path: Path) -> str:
    """The sandbox bot's token, the same at every start."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(f"{secrets.randbelow(10**9) + 10**9}:{secrets.token_urlsafe(26)}")
    return path.read_text()


async def prepare(settings: Settings) -> list[SignIn]:
    """Fill the database with the demo's people, unless they are there already.

    Raises:
        NotADemo: when the database belongs to a real installation.
    """
    from seed.demo import fill

    async with opened(settings):
        if not await mark_as_demo(utc_now()) and not await is_demo():
            raise NotADemo
        return [SignIn(*one) for one in await fill(settings.telegram_api_url, utc_now())]


async def announce_when(ready: asyncio.Event, settings: Settings, sign_ins: list[SignIn]) -> None:
    """Print where everything is, once it is there."""
    await ready.wait()
    click.echo()
    click.echo(f"  Panel    {settings.public_url}/")
    click.echo(f"  Chat     {settings.telegram_api_url}/")
    click.echo(f"  Mailbox  {settings.public_url}/mailbox")
    click.echo()
    for one in sign_ins:
        click.echo(f"  {one.provider}: {one.email}  {one.password}  ({one.name})")
    click.echo()
    click.echo("  Ctrl+C stops it.")
