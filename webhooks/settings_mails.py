"""Paramètre & Services → Mails: the list, and the editor with its preview.

The form posts itself into the preview's frame (`formtarget`), so everything works without
JavaScript. A trial mail goes to the operator's own address, whatever the form says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiohttp import web

from actions.deeds import NoSuchCandidate
from actions.mail_texts import (
    MailChangedMeanwhile,
    TooManySamples,
    owe_sample,
    put_back,
    save_mail,
)
from models.reads.candidate_page import candidate_row
from models.reads.letters import facts_if
from models.reads.mail_texts import Edited, base_facts, edited, own_text, rewritten, to_preview
from rules.errors import Refusal
from rules.letters import LetterFacts, Sites
from rules.mails import MAILS, MailName, MailRefused, OwnText, check_text, examine
from rules.mails.checking import LONGEST_BODY, LONGEST_SUBJECT
from rules.vocabulary import Language
from webhooks.access import Desk, admin_page
from webhooks.candidate.preview import FRAMED
from webhooks.errors import status_of
from webhooks.forms import Form, read_form
from webhooks.keys import SETTINGS, THROTTLE
from webhooks.pages import page
from words.language import sentence
from words.letters import Letter, letter
from words.letters.originals import original
from words.letters.samples import made_up
from words.letters.titles import titles
from words.templates import render

LONGEST_ID = 16
"""Characters; the database is never asked for anything longer."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Which mail of which language an address names."""

    name: MailName
    language: Language

    @classmethod
    def of(cls, request: web.Request) -> "Subject":
        """The one of this request.

        Raises:
            web.HTTPNotFound: there is no such mail.
        """
        try:
            name = MailName(request.match_info["mail"])
        except ValueError:
            raise web.HTTPNotFound from None
        return cls(name, Language(request.match_info["language"]))

    @property
    def address(self) -> str:
        """Of its editor."""
        return f"/settings/mails/{self.name}/{self.language}"

    @property
    def original(self) -> OwnText:
        """The product's text."""
        return original(self.name, self.language)


