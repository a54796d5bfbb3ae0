"""Our own outages: what must be known before anybody is deleted after one.

An act that waits at Telegram while we are down must count. So nobody is deleted before each
bot's queue was seen empty, once after the start (or after the bot came back) and never otherwise
since, and fifteen minutes have passed; the rule is `rules.retention.may_delete_yet`.
"""

from collections.abc import Callable
from datetime import datetime

from models.reads.bots import live_bots
from models.tables import Bot, Installation
from rules.retention import may_delete_yet

STARTED = "started"
"""Key of the installation's last start."""

MayDelete = Callable[[str | None], bool]
"""Takes the id of a candidate's bot."""


async def note_started(now: datetime) -> None:
    """A process has started: what was known of Telegram's queues is worth nothing any more."""
    value = {"at": now.isoformat()}
    await Installation.bulk_create(
        [Installation(key=STARTED, value=value)], on_conflict=["key"], update_fields=["value"]
    )
    await Bot.all().update(queue_empty_at=None)


async def note_queue(bot_id: str, pending: int, now: datetime) -> None:
    """Telegram told how many updates wait for this bot; the first time of none is kept.

    Anything that waits clears it: whoever hears of it (webhooks, polling) may be down although
    this process is up.
    """
    answered = {"last_update_at": now, "disconnected_at": None}
    if pending:
        await Bot.filter(id=bot_id).update(**answered, queue_empty_at=None)
        return
    await Bot.filter(id=bot_id).update(**answered)
    await Bot.filter(id=bot_id, queue_empty_at=None).update(queue_empty_at=now)


async def note_bot_away(bot_id: str, now: datetime, *, disconnected: bool = False) -> None:
    """Telegram could not be asked, or refused the bot's token: its queue is unknown."""
    await Bot.filter(id=bot_id).update(queue_empty_at=None)
    if disconnected:
        await Bot.filter(id=bot_id, disconnected_at=None).update(disconnected_at=now)


async def deletion_allowed(now: datetime) -> MayDelete:
    """Whether candidates of a bot may be deleted at `now`; of no bot: only if of every bot.

    A bot that was taken back is none: its people may come by any other.
    """
    started = await Installation.get_or_none(key=STARTED)
    if started is None:
        return lambda _: False
    since = datetime.fromisoformat(started.value["at"])
    ready = {
        bot.id: may_delete_yet(
            now, bot.queue_empty_at, since, bot_away=bot.disconnected_at is not None
        )
        for bot in await live_bots()
    }
    return lambda bot_id: ready[bot_id] if bot_id in ready else all(ready.values())
