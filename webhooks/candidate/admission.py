"""Forms of the summary about an admission: it ends, or goes on after all."""

from aiohttp import web

from actions.admissions import end_admission, resume_admission
from webhooks.access import Desk, operator_page
from webhooks.candidate.judging import address
from webhooks.candidate.showing import lead_on
from webhooks.forms import read_form
from webhooks.keys import SETTINGS


@operator_page
async def end(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/end: this person no longer works with the provider."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    act = end_admission(
        candidate,
        desk.actor,
        desk.now,
        provider_id=desk.provider.id,
        seen=max(sent.number("seen"), 0),
        delay=request.app[SETTINGS].decision_delay,
    )
    return await lead_on(request, desk, sent, "summary", act, address(candidate))


@operator_page
async def resume(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/resume: the person works with the provider again."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    act = resume_admission(
        candidate,
        desk.actor,
        desk.now,
        provider_id=desk.provider.id,
        seen=max(sent.number("seen"), 0),
    )
    return await lead_on(request, desk, sent, "summary", act, address(candidate))
