"""The mail that a decision would send, in a frame of the decision form, before it leaves.

The form itself is posted into the frame (`formtarget`), so it works without JavaScript. Nothing
is written.
"""

from aiohttp import web

from models.reads.candidate_page import CandidatePage, candidate_row
from models.reads.letters import preview_facts
from models.reads.mail_texts import own_text
from rules.decisions import faults
from rules.letters import Sites
from rules.mails import name_of
from rules.notices import NoticeKind
from rules.vocabulary import Outcome
from webhooks.access import Desk, operator_page
from webhooks.candidate.deciding import verdict_of
from webhooks.candidate.showing import page_of
from webhooks.forms import Form, read_form
from webhooks.keys import SETTINGS
from words.letters import Letter, letter
from words.templates import render

MAIL = {
    Outcome.ACCEPT: NoticeKind.ACTIVATION,
    Outcome.REJECT: NoticeKind.CORRECTIONS,
    Outcome.BIN: NoticeKind.FINAL_REJECTION,
}

FRAMED = {
    # A mail carries its styles inline; nothing else is let in, and only our own page frames it.
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; "
    "img-src data:; form-action 'none'; frame-ancestors 'self'; sandbox",
    "X-Frame-Options": "SAMEORIGIN",
}


@operator_page
async def nothing_chosen(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET …/preview: what the frame shows before a decision was chosen."""
    return _page(request, desk, await page_of(request, desk), None, "choose")


@operator_page
async def preview(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/preview: the mail of the form as it is now, or why no mail will leave."""
    found = await page_of(request, desk)
    sent = await read_form(request)
    if not sent.text("outcome"):
        return _page(request, desk, found, None, "choose")
    outcome = verdict_of(sent).outcome
    if not found.reach.email:
        return _page(request, desk, found, None, "no_address")
    if outcome is Outcome.ACCEPT and found.dossier.candidate.account_confirmed:
        return _page(request, desk, found, None, "confirmed")
    return _page(request, desk, found, await _letter(request, desk, found, sent), "")


async def _letter(request: web.Request, desk: Desk, found: CandidatePage, sent: Form) -> Letter:
    verdict = verdict_of(sent)
    row = await candidate_row(desk.provider.id, found.id)
    assert row is not None, "its page was just read"
    settings = request.app[SETTINGS]
    items = faults(found.dossier, verdict.ticked) if verdict.outcome is Outcome.REJECT else ()
    facts = await preview_facts(
        row,
        desk.provider,
        Sites(settings.public_url, settings.telegram_api_url),
        items=[one.column() for one in items],
        comment=verdict.comment,
    )
    kind, language = MAIL[verdict.outcome], found.dossier.candidate.language
    own = await own_text(desk.provider.id, name_of(kind, facts), language)
    return letter(kind, facts, language, own)


def _page(
    request: web.Request, desk: Desk, found: CandidatePage, mail: Letter | None, why: str
) -> web.Response:
    text = render(
        "panel/candidate/preview.html",
        desk.language,
        found=found,
        mail=mail,
        why=why,
        theme=request.cookies.get("theme", "auto"),
    )
    return web.Response(text=text, content_type="text/html", headers=FRAMED)
