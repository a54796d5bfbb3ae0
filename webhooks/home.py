"""The home page: what waits, oldest first."""

from aiohttp import web

from models.reads.home import home as read_home
from webhooks.access import Desk, operator_page
from webhooks.pages import page
from words.journal import what


@operator_page
async def home(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /."""
    found = await read_home(desk.provider, desk.now)
    return await page(request, desk, "panel/home.html", home=found, what=what, here="home")
