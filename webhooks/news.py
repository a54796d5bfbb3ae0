"""What came since a list was drawn: asked by the open page, which then offers to show it."""

from datetime import UTC, datetime

from aiohttp import web

from models.reads.counts import awaited_since
from webhooks.access import Desk, operator_page
from webhooks.forms import whole
from words.language import ngettext

EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)


@operator_page
async def news(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /news?since=: milliseconds of the time at which the page was drawn. JSON: news."""
    since = min(whole(request.query.get("since", ""), 0, digits=15) / 1000, desk.now.timestamp())
    drawn = datetime.fromtimestamp(max(since, EARLIEST.timestamp()), UTC)
    count = await awaited_since(desk.provider.id, drawn)
    said = ngettext("%(num)s new: show", "%(num)s new: show", count, desk.language)
    return web.json_response({"news": said if count else ""})
