"""One's own account: the password."""

from aiohttp import web

from actions.operators import WrongPassword, change_own_password
from actions.passwords import SHORTEST, PasswordTooShort, check_password
from actions.sessions import TooManyTries, admit
from webhooks.access import Desk, operator_page, take_cookie
from webhooks.forms import read_form
from webhooks.keys import THROTTLE
from webhooks.pages import page
from words.language import sentence


@operator_page
async def form(request: web.Request, desk: Desk) -> web.StreamResponse:
    """GET /account."""
    return await page(request, desk, "panel/account.html", shortest=SHORTEST)


@operator_page
async def change(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /account: a new password, then one signs in again, everywhere."""
    sent = await read_form(request)
    old, new = (sent.texts.get(name, ("",))[-1] for name in ("old", "new"))
    try:
        await _change(request, desk, old, new)
    except (WrongPassword, PasswordTooShort, TooManyTries) as refusal:
        field = "new" if isinstance(refusal, PasswordTooShort) else "old"
        return await page(
            request,
            desk,
            "panel/account.html",
            status=429 if isinstance(refusal, TooManyTries) else 422,
            shortest=SHORTEST,
            errors={field: sentence(refusal, desk.language)},
        )
    response = web.HTTPSeeOther("/login?changed=1")
    take_cookie(request, response)
    raise response


async def _change(request: web.Request, desk: Desk, old: str, new: str) -> None:
    """A few tries only: an open browser is no place to guess a password."""
    throttle, limits = request.app[THROTTLE], ((f"account|{desk.operator.id}", 5),)
    check_password(new)
    admit(throttle, limits, desk.now)
    await change_own_password(desk.operator, old, new)
    throttle.forgive(limits)
