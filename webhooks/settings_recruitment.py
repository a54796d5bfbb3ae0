"""Settings of the recruitment module: the form, what a change would do, and saving it."""

from dataclasses import replace
from typing import Any

from aiohttp import web

from actions.exemptions import Exempted, exempt_all
from actions.newcomers import validate_newcomers
from actions.settings import (
    MOST_BIN_DAYS,
    FrenchNotAsked,
    NoStatusAccepted,
    Recruitment,
    SentenceTooLong,
    SettingsChangedMeanwhile,
    change_recruitment,
    check_recruitment,
    clock_if,
)
from models.reads.newcomers import newcomers
from models.reads.settings import Concerned, not_admitted, with_status, without_french
from models.reads.upcoming import Forecast, forecast
from models.tables import Provider
from rules.errors import Refusal
from rules.quiet import NotAnHour, TooQuiet
from rules.retention import MAX_DAYS, DelayOutOfRange, ReminderNotBeforeDeletion
from rules.retention_delays import EndedDaysOutOfRange, EndedDaysTooFew
from rules.vocabulary import WorkStatus
from webhooks.access import Desk, admin_page
from webhooks.errors import status_of
from webhooks.forms import Form, read_form
from webhooks.pages import all_wrong, in_place, page, settings_form
from words.language import N_, translate

TEMPLATE = "panel/settings/recruitment.html"
HOURS = ("quiet_from", "quiet_until")
NUMBERS = ("deletion_days", "reminder_days", "ended_days", "bin_days", *HOURS)
ON_THE_PAGE = (
    *("closed_fr", "accepted_statuses", "french_required", "deletion_days", "reminder_days"),
    *(*HOURS, "ended_days", "bin_days"),
)
"""Fields beside which something may be wrong, from top to bottom."""
TICKS = ("module_on", "signups_open", "french_required")
TICKED, NOT_TICKED = N_("ticked"), N_("not ticked")
STATUSES = {WorkStatus.INDEPENDENT: N_("Independent"), WorkStatus.EMPLOYEE: N_("Employee")}


@admin_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/recruitment."""
    return await _form(request, desk, Recruitment.of(desk.provider))


@admin_page
async def save(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/recruitment: shows first what a change that concerns people would do."""
    sent = await read_form(request)
    wanted = read(sent)
    try:
        check_recruitment(wanted)
        if not sent.ticked("confirmed") and await concerns_people(desk.provider, wanted):
            return await _preview(request, desk, wanted, sent.number("version"))
        provider = await change_recruitment(
            desk.provider.id,
            wanted,
            sent.number("version"),
            desk.actor,
            desk.now,
            french_of_newcomers=sent.text("french_of") == "new",
        )
    except SettingsChangedMeanwhile as refusal:
        present = Recruitment.of(desk.provider)
        differs = in_place(_texts(present, desk), _texts(wanted, desk), desk.language)
        told = {"refusal": refusal, "status": status_of(refusal), "errors": differs}
        return await _form(request, desk, wanted, typed=sent, **told)
    except Refusal as refusal:
        present = Recruitment.of(desk.provider)
        found = all_wrong(refusal, wanted, present, check_recruitment, field_of, desk.language)
        wrong = {name: found[name] for name in ON_THE_PAGE if name in found}
        return await _form(request, desk, wanted, errors=wrong, typed=sent, status=422)
    if sent.ticked("exempt_all"):
        return await _exempted(request, desk, provider, saved=True)
    if sent.ticked("validate_all"):
        return await _validated(request, desk, saved=True)
    raise web.HTTPSeeOther("/settings/recruitment?saved=1")


