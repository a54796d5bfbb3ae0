"""A forgotten password: asking for a link, and the page behind it."""

from aiohttp import web

from actions.passwords import SHORTEST, PasswordTooShort
from actions.resets import ask_reset, reset_password
from actions.sessions import TooManyTries, admit
from actions.throttle import Limit
from actions.tokens import LinkExpired, LinkUsed, TokenKind, look
from models.tables import Operator
from webhooks.access import public_page
from webhooks.defence import client_address
from webhooks.forms import read_form
from webhooks.keys import AFTERWARDS, CLOCK, THROTTLE
from webhooks.pages import asked_language, public, sends_mails
from words.language import sentence


@public_page
async def form(request: web.Request) -> web.StreamResponse:
    """GET /forgotten."""
    return public(
        request,
        "panel/forgotten.html",
        email="",
        refusal=None,
        sent="sent" in request.query,
        sends=sends_mails(request),
    )


@public_page
async def ask(request: web.Request) -> web.StreamResponse:
    """POST /forgotten: the same answer, as fast, whether there is an account or not."""
    sent = await read_form(request)
    email, now = sent.text("email").lower()[:254], request.app[CLOCK]()
    try:
        admit(request.app[THROTTLE], _limits(email, client_address(request)), now)
    except TooManyTries as refusal:
        return public(
            request,
            "panel/forgotten.html",
            status=429,
            email=sent.text("email"),
            refusal=refusal,
            sent=False,
            sends=sends_mails(request),
        )
    request.app[AFTERWARDS].do(ask_reset(email, now))
    raise web.HTTPSeeOther("/forgotten?sent=1")


def _limits(email: str, address: str) -> tuple[Limit, ...]:
    return ((f"reset|{email}|{address}", 5), (f"reset||{address}", 20))


@public_page
async def choose(request: web.Request) -> web.StreamResponse:
    """GET /reset/{token}."""
    return await _page(request)


@public_page
async def reset(request: web.Request) -> web.StreamResponse:
    """POST /reset/{token}: the new password, then one signs in with it."""
    sent = await read_form(request)
    password = sent.texts.get("password", ("",))[-1]
    try:
        await reset_password(request.match_info["token"], password, request.app[CLOCK]())
    except PasswordTooShort as refusal:
        wrong = {"password": sentence(refusal, asked_language(request))}
        return await _page(request, wrong)
    except (LinkUsed, LinkExpired):
        return await _page(request)
    raise web.HTTPSeeOther("/login?changed=1")


async def _page(request: web.Request, errors: dict[str, str] | None = None) -> web.Response:
    """The form, or why there is none. Raises NoSuchLink."""
    link = await look(request.match_info["token"], TokenKind.RESET, request.app[CLOCK]())
    operator = await Operator.get_or_none(id=link.token.operator_id)
    works = link.refusal is None and operator is not None
    return public(
        request,
        "panel/reset.html",
        status=422 if errors else 200 if works else 410,
        works=works,
        used=link.token.used_at is not None,
        email=operator.email if operator and works else "",
        shortest=SHORTEST,
        errors=errors or {},
    )
