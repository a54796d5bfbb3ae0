"""How the service is: what is late and why, and the messages that were refused for good."""

from aiohttp import web

from actions.dead_letters import NoSuchNotice, send_again, send_all_again, set_aside
from actions.outages import deletion_allowed
from models.reads.bots import listening_bots
from models.reads.health import failed_notices, health
from webhooks.access import Desk, admin_page
from webhooks.forms import read_form
from webhooks.health_lines import View, lines
from webhooks.keys import SETTINGS
from webhooks.pages import page
from webhooks.surroundings import look_around
from words import journal as words
from words.health import trouble

ADDRESS = "/settings/health"


@admin_page
async def shown(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/health."""
    settings = request.app[SETTINGS]
    found = await health(desk.provider, desk.now)
    around = await look_around(request.app)
    sends = settings.demo or settings.smtp is not None
    empty = await _telegram_is_empty(desk)
    told = lines(View(desk.provider, found, around, desk.now, desk.language, sends, empty))
    return await page(
        request,
        desk,
        "panel/settings/health.html",
        told=told,
        to_look_at=sum(one.tone in ("bad", "wait") for one in told),
        failed=await failed_notices(desk.provider.id) if found.failed else (),
        failed_number=found.failed,
        notice=words.notice,
        trouble=trouble,
        done=next((one for one in ("again", "all", "aside") if one in request.query), ""),
        here="settings",
    )


async def _telegram_is_empty(desk: Desk) -> bool:
    """Whether nothing that somebody sent may still wait there: the run asks the same."""
    allowed = await deletion_allowed(desk.now)
    return all(allowed(bot.id) for bot in await listening_bots(desk.provider.id))


@admin_page
async def settle(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/health/messages/{notice}: `act` is `again` or `aside`."""
    asked = request.match_info["notice"]
    if not asked.isdecimal():
        raise NoSuchNotice
    notice_id = int(asked)
    if (await read_form(request)).text("act") == "aside":
        await set_aside(desk.provider.id, notice_id, desk.actor, desk.now)
        raise web.HTTPSeeOther(f"{ADDRESS}?aside=1#failed")
    await send_again(desk.provider.id, notice_id, desk.actor, desk.now)
    raise web.HTTPSeeOther(f"{ADDRESS}?again=1#failed")


@admin_page
async def all_again(_request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/health/messages: everything that can go is sent again."""
    await send_all_again(desk.provider.id, desk.actor, desk.now)
    raise web.HTTPSeeOther(f"{ADDRESS}?all=1#failed")
