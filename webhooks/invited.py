"""The page behind an invitation: who is new chooses a password, who is known gives theirs."""

from aiohttp import web

from actions.invitations import (
    MAILS_A_DAY,
    KnownAccount,
    Newcomer,
    accept_as_known,
    accept_as_new,
    ask_again,
)
from actions.operators import AlreadyHere, NameNeeded
from actions.passwords import SHORTEST, PasswordTooShort
from actions.second_factor import WrongCode
from actions.sessions import TooManyTries, WrongCredentials
from actions.tokens import Link, LinkExpired, LinkUsed, NoSuchLink, TokenKind, look
from models.reads.invitations import Invitation, invitation, provider_of
from rules.errors import Refusal
from webhooks.access import give_cookie, public_page
from webhooks.forms import Form, read_form
from webhooks.keys import AFTERWARDS, CLOCK, THROTTLE
from webhooks.pages import asked_language, public, sends_mails
from webhooks.sign_in import knocking
from words.language import known_language, sentence

FIELDS: dict[type[Refusal], str] = {
    NameNeeded: "name",
    PasswordTooShort: "password",
    KnownAccount: "password",
    WrongCredentials: "password",
    TooManyTries: "password",
    AlreadyHere: "password",
    WrongCode: "code",
}
"""Beside which field a refusal is said."""


@public_page
async def form(request: web.Request) -> web.StreamResponse:
    """GET /invited/{token}: one form."""
    link = await _link(request)
    return await _page(request, link, await _invitation(link))


@public_page
async def accept(request: web.Request) -> web.StreamResponse:
    """POST /invited/{token}: join, and be signed in."""
    sent = await read_form(request)
    link = await _link(request)
    who = await _invitation(link)
    if who is None:
        return await _page(request, link, None)
    try:
        secret = await _join(request, sent, who)
    except tuple(FIELDS) as refusal:
        return await _page(request, link, await _invitation(link), sent, refusal)
    except (LinkUsed, LinkExpired):
        again = await _link(request)
        return await _page(request, again, await _invitation(again))
    response = web.HTTPSeeOther("/")
    give_cookie(request, response, secret)
    raise response


@public_page
async def again(request: web.Request) -> web.StreamResponse:
    """POST /invited/{token}/again: the same answer, as fast, whatever the link is worth."""
    asking = ask_again(request.match_info["token"], request.app[CLOCK]())
    request.app[AFTERWARDS].do(asking)
    raise web.HTTPSeeOther("/invited")


@public_page
async def asked(request: web.Request) -> web.StreamResponse:
    """GET /invited: what happens now; says nothing of any invitation."""
    return public(
        request, "public/invited_again.html", a_day=MAILS_A_DAY, sends=sends_mails(request)
    )


async def _join(request: web.Request, sent: Form, who: Invitation) -> str:
    token, now = request.match_info["token"], request.app[CLOCK]()
    knock = knocking(request, sent, who.email)
    if who.known:
        code = sent.text("code")
        return await accept_as_known(token, knock, code, request.app[THROTTLE], now)
    language = known_language(sent.text("language") or who.language)
    new = Newcomer(sent.text("name"), knock.password, language)
    return await accept_as_new(token, new, now, knock.user_agent)


async def _link(request: web.Request) -> Link:
    """Raises NoSuchLink."""
    return await look(request.match_info["token"], TokenKind.INVITATION, request.app[CLOCK]())


async def _invitation(link: Link) -> Invitation | None:
    return await invitation(link.token) if link.refusal is None else None


async def _page(
    request: web.Request,
    link: Link,
    who: Invitation | None,
    sent: Form | None = None,
    refusal: Refusal | None = None,
) -> web.Response:
    provider = who.provider if who else await provider_of(link.token)
    if provider is None:
        raise NoSuchLink
    language = request.query.get("lang") and asked_language(request)
    language = language or (who.language if who else asked_language(request))
    errors = {FIELDS[type(refusal)]: sentence(refusal, language)} if refusal else {}
    return public(
        request,
        "public/invited.html",
        status=429 if isinstance(refusal, TooManyTries) else 422 if refusal else 200,
        language=language,
        provider=provider,
        who=who,
        used=link.token.used_at is not None,
        name=sent.text("name") if sent else who.name if who else "",
        chosen=sent.text("language") if sent and sent.text("language") else language,
        shortest=SHORTEST,
        errors=errors,
    )
