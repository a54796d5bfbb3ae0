"""One's own preferences: language, theme, one-letter shortcuts, and which provider is shown."""

from aiohttp import web

from actions.operators import set_preferences
from actions.sessions import show_provider as show
from webhooks.access import Desk, operator_page, own_path
from webhooks.forms import read_form
from webhooks.keys import SETTINGS
from webhooks.pages import THEMES
from words.language import known_language

YEAR = 365 * 24 * 3600


@operator_page
async def change(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /preferences: what is not sent stays as it is."""
    sent = await read_form(request)
    keys = sent.text("single_keys", "on" if desk.operator.single_keys else "off") == "on"
    language = known_language(sent.text("language", desk.language))
    await set_preferences(desk.operator.id, language=language, single_keys=keys)
    response = web.HTTPSeeOther(own_path(sent.text("next")))
    if sent.text("theme") in THEMES:
        response.set_cookie(
            "theme",
            sent.text("theme"),
            max_age=YEAR,
            httponly=True,
            secure=request.app[SETTINGS].secure_cookies,
            samesite="Lax",
        )
    raise response


@operator_page
async def show_provider(request: web.Request, desk: Desk) -> web.StreamResponse:
    """POST /provider: work for another provider of yours."""
    sent = await read_form(request)
    await show(desk.seat, sent.text("provider"))
    raise web.HTTPSeeOther("/")
