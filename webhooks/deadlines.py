"""Échéances: what runs out, and who will be deleted soon."""

from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from models.reads.deadlines import deadlines
from models.reads.renewed import renewed
from models.reads.upcoming import soon
from rules.retention import local_date
from webhooks.access import Desk, operator_page
from webhooks.forms import clean
from webhooks.pages import page

SHOWN = 8
"""Deletions; the list of candidates has the others."""
RENEWED = 100
"""New documents at most; what is reviewed makes room for the others."""
SOON = timedelta(days=30)


@operator_page
async def listed(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /deadlines."""
    after = clean(request.query.get("after", ""))[:40]
    found = await deadlines(desk.provider, desk.now, after)
    today = local_date(desk.now, ZoneInfo(desk.provider.timezone))
    return await page(
        request,
        desk,
        "panel/deadlines.html",
        found=found,
        renewed=() if after else await renewed(desk.provider, RENEWED),
        ending=() if after else await soon(desk.provider, desk.now, SHOWN),
        today=today,
        soon=today + SOON,
        first_page=not after,
        next_page="/deadlines?" + urlencode({"after": found.next}) if found.next else "",
        here="deadlines",
    )
