"""Telegram's webhook: secret first, then the door; 200 only when the update is dealt with."""

import hmac
import json
from typing import Any

from aiohttp import web

from models.database import TRANSIENT
from models.ids import is_id
from models.reads.bots import LIVE
from models.tables import Bot
from webhooks.keys import DOOR, SETTINGS

HEADER = "X-Telegram-Bot-Api-Secret-Token"
LARGEST = 1024 * 1024
"""Bytes of one update; Telegram's own stay far below."""


async def receive(request: web.Request) -> web.Response:
    """`POST /telegram/{bot}`.

    401 for an unknown bot and for a wrong secret alike; 400 for what Telegram never sends; 503
    when Telegram should send it again.
    """
    try:
        bot = await _bot(request.match_info["bot"])
    except TRANSIENT:
        return web.Response(status=503)
    if not _is_telegram(request, bot) or bot is None:
        return web.Response(status=401)
    update = await _update(request)
    if update is None:
        return web.Response(status=400)
    answer = await request.app[DOOR].handle(bot, update)
    return web.Response(status=answer.value)


async def _bot(bot_id: str) -> Bot | None:
    """A bot that updates may come from: one that was taken back is as unknown as any other."""
    return await Bot.filter(LIVE, id=bot_id).first() if is_id(bot_id) else None


def _is_telegram(request: web.Request, bot: Bot | None) -> bool:
    """Compare in constant time, an unknown bot with a secret that nobody has."""
    expected = request.app[SETTINGS].webhook_secret(bot.telegram_id if bot else 0)
    given = request.headers.get(HEADER, "")
    same = hmac.compare_digest(expected.encode(), given.encode("utf-8", "surrogateescape"))
    return same and bot is not None


async def _update(request: web.Request) -> dict[str, Any] | None:
    if request.content_length is None or request.content_length > LARGEST:
        return None
    try:
        update = json.loads(await request.read())
    except (ValueError, RecursionError):
        return None
    return update if isinstance(update, dict) else None
