"""Publishing the draft: what changes, whom it concerns, and what to do about them."""

from aiohttp import web

from actions import requirements as deeds
from models.reads.drafts import drafting, effect
from rules.errors import Refusal
from rules.requirements import Caution, Difference, Draft
from webhooks.access import Desk, admin_page
from webhooks.dossier.changing import Told, told
from webhooks.dossier.listing import HOME, size
from webhooks.dossier.showing import line
from webhooks.errors import status_of
from webhooks.forms import Form, read_form
from webhooks.pages import page


@admin_page
async def look(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/publish: everything that publishing would do; nothing is done yet."""
    return await _show(request, desk)


@admin_page
async def publish(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/publish: ask it from now on."""
    sent = await read_form(request)
    if sent.text("who") not in ("new", "all"):
        return await _show(request, desk, unanswered=True)
    try:
        version = await _confirm(desk, sent)
        done = await deeds.publish(
            desk.provider.id,
            version,
            sent.text("who") == "all",
            desk.actor,
            desk.now,
            settings_version=sent.number("settings_version"),
        )
    except Refusal as refusal:
        return await _show(request, desk, refusal=refusal)
    return await _done(request, desk, done.asked, left=done.left, too=sent.text("who") == "all")


@admin_page
async def ask(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/ask: ask those in course what newcomers are asked already."""
    await read_form(request)
    asked = await deeds.ask_running(desk.provider.id, desk.actor, desk.now)
    return await _done(request, desk, asked.number, left=asked.left, too=True)


async def _done(
    request: web.Request, desk: Desk, asked: int, *, left: bool, too: bool
) -> web.Response:
    return await page(
        request,
        desk,
        "panel/settings/dossier/published.html",
        asked=asked,
        left=left,
        asked_too=too,
        here="settings",
    )


async def _confirm(desk: Desk, sent: Form) -> int:
    """Confirm the legal notes that were ticked; the draft's version then."""
    version = sent.number("version")
    for key in dict.fromkeys(sent.all("confirmed")):
        kept = await deeds.confirm_note(desk.provider.id, version, key, desk.actor, desk.now)
        version = kept.version
    return version


async def _show(
    request: web.Request,
    desk: Desk,
    *,
    refusal: Refusal | None = None,
    unanswered: bool = False,
) -> web.Response:
    found = await drafting(desk.provider)
    wanted = await effect(desk.provider, found.draft)
    if not wanted.difference and refusal is None:
        raise web.HTTPSeeOther(HOME)
    return await page(
        request,
        desk,
        "panel/settings/dossier/publish.html",
        status=status_of(refusal) if refusal else 422 if unanswered else 200,
        drafting=found,
        effect=wanted,
        size=size(wanted.difference),
        added=[line(found.draft, one, desk.language) for one in wanted.difference.added],
        archived=[line(found.draft, one, desk.language) for one in wanted.difference.archived],
        changed=_changed(wanted.difference, found.draft, desk.language),
        notes=_notes(wanted.cautions),
        unanswered=unanswered,
        refusal=refusal,
        here="settings",
    )


def _changed(changes: Difference, draft: Draft, language: str) -> dict[str, list[Told]]:
    """What changes of items that stay, by item."""
    found: dict[str, list[Told]] = {}
    for one in changes.changed:
        found.setdefault(one.key, []).append(told(one, draft, language))
    return found


def _notes(cautions: tuple[Caution, ...]) -> dict[str, list[Caution]]:
    """The legal notes still to be confirmed, by item."""
    found: dict[str, list[Caution]] = {}
    for one in cautions:
        found.setdefault(one.key, []).append(one)
    return found
