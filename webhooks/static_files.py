"""Style sheets, script and icons, served for ever under their address."""

from aiohttp import web

from webhooks.access import public_page
from webhooks.keys import ASSETS
from words.colours import accent_sheet, is_colour

FOR_EVER = "public, max-age=31536000, immutable"


@public_page
async def static_file(request: web.Request) -> web.Response:
    """GET /static/{digest}/{name}: cached for ever, its address changes with it."""
    asset = request.app[ASSETS].find(request.match_info["digest"], request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    return web.Response(
        body=asset.body,
        content_type=asset.content_type,
        charset="utf-8" if asset.content_type.startswith("text/") else None,
        headers={"Cache-Control": FOR_EVER},
    )


@public_page
async def accent(request: web.Request) -> web.Response:
    """GET /accent/{colour}.css: a provider's colour as tokens, readable in light and dark."""
    colour = f"#{request.match_info['colour']}"
    if not is_colour(colour):
        raise web.HTTPNotFound
    return web.Response(
        text=accent_sheet(colour), content_type="text/css", headers={"Cache-Control": FOR_EVER}
    )
