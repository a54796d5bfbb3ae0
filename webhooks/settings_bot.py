"""The provider's own Telegram bot: connecting it, giving its new token, taking it back."""

from aiohttp import web

from actions.own_bots import connect_own_bot, take_back
from actions.settings import SettingsChangedMeanwhile
from models.reads.bots import bots_of, own_bot
from models.reads.settings import with_bot
from rules.bots import (
    BotInUse,
    NoSuchBot,
    NotAToken,
    TelegramAway,
    TokenRefused,
    number_of,
    tidy_token,
)
from rules.errors import Refusal
from webhooks.access import Desk, admin_page
from webhooks.errors import status_of
from webhooks.forms import read_form
from webhooks.keys import DOOR, SETTINGS
from webhooks.pages import page
from words.language import sentence

ADDRESS = "/settings/bot"
BESIDE_THE_TOKEN = (NotAToken, TokenRefused, TelegramAway, BotInUse)


@admin_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/bot."""
    return await _form(request, desk)


@admin_page
async def connect(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/bot: Telegram is asked whose token it is, then the bot is kept, sealed."""
    sent = await read_form(request)
    try:
        token = tidy_token(sent.text("token"))
        if number_of(token) == number_of(request.app[SETTINGS].telegram_token):
            raise BotInUse
        met = await request.app[DOOR].meet(token)
        await connect_own_bot(
            desk.provider.id, met, token, sent.number("version"), desk.actor, desk.now
        )
    except BESIDE_THE_TOKEN as refusal:
        wrong = {"token": sentence(refusal, desk.language)}
        return await _form(request, desk, errors=wrong, status=422)
    except SettingsChangedMeanwhile as refusal:
        return await _form(request, desk, refusal=refusal, status=status_of(refusal))
    raise web.HTTPSeeOther(f"{ADDRESS}?connected=1")


@admin_page
async def ask_take_back(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/bot/{bot}/back: whom it concerns, before it is done."""
    return await _ask(request, desk)


async def _ask(
    request: web.Request, desk: Desk, *, refusal: Refusal | None = None, status: int = 200
) -> web.Response:
    line = await own_bot(desk.provider.id, request.match_info["bot"])
    if line is None:
        raise NoSuchBot
    return await page(
        request,
        desk,
        "panel/settings/bot_back.html",
        status=status,
        line=line,
        people=await with_bot(desk.provider.id, line.bot.id),
        refusal=refusal,
        here="settings",
    )


@admin_page
async def give_back(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/bot/{bot}/back."""
    sent = await read_form(request)
    line = await own_bot(desk.provider.id, request.match_info["bot"])
    if line is None:
        raise NoSuchBot
    try:
        await request.app[DOOR].let_go(line.bot)
        await take_back(
            desk.provider.id, line.bot.id, sent.number("version"), desk.actor, desk.now
        )
    except (SettingsChangedMeanwhile, TelegramAway) as refusal:
        return await _ask(request, desk, refusal=refusal, status=status_of(refusal))
    raise web.HTTPSeeOther(f"{ADDRESS}?back=1")


async def _form(
    request: web.Request,
    desk: Desk,
    *,
    refusal: Refusal | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    return await page(
        request,
        desk,
        "panel/settings/bot.html",
        status=status,
        bots=await bots_of(desk.provider.id),
        refusal=refusal,
        errors=errors or {},
        said=next((word for word in ("connected", "back") if word in request.query), ""),
        here="settings",
    )
