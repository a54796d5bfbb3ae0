"""The small web server of a worker: it lives, it can work, and what it counted."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from aiohttp import web

from models import database
from settings.reading import Settings
from store.outside import Outside
from store.room import Room
from store.sealing import Keyring
from webhooks import health, metrics
from webhooks.app import utc_now
from webhooks.defence import add_headers
from webhooks.keys import CLOCK, SETTINGS
from webhooks.surroundings import REDIS, STORE, StoreWatch


def create_monitor(
    settings: Settings,
    redis: Callable[[], Awaitable[bool]],
    *,
    clock: Callable[[], datetime] = utc_now,
) -> web.Application:
    """Three addresses, for machines only: on METRICS_PORT, never behind a proxy.

    redis: whether it answers.
    """
    app = web.Application()
    ring = Keyring(dict(settings.encryption_keys))
    files = Room(settings.storage_url, ring, database.refuse_inside_transaction)
    app[SETTINGS], app[CLOCK], app[REDIS] = settings, clock, redis
    app[STORE], app[metrics.DIRECT] = StoreWatch(Outside(files)), True
    app.add_routes(
        [
            web.get("/healthz", health.healthz),
            web.get("/readyz", health.readyz),
            web.get("/metrics", metrics.metrics),
        ]
    )
    app.on_response_prepare.append(add_headers)
    return app
