"""Whether this process lives, and whether it can serve."""

from aiohttp import web

from models.database import TRANSIENT, pending_migrations
from webhooks.access import public_page


@public_page
async def healthz(_request: web.Request) -> web.Response:
    """GET /healthz: this process answers."""
    return web.json_response({"status": "ok"})


@public_page
async def readyz(_request: web.Request) -> web.Response:
    """GET /readyz: the database answers, and its schema is not behind this release."""
    try:
        pending = await pending_migrations()
    except TRANSIENT:
        return web.json_response({"status": "database unavailable"}, status=503)
    if pending:
        return web.json_response({"status": "schema behind", "pending": pending}, status=503)
    return web.json_response({"status": "ready"})
