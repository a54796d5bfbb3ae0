"""Who sees what: sessions, foreign forms, foreign hosts, other providers, and every route."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from actions.operators import set_password
from actions.sessions import IDLE, LIFE, digest
from models.tables import Membership, Operator, ProviderEvent, Session
from settings.reading import Settings
from tests.factories import NOW, PASSWORD, a_candidate
from tests.web.conftest import SECRETS, Browser, Client, Page, Time, Town
from tests.web.every_route import HALF
from webhooks.app import create_app
from webhooks.defence import HEADERS
from webhooks.keys import AFTERWARDS


async def signed_in(browser: Browser, email: str, password: str = PASSWORD, **more: str) -> Page:
    anybody = await browser()
    return await anybody.post("/login", {"email": email, "password": password, **more})


async def test_signing_in_leads_where_one_wanted_to_go(town: Town, browser: Browser) -> None:
    anybody = await browser()
    sent_away = await anybody.get("/candidates?q=amina")
    assert (sent_away.status, sent_away.to) == (303, "/login?next=/candidates?q%3Damina")
    page = await signed_in(browser, town.odile.email, next="/candidates?q=amina")
    assert (page.status, page.to) == (303, "/candidates?q=amina")
    cookie = page.answer.cookies["session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert not cookie["secure"]
    assert await Session.exists(id=digest(cookie.value))
    assert not await Session.exists(id=cookie.value)
    assert await ProviderEvent.exists(provider_id=town.douceur.id, kind="signed_in")


async def test_each_sign_in_gets_a_new_session(town: Town, browser: Browser) -> None:
    secrets = set()
    for _ in range(2):
        odile = await browser()
        odile.cookie = "chosen-by-somebody-else"
        page = await odile.post("/login", {"email": town.odile.email, "password": PASSWORD})
        secrets.add(page.answer.cookies["session"].value)
    assert len(secrets) == 2
    assert "chosen-by-somebody-else" not in secrets


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "evil",
        "/a\r\nSet-Cookie: x",
        "",
    ],
)
async def test_nobody_is_sent_to_another_site(town: Town, browser: Browser, wanted: str) -> None:
    page = await signed_in(browser, town.odile.email, next=wanted)
    assert (page.status, page.to) == (303, "/")


async def test_a_wrong_password_and_an_unknown_account_read_the_same(
    town: Town, browser: Browser, client: Client
) -> None:
    wrong = await signed_in(browser, town.odile.email, "not this one")
    unknown = await signed_in(browser, "nobody@example.org", "not this one")
    assert wrong.status == unknown.status == 422
    same = wrong.text.replace(town.odile.email, "X")
    assert same == unknown.text.replace("nobody@example.org", "X")
    await client.app[AFTERWARDS].settled()
    assert await ProviderEvent.exists(kind="sign_in_failed", actor_id=town.odile.id)


async def test_a_suspended_operator_is_nobody(town: Town, browser: Browser, time: Time) -> None:
    oscar = await browser(town.oscar)
    assert (await oscar.get("/")).status == 200
    await Membership.filter(operator_id=town.oscar.id).update(suspended_at=time.now)
    assert (await oscar.get("/")).to == "/login"
    assert (await signed_in(browser, town.oscar.email)).status == 422


async def test_guessing_is_stopped_for_a_quarter_of_an_hour(
    town: Town, browser: Browser, time: Time
) -> None:
    for _ in range(5):
        assert (await signed_in(browser, town.odile.email, "guess")).status == 422
    anybody = await browser()
    data = {"email": town.odile.email, "password": PASSWORD}
    blocked = await anybody.post("/login", data, **{"X-Forwarded-For": "203.0.113.9"})
    assert blocked.status == 429
    assert "15 min" in blocked.text
    assert (await signed_in(browser, town.oscar.email)).status == 303
    time.now += timedelta(minutes=15)
    assert (await signed_in(browser, town.odile.email)).status == 303


async def test_a_stolen_cookie_dies_with_the_session(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    assert (await odile.post("/logout")).to == "/login"
    assert (await odile.get("/")).to == "/login"


async def test_a_new_password_ends_every_session(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    await set_password(town.odile, "une autre phrase encore", NOW)
    assert (await odile.get("/")).to == "/login"
    assert (await signed_in(browser, town.odile.email, "une autre phrase encore")).status == 303


async def test_sessions_end_by_themselves(town: Town, browser: Browser, time: Time) -> None:
    idle = await browser(town.odile)
    time.now += IDLE
    assert (await idle.get("/")).to == "/login"
    busy = await browser(town.odile)
    for _ in range(int(LIFE / timedelta(hours=11))):
        time.now += timedelta(hours=11)
        assert (await busy.get("/")).status == 200
    time.now += timedelta(hours=11)
    assert (await busy.get("/")).to == "/login"


async def test_the_cookie_is_bound_to_https_and_this_host(
    town: Town, database: str, tmp_path: Path, aiohttp_client: Any
) -> None:
    env = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database, **SECRETS}
    env["PUBLIC_URL"] = "https://recrute.example"
    settings = Settings.from_environment(env, demo=True)
    client: Client = await aiohttp_client(create_app(settings, connects=False))
    answer = await client.post(
        "/login",
        data={"email": town.odile.email, "password": PASSWORD},
        headers={"Host": "recrute.example", "Origin": "https://recrute.example"},
        allow_redirects=False,
    )
    cookie = answer.cookies["__Host-session"]
    assert cookie["secure"]
    assert cookie["path"] == "/"
    assert not cookie["domain"]


FOREIGN: list[dict[str, str | None]] = [
    {"Origin": None, "Sec-Fetch-Site": None},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "null", "Sec-Fetch-Site": None},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": None},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
]


def foreign_status(path: str, headers: dict[str, str | None]) -> int:
    """Refused; a mail program, which sends neither header, is only asked for the secret."""
    mail_program = path.startswith("/unsubscribe/") and not any(headers.values())
    return 404 if mail_program else 403


def changing_routes(client: Client) -> list[tuple[str, str]]:
    return [
        (route.method, route.resource.canonical)
        for route in client.app.router.routes()  # type: ignore[union-attr]  # the server's own app
        if route.resource is not None and route.method not in {"GET", "HEAD"}
    ]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_foreign_forms_change_nothing(
    town: Town, browser: Browser, client: Client, headers: dict[str, str | None]
) -> None:
    odile = await browser(town.odile)
    before = await Session.all().count(), await ProviderEvent.all().count()
    ours = {"Origin": odile.origin, "Sec-Fetch-Site": "same-origin", **headers}
    sent = {name: value for name, value in ours.items() if value is not None}
    for method, path in changing_routes(client):
        if path.startswith("/telegram/"):
            continue
        filled = HALF.sub(lambda half: FITS.get(half[1], half[1]), path)
        answer = await client.request(
            method, filled, data={"a": "b"}, headers=odile.headers(sent), allow_redirects=False
        )
        assert answer.status == foreign_status(path, headers), (method, path)
    assert (await Session.all().count(), await ProviderEvent.all().count()) == before
    assert (await odile.get("/")).status == 200


@pytest.mark.parametrize("body", [b'{"a": 1}', b"\xff\xfe", b"%%%"])
async def test_what_is_no_form_is_refused_politely(
    town: Town, browser: Browser, body: bytes
) -> None:
    odile = await browser(town.odile)
    for kind in ("application/json", "text/plain", "multipart/form-data"):
        page = await odile.post("/preferences", body, **{"Content-Type": kind})
        assert page.status in {400, 415}, page.text


async def test_only_our_own_names_are_answered(town: Town, browser: Browser) -> None:
    anybody = await browser()
    for host in ("evil.example", "127.0.0.1.evil.example", "evil.example:80", ""):
        assert (await anybody.get("/login", Host=host)).status in {400, 421}
    assert (await anybody.get("/login", Host="localhost:1234")).status == 200
    assert (await anybody.get("/healthz", Host="10.0.0.7")).status == 200


async def test_every_answer_carries_the_headers(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    for path in ("/", "/login", "/nowhere", "/candidates", "/join/douceur-cie", "/healthz"):
        page = await odile.get(path)
        for name, value in HEADERS.items():
            assert page.answer.headers[name] == value, (path, name)
        assert "Server" not in page.answer.headers


ADMIN_ONLY = "Only an administrator can see this page."
PUBLIC = {
    "/telegram/{bot}",
    "/healthz",
    "/readyz",
    "/metrics",
    "/login",
    "/login/code",
    "/forgotten",
    "/invited",
    "/join/{slug}",
    "/join/{slug}/privacy",
    "/join/{slug}/accessibility",
    "/accessibility",
    "/join/{slug}/qr.svg",
    "/join/{slug}/qr.png",
    "/logo/{slug}/{digest}.png",
    "/static/{digest}/{name}",
    "/accent/{colour}.css",
}
"""Open to everybody, on purpose; add a route here only with a reason."""
TOKENS = ("/activate/", "/keep/", "/confirm/", "/reset/", "/invited/", "/unsubscribe/")
"""Public, guarded by the secret in their address."""
FITS = {"language": "fr"}
"""What must stand in an address to be one of ours; anywhere else the name of the place will do."""
DEMO = "/mailbox"
"""The demo's mails; there is no such page elsewhere."""


