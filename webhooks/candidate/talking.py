"""Forms of the messages' tab: reply, and mark as answered."""

from aiohttp import web

from actions import replies
from webhooks.access import Desk, operator_page
from webhooks.candidate.judging import address
from webhooks.candidate.showing import lead_on
from webhooks.forms import read_form


@operator_page
async def reply(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/messages."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    act = replies.send(
        candidate,
        sent.text("text"),
        desk.actor,
        desk.now,
        provider_id=desk.provider.id,
        seen=max(sent.number("seen"), 0),
    )
    return await lead_on(request, desk, sent, "messages", act, address(candidate, "messages"))


@operator_page
async def answered(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/answered: no reply is needed."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    act = replies.mark_answered(
        candidate,
        desk.actor,
        desk.now,
        provider_id=desk.provider.id,
        seen=max(sent.number("seen"), 0),
    )
    return await lead_on(request, desk, sent, "messages", act, address(candidate, "messages"))
