"""What candidates sent, served to their provider's operators only, as what the check found."""

from urllib.parse import quote

from aiohttp import web

from actions.deeds import NoSuchCandidate
from actions.views import note_view
from models.reads import files
from models.reads.candidate_tabs import is_sensitive
from models.reads.files import StoredFileRef
from store.room import FileMissing, StoreDown, room
from store.sealing import CannotOpen
from webhooks.access import Desk, operator_page
from webhooks.defence import from_own_page

SEALED_IN = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
"""Policy of a file: whatever is in it, nothing runs and nothing is fetched."""

SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Types that a browser shows by itself; everything else is only downloaded."""

ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "application/pdf": "pdf",
}


@operator_page
async def page_image(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/pages/{page}, or its thumbnail with ?small=1."""
    small = request.query.get("small") == "1"
    found = await files.page_image(desk.provider.id, request.match_info["page"], thumbnail=small)
    return await _serve(request, desk, found, download=False)


@operator_page
async def cleaned_file(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/files/{upload}: the file as it was cleaned, to keep."""
    found = await files.cleaned_file(desk.provider.id, request.match_info["upload"])
    return await _serve(request, desk, found, download=True)


async def _serve(
    request: web.Request, desk: Desk, found: StoredFileRef | None, *, download: bool
) -> web.StreamResponse:
    if found is None or found.candidate_id != request.match_info["candidate"]:
        raise NoSuchCandidate
    await _note(request, desk, found)
    try:
        body = await room().get(found.id, found.key)
    except (FileMissing, CannotOpen):
        raise web.HTTPNotFound from None
    except StoreDown:
        raise web.HTTPServiceUnavailable from None
    how = "attachment" if download or found.content_type not in SHOWN else "inline"
    return web.Response(
        body=body,
        content_type=found.content_type,
        headers={
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name_of(found))}",
            "Content-Security-Policy": SEALED_IN,
        },
    )


async def _note(request: web.Request, desk: Desk, found: StoredFileRef) -> None:
    """A view of a sensitive document is journaled; so another site must not start one."""
    candidate_id, key = found.candidate_id, found.document_key
    if not await is_sensitive(desk.provider.id, candidate_id, key):
        return
    if not from_own_page(request):
        raise web.HTTPForbidden
    await note_view(candidate_id, key, desk.actor, desk.now, provider_id=desk.provider.id)


def name_of(found: StoredFileRef) -> str:
    """A name of ours, with the ending of the type that was found: never what was sent."""
    return f"{found.document_key}-{found.id[:6]}.{ENDINGS.get(found.content_type, 'bin')}"