@admin_page
async def validate_all(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/recruitment/newcomers: accept those who came in while the module was off."""
    return await _validated(request, desk)


async def _validated(request: web.Request, desk: Desk, *, saved: bool = False) -> web.Response:
    reason = translate(desk.provider.language, "Signed up while the module was off")
    result = await validate_newcomers(desk.provider, desk.actor, desk.now, reason=reason)
    return await page(
        request,
        desk,
        "panel/settings/validated.html",
        result=result,
        saved=saved,
        here="settings",
    )


@admin_page
async def exempt_everybody(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/recruitment/exempt: let those go on whose work status was unticked."""
    return await _exempted(request, desk, desk.provider)


async def _exempted(
    request: web.Request, desk: Desk, provider: Provider, *, saved: bool = False
) -> web.Response:
    result: Exempted = await exempt_all(provider, desk.actor, desk.now)
    return await page(
        request,
        desk,
        "panel/settings/exempted.html",
        result=result,
        saved=saved,
        here="settings",
    )


def read(sent: Form) -> Recruitment:
    """The settings that a form asks for; a number that is none is out of range."""
    return Recruitment(
        module_on=sent.ticked("module_on"),
        signups_open=sent.ticked("signups_open"),
        closed_sentence={code: sent.text(f"closed_{code}") for code in ("fr", "en")},
        accepted_statuses=tuple(s for s in WorkStatus if s in sent.all("accepted_statuses")),
        french_required=sent.ticked("french_required"),
        deletion_days=sent.number("deletion_days"),
        reminder_days=sent.number("reminder_days"),
        bin_days=sent.number("bin_days"),
        ended_days=sent.number("ended_days"),
        quiet_from=sent.number("quiet_from"),
        quiet_until=sent.number("quiet_until"),
    )


async def concerns_people(provider: Provider, wanted: Recruitment) -> bool:
    """Whether the change does something to people: then it is shown before it is saved."""
    was = Recruitment.of(provider)
    harmless = replace(
        wanted,
        signups_open=was.signups_open and wanted.signups_open,
        closed_sentence=was.closed_sentence,
        french_required=was.french_required,
        bin_days=was.bin_days,
        quiet_from=was.quiet_from,
        quiet_until=was.quiet_until,
    )
    if harmless.columns() != was.columns():
        return True
    return (await _without_french(provider, wanted)).number > 0


def _texts(of: Recruitment, desk: Desk) -> dict[str, str]:
    """Each field of the form as a person reads it."""
    ticks = {name: TICKED if getattr(of, name) else NOT_TICKED for name in TICKS}
    statuses = [
        translate(desk.language, STATUSES[WorkStatus(one)]) for one in of.accepted_statuses
    ]
    return {
        **{name: translate(desk.language, word) for name, word in ticks.items()},
        **{f"closed_{code}": of.closed_sentence.get(code, "") for code in ("fr", "en")},
        "accepted_statuses": ", ".join(statuses),
        **{name: str(getattr(of, name)) for name in NUMBERS},
    }


def field_of(refusal: Refusal, wanted: Recruitment) -> str:
    """The field beside which a refusal is said."""
    if isinstance(refusal, NoStatusAccepted):
        return "accepted_statuses"
    if isinstance(refusal, FrenchNotAsked):
        return "french_required"
    if isinstance(refusal, SentenceTooLong):
        return "closed_fr"
    if isinstance(refusal, NotAnHour | TooQuiet):
        return "quiet_until" if 0 <= wanted.quiet_from <= 23 else "quiet_from"
    if isinstance(refusal, EndedDaysOutOfRange | EndedDaysTooFew):
        return "ended_days"
    if isinstance(refusal, ReminderNotBeforeDeletion):
        return "reminder_days"
    if isinstance(refusal, DelayOutOfRange) and not 0 <= wanted.bin_days <= MOST_BIN_DAYS:
        return "bin_days"
    return "deletion_days" if not 0 <= wanted.deletion_days <= MAX_DAYS else "reminder_days"


async def _form(
    request: web.Request,
    desk: Desk,
    wanted: Recruitment,
    *,
    typed: Form | None = None,
    **told: Any,
) -> web.Response:
    """The form; `told` is what `settings_form` takes."""
    numbers = {
        name: typed.text(name) if typed is not None else str(getattr(wanted, name))
        for name in NUMBERS
    }
    return await settings_form(
        request,
        desk,
        TEMPLATE,
        wanted=wanted,
        numbers=numbers,
        came_in=await newcomers(desk.provider),
        held_up=await _held_up(desk.provider),
        **told,
    )


async def _preview(
    request: web.Request, desk: Desk, wanted: Recruitment, version: int
) -> web.Response:
    return await page(
        request,
        desk,
        "panel/settings/preview.html",
        wanted=wanted,
        version=version,
        clock_changes=_clock(wanted) != _clock(Recruitment.of(desk.provider)),
        forecast=await _forecast(desk, wanted),
        refused=await _refused(desk.provider, wanted),
        restricted=await _restricted(desk.provider, wanted),
        opened=await _opened(desk.provider, wanted),
        without_french=await _without_french(desk.provider, wanted),
        came_in=await newcomers(desk.provider) if wanted.module_on else Concerned(),
        here="settings",
    )


def _clock(settings: Recruitment) -> tuple[object, ...]:
    """What the deletion clock goes by."""
    return (
        settings.module_on,
        settings.deletion_days,
        settings.reminder_days,
        settings.ended_days,
    )


async def _forecast(desk: Desk, wanted: Recruitment) -> Forecast | None:
    """What the deletion clock would do; None when it would not run."""
    if not wanted.deletes:
        return None
    return await forecast(desk.provider, clock_if(desk.provider, wanted, desk.now), desk.now)


async def _refused(provider: Provider, wanted: Recruitment) -> dict[str, Concerned]:
    """Running candidates of each work status that would no longer be accepted."""
    gone = set(provider.accepted_statuses) - set(wanted.accepted_statuses)
    found = {status: await with_status(provider.id, status) for status in sorted(gone)}
    return {status: people for status, people in found.items() if people.number}


async def _held_up(provider: Provider) -> dict[str, Concerned]:
    """Running candidates of each work status that is not accepted already."""
    gone = [one for one in WorkStatus if one not in provider.accepted_statuses]
    found = {str(status): await with_status(provider.id, status) for status in gone}
    return {status: people for status, people in found.items() if people.number}


async def _without_french(provider: Provider, wanted: Recruitment) -> Concerned:
    """Whose application would be stopped when fluent French becomes required."""
    if wanted.french_required and not provider.french_required:
        return await without_french(provider.id)
    return Concerned()


async def _opened(provider: Provider, wanted: Recruitment) -> Concerned:
    """Whose space would open, without anybody's decision, when the module is switched off."""
    if provider.module_on and not wanted.module_on:
        return await not_admitted(provider.id)
    return Concerned()


async def _restricted(provider: Provider, wanted: Recruitment) -> Concerned:
    """Whose open space would close when the module is switched on."""
    if wanted.module_on and not provider.module_on:
        return await not_admitted(provider.id)
    return Concerned()
