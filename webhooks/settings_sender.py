"""Paramètre & Services → Mails → sender: who the mails come from, and how they end."""

from typing import Any

from aiohttp import web

from actions.mail_texts import MailSender, change_sender
from actions.settings import SettingsChangedMeanwhile
from rules.mails import MailRefused
from rules.mails.sender import LONGEST_SENDER
from rules.vocabulary import Language
from webhooks.access import Desk, admin_page
from webhooks.errors import status_of
from webhooks.forms import read_form
from webhooks.pages import settings_form
from words.language import sentence


@admin_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/mails/sender."""
    return await _form(request, desk, MailSender.of(desk.provider))


@admin_page
async def save(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/mails/sender."""
    sent = await read_form(request)
    texts = {str(code): sent.text(f"signature_{code}") for code in Language}
    wanted = MailSender(sent.text("sender_name"), texts)
    version = sent.number("version")
    try:
        await change_sender(desk.provider.id, wanted, version, desk.actor, desk.now)
    except SettingsChangedMeanwhile as refusal:
        return await _form(request, desk, wanted, refusal=refusal, status=status_of(refusal))
    except MailRefused as refusal:
        wrong = {name: sentence(one, desk.language) for name, one in refusal.faults.items()}
        return await _form(request, desk, wanted, errors=wrong, status=422)
    raise web.HTTPSeeOther("/settings/mails/sender?saved=1")


async def _form(request: web.Request, desk: Desk, wanted: MailSender, **told: Any) -> web.Response:
    template = "panel/settings/mails/sender.html"
    return await settings_form(
        request, desk, template, wanted=wanted, longest=LONGEST_SENDER, **told
    )
