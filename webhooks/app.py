"""The web process, as a page of contents."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime

from aiohttp import web

from actions.throttle import Throttle
from models import database
from settings.reading import Settings
from store.outside import Outside
from store.room import Room
from store.sealing import Keyring, use_keyring
from webhooks.afterwards import Afterwards
from webhooks.assets import Assets
from webhooks.candidate.presence import PRESENCE, Presence
from webhooks.counting import counted
from webhooks.defence import add_headers, known_host, own_forms
from webhooks.errors import as_pages
from webhooks.keys import AFTERWARDS, ASSETS, CLOCK, SETTINGS, THROTTLE
from webhooks.routes import routes
from webhooks.surroundings import STORE, StoreWatch

MAX_FORM = 2 * 1024 * 1024
"""Bytes of a request's body."""


def utc_now() -> datetime:
    """The present moment; tests put another clock in its place."""
    return datetime.now(UTC)


def create_app(
    settings: Settings,
    *,
    connects: bool = True,
    clock: Callable[[], datetime] = utc_now,
) -> web.Application:
    """The web application.

    connects: open and close the database with the application; False when the process that runs
    it does that itself (web and worker in one, tests).
    """
    app = web.Application(
        middlewares=[counted, as_pages, known_host, own_forms], client_max_size=MAX_FORM
    )
    app[SETTINGS] = settings
    app[CLOCK] = clock
    app[ASSETS] = Assets()
    app[THROTTLE] = Throttle()
    app[PRESENCE] = Presence()
    ring = Keyring(dict(settings.encryption_keys))
    use_keyring(ring)
    files = Room(settings.storage_url, ring, database.refuse_inside_transaction)
    app[STORE] = StoreWatch(Outside(files))
    app[AFTERWARDS] = Afterwards()
    app.on_shutdown.append(app[AFTERWARDS].settled)
    app.add_routes(routes())
    app.on_response_prepare.append(add_headers)
    if connects:
        app.cleanup_ctx.append(connected)
    return app


async def connected(app: web.Application) -> AsyncIterator[None]:
    """The database, as long as the application runs."""
    await database.connect(app[SETTINGS].database_url)
    yield
    await database.close()
