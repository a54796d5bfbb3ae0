"""The landing page of a provider's personal link: to Telegram by button, QR code or command."""

from dataclasses import dataclass
from io import BytesIO
from urllib.parse import urlsplit

import segno
from aiohttp import web

from models.reads.settings import Join, join_by_slug
from rules.letters import Sites
from rules.sources import Tag, payload, read_tags, tag_of
from webhooks.access import public_page
from webhooks.keys import SETTINGS
from webhooks.pages import public
from words import links

QR_CACHE = "public, max-age=300"
SOURCE = "s"
"""The source tag in an address: `/join/douceur-cie?s=flyer`."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """The ways into the chat; empty texts when there is no link or no bot yet."""

    page: str
    chat: str
    command: str

    @property
    def typed(self) -> str:
        """The page's address as people type it."""
        parts = urlsplit(self.page)
        return f"{parts.netloc}{parts.path}"


def addresses(request: web.Request, join: Join, tag: Tag | None = None) -> Addresses:
    """Where this provider's link leads; `tag` says by which way people come."""
    settings = request.app[SETTINGS]
    sites = Sites(settings.public_url, settings.telegram_api_url)
    page = links.page(sites, f"join/{join.provider.slug}")
    carried = payload(join.token, tag) if join.token and join.username else ""
    return Addresses(
        page=f"{page}?{SOURCE}={tag.key}" if tag else page,
        chat=links.chat(sites, join.username or "", carried) if carried else "",
        command=f"/start {carried}" if carried else "",
    )


def asked_tag(request: web.Request, join: Join) -> Tag | None:
    """The provider's tag that the address names; anything else is as if it named none."""
    return tag_of(request.query.get(SOURCE, ""), read_tags(join.provider.source_tags))


@public_page
async def landing(request: web.Request) -> web.StreamResponse:
    """GET /join/{slug}."""
    join = await joined(request)
    tag = asked_tag(request, join)
    return public(
        request,
        "public/join.html",
        provider=join.provider,
        username=join.username,
        to=addresses(request, join, tag),
        tag=tag,
    )


@public_page
async def qr_svg(request: web.Request) -> web.StreamResponse:
    """GET /join/{slug}/qr.svg: into the chat; with ?to=page to the page, which lives longer."""
    return await _qr(request, "svg", "image/svg+xml")


@public_page
async def qr_png(request: web.Request) -> web.StreamResponse:
    """GET /join/{slug}/qr.png: the same, large enough to print."""
    return await _qr(request, "png", "image/png")


async def _qr(request: web.Request, kind: str, content_type: str) -> web.Response:
    join = await joined(request)
    to = addresses(request, join, asked_tag(request, join))
    if not to.chat:
        raise web.HTTPNotFound
    out = BytesIO()
    address = to.page if request.query.get("to") == "page" else to.chat
    segno.make(address, error="m", micro=False).save(
        out, kind=kind, scale=12 if kind == "png" else 4, border=2, light="#ffffff"
    )
    headers = {"Cache-Control": QR_CACHE, "Cross-Origin-Resource-Policy": "cross-origin"}
    return web.Response(body=out.getvalue(), content_type=content_type, headers=headers)


async def joined(request: web.Request) -> Join:
    """The provider whose page this is, with its link; 404 when there is none."""
    join = await join_by_slug(request.match_info["slug"])
    if join is None:
        raise web.HTTPNotFound
    return join
