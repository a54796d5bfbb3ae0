"""The list of what is asked: looking at it, changing its order, taking out and bringing back."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from actions import requirements as deeds
from models.reads.drafts import Drafting, drafting, effect
from rules.errors import Refusal
from rules.requirements import Difference, Draft
from rules.vocabulary import Stage
from webhooks.access import Desk, admin_page
from webhooks.dossier.rehearsing import rehearsal
from webhooks.dossier.showing import groups, line
from webhooks.errors import status_of
from webhooks.forms import Form, read_form, whole
from webhooks.pages import page
from words.language import translate

HOME: Final = "/settings/recruitment/dossier"
BEYOND: Final = 1_000
"""A place after every item: one of a form that names none."""


@admin_page
async def listed(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/recruitment/dossier."""
    return await show(request, desk)


@admin_page
async def move(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/move: one place up or down, or to a place of its group."""
    sent = await read_form(request)
    key, way = sent.text("key"), "up" if sent.text("way") == "up" else "down"

    def moved(draft: Draft) -> Draft:
        if sent.text("place"):
            return draft.put(key, whole(sent.text("place"), BEYOND))
        return draft.move(key, "up" if way == "up" else "down")

    return await _changed(request, desk, sent, moved, moved=key, way=way)


@admin_page
async def archive(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/archive: ask an item no more."""
    sent = await read_form(request)
    key = sent.text("key")
    return await _changed(request, desk, sent, lambda draft: draft.archive(key), done="archived")


@admin_page
async def restore(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/restore: ask an archived item again."""
    sent = await read_form(request)
    key = sent.text("key")

    def brought_back(draft: Draft) -> Draft:
        return draft.bring_back(key)

    return await _changed(request, desk, sent, brought_back, done="restored", moved=key)


@admin_page
async def discard(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/discard: what is asked now is asked again."""
    sent = await read_form(request)
    try:
        await deeds.discard_draft(desk.provider.id, sent.number("version"), desk.actor, desk.now)
    except Refusal as refusal:
        return await show(request, desk, refusal=refusal)
    raise web.HTTPSeeOther(f"{HOME}?done=discarded")


async def _changed(
    request: web.Request,
    desk: Desk,
    sent: Form,
    operation: Callable[[Draft], Draft],
    *,
    done: str = "",
    moved: str = "",
    way: str = "",
) -> web.StreamResponse:
    """Change the draft, and show the list again; the item that moved keeps the focus."""
    try:
        await deeds.edit_draft(
            desk.provider.id, sent.number("version"), operation, desk.actor, desk.now
        )
    except Refusal as refusal:
        return await show(request, desk, refusal=refusal)
    said = {"shown": sent.text("shown"), "done": done, "moved": moved, "way": way}
    query = urlencode({name: value for name, value in said.items() if value})
    # With a fragment browsers give the focus to nobody; the moved item's button gets it.
    fragment = f"#item-{moved}" if moved and not way else ""
    raise web.HTTPSeeOther(f"{HOME}?{query}{fragment}")


async def show(
    request: web.Request, desk: Desk, *, refusal: Refusal | None = None
) -> web.Response:
    """The list, as it is now."""
    found = await drafting(desk.provider)
    wanted = await effect(desk.provider, found.draft)
    by_stage = groups(found.draft, desk.language)
    return await page(
        request,
        desk,
        "panel/settings/dossier/list.html",
        status=status_of(refusal) if refusal else 200,
        drafting=found,
        effect=wanted,
        size=size(wanted.difference),
        stages=[(one, [each for each in by_stage if each.stage is one]) for one in Stage],
        archived=_archived(found, desk.language),
        rehearsal=rehearsal(desk, found.draft.entries, request.query.get("shown", "")),
        refusal=refusal,
        done=_done(request.query.get("done", ""), desk.language),
        moved=request.query.get("moved", ""),
        way=request.query.get("way", ""),
        here="settings",
    )


def _archived(found: Drafting, language: str) -> list[object]:
    return [line(found.draft, one, language) for one in found.draft.archived]


def size(changes: Difference) -> int:
    """How many changes a person counts: items, and one for a new order."""
    items = {one.key for one in changes.changed}
    return len(items) + len(changes.added) + len(changes.archived) + bool(changes.reordered)


def _done(code: str, language: str) -> str:
    """What was just done, in words; nothing for what nobody did."""
    if code == "saved":
        return translate(language, "Kept in your draft. Nobody is asked it until you publish.")
    if code == "archived":
        return translate(language, "Asked no more, once you publish. You find it below the list.")
    if code == "restored":
        return translate(language, "Back in your list.")
    if code == "discarded":
        return translate(language, "Your draft is discarded: this is what is asked now.")
    return ""
