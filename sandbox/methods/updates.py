"""Getting updates: long polling and the webhook's settings."""

import asyncio
import re
import time
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from sandbox.errors import ApiError, bad_request
from sandbox.methods.call import Answer, Call, Handler
from sandbox.records import Bot, Json, Webhook

SECRET = re.compile(r"[A-Za-z0-9_-]*")
ACTIVE = (
    "can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER = "terminated by other getUpdates request; make sure that only one bot instance is running"

_pollers: dict[int, object] = {}
"""Bot number in this process → the only long poll that may go on."""


async def get_updates(call: Call) -> list[Json]:
    """Updates from `offset` on; everything before it counts as taken."""
    bot, args = call.bot, call.args
    if bot.webhook:
        raise ApiError(409, ACTIVE)
    if "allowed_updates" in args:
        bot.allowed_updates = args["allowed_updates"] or None
    _confirm(call, int(args.get("offset", 0)))
    limit = min(max(int(args.get("limit", 100)), 1), 100)
    await _long_poll(bot, min(int(args.get("timeout", 0)), 50))
    forget_expired(call)
    return [update.as_json() for update in list(bot.pending.values())[:limit]]


def _confirm(call: Call, offset: int) -> None:
    numbers = list(call.bot.pending)
    if offset < 0:
        taken = numbers[: max(len(numbers) + offset, 0)]
    else:
        taken = [number for number in numbers if number < offset]
    for number in taken:
        call.world.drop(call.bot, number)


async def _long_poll(bot: Bot, timeout: int) -> None:
    mine = object()
    _pollers[id(bot)] = mine
    bot.bell.ring()
    deadline = time.monotonic() + timeout
    try:
        while not bot.pending and (left := deadline - time.monotonic()) > 0:
            await bot.bell.wait(bot.bell.count, left)
            if _pollers.get(id(bot)) is not mine:
                raise ApiError(409, OTHER)
            if bot.webhook:
                raise ApiError(409, "terminated by setWebhook request")
    finally:
        if _pollers.get(id(bot)) is mine:
            del _pollers[id(bot)]


def forget_expired(call: Call) -> None:
    """Telegram keeps an update for 24 hours."""
    now = call.world.now()
    for update in [u for u in call.bot.pending.values() if u.expires < now]:
        call.bot.pending.pop(update.update_id)


async def set_webhook(call: Call) -> Answer:
    """Send updates to an address from now on. Plain http is allowed on loopback only."""
    args, bot = call.args, call.bot
    url = args["url"].strip()
    if not url:
        return await delete_webhook(call)
    _check_url(url)
    secret = args.get("secret_token", "")
    if len(secret) > 256:
        raise bad_request("secret token is too long")
    if not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _drop_if_asked(call)
    if "allowed_updates" in args:
        bot.allowed_updates = args["allowed_updates"] or None
    same = bot.webhook is not None and (bot.webhook.url, bot.webhook.secret_token) == (url, secret)
    bot.webhook = Webhook(
        url,
        secret,
        max_connections=min(max(int(args.get("max_connections", 40)), 1), 100),
        ip_address=args.get("ip_address"),
        has_certificate="certificate" in args,
    )
    call.world.wake(bot)
    await asyncio.sleep(0)
    return Answer(True, "Webhook is already set" if same else "Webhook was set")


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        loopback = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not parts.hostname or parts.scheme not in ("http", "https"):
        raise bad_request("invalid webhook URL specified")
    if parts.scheme != "https" and not loopback:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")


def _drop_if_asked(call: Call) -> None:
    if call.args.get("drop_pending_updates"):
        call.bot.pending.clear()


async def delete_webhook(call: Call) -> Answer:
    """Back to long polling."""
    _drop_if_asked(call)
    had, call.bot.webhook = call.bot.webhook, None
    call.world.wake(call.bot)
    return Answer(True, "Webhook was deleted" if had else "Webhook is already deleted")


async def get_webhook_info(call: Call) -> Json:
    """How the webhook does; `pending_update_count` is what the bot has not taken yet."""
    forget_expired(call)
    hook = call.bot.webhook
    info: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": bool(hook and hook.has_certificate),
        "pending_update_count": len(call.bot.pending),
    }
    if hook:
        info["max_connections"] = hook.max_connections
        for name in ("ip_address", "last_error_date", "last_error_message"):
            if getattr(hook, name) is not None:
                info[name] = getattr(hook, name)
    if call.bot.allowed_updates:
        info["allowed_updates"] = call.bot.allowed_updates
    return info


METHODS: dict[str, Handler] = {
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
