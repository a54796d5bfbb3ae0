"""Forms of a document's tab: verdicts, expiry date, comments."""

from collections.abc import Awaitable
from datetime import date
from urllib.parse import urlencode

from aiohttp import web

from actions import comments, reviews
from rules.answers import Question, parse
from rules.dossier import DocumentRule
from rules.retention import local_date
from rules.verifying import noted, records
from webhooks.access import Desk, operator_page
from webhooks.candidate.showing import attempt, lead_on, page_of
from webhooks.candidate.tabs import next_to_review
from webhooks.forms import Form, read_form
from webhooks.keys import SETTINGS

EXPIRY = Question("expires_on", "date", required=False)


def address(candidate_id: str, tab: str = "", **more: str) -> str:
    """The page of a candidate, on one tab."""
    query = ({"tab": tab} if tab else {}) | more
    return f"/candidates/{candidate_id}" + (f"?{urlencode(query)}" if query else "")


@operator_page
async def validate(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/documents/{key}/validate."""
    sent = await read_form(request)
    return await _verdict(request, desk, sent, _validate(request, desk, sent))


async def _validate(request: web.Request, desk: Desk, sent: Form) -> None:
    expires_on = await _expiry(request, desk, sent)
    await reviews.validate(
        judged(request, desk, sent),
        desk.actor,
        desk.now,
        expires_on=expires_on,
        bears_none=sent.ticked("no_expiry"),
        noted=await _noted(request, desk, sent),
    )


async def _noted(request: web.Request, desk: Desk, sent: Form) -> dict[str, str]:
    """What was verified. Raises NothingVerified, TooLong, InvalidAnswer."""
    found = await page_of(request, desk)
    rule = found.dossier.rule(request.match_info["key"])
    if not isinstance(rule, DocumentRule):
        return {}
    typed = {key: sent.text(f"noted_{key}") for key in records(rule)}
    today = local_date(desk.now, found.zone)
    return noted(rule, sent.all("noted"), typed, today, desk.language)


@operator_page
async def reject(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/documents/{key}/reject."""
    sent = await read_form(request)
    act = reviews.reject(
        judged(request, desk, sent),
        desk.actor,
        desk.now,
        reason_key=sent.text("reason_key") or None,
        reason=sent.text("reason"),
        grace=request.app[SETTINGS].decision_delay,
    )
    return await _verdict(request, desk, sent, act)


@operator_page
async def withdraw(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/documents/{key}/withdraw: undo a verdict."""
    sent = await read_form(request)
    act = reviews.withdraw_verdict(judged(request, desk, sent), desk.actor, desk.now)
    return await _stay(request, desk, sent, act)


@operator_page
async def expiry(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/documents/{key}/expiry: correct the date, the verdict stays."""
    sent = await read_form(request)
    return await _stay(request, desk, sent, _set_expiry(request, desk, sent))


async def _set_expiry(request: web.Request, desk: Desk, sent: Form) -> None:
    expires_on = await _expiry(request, desk, sent)
    if expires_on is not None:
        await reviews.set_expiry(
            judged(request, desk, sent), desk.actor, desk.now, expires_on=expires_on
        )


@operator_page
async def add_comment(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/documents/{key}/comments."""
    sent = await read_form(request)
    act = comments.add(
        request.match_info["candidate"],
        request.match_info["key"],
        sent.text("text"),
        desk.actor,
        desk.now,
        provider_id=desk.provider.id,
    )
    return await _stay(request, desk, sent, act)


@operator_page
async def edit_comment(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST …/documents/{key}/comments/{comment}: edit, or remove."""
    sent = await read_form(request)
    who = (request.match_info["candidate"], request.match_info["comment"])
    provider = desk.provider.id
    if sent.text("act") == "remove":
        act = comments.remove(*who, desk.actor, desk.now, provider_id=provider)
    else:
        act = comments.edit(*who, sent.text("text"), desk.actor, desk.now, provider_id=provider)
    return await _stay(request, desk, sent, act)


def judged(request: web.Request, desk: Desk, sent: Form) -> reviews.Judged:
    """The document of this address, as the form saw it."""
    return reviews.Judged(
        provider_id=desk.provider.id,
        candidate_id=request.match_info["candidate"],
        key=request.match_info["key"],
        seen=sent.text("mark"),
    )


async def _expiry(request: web.Request, desk: Desk, sent: Form) -> date | None:
    """The typed date. Raises InvalidAnswer."""
    if not sent.text("expires_on"):
        return None
    found = await page_of(request, desk)
    today = local_date(desk.now, found.zone)
    value = parse(EXPIRY, sent.text("expires_on"), today, desk.language)
    return date.fromisoformat(str(value)) if value else None


async def _verdict(
    request: web.Request, desk: Desk, sent: Form, act: Awaitable[object]
) -> web.StreamResponse:
    """After a verdict the next document to review opens; after the last one, the decision."""
    key = request.match_info["key"]
    refused = await attempt(request, desk, sent, key, act)
    if refused is not None:
        return refused
    found = await page_of(request, desk)
    tab = next_to_review(found.dossier, key) or "summary"
    raise web.HTTPSeeOther(address(found.id, tab, done=key))


async def _stay(
    request: web.Request, desk: Desk, sent: Form, act: Awaitable[object]
) -> web.StreamResponse:
    key = request.match_info["key"]
    return await lead_on(
        request, desk, sent, key, act, address(request.match_info["candidate"], key)
    )
