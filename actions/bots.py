"""Bots: the shared one of the installation, known by its Telegram id."""

from datetime import datetime

from models.tables import Bot


async def register_shared_bot(telegram_id: int, username: str) -> Bot:
    """The row of the shared bot, made when new; it is connected again."""
    bot, _ = await Bot.get_or_create(telegram_id=telegram_id, defaults={"username": username})
    bot.username, bot.disconnected_at = username, None
    await bot.save(update_fields=["username", "disconnected_at"])
    return bot


async def note_disconnected(bot: Bot, now: datetime) -> None:
    """Telegram refuses this bot's token."""
    await Bot.filter(id=bot.id, disconnected_at=None).update(disconnected_at=now)
