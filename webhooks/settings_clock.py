"""When automatic deletion waits for an administrator's word: what it waits for, and the word."""

from aiohttp import web

from actions.brake import release_brake
from actions.restores import give_word
from models.reads.retention import BRAKE, RESTORE, settings_of
from models.reads.settings import stopped_run
from models.reads.upcoming import forecast
from webhooks.access import Desk, admin_page
from webhooks.pages import page


@admin_page
async def waiting(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/deletion."""
    return await page(
        request,
        desk,
        "panel/settings/deletion.html",
        run=await stopped_run(desk.provider.id),
        forecast=await forecast(desk.provider, settings_of(desk.provider), desk.now),
        here="settings",
    )


@admin_page
async def agree(_request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/deletion: deletion goes on; nothing when it does not wait (any more)."""
    if desk.provider.clock_waits_for == BRAKE:
        await release_brake(desk.provider.id, desk.actor, desk.now)
    elif desk.provider.clock_waits_for == RESTORE:
        await give_word(desk.provider.id, desk.actor, desk.now)
    raise web.HTTPSeeOther("/settings/deletion")
