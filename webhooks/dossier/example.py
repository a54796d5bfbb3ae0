"""The example of a document: uploaded, checked at once, shown in the chat once published."""

from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import quote

from aiohttp import BodyPartReader, web

from actions import requirements as deeds
from models.reads.drafts import Drafting, drafting
from models.reads.files import provider_file
from rules.errors import Outdated, Refusal
from rules.requirements import DocumentEntry, NoSuchEntry
from rules.uploads import EXAMPLE, refusal
from store.room import FileMissing, StoreDown, room
from store.sealing import CannotOpen
from webhooks.access import Desk, admin_page
from webhooks.candidate.files import SEALED_IN, SHOWN
from webhooks.dossier import typed as forms
from webhooks.dossier.editing import Editing, draw
from webhooks.dossier.listing import HOME
from webhooks.errors import status_of
from webhooks.forms import clean, read_form, whole
from webhooks.keys import EXAMINER
from words.language import sentence

MOST_READ: Final = 5 * EXAMPLE.max_bytes
"""Bytes of a request that are read at all."""
CHUNK: Final = 64 * 1024
LONGEST: Final = 100
"""Bytes of a text in this form."""


@dataclass(frozen=True, slots=True)
class File:
    """An uploaded file, and what the browser says of it."""

    data: bytes = field(repr=False)
    name: str
    content_type: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The form."""

    version: int
    """Of the draft that the page was drawn from."""
    act: str
    file: File | None = None


@admin_page
async def save(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/items/{key}/example: keep a file, or remove the one that there is."""
    key = request.match_info["key"]
    found = await drafting(desk.provider)
    if not isinstance(found.draft.entry(key), DocumentEntry):
        raise NoSuchEntry
    try:
        sent = await _read(request)
        if sent.act == "remove":
            await deeds.remove_example(desk.provider.id, sent.version, key, desk.actor, desk.now)
        else:
            await _keep(request, desk, key, sent)
    except Refusal as wrong:
        return await _again(request, desk, found, key, wrong)
    raise web.HTTPSeeOther(f"{HOME}/items/{key}#example")


async def _read(request: web.Request) -> Sent:
    """The form, which may be larger than the others and holds a file. Raises FileTooLarge."""
    if request.content_type != "multipart/form-data":
        plain = await read_form(request)
        return Sent(plain.number("version"), plain.text("act"))
    texts: dict[str, str] = {}
    file: File | None = None
    room_left = MOST_READ
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise web.HTTPBadRequest
            data, room_left = await _bytes(part, room_left)
            if part.filename is not None:
                kind = part.headers.get("Content-Type", "")
                file = File(data, clean(part.filename), kind)
            elif part.name:
                texts[part.name] = data[:LONGEST].decode("utf-8", "replace")
    except ValueError:  # no multipart after all
        raise web.HTTPBadRequest from None
    return Sent(whole(texts.get("version", ""), -1), texts.get("act", ""), file)


async def _bytes(part: BodyPartReader, room_left: int) -> tuple[bytes, int]:
    """A part's bytes, and how many more may be read.

    What is too large is read to its end all the same, without being kept: a browser that is cut
    off would show no page.
    """
    kept = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        room_left -= len(chunk)
        if room_left < 0:
            raise refusal("too_large", EXAMPLE)
        if len(kept) <= EXAMPLE.max_bytes:
            kept += chunk
    return bytes(kept), room_left


async def _keep(request: web.Request, desk: Desk, key: str, sent: Sent) -> None:
    """Check the file, then keep it. Raises UploadRefused, NotCheckedNow, DraftChangedMeanwhile."""
    if sent.file is None or not sent.file.data:
        raise refusal("empty", EXAMPLE)
    file = sent.file
    cleaned = await request.app[EXAMINER](file.data, file.name, file.content_type)
    try:
        await deeds.keep_example(
            desk.provider.id, sent.version, key, cleaned, desk.actor, desk.now
        )
    except StoreDown:
        raise deeds.NotCheckedNow from None


async def _again(
    request: web.Request, desk: Desk, found: Drafting, key: str, wrong: Refusal
) -> web.Response:
    """The page of the item, with what was wrong beside the file."""
    entry = found.draft.entry(key)
    editing = Editing(found=found, entry=entry, typed=forms.shown(entry), status=status_of(wrong))
    if isinstance(wrong, Outdated):
        return await draw(request, desk, replace(editing, refusal=wrong))
    errors = {"example": sentence(wrong, desk.language)}
    return await draw(request, desk, replace(editing, errors=errors))


@admin_page
async def shown(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/items/{key}/example: the file, as candidates get it."""
    entry = (await drafting(desk.provider)).draft.entry(request.match_info["key"])
    file_id = entry.example_id if isinstance(entry, DocumentEntry) else None
    row = await provider_file(desk.provider.id, file_id) if file_id else None
    if row is None:
        raise NoSuchEntry
    try:
        body = await room().get(row.id, row.key)
    except (FileMissing, CannotOpen):
        raise web.HTTPNotFound from None
    except StoreDown:
        raise web.HTTPServiceUnavailable from None
    how = "inline" if row.content_type in SHOWN else "attachment"
    name = f"{entry.key}.{'pdf' if row.content_type == 'application/pdf' else 'jpg'}"
    return web.Response(
        body=body,
        content_type=row.content_type,
        headers={
            "Content-Disposition": f"{how}; filename*=UTF-8''{quote(name)}",
            "Content-Security-Policy": SEALED_IN,
        },
    )
