"""Who may see a page: the session cookie, the desk it leads to, and the three kinds of page."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from aiohttp import web

from actions.deeds import Actor
from actions.sessions import IDLE, LIFE, digest, seen
from models.reads.desks import Seat, seat
from models.tables import Operator, Provider, Session
from rules.errors import Refusal
from rules.vocabulary import ActorKind, Role
from webhooks.defence import from_own_page
from webhooks.keys import CLOCK, SETTINGS

Access = Literal["public", "operator", "admin"]
Page = Callable[[web.Request], Awaitable[web.StreamResponse]]
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


class AdminsOnly(Refusal):
    """A reviewer asking for settings; the page says who can."""

    sentence = "Only an administrator can see this page."


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, for which provider, and when: what every page of the panel starts from."""

    seat: Seat
    now: datetime

    @property
    def operator(self) -> Operator:
        """The signed-in person."""
        return self.seat.operator

    @property
    def provider(self) -> Provider:
        """The provider whose space is shown; every read takes it first."""
        return self.seat.provider

    @property
    def session(self) -> Session:
        """The browser's session."""
        return self.seat.session

    @property
    def language(self) -> str:
        """The operator's language."""
        return self.operator.language

    @property
    def is_admin(self) -> bool:
        """Whether settings and operators may be changed."""
        return self.seat.role == Role.ADMIN

    @property
    def actor(self) -> Actor:
        """The operator as the journal names them."""
        return Actor(ActorKind.OPERATOR, self.operator.id, self.operator.name)


DESK: web.RequestKey[tuple[Desk | None]] = web.RequestKey("desk", tuple)
"""Looked up once per request; (None,): there is no session."""
DeskPage = Callable[[web.Request, Desk], Awaitable[web.StreamResponse]]


def public_page(page: Page) -> Page:
    """A page that anybody may see."""
    return _marked(page, "public")


def operator_page(page: DeskPage) -> Page:
    """A page for signed-in operators: it gets their desk; others are sent to sign in."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        return await page(request, await desk_of(request))

    return _marked(guarded, "operator")


def admin_page(page: DeskPage) -> Page:
    """A page for the provider's administrators."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        desk = await desk_of(request)
        if not desk.is_admin:
            raise AdminsOnly
        return await page(request, desk)

    return _marked(guarded, "admin")


def _marked(page: Page, access: Access) -> Page:
    """Remember on the handler who may see it; tests walk the routes by it."""
    page.access = access  # type: ignore[attr-defined]  # functions carry attributes
    return page


async def desk_of(request: web.Request) -> Desk:
    """The desk of this request's session.

    Raises:
        web.HTTPSeeOther: to the sign-in page, when there is none.
    """
    desk = await desk_or_none(request)
    if desk is None:
        raise web.HTTPSeeOther(sign_in_address(request))
    return desk


async def desk_or_none(request: web.Request) -> Desk | None:
    """The desk of this request's session, looked up once per request."""
    if DESK not in request:
        request[DESK] = (await _look_up(request),)
    return request[DESK][0]


async def _look_up(request: web.Request) -> Desk | None:
    secret = request.cookies.get(cookie_name(request))
    if not secret or not secret.isascii():  # ours are; and no digest is made of broken text
        return None
    now = request.app[CLOCK]()
    found = await seat(digest(secret), now, now - IDLE)
    if found is None:
        return None
    if from_own_page(request):
        await seen(found.session, now)
    return Desk(found, now)


def sign_in_address(request: web.Request) -> str:
    """The sign-in page, which leads back here when this was a page to look at."""
    if request.method != "GET" or request.path == "/":
        return "/login"
    return f"/login?next={quote(request.rel_url.raw_path_qs, safe='/')}"


def own_path(text: str | None) -> str:
    """`text` when it is a path of ours, else the home page: nobody is sent elsewhere."""
    return text if text and OWN_PATH.fullmatch(text) else "/"


def cookie_name(request: web.Request) -> str:
    """`__Host-` binds the cookie to this very host; browsers take it over https only."""
    return "__Host-session" if request.app[SETTINGS].secure_cookies else "session"


def give_cookie(request: web.Request, response: web.StreamResponse, secret: str) -> None:
    """Put the session into the browser."""
    response.set_cookie(
        cookie_name(request),
        secret,
        max_age=int(LIFE.total_seconds()),
        httponly=True,
        secure=request.app[SETTINGS].secure_cookies,
        samesite="Lax",
        path="/",
    )


def take_cookie(request: web.Request, response: web.StreamResponse) -> None:
    """Take the session out of the browser."""
    response.del_cookie(
        cookie_name(request),
        httponly=True,
        secure=request.app[SETTINGS].secure_cookies,
        samesite="Lax",
        path="/",
    )
