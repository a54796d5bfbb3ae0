"""The landing page of a provider's personal link: to Telegram by button, QR code or command."""

from dataclasses import dataclass
from io import BytesIO

import segno
from aiohttp import web

from models.reads.settings import Join, join_by_slug
from rules.letters import Sites
from webhooks.access import public_page
from webhooks.keys import SETTINGS
from webhooks.pages import public
from words import links

QR_CACHE = "public, max-age=300"


@dataclass(frozen=True, slots=True)
class Addresses:
    """The ways into the chat; empty texts when there is no link or no bot yet."""

    page: str
    chat: str
    command: str


def addresses(request: web.Request, join: Join) -> Addresses:
    """Where this provider's link leads."""
    settings = request.app[SETTINGS]
    sites = Sites(settings.public_url, settings.telegram_api_url)
    ready = join.token and join.username
    return Addresses(
        page=links.page(sites, f"join/{join.provider.slug}"),
        chat=links.chat(sites, join.username or "", join.token or "") if ready else "",
        command=f"/start {join.token}" if ready else "",
    )


@public_page
async def landing(request: web.Request) -> web.StreamResponse:
    """GET /join/{slug}."""
    join = await _join(request)
    return public(
        request,
        "public/join.html",
        provider=join.provider,
        username=join.username,
        to=addresses(request, join),
    )


@public_page
async def qr_svg(request: web.Request) -> web.StreamResponse:
    """GET /join/{slug}/qr.svg."""
    return await _qr(request, "svg", "image/svg+xml")


@public_page
async def qr_png(request: web.Request) -> web.StreamResponse:
    """GET /join/{slug}/qr.png: large enough to print."""
    return await _qr(request, "png", "image/png")


async def _qr(request: web.Request, kind: str, content_type: str) -> web.Response:
    to = addresses(request, await _join(request))
    if not to.chat:
        raise web.HTTPNotFound
    out = BytesIO()
    segno.make(to.chat, error="m", micro=False).save(
        out, kind=kind, scale=12 if kind == "png" else 4, border=2, light="#ffffff"
    )
    headers = {"Cache-Control": QR_CACHE, "Cross-Origin-Resource-Policy": "cross-origin"}
    return web.Response(body=out.getvalue(), content_type=content_type, headers=headers)


async def _join(request: web.Request) -> Join:
    join = await join_by_slug(request.match_info["slug"])
    if join is None:
        raise web.HTTPNotFound
    return join
