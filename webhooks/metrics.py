"""GET /metrics, in Prometheus's format: what this process counted, and what waits in all of them.

Counts are this process's own. What waits is read from the database, so any process tells it.
"""

import asyncio
import hmac
import ipaddress
from collections.abc import Mapping
from datetime import datetime

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from models.database import TRANSIENT
from models.reads.backlog import Backlog, Queue, backlog
from settings.reading import Settings
from webhooks.access import public_page
from webhooks.keys import CLOCK, SETTINGS
from webhooks.surroundings import Surroundings, look_around

PATIENCE = 5.0
"""Seconds for the database's answer; a slow one is told as away."""
DIRECT: web.AppKey[bool] = web.AppKey("direct", bool)
"""No proxy stands before this port: a request from this machine is what it looks like."""
WELCOME = "Bearer "


@public_page
async def metrics(request: web.Request) -> web.Response:
    """GET /metrics: with METRICS_TOKEN for whoever carries it, else for this machine only."""
    settings, given = request.app[SETTINGS], request.headers.get("Authorization", "")
    if settings.metrics_token and not has_token(settings, given):
        return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
    direct = request.app.get(DIRECT, False)
    if not settings.metrics_token and not from_here(settings, request.remote, direct=direct):
        return web.Response(status=403, text="Set METRICS_TOKEN, and send it as a Bearer token.\n")
    text = generate_latest() + generate_latest(await gauges(request.app))
    return web.Response(body=text, headers={"Content-Type": CONTENT_TYPE_LATEST})


def has_token(settings: Settings, given: str) -> bool:
    """Compared in constant time."""
    wanted = f"{WELCOME}{settings.metrics_token}".encode()
    return hmac.compare_digest(wanted, given.encode("utf-8", "surrogateescape"))


def from_here(settings: Settings, peer: str | None, *, direct: bool = False) -> bool:
    """Whether a program of this very machine asks.

    Behind https a proxy stands before us, perhaps on this machine: then everybody seems to.
    """
    if settings.secure_cookies and not direct:
        return False
    try:
        return ipaddress.ip_address(peer or "").is_loopback
    except ValueError:
        return False


async def gauges(app: web.Application) -> CollectorRegistry:
    """What waits, and what stands around, as of now."""
    registry = CollectorRegistry()
    now = app[CLOCK]()
    try:
        async with asyncio.timeout(PATIENCE):
            found = await backlog(now)
    except (*TRANSIENT, TimeoutError):
        found = None
    _gauge(registry, "database_up", "The database answers", float(found is not None))
    if found is not None:
        _queues(registry, found, now)
        _facts(registry, found, now)
    _around(registry, await look_around(app))
    return registry


def _gauge(registry: CollectorRegistry, name: str, told: str, value: float) -> None:
    Gauge(f"antichambre_{name}", told, registry=registry).set(value)


def _labelled(
    registry: CollectorRegistry, name: str, told: str, values: Mapping[str, float]
) -> None:
    gauge = Gauge(f"antichambre_{name}", told, ["queue"], registry=registry)
    for queue, value in values.items():
        gauge.labels(queue).set(value)


def _queues(registry: CollectorRegistry, found: Backlog, now: datetime) -> None:
    """mail, chat: messages owed; files: to be checked; decisions: not final yet."""
    queues: dict[str, Queue] = {
        **found.notices,
        "files": found.files,
        "decisions": found.decisions,
    }
    ages = {
        name: (now - one.since).total_seconds() if one.since is not None else 0.0
        for name, one in queues.items()
    }
    waiting = {name: float(one.waiting) for name, one in queues.items()}
    due = {name: float(one.due) for name, one in queues.items()}
    _labelled(registry, "queue_waiting", "What is owed, due or not", waiting)
    _labelled(registry, "queue_due", "What is due and has not left", due)
    _labelled(registry, "queue_oldest_seconds", "Age of the oldest that is due", ages)
    failed = {name: float(number) for name, number in found.failed.items()}
    _labelled(registry, "notices_given_up", "Refused for good, and settled by nobody yet", failed)


def _facts(registry: CollectorRegistry, found: Backlog, now: datetime) -> None:
    seen = (now - found.worker_seen).total_seconds() if found.worker_seen else float("nan")
    for name, told, value in (
        ("notices_unknown", "Messages owed that only a newer release can send", found.unknown),
        ("kept_updates", "Updates kept after a fault of ours", found.kept_updates),
        ("nights_due", "Providers whose nightly run is late", found.nights_due),
        ("bots_refused", "Bots whose token Telegram refuses", found.bots_refused),
        ("worker_seen_seconds", "Since a worker was last seen; NaN: never", seen),
        ("mail_server_away", "The mail server is away", float(found.mail_away)),
    ):
        _gauge(registry, name, told, value)


def _around(registry: CollectorRegistry, around: Surroundings) -> None:
    if around.redis is not None:
        _gauge(registry, "redis_up", "Redis answers", float(around.redis))
    _gauge(registry, "store_up", "The store of files answers", float(around.store))
    _gauge(registry, "disk_free_bytes", "Left on the disk of DATA_DIR", around.free)
