"""Replaying updates that hit a bug, once the bug is gone."""

import json

import click

from actions.updates import kept_updates, take_again
from bot.door import Answer, Door
from bot.routers import build_dispatcher
from bot.send import Sender
from commands.serving import opened
from models.database import transaction
from models.tables import Bot
from settings import Settings


async def replay(settings: Settings) -> None:
    """Handle every kept update again, in order; those that fail again are kept again."""
    async with opened(settings):
        sender = Sender(settings.telegram_api_url, settings.telegram_token)
        door = Door(sender, build_dispatcher)
        try:
            for bot in await Bot.all():
                await _replay_bot(door, bot)
        finally:
            await sender.close()


async def _replay_bot(door: Door, bot: Bot) -> None:
    for kept, payload in await kept_updates(bot.id):
        async with transaction():
            await take_again(kept)
        answer = await door.handle(bot, json.loads(payload))
        done = "done" if answer is Answer.DONE else "put off"
        click.echo(f"update {kept.update_id} of {bot.username}: {done}")
