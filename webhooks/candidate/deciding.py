"""Forms of the summary: the decision, its preview, undo, send now, restore; keep N days."""

from aiohttp import web

from actions import decisions, replies
from actions.bin import empty_now
from actions.decisions import Verdict
from actions.exemptions import exempt
from rules.errors import Refusal
from rules.vocabulary import Outcome
from webhooks.access import Desk, operator_page
from webhooks.candidate.judging import address
from webhooks.candidate.showing import attempt, lead_on, page_of
from webhooks.forms import Form, read_form
from webhooks.keys import SETTINGS

TICK = "tick:"
WHY = "why:"


class NoOutcome(Refusal):
    """A decision form without a decision."""

    sentence = "Choose a decision: accept, send back to be corrected, or reject and delete."


@operator_page
async def decide(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/decision."""
    sent = await read_form(request)
    refused = await attempt(request, desk, sent, "summary", _decide(request, desk, sent))
    if refused is not None:
        return refused
    raise web.HTTPSeeOther(address(request.match_info["candidate"]))


async def _decide(request: web.Request, desk: Desk, sent: Form) -> None:
    await decisions.decide(
        request.match_info["candidate"],
        verdict_of(sent),
        desk.actor,
        desk.now,
        provider_id=desk.provider.id,
        delay=request.app[SETTINGS].decision_delay,
    )


def verdict_of(sent: Form) -> Verdict:
    """What the form says. Raises NoOutcome."""
    chosen = next((one for one in Outcome if one == sent.text("outcome")), None)
    if chosen is None:
        raise NoOutcome
    ticked = {
        name.removeprefix(TICK): sent.text(WHY + name.removeprefix(TICK))
        for name in sent.texts
        if name.startswith(TICK)
    }
    return Verdict(
        outcome=chosen,
        comment=sent.text("comment"),
        reason=sent.text("reason"),
        ticked=ticked,
        seen=max(sent.number("seen"), 0),
    )


@operator_page
async def settle(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/decision/{decision}: `act` is undo or now."""
    sent = await read_form(request)
    candidate, decision = request.match_info["candidate"], request.match_info["decision"]
    do = decisions.send_now if sent.text("act") == "now" else decisions.undo
    act = do(candidate, decision, desk.actor, desk.now, provider_id=desk.provider.id)
    refused = await attempt(request, desk, sent, "summary", act)
    if refused is not None:
        return refused
    raise web.HTTPSeeOther(await _still_there(request, desk))


async def _still_there(request: web.Request, desk: Desk) -> str:
    """The candidate's page, or the queue when the bin keeps nothing and they are gone."""
    try:
        return address((await page_of(request, desk)).id)
    except Refusal:
        return "/candidates?turn=operator"


@operator_page
async def restore(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/restore: out of the bin."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    act = decisions.restore(candidate, desk.actor, desk.now, provider_id=desk.provider.id)
    return await lead_on(request, desk, sent, "summary", act, address(candidate))


@operator_page
async def erase(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/erase: out of the bin and gone, without waiting."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    act = empty_now(candidate, desk.actor, desk.now, provider_id=desk.provider.id)
    return await lead_on(request, desk, sent, "summary", act, "/candidates")


@operator_page
async def exempt_status(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/exempt: their work status is no longer accepted, theirs is."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    act = exempt(candidate, desk.actor, desk.now, provider_id=desk.provider.id)
    return await lead_on(request, desk, sent, "summary", act, address(candidate))


@operator_page
async def keep(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/keep: not deleted for N days."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    act = replies.keep(
        candidate,
        sent.number("days"),
        desk.actor,
        desk.now,
        provider_id=desk.provider.id,
        seen=max(sent.number("seen"), 0),
    )
    return await lead_on(
        request,
        desk,
        sent,
        sent.text("tab") or "summary",
        act,
        address(candidate, sent.text("tab")),
    )
