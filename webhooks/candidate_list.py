"""The list of candidates."""

from typing import cast, get_args
from urllib.parse import urlencode

from aiohttp import web

from models.reads.lists import TURNS, Filters, Sort, candidates
from webhooks.access import Desk, operator_page
from webhooks.forms import clean
from webhooks.pages import page

HERE = {"operator": "review", "messages": "messages"}
WAITING_FIRST = frozenset({"operator", "messages"})
"""What waits is shown oldest first unless asked otherwise."""


@operator_page
async def listed(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /candidates: filters are in the address, so a list can be kept as a bookmark."""
    filters = filters_of(request)
    found = await candidates(desk.provider, filters, desk.now)
    return await page(
        request,
        desk,
        "panel/candidates.html",
        filters=filters,
        found=found,
        here=HERE.get(filters.turn, "candidates"),
        next_page=address(filters, after=found.next) if found.next else "",
        previous_page=address(filters, before=found.previous) if found.previous else "",
    )


def filters_of(request: web.Request) -> Filters:
    """The filters of an address; what is unknown is left out."""

    def asked(name: str) -> str:
        return clean(request.query.get(name, "")).strip()[:100]

    turn = next((one for one in TURNS if one == asked("turn")), TURNS[0])
    usual = "waiting" if turn in WAITING_FIRST else "newest"
    sort = asked("sort") if asked("sort") in get_args(Sort) else usual
    return Filters(
        text=asked("q"),
        status=asked("status"),
        work_status=asked("work_status"),
        turn=turn,
        sort=cast("Sort", sort),
        after=asked("after"),
        before=asked("before"),
    )


def address(filters: Filters, *, after: str = "", before: str = "") -> str:
    """The same list, from another line on."""
    values = {
        "q": filters.text,
        "status": filters.status,
        "work_status": filters.work_status,
        "turn": filters.turn,
        "sort": filters.sort,
        "after": after,
        "before": before,
    }
    return "/candidates?" + urlencode({name: value for name, value in values.items() if value})
