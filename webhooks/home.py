"""The home page: what waits, oldest first."""

from aiohttp import web

from webhooks.access import Desk, operator_page
from webhooks.pages import page


@operator_page
async def home(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /."""
    return await page(request, desk, "panel/home.html")
