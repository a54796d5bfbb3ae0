"""Paramètre & Services: the menu, and the personal link on the sign-up page."""

from html import escape

from aiohttp import web

from actions.settings import renew_link
from models.reads.settings import join_of
from webhooks.access import Desk, admin_page
from webhooks.join import addresses
from webhooks.pages import page
from words.language import translate


@admin_page
async def menu(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings."""
    return await page(request, desk, "panel/settings/menu.html", here="settings")


@admin_page
async def ecommerce(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/ecommerce."""
    return await page(request, desk, "panel/settings/ecommerce.html", here="settings")


@admin_page
async def join(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/ecommerce/join: the link, its QR code, the landing page, a snippet."""
    found = await join_of(desk.provider)
    to = addresses(request, found)
    return await page(
        request,
        desk,
        "panel/settings/join.html",
        join=found,
        to=to,
        snippet=_snippet(to.page, desk.provider.name, desk.provider.language),
        renewed="renewed" in request.query,
        here="settings",
    )


def _snippet(address: str, name: str, language: str) -> str:
    """A link to paste into the provider's own site, as HTML."""
    words = translate(language, "Work with %(name)s") % {"name": name}
    return f'<a href="{escape(address)}" rel="noopener">{escape(words)}</a>'


@admin_page
async def ask_renew(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/ecommerce/join/renew: what renewing does, before it is done."""
    return await page(request, desk, "panel/settings/renew.html", here="settings")


@admin_page
async def renew(_request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/ecommerce/join/renew."""
    await renew_link(desk.provider.id, desk.actor, desk.now)
    raise web.HTTPSeeOther("/settings/ecommerce/join?renewed=1")
