"""Signing in, with a code when there is a second factor, and out."""

from urllib.parse import quote

from aiohttp import web

from actions import sessions
from actions.second_factor import WrongCode
from actions.sessions import HalfWay, Knock, StepOver, TooManyTries, WrongCredentials
from actions.tokens import LASTS, TokenKind
from rules.errors import Refusal
from webhooks.access import (
    Desk,
    desk_or_none,
    give_cookie,
    operator_page,
    own_path,
    public_page,
    take_cookie,
)
from webhooks.defence import client_address
from webhooks.forms import Form, clean, read_form
from webhooks.keys import AFTERWARDS, CLOCK, SETTINGS, THROTTLE
from webhooks.pages import public

DONE = ("changed", "everywhere")
"""Words of the address that say what was just done."""


@public_page
async def form(request: web.Request) -> web.StreamResponse:
    """GET /login."""
    next_path = own_path(request.query.get("next"))
    if await desk_or_none(request):
        raise web.HTTPSeeOther(next_path)
    return _form(request, next_path, "")


@public_page
async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /login: a new session (or the question for a code), then on to where one wanted."""
    sent = await read_form(request)
    next_path = own_path(sent.text("next"))
    knock = knocking(request, sent, sent.text("email"))
    try:
        found = await sessions.sign_in(
            knock, request.app[THROTTLE], request.app[CLOCK](), request.app[AFTERWARDS].do
        )
    except (WrongCredentials, TooManyTries) as refusal:
        return _form(request, next_path, sent.text("email"), refusal)
    if isinstance(found, HalfWay):
        return _ask_code(request, found, next_path)
    response = web.HTTPSeeOther(next_path)
    give_cookie(request, response, found.secret)
    raise response


def knocking(request: web.Request, sent: Form, email: str) -> Knock:
    """One try to come in: the password of the form, and where it comes from."""
    return Knock(
        email=email.lower()[:254],
        password=sent.texts.get("password", ("",))[-1],
        address=client_address(request),
        user_agent=clean(request.headers.get("User-Agent", "")),
    )


def _form(
    request: web.Request, next_path: str, email: str, refusal: Refusal | None = None
) -> web.Response:
    return public(
        request,
        "panel/login.html",
        status=status_of_try(refusal),
        next=next_path,
        email=email,
        refusal=refusal,
        done=next((word for word in DONE if word in request.query), ""),
    )


def status_of_try(refusal: Refusal | None) -> int:
    """The status of a page that was drawn again."""
    if refusal is None:
        return 200
    return 429 if isinstance(refusal, TooManyTries) else 422


def _ask_code(request: web.Request, half: HalfWay, next_path: str) -> web.StreamResponse:
    """On to the second door; what opens it is a cookie, never in an address."""
    response = web.HTTPSeeOther(f"/login/code?next={quote(next_path, safe='/')}")
    response.set_cookie(
        step_cookie(request),
        half.step,
        max_age=int(LASTS[TokenKind.STEP].total_seconds()),
        httponly=True,
        secure=request.app[SETTINGS].secure_cookies,
        samesite="Lax",
        path="/",
    )
    raise response


def step_cookie(request: web.Request) -> str:
    """Like the session's: bound to this very host over https."""
    return "__Host-step" if request.app[SETTINGS].secure_cookies else "step"


@public_page
async def code_form(request: web.Request) -> web.StreamResponse:
    """GET /login/code."""
    next_path = own_path(request.query.get("next"))
    if not await sessions.step_stands(_step(request), request.app[CLOCK]()):
        raise web.HTTPSeeOther("/login")
    return public(request, "panel/login_code.html", next=next_path, refusal=None)


@public_page
async def enter_code(request: web.Request) -> web.StreamResponse:
    """POST /login/code: a new session."""
    sent = await read_form(request)
    next_path = own_path(sent.text("next"))
    try:
        secret = await sessions.enter_code(
            _step(request),
            sent.text("code"),
            knocking(request, sent, ""),
            request.app[THROTTLE],
            request.app[CLOCK](),
        )
    except StepOver as refusal:
        return _form(request, next_path, "", refusal)
    except (WrongCode, TooManyTries) as refusal:
        status = status_of_try(refusal)
        return public(
            request, "panel/login_code.html", status=status, next=next_path, refusal=refusal
        )
    response = web.HTTPSeeOther(next_path)
    response.del_cookie(
        step_cookie(request),
        httponly=True,
        secure=request.app[SETTINGS].secure_cookies,
        samesite="Lax",
        path="/",
    )
    give_cookie(request, response, secret)
    raise response


def _step(request: web.Request) -> str:
    """The secret of the half-open door; empty when there is none that we made."""
    found = request.cookies.get(step_cookie(request), "")
    return found if found.isascii() else ""


@operator_page
async def sign_out(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /logout: the session dies in the database, too."""
    await sessions.sign_out(desk.seat, desk.now)
    response = web.HTTPSeeOther("/login")
    take_cookie(request, response)
    raise response
