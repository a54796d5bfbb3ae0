"""Paramètre & Services → links of the open space: planning, application, rules of the house."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from actions.settings import SettingsChangedMeanwhile
from actions.space_links import change_links, links_of
from rules.space_links import LONGEST_LABEL, MOST_LINKS, LinkRefused, SpaceLink
from rules.vocabulary import Language
from webhooks.access import Desk, admin_page
from webhooks.errors import status_of
from webhooks.forms import Form, read_form
from webhooks.pages import settings_form
from words.language import sentence

FREE_ROWS = 2
"""Empty ones after those that are there; saving gives two more."""


@admin_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/links."""
    return await _form(request, desk, links_of(desk.provider))


@admin_page
async def save(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/links."""
    sent = await read_form(request)
    wanted = tuple(_row(sent, row) for row in range(MOST_LINKS))
    version = sent.number("version")
    try:
        await change_links(desk.provider.id, wanted, version, desk.actor, desk.now)
    except SettingsChangedMeanwhile as refusal:
        return await _form(request, desk, wanted, refusal=refusal, status=status_of(refusal))
    except LinkRefused as refusal:
        name = f"url_{refusal.row}" if refusal.part == "url" else f"label_fr_{refusal.row}"
        wrong = {name: sentence(refusal, desk.language)}
        return await _form(request, desk, wanted, errors=wrong, status=422)
    raise web.HTTPSeeOther("/settings/links?saved=1")


def _row(sent: Form, row: int) -> SpaceLink:
    label = {str(code): sent.text(f"label_{code}_{row}") for code in Language}
    return SpaceLink(label, sent.text(f"url_{row}"))


async def _form(
    request: web.Request, desk: Desk, wanted: Sequence[SpaceLink], **told: Any
) -> web.Response:
    filled = [one for one in wanted if not one.empty] if told.get("errors") is None else [*wanted]
    rows = [*filled, *[SpaceLink({}, "")] * FREE_ROWS][:MOST_LINKS]
    template = "panel/settings/space_links.html"
    return await settings_form(request, desk, template, rows=rows, longest=LONGEST_LABEL, **told)
