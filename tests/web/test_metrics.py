"""/metrics: who may read it, what it tells, and what it never names."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from actions.installation import note_mail_server, note_worker
from models import database
from models.tables import Bot, ClockRun, Notice, Provider
from settings.reading import Settings
from tests.factories import NOW, a_candidate
from tests.web.conftest import Browser, Town
from tests.web.every_route import MARKS, zebulon
from tests.web.people import sends
from webhooks.app import create_app
from webhooks.metrics import from_here
from webhooks.monitor import create_monitor

WORD = "a-word-that-nobody-guesses"
HOUR = timedelta(hours=1)
LABELS = {"method", "route", "status", "queue", "channel", "fate", "outcome", "kind", "le"}
LABELS |= {"generation", "implementation", "version", "major", "minor", "patchlevel"}
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def figures(text: str) -> Figures:
    """Every sample by name and labels."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def read(browser: Browser) -> Figures:
    page = await (await browser()).get("/metrics")
    assert page.status == 200
    return figures(page.text)


def one(found: Figures, name: str, **labels: str) -> float:
    return found.get((f"antichambre_{name}", tuple(sorted(labels.items()))), 0.0)


async def test_requests_are_counted_by_route_and_status(town: Town, browser: Browser) -> None:
    before = await read(browser)
    odile = await browser(town.odile)
    amina = await a_candidate(town.douceur, "Amina Benali")
    await odile.get(f"/candidates/{amina.id}")
    await odile.get("/candidates/nobody")
    await odile.get("/nowhere")
    await odile.client.request("DELETE", "/login")
    after = await read(browser)

    def grown(route: str, status: str, method: str = "GET") -> float:
        labels = {"method": method, "route": route, "status": status}
        return one(after, "http_seconds_count", **labels) - one(
            before, "http_seconds_count", **labels
        )

    assert grown("/candidates/{candidate}", "200") == 1
    assert grown("/candidates/{candidate}", "404") == 1
    assert grown("unknown", "404") == 1
    assert grown("unknown", "403", "other") == 1


async def test_what_waits_is_told_with_its_age(town: Town, browser: Browser) -> None:
    await Provider.all().update(created_at=NOW - 40 * HOUR)
    amina = await a_candidate(town.douceur, "Amina Benali")
    await sends(amina, "diploma", "checking", NOW - 3 * HOUR)
    for number, columns in enumerate(
        (
            {"channel": "mail", "not_before": NOW - 2 * HOUR},
            {"channel": "mail", "not_before": NOW + HOUR},
            {"channel": "mail", "not_before": NOW + HOUR, "failing_since": NOW - HOUR},
            {"channel": "chat", "not_before": NOW - HOUR, "state": "failed"},
            {"channel": "chat", "not_before": NOW - HOUR, "state": "accepted"},
        )
    ):
        await Notice.create(
            provider_id=town.douceur.id,
            kind="activation",
            unique_key=str(number),
            message_id=str(number),
            owed_at=NOW - 2 * HOUR,
            **columns,
        )
    await note_worker(NOW - HOUR)
    await note_mail_server("the mail server cannot be reached", NOW)
    await Bot.all().update(disconnected_at=NOW)
    last = NOW.date()
    await ClockRun.create(
        provider_id=town.vert.id, local_date=last, started_at=NOW, finished_at=NOW
    )
    found = await read(browser)
    assert one(found, "queue_waiting", queue="mail") == 3
    assert one(found, "queue_due", queue="mail") == 2
    assert one(found, "queue_oldest_seconds", queue="mail") == 7200
    assert one(found, "queue_due", queue="chat") == 0
    assert one(found, "notices_given_up", queue="chat") == 1
    assert one(found, "queue_waiting", queue="files") == 1
    assert one(found, "queue_oldest_seconds", queue="files") == 10800
    assert one(found, "worker_seen_seconds") == 3600
    assert one(found, "mail_server_away") == 1
    assert one(found, "bots_refused") == 1
    assert one(found, "nights_due") == 1, "Douceur & Cie's; the other one is done"
    assert one(found, "database_up") == one(found, "store_up") == 1
    assert one(found, "disk_free_bytes") > 0


async def test_nobody_is_named_and_labels_are_closed_lists(
    town: Town, browser: Browser, room: Any
) -> None:
    ids = await zebulon(town, room)
    odile = await browser(town.odile)
    await odile.get(f"/candidates/{ids['candidate']}?tab=messages&q=zebulon")
    page = await (await browser()).get("/metrics")
    for word in (*MARKS, *ids.values(), town.douceur.name, town.douceur.slug, "Odile"):
        if len(word) > 8:
            assert word not in page.text, word
    assert {name for _, labels in figures(page.text) for name, _ in labels} <= LABELS


async def test_without_its_database_the_process_still_tells(town: Town, browser: Browser) -> None:
    await database.rows("ALTER TABLE notice RENAME TO gone")
    try:
        found = await read(browser)
    finally:
        await database.rows("ALTER TABLE gone RENAME TO notice")
    assert one(found, "database_up") == 0
    assert one(found, "store_up") == 1
    assert one(found, "http_seconds_count", method="GET", route="/metrics", status="200") >= 0


async def test_a_token_opens_it_and_nothing_else_does(
    town: Town, settings: Settings, aiohttp_client: Any
) -> None:
    app = create_app(replace(settings, metrics_token=WORD), connects=False)
    client = await aiohttp_client(app)
    for given in ("", WORD, "Bearer ", f"Bearer {WORD}x", f"Basic {WORD}", "Bearer \udcff"):
        answer = await client.get("/metrics", headers={"Authorization": given})
        assert (answer.status, await answer.text()) == (401, ""), given
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    answer = await client.get("/metrics", headers={"Authorization": f"Bearer {WORD}"})
    assert answer.status == 200
    assert WORD not in await answer.text()
    assert WORD not in repr(app)


async def test_behind_https_everybody_comes_from_the_proxy_so_a_token_is_needed(
    town: Town, settings: Settings, aiohttp_client: Any
) -> None:
    public = replace(settings, public_url="https://recrute.example")
    client = await aiohttp_client(create_app(public, connects=False))
    answer = await client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    assert answer.status == 403
    assert "METRICS_TOKEN" in await answer.text()


@pytest.mark.parametrize(
    ("peer", "url", "direct", "let_in"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080", False, True),
        ("::1", "http://127.0.0.1:8080", False, True),
        ("203.0.113.7", "http://127.0.0.1:8080", False, False),
        ("10.0.0.2", "http://127.0.0.1:8080", True, False),
        (None, "http://127.0.0.1:8080", False, False),
        ("127.0.0.1", "https://recrute.example", False, False),
        ("127.0.0.1", "https://recrute.example", True, True),
    ],
)
def test_without_a_token_only_this_machine_reads(
    tmp_path: Any, peer: str | None, url: str, direct: bool, let_in: bool
) -> None:
    env = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": url}
    settings = Settings.from_environment(env, demo=True)
    assert from_here(settings, peer, direct=direct) is let_in


async def test_a_worker_tells_the_same_on_a_port_of_its_own(
    town: Town, settings: Settings, aiohttp_client: Any
) -> None:
    async def answers() -> bool:
        return True

    public = replace(settings, public_url="https://recrute.example")
    client = await aiohttp_client(create_monitor(public, answers))
    found = figures(await (await client.get("/metrics")).text())
    assert one(found, "redis_up") == one(found, "database_up") == 1
    assert (await client.get("/readyz")).status == 200
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/candidates")).status == 404
