"""The provider's logo: sent on the page of the company, shown on public pages."""

from dataclasses import dataclass

import structlog
from aiohttp import BodyPartReader, web

from actions.company import Company
from actions.logos import keep_logo, remove_logo
from actions.settings import SettingsChangedMeanwhile
from models.reads.logos import logo_of, provider_by_slug
from models.tables import Provider
from rules.errors import Refusal
from rules.logos import MOST_BYTES, LogoNotNow, check_logo
from store.room import FileMissing, StoreDown, room
from store.sealing import CannotOpen
from webhooks.access import Desk, admin_page, public_page
from webhooks.candidate.files import SEALED_IN
from webhooks.errors import status_of
from webhooks.forms import read_form, whole
from webhooks.keys import LOGO_OPENER
from webhooks.pages import logo_digest
from webhooks.settings_company import company_form
from webhooks.static_files import FOR_EVER
from words.language import sentence

log = structlog.get_logger()

SAVED = "/settings/company?saved=1#logo"
FEW_BYTES = 100
PIECE = 64 * 1024
READ_AT_MOST = 20 * 1024 * 1024
"""Bytes that are read to the end, so that the browser gets the answer and not a broken line."""


@dataclass(slots=True)
class Sent:
    """What the form carried."""

    version: int = -1
    picture: bytes = b""
    """One byte too many, when there were more."""


@admin_page
async def replace(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/company/logo."""
    sent = await _read(request)
    try:
        check_logo(sent.picture)
        picture = await request.app[LOGO_OPENER](sent.picture)
        await keep_logo(desk.provider.id, picture, sent.version, desk.actor, desk.now)
    except SettingsChangedMeanwhile as refusal:
        return await _again(request, desk, refusal, status_of(refusal))
    except StoreDown:
        return await _beside(request, desk, LogoNotNow())
    except Refusal as refusal:
        return await _beside(request, desk, refusal)
    raise web.HTTPSeeOther(SAVED)


async def _read(request: web.Request) -> Sent:
    """The form's parts, streamed: nothing of it is written to a disk.

    Raises:
        web.HTTPUnsupportedMediaType, web.HTTPBadRequest.
    """
    if request.content_type != "multipart/form-data":
        raise web.HTTPUnsupportedMediaType
    sent = Sent()
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise web.HTTPBadRequest
            if part.name == "logo":
                sent.picture = await _bytes(part, MOST_BYTES + 1)
            elif part.name == "version":
                sent.version = whole(
                    (await _bytes(part, FEW_BYTES)).decode("utf-8", "replace"), -1
                )
            else:
                await part.release()
    except ValueError:  # no boundary, or not where it says
        raise web.HTTPBadRequest from None
    return sent


async def _bytes(part: BodyPartReader, most: int) -> bytes:
    """The first `most` bytes of a part; the rest is read and dropped, within reason."""
    kept, seen = bytearray(), 0
    while piece := await part.read_chunk(PIECE):
        kept += piece[: most - len(kept)]
        seen += len(piece)
        if seen > READ_AT_MOST:
            raise web.HTTPRequestEntityTooLarge(max_size=READ_AT_MOST, actual_size=seen)
    return bytes(kept)


async def _beside(request: web.Request, desk: Desk, refusal: Refusal) -> web.Response:
    wrong = {"logo": sentence(refusal, desk.language)}
    return await company_form(request, desk, Company.of(desk.provider), errors=wrong, status=422)


async def _again(request: web.Request, desk: Desk, refusal: Refusal, status: int) -> web.Response:
    return await company_form(
        request, desk, Company.of(desk.provider), refusal=refusal, status=status
    )


@admin_page
async def remove(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/company/logo/remove."""
    sent = await read_form(request)
    try:
        await remove_logo(desk.provider.id, sent.number("version"), desk.actor, desk.now)
    except SettingsChangedMeanwhile as refusal:
        return await _again(request, desk, refusal, status_of(refusal))
    raise web.HTTPSeeOther(SAVED)


@public_page
async def shown(request: web.Request) -> web.StreamResponse:
    """GET /logo/{slug}/{digest}.png: the present logo, kept for ever by browsers."""
    provider = await provider_by_slug(request.match_info["slug"])
    found = await logo_of(provider) if provider else None
    if found is None or logo_digest(found.id) != request.match_info["digest"]:
        raise web.HTTPNotFound
    try:
        body = await room().get(found.id, found.key)
    except (FileMissing, CannotOpen):
        raise web.HTTPNotFound from None
    except StoreDown:
        raise web.HTTPServiceUnavailable from None
    return web.Response(
        body=body,
        content_type=found.content_type,
        headers={
            "Cache-Control": FOR_EVER,
            "Content-Security-Policy": SEALED_IN,
            "Content-Disposition": 'inline; filename="logo.png"',
        },
    )


async def logo_bytes(provider: Provider) -> bytes | None:
    """The logo to be printed; None without one, and when the store cannot give it."""
    found = await logo_of(provider)
    if found is None:
        return None
    try:
        return await room().get(found.id, found.key)
    except (FileMissing, CannotOpen, StoreDown) as error:
        log.warning("poster without logo", provider=provider.id, error=type(error).__name__)
        return None
