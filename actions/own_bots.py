"""A provider's own bot: connected, replaced, taken back.

Three states of an own bot's row: the present one (not retired), an earlier one whose chats go on
(retired, its token kept), one that was taken back (retired, without token). Whoever asks Telegram
anything has done it before: nothing here waits for anybody.
"""

from collections.abc import Mapping
from datetime import datetime

from tortoise.exceptions import IntegrityError

from actions.apart import Apart
from actions.deeds import Actor
from actions.provider_journal import record
from actions.settings import locked_settings
from models.tables import Bot, Candidate, Chat, Provider
from rules.bots import BotInUse, Met, NoSuchBot
from rules.history import ProviderEventKind
from store.sealing import BOT_TOKEN, keyring


async def connect_own_bot(
    provider_id: str, met: Met, token: str, version: int, actor: Actor, now: datetime
) -> Bot:
    """Have new people come by this bot; those of an earlier one stay with theirs.

    The same bot again: its new token takes the place of the old one.

    Raises:
        SettingsChangedMeanwhile, BotInUse.
    """
    try:
        async with locked_settings(provider_id, version) as provider:
            bot = await _row(provider_id, met)
            former = await _retire_others(bot, now)
            again = bot.retired_at
            bot.username = met.username[:64]
            bot.token = keyring().seal_text(token, BOT_TOKEN)
            bot.disconnected_at = bot.retired_at = bot.queue_empty_at = None
            await bot.save()
            after = {"bot": f"@{bot.username}"}
            await _note(provider, ProviderEventKind.BOT_CONNECTED, actor, now, former, after)
    except IntegrityError:  # another provider was quicker with the same bot
        raise BotInUse from None
    if again is not None:
        await Chat.filter(bot_id=bot.id, blocked_at=again).update(blocked_at=None)
    return bot


async def _row(provider_id: str, met: Met) -> Bot:
    bot = await Bot.get_or_none(telegram_id=met.telegram_id)
    if bot is None:
        return Bot(telegram_id=met.telegram_id, provider_id=provider_id)
    if bot.provider_id != provider_id:
        raise BotInUse
    return bot


async def _retire_others(bot: Bot, now: datetime) -> str | None:
    """No link leads to the provider's earlier bot any more; its username."""
    others = Bot.filter(provider_id=bot.provider_id, retired_at=None).exclude(id=bot.id)
    former = await others.first()
    await others.update(retired_at=now)
    return former.username if former else None


async def take_back(
    provider_id: str, bot_id: str, version: int, actor: Actor, now: datetime
) -> Bot:
    """Forget the token: nobody is reached by this bot any more, new people come by the shared one.

    Its webhook is removed by the caller, before. Its people find their space again by any link of
    the provider (`actions.moves`), until then by mail only.

    Raises:
        SettingsChangedMeanwhile, NoSuchBot.
    """
    async with locked_settings(provider_id, version) as provider:
        bot = await Bot.get_or_none(id=bot_id, provider_id=provider_id, token__not_isnull=True)
        if bot is None:
            raise NoSuchBot
        nothing = dict.fromkeys(("token", "disconnected_at", "queue_empty_at"))
        await bot.update_from_dict({**nothing, "retired_at": now}).save()
        people = await Candidate.filter(provider_id=provider_id, bot_id=bot.id).count()
        after = {"bot": f"@{bot.username}", "people": people}
        await _note(provider, ProviderEventKind.BOT_RETIRED, actor, now, None, after)
    await close_chats(bot)
    return bot


async def close_chats(bot: Bot) -> None:
    """Nobody can be reached there: what is owed fails at once, reminders go by mail.

    Apart from the change itself, because a chat is locked before its provider. The date is the
    bot's own, by which the chats are opened again if it ever comes back.
    """
    await Chat.filter(bot_id=bot.id, blocked_at=None).update(blocked_at=bot.retired_at)


async def close_left_chats() -> None:
    """`close_chats` again, for whoever was cut off between the two."""
    apart = Apart()
    for bot in await Bot.filter(
        provider_id__not_isnull=True, token=None, retired_at__not_isnull=True
    ):
        with apart.one(bot=bot.id):
            await close_chats(bot)


async def _note(
    provider: Provider,
    kind: ProviderEventKind,
    actor: Actor,
    now: datetime,
    former: str | None,
    after: Mapping[str, object],
) -> None:
    """Raise the settings' version, and write the line."""
    provider.settings_version += 1
    provider.touched_at = now
    await provider.save(update_fields=["settings_version", "touched_at"])
    before = {"bot": f"@{former}"} if former else None
    await record(provider.id, kind, actor.id, actor.name, now, before=before, after=after)
