"""Whether this process lives, and whether it can serve."""

from aiohttp import web

from models.database import TRANSIENT, pending_migrations
from webhooks.access import public_page
from webhooks.keys import CLOCK
from webhooks.surroundings import STORE, redis_answers


@public_page
async def healthz(_request: web.Request) -> web.Response:
    """GET /healthz: this process answers."""
    return web.json_response({"status": "ok"})


@public_page
async def readyz(request: web.Request) -> web.Response:
    """GET /readyz: whether traffic may come here.

    The database answers, its schema is not behind this release, and the store of files has
    answered once since the start. A store that goes away later is told but is no reason to turn
    everybody away: updates are taken in without it, and it would be away for every process. So is
    Redis, when it is away, full or too slow: nothing but a second is lost with it.
    """
    try:
        pending = await pending_migrations()
    except TRANSIENT:
        return web.json_response({"status": "database unavailable"}, status=503)
    if pending:
        return web.json_response({"status": "schema behind", "pending": pending}, status=503)
    watch = request.app[STORE]
    store = await watch.answers(request.app[CLOCK]())
    if not watch.seen:
        return web.json_response({"status": "store unavailable"}, status=503)
    told = {"status": "ready", "store": "ok" if store else "away"}
    redis = await redis_answers(request.app)
    if redis is not None:
        told["redis"] = "ok" if redis else "away"
    return web.json_response(told)
