"""A provider's own bot: what its token looks like, and why one may be refused."""

import re
from dataclasses import dataclass

from rules.errors import Refusal, Unknown

_TOKEN = re.compile("([0-9]{3,20}):[A-Za-z0-9_-]{10,100}")
"""`number:secret`, as BotFather gives it; the number is the bot's Telegram id."""


class NotAToken(Refusal):
    """Something else was pasted."""

    sentence = (
        "This is not a bot’s token. BotFather gives one like 123456789:AAF…, to be copied whole."
    )


class TokenRefused(Refusal):
    """Telegram does not know the token (any more)."""

    sentence = (
        "Telegram does not accept this token. Ask BotFather for the current one with /token, "
        "and copy it whole."
    )


class TelegramAway(Refusal):
    """Telegram does not answer, so nothing can be checked."""

    sentence = "Telegram does not answer at the moment. Nothing was changed: try again later."


class BotInUse(Refusal):
    """The bot of the installation, or of another provider."""

    sentence = "This bot is in use elsewhere. Make one of your own with BotFather."


class NoSuchBot(Unknown):
    """Not this provider's bot, or taken back already."""

    sentence = "This bot is not connected any more."


@dataclass(frozen=True, slots=True)
class Met:
    """Who Telegram says is behind a token."""

    telegram_id: int
    username: str


def tidy_token(text: str) -> str:
    """The token, without what was copied around it.

    Raises:
        NotAToken.
    """
    token = text.strip()
    if not _TOKEN.fullmatch(token):
        raise NotAToken
    return token


def number_of(token: str) -> int:
    """The bot's Telegram id, which its token begins with; 0 when it does not."""
    number = token.partition(":")[0]
    return int(number) if number.isascii() and number.isdigit() and len(number) <= 20 else 0
