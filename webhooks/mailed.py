"""Pages behind mailed links: GET shows one button, POST acts (mail scanners follow links).

After acting, the same address says what happened: a used link is never a dead end.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from actions import accounts
from actions.tokens import Link, NoSuchLink, TokenKind, look
from models.reads.mailed import Mailed, mailed
from rules.errors import Refusal
from rules.letters import Sites
from webhooks.access import Page, public_page
from webhooks.keys import CLOCK, SETTINGS
from webhooks.pages import public
from words import links
from words.chat.spaces import hidden

Act = Callable[[str, datetime], Awaitable[None]]
ACTS: dict[TokenKind, Act] = {
    TokenKind.ACTIVATION: accounts.activate,
    TokenKind.CONFIRM_EMAIL: accounts.confirm_email,
    TokenKind.KEEP: accounts.keep,
}


@dataclass(frozen=True, slots=True)
class Followed:
    """A link that somebody followed, and whose it is."""

    token: str
    link: Link
    whose: Mailed


async def _followed(request: web.Request, kind: TokenKind) -> Followed:
    """Raises NoSuchLink, whatever is wrong with it."""
    token, now = request.match_info["token"], request.app[CLOCK]()
    link = await look(token, kind, now)
    whose = await mailed(link.token, now)
    if whose is None:
        raise NoSuchLink
    return Followed(token, link, whose)


async def _show(request: web.Request, kind: TokenKind) -> web.Response:
    followed = await _followed(request, kind)
    whose, settings = followed.whose, request.app[SETTINGS]
    sites = Sites(settings.public_url, settings.telegram_api_url)
    return public(
        request,
        f"public/{kind}.html",
        language=whose.language,
        provider=whose.provider,
        whose=whose,
        works=followed.link.refusal is None,
        used=followed.link.token.used_at is not None,
        sent="sent" in request.query,
        address=hidden(whose.address),
        chat=links.chat(sites, whose.bot, links.into_space(whose.candidate_id)),
    )


async def _act(request: web.Request, kind: TokenKind) -> web.Response:
    """Act, then show the same page: it says what is true now, also when it was already."""
    followed = await _followed(request, kind)
    if followed.link.refusal is None:
        try:
            await ACTS[kind](followed.token, request.app[CLOCK]())
        except Refusal as refusal:
            return await _refused(request, kind, refusal)
    raise web.HTTPSeeOther(request.path)


async def _refused(request: web.Request, kind: TokenKind, refusal: Refusal) -> web.Response:
    followed = await _followed(request, kind)
    return public(
        request,
        "public/refused.html",
        status=422,
        language=followed.whose.language,
        provider=followed.whose.provider,
        refusal=refusal,
        back=request.path.removesuffix("/again"),
    )


async def _again(request: web.Request, kind: TokenKind) -> web.Response:
    """Mail a new link to the known address."""
    try:
        await accounts.another_link(request.match_info["token"], kind, request.app[CLOCK]())
    except NoSuchLink:
        raise
    except Refusal as refusal:
        return await _refused(request, kind, refusal)
    raise web.HTTPSeeOther(f"{request.path.removesuffix('/again')}?sent=1")


def _pages(kind: TokenKind) -> tuple[Page, Page, Page]:
    """What answers at the address of one kind of link: GET, POST, and POST …/again."""

    @public_page
    async def show(request: web.Request) -> web.StreamResponse:
        return await _show(request, kind)

    @public_page
    async def act(request: web.Request) -> web.StreamResponse:
        return await _act(request, kind)

    @public_page
    async def again(request: web.Request) -> web.StreamResponse:
        return await _again(request, kind)

    return show, act, again


activation, activate, activation_again = _pages(TokenKind.ACTIVATION)
confirmation, confirm, confirmation_again = _pages(TokenKind.CONFIRM_EMAIL)
keeping, keep, keeping_again = _pages(TokenKind.KEEP)
