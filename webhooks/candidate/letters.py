"""Forms of the history: a mail that has not left is held back, or let go after all."""

from aiohttp import web

from actions.withholding import let_go, withhold
from webhooks.access import Desk, operator_page
from webhooks.candidate.judging import address
from webhooks.candidate.showing import lead_on
from webhooks.forms import LINE, read_form, whole


@operator_page
async def settle(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/mails/{notice}: `act` is hold or send."""
    sent = await read_form(request)
    candidate = request.match_info["candidate"]
    notice = whole(request.match_info["notice"], 0, LINE)
    do = let_go if sent.text("act") == "send" else withhold
    act = do(candidate, notice, desk.actor, desk.now, provider_id=desk.provider.id)
    return await lead_on(
        request, desk, sent, "history", act, address(candidate, "history") + "#letters"
    )
