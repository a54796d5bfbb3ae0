"""The page on which one press ends the morning's digest; mail programs press it by themselves.

The POST answers with the page instead of leading to it: mail programs follow no redirection
(RFC 8058, section 3.1). Doing it twice does it once.
"""

from aiohttp import web

from actions.mornings import choose_digest
from actions.tokens import NoSuchLink, subscription_of
from models.reads.mornings import reader
from models.tables import Membership
from rules.digest import wants_digest
from webhooks.access import public_page
from webhooks.keys import CLOCK, SETTINGS
from webhooks.pages import public
from words.chat.spaces import hidden


class NoSuchSubscription(NoSuchLink):
    """Cut off, or of somebody who is no longer an operator there."""

    sentence = (
        "This link does not work, or no longer does. If you still get this digest, ask an "
        "administrator."
    )


@public_page
async def form(request: web.Request) -> web.StreamResponse:
    """GET /unsubscribe/{token}: one button."""
    return _page(request, await _reader(request))


@public_page
async def end(request: web.Request) -> web.StreamResponse:
    """POST /unsubscribe/{token}: no more digest; whatever the form holds."""
    member = await _reader(request)
    now = request.app[CLOCK]()
    await choose_digest(member.provider_id, member.operator_id, wanted=False, now=now)
    return _page(request, await _reader(request))


async def _reader(request: web.Request) -> Membership:
    """Raises NoSuchSubscription, whatever is wrong with it."""
    try:
        number = subscription_of(request.match_info["token"], request.app[SETTINGS].secret_key)
    except NoSuchLink:
        raise NoSuchSubscription from None
    member = await reader(number)
    if member is None:
        raise NoSuchSubscription
    return member


def _page(request: web.Request, member: Membership) -> web.Response:
    return public(
        request,
        "public/unsubscribe.html",
        language=member.operator.language,
        provider=member.provider,
        address=hidden(member.operator.email),
        wanted=wants_digest(member.digest, member.role),
    )
