"""When a page can't be given: every error becomes a page in plain words with the right status."""

from typing import Any

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from models.database import TRANSIENT
from models.reads.desks import admins
from rules.errors import Outdated, Refusal, Unknown
from webhooks.access import AdminsOnly, desk_or_none
from webhooks.counts import DATABASE_AWAY
from webhooks.pages import page, public
from words import journal as words

log = structlog.get_logger()


def status_of(refusal: Refusal) -> int:
    """The HTTP status that says the same as this refusal."""
    if isinstance(refusal, Unknown):
        return 404
    if isinstance(refusal, AdminsOnly):
        return 403
    return 409 if isinstance(refusal, Outdated) else 422


@web.middleware
async def as_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The outermost middleware: nothing but pages leaves, and no page tells a secret."""
    try:
        return await handler(request)
    except Refusal as refusal:
        return await refused(request, refusal)
    except web.HTTPException as error:
        if error.status < 400 or request.path.startswith("/telegram/"):
            raise
        return await http_error(request, error)
    except TRANSIENT:
        DATABASE_AWAY.inc()
        log.warning("database unavailable", path=pattern(request), exc_info=True)
        return public(request, "errors/unavailable.html", status=503)
    except Exception:  # the edge of a web request: logged, and said politely
        log.exception("request failed", path=pattern(request))
        return public(request, "errors/broken.html", status=500)


def pattern(request: web.Request) -> str:
    """The route's pattern, for logs: the path itself may hold a secret."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "unknown"


async def refused(request: web.Request, refusal: Refusal) -> web.Response:
    """The page that says what was refused and what to do next."""
    values: dict[str, Any] = {"refusal": refusal, "admins": []}
    desk = await desk_or_none(request)
    if desk is None:
        return public(request, "errors/public_refused.html", status=status_of(refusal), **values)
    if isinstance(refusal, AdminsOnly):
        values["admins"] = await admins(desk.provider.id)
    values["why"] = words.refusal(refusal, desk.language)
    return await page(request, desk, "errors/refused.html", status=status_of(refusal), **values)


async def http_error(request: web.Request, error: web.HTTPException) -> web.Response:
    """The page of a plain HTTP error; what the handler meant to send along is kept."""
    response = public(request, "errors/http.html", status=error.status, code=error.status)
    if isinstance(error, web.HTTPMethodNotAllowed):
        response.headers["Allow"] = error.headers["Allow"]
    return response
