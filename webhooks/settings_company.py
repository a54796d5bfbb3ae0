"""How the provider shows itself: name, colour, address for answers, language, time zone."""

from dataclasses import asdict
from functools import partial
from typing import Any

from aiohttp import web

from actions.company import Company, change_company, check_company
from actions.operators import NotAnAddress
from actions.settings import SettingsChangedMeanwhile
from rules.companies import ZONES, CompanyNameNeeded, NotAColour, UnknownZone
from rules.errors import Refusal
from webhooks.access import Desk, admin_page
from webhooks.errors import status_of
from webhooks.forms import read_form
from webhooks.pages import all_wrong, in_place, settings_form
from words.language import known_language

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
        differs = in_place(asdict(Company.of(desk.provider)), asdict(wanted), desk.language)
        told = {"refusal": refusal, "status": status_of(refusal), "errors": differs}
        return await company_form(request, desk, wanted, **told)
    except tuple(FIELDS) as refusal:
        present = Company.of(desk.provider)
        check = partial(check_company, present_zone=present.timezone)
        found = all_wrong(refusal, wanted, present, check, _field_of, desk.language)
        wrong = {name: found[name] for name in asdict(present) if name in found}
        return await company_form(request, desk, wanted, errors=wrong, status=422)
    raise web.HTTPSeeOther("/settings/company?saved=1")


def _field_of(refusal: Refusal, _wanted: Company) -> str:
    return FIELDS[type(refusal)]


async def company_form(
    request: web.Request, desk: Desk, wanted: Company, **told: Any
) -> web.Response:
    """The form; `told` is what `settings_form` takes."""
    zones = [(zone, zone) for zone in dict.fromkeys((*ZONES, desk.provider.timezone))]
    return await settings_form(
        request, desk, "panel/settings/company.html", wanted=wanted, zones=zones, **told
    )
