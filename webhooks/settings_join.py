"""Paramètre & Services: the menu, and the personal link on the sign-up page."""

from aiohttp import web

from actions.settings import renew_link
from models.reads.settings import join_of
from webhooks.access import Desk, admin_page
from webhooks.join import addresses
from webhooks.pages import page


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
    return await page(
        request,
        desk,
        "panel/settings/join.html",
        join=found,
        to=addresses(request, found),
        renewed="renewed" in request.query,
        here="settings",
    )


@admin_page
async def ask_renew(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/ecommerce/join/renew: what renewing does, before it is done."""
    return await page(request, desk, "panel/settings/renew.html", here="settings")


@admin_page
async def renew(_request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/ecommerce/join/renew."""
    await renew_link(desk.provider.id, desk.actor, desk.now)
    raise web.HTTPSeeOther("/settings/ecommerce/join?renewed=1")
