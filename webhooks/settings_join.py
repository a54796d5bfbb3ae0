"""Paramètre & Services: the menu, and the sign-up page with its links, poster and source tags."""

import asyncio
from html import escape

from aiohttp import web

from actions.settings import SettingsChangedMeanwhile, renew_link
from actions.sources import add_tag, remove_tag
from models.reads.settings import join_of
from models.reads.sources import came_by
from rules.answers import InvalidAnswer
from rules.errors import Refusal
from rules.sources import NoSuchTag, TagNameNeeded, TagTaken, TooManyTags, read_tags
from rules.vocabulary import Language
from webhooks.access import Desk, admin_page
from webhooks.errors import status_of
from webhooks.forms import read_form
from webhooks.join import addresses, asked_tag
from webhooks.pages import page
from webhooks.poster import Poster, draw_poster
from webhooks.settings_logo import logo_bytes
from words.colours import WHITE, on, readable
from words.language import sentence, translate

ADDRESS = "/settings/ecommerce/join"
BESIDE_THE_NAME = (TagNameNeeded, TagTaken, TooManyTags, InvalidAnswer)


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
    """GET /settings/ecommerce/join: links, QR code, poster, button; with ?s=tag, of that tag."""
    return await _join(request, desk)


async def _join(
    request: web.Request,
    desk: Desk,
    *,
    typed: str = "",
    refusal: Refusal | None = None,
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    found = await join_of(desk.provider)
    tag = asked_tag(request, found)
    to = addresses(request, found, tag)
    return await page(
        request,
        desk,
        "panel/settings/join.html",
        status=status,
        join=found,
        to=to,
        tag=tag,
        tags=read_tags(desk.provider.source_tags),
        came=await came_by(desk.provider, desk.now),
        snippet=snippet(to.page, desk.provider.name, desk.provider.colour, desk.provider.language),
        typed=typed,
        refusal=refusal,
        errors=errors or {},
        said=next((word for word in ("renewed", "added", "removed") if word in request.query), ""),
        here="settings",
    )


def snippet(address: str, name: str, colour: str, language: str) -> str:
    """A button to paste into the provider's own site: one link, no script, nothing fetched.

    Where the site's policy refuses inline styles it is a plain link.
    """
    words = translate(language, "Work with %(name)s") % {"name": name}
    ground = readable(colour, WHITE)
    style = (
        f"display:inline-block;padding:12px 24px;border-radius:6px;background:{ground};"
        f"color:{on(ground)};font-weight:600;text-decoration:none"
    )
    return f'<a href="{escape(address)}" rel="noopener" style="{style}">{escape(words)}</a>'


@admin_page
async def poster(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/ecommerce/join/poster.pdf: in French or English, of a tag or without."""
    found = await join_of(desk.provider)
    tag = asked_tag(request, found)
    to = addresses(request, found, tag)
    wanted = request.query.get("lang", "")
    made = Poster(
        name=desk.provider.name,
        colour=desk.provider.colour,
        address=to.page,
        short=to.typed,
        language=wanted if wanted in set(Language) else desk.provider.language,
        logo=await logo_bytes(desk.provider),
    )
    body = await asyncio.to_thread(draw_poster, made)
    name = "-".join(("poster", desk.provider.slug, *((tag.key,) if tag else ()), made.language))
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


@admin_page
async def add_source(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/ecommerce/join/tags: a new source tag."""
    sent = await read_form(request)
    name = sent.text("name")
    try:
        tag = await add_tag(desk.provider.id, name, sent.number("version"), desk.actor, desk.now)
    except SettingsChangedMeanwhile as refusal:
        return await _join(request, desk, typed=name, refusal=refusal, status=status_of(refusal))
    except BESIDE_THE_NAME as refusal:
        wrong = {"name": sentence(refusal, desk.language)}
        return await _join(request, desk, typed=name, errors=wrong, status=422)
    raise web.HTTPSeeOther(f"{ADDRESS}?s={tag.key}&added=1")


@admin_page
async def remove_source(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/ecommerce/join/tags/{tag}: count nobody by it any more."""
    sent = await read_form(request)
    key = request.match_info["tag"]
    try:
        await remove_tag(desk.provider.id, key, sent.number("version"), desk.actor, desk.now)
    except (SettingsChangedMeanwhile, NoSuchTag) as refusal:
        return await _join(request, desk, refusal=refusal, status=status_of(refusal))
    raise web.HTTPSeeOther(f"{ADDRESS}?removed=1#sources")


@admin_page
async def ask_renew(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/ecommerce/join/renew: what renewing does, before it is done."""
    return await page(request, desk, "panel/settings/renew.html", here="settings")


@admin_page
async def renew(_request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/ecommerce/join/renew."""
    await renew_link(desk.provider.id, desk.actor, desk.now)
    raise web.HTTPSeeOther(f"{ADDRESS}?renewed=1")
