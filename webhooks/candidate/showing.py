"""GET /candidates/{id}: the page with its tabs, and the same page again when a deed is refused."""

from collections.abc import Awaitable
from datetime import date, timedelta
from typing import Any

import structlog
from aiohttp import web

from actions.deeds import NoSuchCandidate
from actions.replies import mark_read
from models.reads import candidate_journal, candidate_tabs
from models.reads.candidate_page import CandidatePage, candidate_page
from models.reads.retention import settings_of
from rules.answers import display, in_language
from rules.catalogue import ACTIVITIES, ACTIVITIES_FIELD, RECORDS, activity_note
from rules.checklist import Item, checklist, status_refused
from rules.decisions import faults
from rules.dossier import DocumentRule, FieldRule
from rules.errors import Refusal
from rules.retention import local_date
from rules.reviews import REVIEWABLE, mark, proposed_expiry
from rules.statuses import has_ended, is_closed, needs_reason, whose_turn
from rules.uploads import refusal as why_refused
from rules.verifying import records
from webhooks.access import Desk, operator_page
from webhooks.candidate.presence import look
from webhooks.candidate.tabs import (
    FIXED,
    documents_kept,
    documents_shown,
    items_shown,
    next_to_review,
    tabs,
)
from webhooks.defence import from_own_page
from webhooks.errors import pattern, status_of
from webhooks.forms import LINE, Form, whole
from webhooks.keys import SETTINGS
from webhooks.pages import page
from words import journal as words
from words.language import lasting, sentence, short_date
from words.withdrawn import why

log = structlog.get_logger()
NOTHING_TYPED = Form({})
SOON = timedelta(days=7)


