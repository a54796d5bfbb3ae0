"""Telegram: each bot's token is taken, its updates come to us; and the time is the same there."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from commands.probes.kit import PATIENCE, Finding, Kit, ok, warning, wrong
from models.tables import Bot
from store.sealing import BOT_TOKEN, CannotOpen

MANY = 100
"""Updates that wait at Telegram: more than a moment's."""
LATELY = timedelta(hours=1)
AT_ONCE = 5


@dataclass(frozen=True, slots=True)
class Known:
    """One bot to ask for: its row (None: it has not met Telegram yet), and its token."""

    row: Bot | None
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Bot API said."""

    status: int
    result: dict[str, Any]


async def telegram(kit: Kit) -> list[Finding]:
    """The shared bot, and the providers' own ones."""
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession() as session:

        async def look(one: Known) -> list[Finding]:
            async with gate:
                return await _bot(kit, session, one)

        own, unreadable = await _own_bots(kit)
        shared = Known(await _shared_row(kit), kit.settings.telegram_token)
        found = await asyncio.gather(*(look(one) for one in (shared, *own)))
    return [*unreadable, *(finding for some in found for finding in some)]


async def _shared_row(kit: Kit) -> Bot | None:
    if not kit.database:
        return None
    number = int(kit.settings.telegram_token.partition(":")[0])
    return await Bot.get_or_none(telegram_id=number)


async def _own_bots(kit: Kit) -> tuple[list[Known], list[Finding]]:
    _ = kit.say
    known, unreadable = list[Known](), list[Finding]()
    if not kit.database:
        return known, unreadable
    for row in await Bot.filter(retired_at=None, token__isnull=False).order_by("id"):
        assert row.token is not None, "asked for"
        try:
            known.append(Known(row, kit.ring.open_text(row.token, BOT_TOKEN)))
        except CannotOpen:
            about = _("Telegram, @{name}", name=row.username)
            told = _("Its token cannot be opened by our encryption keys.")
            unreadable.append(
                wrong(about, told, _("Put the former keys back, or enter it again."))
            )
    return known, unreadable


async def _bot(kit: Kit, session: aiohttp.ClientSession, one: Known) -> list[Finding]:
    _ = kit.say
    about = _("Telegram")
    if one.row is not None:
        about = _("Telegram, @{name}", name=one.row.username)
    try:
        me = await _call(kit, session, one.token, "getMe")
        if me.status in (401, 404):
            told = _("The token is refused: @BotFather has made another one, or it has a typo.")
            return [wrong(about, told, _("Ask @BotFather for /token, and enter that one."))]
        if not me.result:
            told = _("It answers with an error ({code}).", code=me.status)
            return [wrong(about, told, _("Try again later; check TELEGRAM_API_URL."))]
        about = _("Telegram, @{name}", name=me.result.get("username", "?"))
        hook = await _call(kit, session, one.token, "getWebhookInfo")
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        place = urlsplit(kit.settings.telegram_api_url).netloc
        told = _("{place} cannot be reached ({why}).", place=place, why=type(error).__name__)
        remedy = _("Check that a firewall lets us out (port 443), and TELEGRAM_API_URL.")
        return [wrong(about, told, remedy)]
    return _way_in(kit, about, one.row, hook.result)


async def _call(kit: Kit, session: aiohttp.ClientSession, token: str, method: str) -> Answer:
    """One call; aiohttp's errors carry the address, and that carries the token: only their class
    is told."""
    url = f"{kit.settings.telegram_api_url.rstrip('/')}/bot{token}/{method}"
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    async with session.post(url, timeout=timeout, allow_redirects=False) as answer:
        body = await answer.json(content_type=None)
        result = body.get("result") if isinstance(body, dict) else None
        return Answer(answer.status, result if isinstance(result, dict) else {})


def _way_in(kit: Kit, about: str, row: Bot | None, hook: dict[str, Any]) -> list[Finding]:
    """How its updates reach us."""
    _ = kit.say
    url, pending = str(hook.get("url", "")), int(hook.get("pending_update_count", 0))
    found = list[Finding]()
    if not kit.settings.uses_webhook:
        if url:
            told = _("Its updates go to {place}, and we ask for them.", place=urlsplit(url).netloc)
            found.append(warning(about, told, _("The next start takes that webhook away.")))
    elif not url:
        found.append(warning(about, _("No webhook is set yet."), _("The next start sets it.")))
    elif row is not None and url != kit.settings.webhook_url(row.id):
        told = _("Its updates go to {place}, not to us.", place=urlsplit(url).netloc)
        remedy = _("Start “antichambre web” with this PUBLIC_URL; only one installation per bot.")
        found.append(wrong(about, told, remedy))
    found += _failing(kit, about, hook)
    if pending > MANY:
        told = _("{number} updates wait at Telegram.", number=pending)
        found.append(warning(about, told, _("Is the web process running?")))
    return found or [ok(about, _("The token is taken, and updates come to us."))]


def _failing(kit: Kit, about: str, hook: dict[str, Any]) -> list[Finding]:
    """What Telegram met lately when it called us."""
    _ = kit.say
    at = datetime.fromtimestamp(int(hook.get("last_error_date", 0)), UTC)
    if kit.clock() - at > LATELY:
        return []
    said = str(hook.get("last_error_message", ""))[:120]
    remedy = _("PUBLIC_URL must be reachable from the internet, with a valid certificate.")
    if "401" in said or "403" in said or "404" in said:
        remedy = _("Start “antichambre web” again: it tells Telegram the present secret.")
    return [warning(about, _("Telegram could not call us lately: {said}", said=said), remedy)]


async def telegram_time(kit: Kit) -> datetime | None:
    """The time at Telegram (the Date of its answer); None when it does not tell."""
    timeout = aiohttp.ClientTimeout(total=PATIENCE)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.head(kit.settings.telegram_api_url, allow_redirects=False) as answer,
        ):
            return parsedate_to_datetime(answer.headers["Date"])
    except (aiohttp.ClientError, TimeoutError, OSError, KeyError, ValueError):
        return None