async def test_every_route_is_guarded(town: Town, browser: Browser, client: Client) -> None:
    """Anonymous people are sent away, reviewers see no settings; nothing is left out."""
    anybody, oscar = await browser(), await browser(town.oscar)
    app: web.Application = client.app  # type: ignore[assignment]  # the server's own app
    seen = set()
    for route in app.router.routes():
        assert route.resource is not None
        path = route.resource.canonical
        if route.method == "HEAD" or path in PUBLIC or path.startswith((*TOKENS, DEMO)):
            continue
        seen.add(path)
        filled = HALF.sub(lambda half: FITS.get(half[1], half[1]), path)
        verb = anybody.get if route.method == "GET" else anybody.post
        page = await verb(filled)
        assert page.status == 303, (route.method, path)
        assert page.to.startswith("/login"), (route.method, path)
        if path.startswith("/settings"):
            refused = await (oscar.get if route.method == "GET" else oscar.post)(filled)
            assert refused.status == 403, (route.method, path)
            assert ADMIN_ONLY in refused.text or "Seul un administrateur" in refused.text
            assert "Odile" in refused.text
    assert {"/", "/candidates", "/settings", "/settings/recruitment"} <= seen


async def test_another_provider_sees_nothing(town: Town, browser: Browser) -> None:
    marker = await a_candidate(town.douceur, "Zebulon Unique", "submitted")
    victor = await browser(town.victor)
    for path in (
        "/",
        "/candidates",
        "/candidates?q=zebulon",
        "/candidates?turn=operator",
        "/settings/journal",
        "/settings/health",
        "/settings/operators",
    ):
        page = await victor.get(path)
        assert page.status == 200
        for secret in ("Zebulon", marker.id, "Odile", "Oscar"):
            assert secret not in page.text.replace("zebulon", ""), (path, secret)
    await victor.post("/provider", {"provider": town.douceur.id})
    assert "Vert Jardin" in (await victor.get("/")).text


async def test_one_keeps_ones_own_language_theme_and_keys(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    page = await odile.post(
        "/preferences", {"language": "en", "theme": "dark", "next": "/candidates"}
    )
    assert page.to == "/candidates"
    assert page.answer.cookies["theme"].value == "dark"
    await odile.post("/preferences", {"single_keys": "off"})
    row = await Operator.get(id=town.odile.id)
    assert (row.language, row.single_keys) == ("en", False)
    assert 'data-keys="off"' in (await odile.get("/")).text