@operator_page
async def candidate(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /candidates/{id}?tab=summary|infos|messages|history|<a document's key>."""
    return await show(request, desk, request.query.get("tab", "summary"))


async def attempt(
    request: web.Request, desk: Desk, sent: Form, tab: str, act: Awaitable[object]
) -> web.StreamResponse | None:
    """Do it; when it is refused, the page of `tab` again with why, and with what was typed.

    A candidate that does not exist (for this provider) goes on as the usual 404.
    """
    try:
        await act
    except NoSuchCandidate:
        raise
    except Refusal as refusal:
        log.info("refused", what=type(refusal).__name__, where=pattern(request))
        return await show(request, desk, tab, refusal=refusal, typed=sent)
    return None


async def lead_on(
    request: web.Request, desk: Desk, sent: Form, tab: str, act: Awaitable[object], to: str
) -> web.StreamResponse:
    """Do it, then lead to another page; when it is refused, to this one again, as `attempt`."""
    refused = await attempt(request, desk, sent, tab, act)
    if refused is not None:
        return refused
    raise web.HTTPSeeOther(to)


async def show(
    request: web.Request,
    desk: Desk,
    tab: str,
    *,
    refusal: Refusal | None = None,
    typed: Form = NOTHING_TYPED,
) -> web.Response:
    """One tab. Raises NoSuchCandidate."""
    found = await page_of(request, desk)
    keys = {item.key for item in _papers(found)}
    tab = tab if tab in keys or tab in FIXED else "summary"
    template = tab if tab in FIXED else "document"
    values = await _TABS[template](request, desk, found, tab)
    return await page(
        request,
        desk,
        f"panel/candidate/{template}.html",
        status=status_of(refusal) if refusal else 200,
        here="review" if found.neighbours.place else "candidates",
        found=found,
        tab=tab,
        tabs=tuple(tabs(found)),
        turn=whose_turn(found.dossier),
        status_refused=status_refused(found.dossier),
        soon=_deletion_is_near(found, desk),
        ended=_ended_on(found),
        keep_days=_keep_days(found, desk),
        typed=typed,
        refusal=words.refusal(refusal, desk.language) if refusal else "",
        refused=type(refusal).__name__ if refusal else "",
        happened=await _happened(desk, found, typed) if refusal else (),
        what=words.what,
        subject=words.subject,
        changes=words.changes,
        done=done_key(request, found),
        marked=mark,
        others=look(request, desk, found.id),
        **values,
    )


async def page_of(request: web.Request, desk: Desk) -> CandidatePage:
    """The candidate of this address. Raises NoSuchCandidate."""
    found = await candidate_page(desk.provider, request.match_info["candidate"], desk.now)
    if found is None:
        raise NoSuchCandidate
    return found


async def _happened(
    desk: Desk, found: CandidatePage, typed: Form
) -> tuple[candidate_journal.LineView, ...]:
    """What the operator could not know: lines since the page that the refused form stood on."""
    seen = typed.number("seen")
    if seen < 0:
        return ()
    return await candidate_journal.since(desk.provider.id, found.id, seen)


def _deletion_is_near(found: CandidatePage, desk: Desk) -> bool:
    """Whether the header warns: from the reminder on, and in the last week without one."""
    outlook = found.outlook
    if outlook.state in ("reminder_due", "reminder_owed", "reminded", "due", "unreachable"):
        return True
    return outlook.days_left is not None and outlook.days_left <= max(
        SOON.days, desk.provider.reminder_days
    )


def _ended_on(found: CandidatePage) -> date | None:
    """Since which day the person no longer works with the provider."""
    at = found.dossier.candidate.ended_at
    return local_date(at, found.zone) if at and has_ended(found.dossier) else None


def _keep_days(found: CandidatePage, desk: Desk) -> int:
    """How long "keep" keeps without another word: as long as the delay that applies."""
    settings = settings_of(desk.provider)
    return (settings.of_ended if has_ended(found.dossier) else settings).deletion_days


def done_key(request: web.Request, found: CandidatePage) -> str:
    """Key of the document that was just judged, for the line that offers to undo it."""
    key = request.query.get("done", "")
    document = found.dossier.documents.get(key)
    return key if document and document.reviewed_at else ""


async def _summary(
    request: web.Request, desk: Desk, found: CandidatePage, _tab: str
) -> dict[str, Any]:
    dossier, delay = found.dossier, request.app[SETTINGS].decision_delay
    return {
        "items": items_shown(dossier),
        "answer": {
            rule.key: display(rule.question, dossier.answers[rule.key].value, desk.language)
            for rule in dossier.fields
            if rule.key in dossier.answers
        },
        "faults": {one.key: one for one in faults(dossier)},
        "correctable": checklist(dossier).items,
        "needs_reason": needs_reason(dossier),
        "delay": lasting(delay, desk.language) if delay else "",
        "next_document": next_to_review(dossier),
        "today": local_date(desk.now, found.zone),
        **_ended(desk),
    }


def _ended(desk: Desk) -> dict[str, Any]:
    """The clock of ended admissions, and the day of the deletion if one ended now."""
    clock = settings_of(desk.provider).of_ended
    today = local_date(desk.now, clock.zone)
    return {"ended_clock": clock, "would_end": today + timedelta(days=clock.deletion_days)}


async def _infos(
    _request: web.Request, desk: Desk, found: CandidatePage, _tab: str
) -> dict[str, Any]:
    dossier = found.dossier
    shown = [item for item in items_shown(dossier) if isinstance(item.rule, FieldRule)]
    return {
        "questions": shown,
        "kept": [
            (rule, display(rule.question, dossier.answers[rule.key].value, desk.language))
            for rule in dossier.former
            if isinstance(rule, FieldRule) and rule.key in dossier.answers
        ],
        "answer": {
            item.key: display(item.rule.question, dossier.answers[item.key].value, desk.language)
            for item in shown
            if isinstance(item.rule, FieldRule) and item.key in dossier.answers
        },
    }


def _papers(found: CandidatePage) -> tuple[Item, ...]:
    """Documents with a tab."""
    return (*documents_shown(found.dossier), *documents_kept(found.dossier))


async def _document(
    _request: web.Request, desk: Desk, found: CandidatePage, tab: str
) -> dict[str, Any]:
    document, rule = found.dossier.documents.get(tab), found.dossier.known(tab)
    assert isinstance(rule, DocumentRule), "documents have a tab, nothing else"
    following = next_to_review(found.dossier, tab)
    papers = await candidate_tabs.papers(desk.provider.id, found.id, tab)
    return {
        "document": document,
        "rule": rule,
        "item": next(one for one in _papers(found) if one.key == tab),
        "asked": found.dossier.rule(tab) is not None,
        "mark": mark(document),
        "judgeable": document is not None
        and found.dossier.rule(tab) is not None
        and document.state in REVIEWABLE
        and found.pending is None
        and not is_closed(found.dossier),
        "papers": papers,
        "activity_note": _activity_note(found, tab, desk.language),
        "proposed": proposed_expiry(rule, local_date(document.sent_at, found.zone))
        if document
        else None,
        "records": records(rule),
        "record_label": lambda key: in_language(RECORDS[key], desk.language),
        "recorded": lambda key, text: _recorded(key, text, desk.language),
        "lines": await candidate_journal.journal(
            desk.provider.id, found.id, subject=tab, limit=30
        ),
        "next_document": None if following == tab else following,
        "today": local_date(desk.now, found.zone),
        "why_refused": lambda key: sentence(why_refused(key, rule), desk.language),
    }


def _activity_note(found: CandidatePage, key: str, language: str) -> dict[str, str] | None:
    """What this person's activities say of the document: which, and the legal note."""
    answer = found.dossier.answers.get(ACTIVITIES_FIELD)
    noted = activity_note(key, answer.value) if answer else None
    if noted is None:
        return None
    which, note = noted
    names = [in_language(one.label, language) for one in ACTIVITIES if one.key in which]
    return {"activities": ", ".join(names), "note": in_language(note, language)}


def _recorded(key: str, text: str, language: str) -> str:
    """What was noted of a document, as people write it."""
    return short_date(date.fromisoformat(text), language) if text and key == "date" else text


async def _messages(
    request: web.Request, desk: Desk, found: CandidatePage, _tab: str
) -> dict[str, Any]:
    said = await candidate_tabs.thread(desk.provider.id, found.id)
    if request.method == "GET" and from_own_page(request):
        await mark_read(found.id, desk.provider.id, desk.now)
    return {"thread": said}


async def _history(
    request: web.Request, desk: Desk, found: CandidatePage, _tab: str
) -> dict[str, Any]:
    group = request.query.get("kind", "")
    group = group if group in words.GROUPS else ""
    before = whole(request.query.get("before", ""), 0, LINE)
    lines = await candidate_journal.journal(
        desk.provider.id,
        found.id,
        kinds=words.GROUPS[group][1] if group else (),
        before_id=before or None,
    )
    return {
        "lines": lines,
        "texts": await candidate_journal.message_texts(found.id, lines),
        "groups": words.groups(desk.language),
        "group": group,
        "older": lines[-1].id if len(lines) == candidate_journal.PAGE else None,
        "sent": await candidate_journal.notices(desk.provider.id, found.id),
        "notice": words.notice,
        "why": why,
    }


_TABS = {
    "summary": _summary,
    "infos": _infos,
    "document": _document,
    "messages": _messages,
    "history": _history,
}
