"""What people and machines are told when something is down, wrong or broken; and quiet GETs."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import structlog
from aiohttp import web

from actions.passwords import NOBODYS, hash_password, right_password
from models import database, tables
from models.tables import Operator, Session
from settings.reading import Settings
from tests.factories import PASSWORD, a_candidate
from tests.web.conftest import Browser, Client, Time, Town
from tests.web.test_pages import PAGES
from webhooks import routes as table
from webhooks.access import public_page
from webhooks.app import create_app


@pytest.fixture
def quiet() -> Iterator[list[Any]]:
    """What is logged, kept instead of printed."""
    with structlog.testing.capture_logs() as lines:
        yield lines


async def test_a_process_is_ready_when_the_schema_is(town: Town, browser: Browser) -> None:
    anybody = await browser()
    assert (await anybody.get("/healthz")).status == 200
    assert (await anybody.get("/readyz")).status == 200


async def test_a_process_is_not_ready_before_the_migration(
    blank_database: str, settings_for: Any, aiohttp_client: Any
) -> None:
    await database.connect(blank_database)
    try:
        client = await aiohttp_client(create_app(settings_for(blank_database), connects=False))
        answer = await client.get("/readyz")
        assert answer.status == 503
        assert "0001_initial" in (await answer.json())["pending"]
        assert (await client.get("/healthz")).status == 200
    finally:
        await database.close()


async def test_without_its_database_the_panel_says_so(
    town: Town, browser: Browser, quiet: list[Any]
) -> None:
    odile = await browser(town.odile)
    await database.rows("ALTER TABLE session RENAME TO gone")
    page = await odile.get("/candidates?q=zoe")
    await database.rows("ALTER TABLE gone RENAME TO session")
    assert page.status == 503
    assert "Back in a moment" in page.text
    assert "zoe" not in str(quiet), "what people typed stays out of the log"
    assert (await odile.get("/candidates")).status == 200


async def test_a_bug_shows_a_page_without_data(
    town: Town,
    settings: Settings,
    time: Time,
    aiohttp_client: Any,
    quiet: list[Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @public_page
    async def broken(_request: web.Request) -> web.StreamResponse:
        raise ZeroDivisionError("secret-of-amina")

    routes = [*table.routes(), web.get("/broken/{who}", broken)]
    monkeypatch.setattr("webhooks.app.routes", lambda: routes)
    client = await aiohttp_client(create_app(settings, connects=False, clock=time))
    answer = await client.get("/broken/amina", headers={"Accept-Language": "en"})
    text = await answer.text()
    assert answer.status == 500
    assert "Something broke" in text
    assert "amina" not in text
    assert answer.headers["Cache-Control"] == "no-store"
    (line,) = quiet
    assert (line["event"], line["path"]) == ("request failed", "/broken/{who}")


async def contents() -> str:
    """A fingerprint of every row, but for when sessions were last seen."""
    found = hashlib.sha256()
    for model in database_models():
        for row in await model.all().order_by(model._meta.pk_attr).values():
            row.pop("seen_at", None)
            found.update(repr(sorted(row.items())).encode())
    return found.hexdigest()


def database_models() -> list[Any]:
    return [getattr(tables, name) for name in sorted(tables.__all__)]


async def test_looking_changes_nothing(town: Town, browser: Browser, time: Time) -> None:
    await a_candidate(town.douceur, "Amina Benali", "submitted")
    odile = await browser(town.odile)
    before = await contents()
    for path in (*PAGES, "/account", "/settings/deletion", "/login", "/nowhere"):
        await odile.get(path)
    assert await contents() == before


async def test_another_sites_link_does_not_even_keep_a_session_alive(
    town: Town, browser: Browser, time: Time
) -> None:
    odile = await browser(town.odile)
    time.now += timedelta(hours=1)
    seen = await Session.all().values_list("seen_at", flat=True)
    await odile.get("/", **{"Sec-Fetch-Site": "cross-site"})
    assert await Session.all().values_list("seen_at", flat=True) == seen
    await odile.get("/")
    assert await Session.all().values_list("seen_at", flat=True) != seen


async def test_an_unknown_account_costs_the_same_hash_as_a_wrong_password() -> None:
    kept = await hash_password(PASSWORD)
    assert kept.split("$")[:4] == NOBODYS.split("$")[:4], "the same parameters"
    assert not await right_password(kept, "guess")
    assert not await right_password(None, "guess")


@pytest.mark.slow
async def test_a_flood_of_sign_ins_leaves_the_others_their_pages(
    town: Town, browser: Browser, client: Client
) -> None:
    """The throttle lets 30 from one address through to argon2, two at a time."""
    odile, anybody = await browser(town.odile), await browser()
    flood = [
        asyncio.create_task(anybody.post("/login", {"email": f"{n}@x.example", "password": "x"}))
        for n in range(200)
    ]
    for _ in range(20):
        assert (await odile.get("/")).status == 200
    statuses = [page.status for page in await asyncio.gather(*flood)]
    assert statuses.count(422) == 30
    assert statuses.count(429) == 170


async def test_the_reader_of_a_404_learns_nothing(town: Town, browser: Browser) -> None:
    await Operator.all().update(language="en")
    page = await (await browser()).get("/candidates/../../etc/passwd")
    assert page.status == 404
    for path in (
        "/static/x/../../manage.py",
        "/static/000000000000/tokens.css",
        "/accent/zzz.css",
    ):
        assert (await (await browser()).get(path)).status == 404