@admin_page
async def listed(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/mails."""
    own = await rewritten(desk.provider.id)
    broken = {
        key
        for key, row in own.items()
        if key[0] not in set(MailName) or examine(MailName(key[0]), OwnText(row.subject, row.body))
    }
    return await page(
        request,
        desk,
        "panel/settings/mails/list.html",
        mails=tuple(MAILS),
        titles=titles(desk.language),
        own=own,
        broken=broken,
        here="settings",
    )


@admin_page
async def editor(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/mails/{mail}/{language}."""
    subject = Subject.of(request)
    found = await edited(desk.provider.id, subject.name, subject.language)
    text = found.own or subject.original
    faults = examine(subject.name, text)
    return await _editor(request, desk, subject, found, text, faults=faults, broken=bool(faults))


@admin_page
async def save(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/mails/{mail}/{language}."""
    subject, sent = Subject.of(request), await read_form(request)
    text, version = typed(sent), sent.number("version")
    about = (desk.provider.id, subject.name, subject.language)
    try:
        await save_mail(*about, text, version, desk.actor, desk.now)
    except (MailRefused, MailChangedMeanwhile) as refusal:
        return await _refused(request, desk, subject, text, refusal)
    raise web.HTTPSeeOther(f"{subject.address}?saved=1")


@admin_page
async def original_again(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/mails/{mail}/{language}/original: back to the product's text."""
    subject, sent = Subject.of(request), await read_form(request)
    about = (desk.provider.id, subject.name, subject.language)
    try:
        await put_back(*about, sent.number("version"), desk.actor, desk.now)
    except MailChangedMeanwhile as refusal:
        return await _refused(request, desk, subject, typed(sent), refusal)
    raise web.HTTPSeeOther(f"{subject.address}?original=1")


@admin_page
async def send_sample(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/mails/{mail}/{language}/sample: the typed text, to the operator's address."""
    subject, sent = Subject.of(request), await read_form(request)
    text, operator, throttle = typed(sent), desk.operator.id, request.app[THROTTLE]
    about = (desk.provider.id, operator, subject.name, subject.language)
    try:
        await owe_sample(*about, text, throttle, desk.now)
    except (MailRefused, TooManySamples) as refusal:
        return await _refused(request, desk, subject, text, refusal)
    found = await edited(desk.provider.id, subject.name, subject.language)
    seen = replace(found, version=sent.number("version", found.version))
    return await _editor(request, desk, subject, seen, text, sampled=True)


@admin_page
async def saved_preview(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /settings/mails/{mail}/{language}/preview: the mail as it leaves now."""
    subject = Subject.of(request)
    own = await own_text(desk.provider.id, subject.name, subject.language)
    if own is None or examine(subject.name, own):
        own = subject.original
    return await _preview(request, desk, subject, own, "")


@admin_page
async def typed_preview(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /settings/mails/{mail}/{language}/preview: the mail of the form as it is now."""
    subject, sent = Subject.of(request), await read_form(request)
    return await _preview(request, desk, subject, typed(sent), sent.text("candidate"))


def sentences(faults: Mapping[str, Refusal], desk: Desk) -> dict[str, str]:
    """What is wrong, by field, in the operator's language."""
    return {name: sentence(one, desk.language) for name, one in faults.items()}


def typed(sent: Form) -> OwnText:
    """The text of the form, as it was typed."""
    return OwnText(sent.text("subject"), sent.text("body"))


async def _refused(
    request: web.Request, desk: Desk, subject: Subject, text: OwnText, refusal: Refusal
) -> web.Response:
    """The editor again, with what was typed and why it was not taken.

    After somebody else's change the form carries the version of now, beside their text: saving
    again then replaces it knowingly.
    """
    found = await edited(desk.provider.id, subject.name, subject.language)
    faults = refusal.faults if isinstance(refusal, MailRefused) else {}
    status = 429 if isinstance(refusal, TooManySamples) else status_of(refusal)
    return await _editor(
        request, desk, subject, found, text, faults=faults, refusal=refusal, status=status
    )


async def _editor(
    request: web.Request,
    desk: Desk,
    subject: Subject,
    found: Edited,
    text: OwnText,
    *,
    faults: Mapping[str, Refusal] | None = None,
    status: int = 200,
    **more: Any,
) -> web.Response:
    values = {"refusal": None, "broken": False, "sampled": False, **more}
    return await page(
        request,
        desk,
        "panel/settings/mails/editor.html",
        status=status,
        mail=subject,
        titles=titles(desk.language),
        parts_of=MAILS[subject.name],
        found=found,
        text=text,
        present=found.own or subject.original,
        errors=sentences(faults or {}, desk),
        candidates=await to_preview(desk.provider.id),
        limits={"subject": LONGEST_SUBJECT, "body": LONGEST_BODY},
        saved="saved" in request.query,
        is_original="original" in request.query,
        can_send=request.app[SETTINGS].demo or request.app[SETTINGS].smtp is not None,
        here="settings",
        **values,
    )


async def _preview(
    request: web.Request, desk: Desk, subject: Subject, text: OwnText, candidate_id: str
) -> web.Response:
    """Both parts of the mail, in the frame; or what is wrong with the text."""
    facts = await _facts(request, desk, subject, candidate_id)
    mail: Letter | None = None
    faults: Mapping[str, Refusal] = {}
    try:
        own = check_text(subject.name, text)
    except MailRefused as refusal:
        faults = refusal.faults
    else:
        mail = letter(MAILS[subject.name].kind, facts, subject.language, own)
    shown = render(
        "panel/settings/mails/preview.html",
        desk.language,
        mail=mail,
        faults=list(sentences(faults, desk).values()),
    )
    return web.Response(text=shown, content_type="text/html", headers=FRAMED)


async def _facts(
    request: web.Request, desk: Desk, subject: Subject, candidate_id: str
) -> LetterFacts:
    settings = request.app[SETTINGS]
    sites = Sites(settings.public_url, settings.telegram_api_url)
    if candidate_id:
        known = len(candidate_id) <= LONGEST_ID
        row = await candidate_row(desk.provider.id, candidate_id) if known else None
        if row is None:
            raise NoSuchCandidate
        return await facts_if(subject.name, row, desk.provider, sites, desk.now)
    base = await base_facts(desk.provider, sites, desk.now)
    assert base.day is not None, "the base carries today"
    return made_up(subject.name, base, subject.language, base.day)
