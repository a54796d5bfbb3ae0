"""Signing in and out."""

from aiohttp import web

from actions import sessions
from actions.sessions import Knock, TooManyTries, WrongCredentials
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
from webhooks.forms import clean, read_form
from webhooks.keys import CLOCK, THROTTLE
from webhooks.pages import public


@public_page
async def form(request: web.Request) -> web.StreamResponse:
    """GET /login."""
    next_path = own_path(request.query.get("next"))
    if await desk_or_none(request):
        raise web.HTTPSeeOther(next_path)
    return public(
        request,
        "panel/login.html",
        next=next_path,
        email="",
        refusal=None,
        changed="changed" in request.query,
    )


@public_page
async def sign_in(request: web.Request) -> web.StreamResponse:
    """POST /login: a new session, then on to where the person wanted to go."""
    sent = await read_form(request)
    next_path = own_path(sent.text("next"))
    knock = Knock(
        email=sent.text("email").lower()[:254],
        password=sent.texts.get("password", ("",))[-1],
        address=client_address(request),
        user_agent=clean(request.headers.get("User-Agent", "")),
    )
    try:
        secret = await sessions.sign_in(knock, request.app[THROTTLE], request.app[CLOCK]())
    except (WrongCredentials, TooManyTries) as refusal:
        return public(
            request,
            "panel/login.html",
            status=429 if isinstance(refusal, TooManyTries) else 422,
            next=next_path,
            email=sent.text("email"),
            refusal=refusal,
            changed=False,
        )
    response = web.HTTPSeeOther(next_path)
    give_cookie(request, response, secret)
    raise response


@operator_page
async def sign_out(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /logout: the session dies in the database, too."""
    await sessions.sign_out(desk.seat, desk.now)
    response = web.HTTPSeeOther("/login")
    take_cookie(request, response)
    raise response
