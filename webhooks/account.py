"""One's own account: the password, the second factor's state, and where one is signed in."""

from typing import Any

from aiohttp import web

from actions.mornings import choose_digest
from actions.operators import WrongPassword, change_own_password
from actions.passwords import SHORTEST, PasswordTooShort, check_password, right_password
from actions.sessions import MARK, TooManyTries, admit, end_all, end_one
from actions.throttle import Limit
from models.reads.desks import own_sessions
from rules.digest import wants_digest
from rules.errors import Outdated
from webhooks.access import Desk, give_cookie, operator_page, take_cookie
from webhooks.forms import read_form
from webhooks.keys import THROTTLE
from webhooks.pages import page
from words.browsers import browser
from words.language import sentence


class AnotherProviderShown(Outdated):
    """Another tab has gone to another provider since this page was shown."""

    sentence = (
        "You have gone to another company in another tab, so nothing was changed. Go back to the "
        "company you mean, and choose again."
    )


@operator_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /account."""
    return await _account(request, desk)


async def _account(
    request: web.Request, desk: Desk, status: int = 200, **values: Any
) -> web.Response:
    sessions = await own_sessions(desk.operator.id, desk.now)
    return await page(
        request,
        desk,
        "panel/account.html",
        status=status,
        shortest=SHORTEST,
        sessions=[
            (one, one.id[:MARK], browser(one.user_agent, desk.language)) for one in sessions
        ],
        changed="changed" in request.query,
        ended="ended" in request.query,
        digest=request.query.get("digest"),
        digest_wanted=wants_digest(desk.seat.memberships[0].digest, desk.seat.role),
        codes_off=request.query.get("codes") == "off",
        **values,
    )


@operator_page
async def change(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /account: a new password; every other session ends."""
    sent = await read_form(request)
    old, new = (sent.texts.get(name, ("",))[-1] for name in ("old", "new"))
    try:
        secret = await _change(request, desk, old, new)
    except (WrongPassword, PasswordTooShort, TooManyTries) as refusal:
        field = "new" if isinstance(refusal, PasswordTooShort) else "old"
        return await _account(
            request,
            desk,
            429 if isinstance(refusal, TooManyTries) else 422,
            errors={field: sentence(refusal, desk.language)},
        )
    response = web.HTTPSeeOther("/account?changed=1")
    give_cookie(request, response, secret)
    raise response


async def _change(request: web.Request, desk: Desk, old: str, new: str) -> str:
    """A few tries only: an open browser is no place to guess a password."""
    throttle, limits = request.app[THROTTLE], own_limits(desk)
    check_password(new)
    admit(throttle, limits, desk.now)
    secret = await change_own_password(desk.seat, old, new, desk.now)
    throttle.forgive(limits)
    return secret


def own_limits(desk: Desk) -> tuple[Limit, ...]:
    """Tries of one's own password and codes from an open browser."""
    return ((f"account|{desk.operator.id}", 5),)


async def check_own_password(request: web.Request, desk: Desk, password: str) -> None:
    """Whoever sits here knows the password; the try stays counted until all was right.

    Raises:
        TooManyTries, WrongPassword.
    """
    admit(request.app[THROTTLE], own_limits(desk), desk.now)
    if not await right_password(desk.operator.password_hash, password):
        raise WrongPassword


@operator_page
async def choose(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /account/digest: whether the digest of the shown provider is mailed to oneself."""
    sent = await read_form(request)
    if sent.text("provider") != desk.provider.id:
        raise AnotherProviderShown
    wanted = sent.text("wanted") == "yes"
    await choose_digest(desk.provider.id, desk.operator.id, wanted=wanted, now=desk.now)
    raise web.HTTPSeeOther(f"/account?digest={'on' if wanted else 'off'}#digest")


@operator_page
async def end_session(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /account/sessions/{session}: sign out there."""
    mark = request.match_info["session"]
    here = desk.session.id.startswith(mark) and len(mark) == MARK
    ended = await end_one(desk.seat, mark)
    response = web.HTTPSeeOther("/login" if here else f"/account{'?ended=1' if ended else ''}")
    if here:
        take_cookie(request, response)
    raise response


@operator_page
async def end_sessions(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /account/sessions: sign out everywhere, here too."""
    await end_all(desk.seat, desk.now)
    response = web.HTTPSeeOther("/login?everywhere=1")
    take_cookie(request, response)
    raise response
