"""How the provider shows itself: name, colour, address for answers, language, time zone."""

from typing import Any

from aiohttp import web

from actions.company import Company, change_company
from actions.operators import NotAnAddress
from actions.settings import SettingsChangedMeanwhile
from rules.companies import ZONES, CompanyNameNeeded, NotAColour, UnknownZone
from rules.errors import Refusal
from webhooks.access import Desk, admin_page
from webhooks.errors import status_of
from webhooks.forms import read_form
from webhooks.pages import settings_form
from words.language import known_language, sentence

FIELDS: dict[type[Refusal], str] = {
    CompanyNameNeeded: "name",
    NotAColour: "colour",
    NotAnAddress: "reply_to",
    UnknownZone: "timezone",
}


@admin_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/company."""
    return await company_form(request, desk, Company.of(desk.provider))


@admin_page
async def save(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/company."""
    sent = await read_form(request)
    wanted = Company(
        name=sent.text("name"),
        colour=sent.text("colour"),
        reply_to=sent.text("reply_to"),
        language=known_language(sent.text("language")),
        timezone=sent.text("timezone"),
    )
    version = sent.number("version")
    try:
        await change_company(desk.provider.id, wanted, version, desk.actor, desk.now)
    except SettingsChangedMeanwhile as refusal:
        return await company_form(
            request, desk, Company.of(desk.provider), refusal=refusal, status=status_of(refusal)
        )
    except tuple(FIELDS) as refusal:
        wrong = {FIELDS[type(refusal)]: sentence(refusal, desk.language)}
        return await company_form(request, desk, wanted, errors=wrong, status=422)
    raise web.HTTPSeeOther("/settings/company?saved=1")


async def company_form(
    request: web.Request, desk: Desk, wanted: Company, **told: Any
) -> web.Response:
    """The form; `told` is what `settings_form` takes."""
    zones = [(zone, zone) for zone in dict.fromkeys((*ZONES, desk.provider.timezone))]
    return await settings_form(
        request, desk, "panel/settings/company.html", wanted=wanted, zones=zones, **told
    )
