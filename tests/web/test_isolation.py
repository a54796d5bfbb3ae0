"""Nobody sees, learns or touches what is another provider's: every route, everybody, real ids.

`EXPECTED` says of each route who may use it and which forms somebody would send there; a route
that is missing from it fails the first test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from actions import comments, decisions
from actions.decisions import Verdict
from actions.deeds import Actor
from actions.tokens import TokenKind, address_mark, issue
from models import database
from models.tables import Candidate, Document, Membership, Operator, Upload
from rules.vocabulary import ActorKind, Outcome
from settings.reading import Settings
from store import room as rooms
from store.room import Room
from store.sealing import Keyring
from tests.factories import NOW, PASSWORD, an_operator
from tests.web.conftest import SECRETS, Browser, Browsing, Client, Page, Time, Town
from tests.web.people import amina_applies, shows_pages, writes
from tests.web.rows import everything, naming
from webhooks.app import create_app

MARKS = ("Zebulon", "Unique", "zebulon@example.org", "marqueur")
"""In everything that the candidates of Douceur & Cie gave, and nowhere else."""
INVENTED = "0" * 16
Form = Mapping[str, str]
HALF = re.compile(r"\{(\w+)(?::[^}]*)?\}")


@dataclass(frozen=True)
class Route:
    """Who may use it, and what somebody would send."""

    open_to: str
    """all, token, demo, operators, admins; `candidate`: their provider's operators."""
    forms: tuple[Form, ...] = ({},)
    queries: tuple[str, ...] = ("",)
    own: bool = field(default=False)
    """Changes only what is the asker's own."""


def candidate(*forms: Form, queries: tuple[str, ...] = ("",)) -> Route:
    return Route("candidate", forms or ({},), queries)


def admins(*forms: Form, queries: tuple[str, ...] = ("",)) -> Route:
    return Route("admins", forms or ({},), queries)


PARTS = ("page", "upload", "comment", "decision")
ALL, TOKEN, DEMO = Route("all"), Route("token"), Route("demo")
TABS = ("", "?tab=infos", "?tab=diploma", "?tab=messages", "?tab=history", "?tab=nothing")
OWN, DOC = "/candidates/{candidate}", "/candidates/{candidate}/documents/{key}"
EXPECTED: dict[tuple[str, str], Route] = {
    ("POST", "/telegram/{bot}"): ALL,
    ("GET", "/healthz"): ALL,
    ("GET", "/readyz"): ALL,
    ("GET", "/login"): ALL,
    ("POST", "/login"): Route("all", ({"email": "nobody@example.org", "password": PASSWORD},)),
    ("GET", "/join/{slug}"): ALL,
    ("GET", "/join/{slug}/qr.svg"): ALL,
    ("GET", "/join/{slug}/qr.png"): ALL,
    ("GET", "/static/{digest}/{name}"): ALL,
    ("GET", "/accent/{colour}.css"): ALL,
    ("GET", "/mailbox"): DEMO,
    ("GET", "/mailbox/{name}"): DEMO,
    ("GET", "/mailbox/{name}/html"): DEMO,
    **{
        (method, f"/{word}/{{token}}{more}"): TOKEN
        for word in ("activate", "confirm", "keep")
        for method, more in (("GET", ""), ("POST", ""), ("POST", "/again"))
    },
    ("POST", "/logout"): Route("operators", own=True),
    ("POST", "/preferences"): Route("operators", ({"language": "en", "next": OWN},), own=True),
    ("POST", "/provider"): Route("operators", ({"provider": "{provider}"},), own=True),
    ("GET", "/account"): Route("operators"),
    ("POST", "/account"): Route(
        "operators", ({"old": "no", "new": PASSWORD, "operator": "{operator}"},)
    ),
    ("GET", "/"): Route("operators", queries=("", "?provider={provider}")),
    ("GET", "/candidates"): Route(
        "operators",
        queries=(
            "",
            "?q=zebulon",
            "?q=zebulon%40exam",
            "?turn=operator&provider={provider}",
            "?status=binned",
            "?after={candidate}",
            "?turn=messages&sort=oldest",
        ),
    ),
    ("GET", OWN): candidate(queries=TABS),
    ("POST", OWN + "/decision"): candidate(
        {"outcome": "accept", "reason": "because", "seen": "99"},
        {"outcome": "reject", "comment": "again", "tick:diploma": "", "why:diploma": "no"},
        {"outcome": "bin"},
        {},
    ),
    ("POST", OWN + "/decision/{decision}"): candidate({"act": "now"}, {"act": "undo"}),
    ("GET", OWN + "/history.csv"): candidate(),
    ("GET", OWN + "/pulse"): candidate(queries=("", "?seen=0")),
    ("GET", OWN + "/preview"): candidate(),
    ("POST", OWN + "/preview"): candidate({"outcome": "accept"}, {"outcome": "bin"}, {}),
    ("POST", OWN + "/restore"): candidate(),
    ("POST", OWN + "/erase"): candidate(),
    ("POST", OWN + "/keep"): candidate({"days": "30"}, {"days": "x", "tab": "messages"}),
    ("POST", OWN + "/exempt"): candidate(),
    ("POST", OWN + "/messages"): candidate({"text": "Bonjour", "seen": "99"}, {}),
    ("POST", OWN + "/answered"): candidate(),
    ("POST", DOC + "/validate"): candidate(
        {"mark": "{mark}"}, {"mark": "{mark}", "expires_on": "2030-01-01"}, {"expires_on": "x"}
    ),
    ("POST", DOC + "/reject"): candidate({"mark": "{mark}", "reason": "no"}, {}),
    ("POST", DOC + "/withdraw"): candidate({"mark": "{mark}"}),
    ("POST", DOC + "/expiry"): candidate({"mark": "{mark}", "expires_on": "2030-01-01"}),
    ("POST", DOC + "/comments"): candidate({"text": "seen"}, {}),
    ("POST", DOC + "/comments/{comment}"): candidate({"text": "mine"}, {"act": "remove"}, {}),
    ("GET", OWN + "/pages/{page}"): candidate(queries=("", "?small=1")),
    ("GET", OWN + "/files/{upload}"): candidate(),
    ("GET", "/settings"): admins(),
    ("GET", "/settings/recruitment"): admins(),
    ("POST", "/settings/recruitment"): admins(
        {"module_on": "on", "deletion_days": "1", "provider": "{provider}", "confirmed": "1"}
    ),
    ("GET", "/settings/company"): admins(),
    ("POST", "/settings/company"): admins(
        {"name": "Taken over", "provider": "{provider}", "id": "{provider}", "version": "1"}
    ),
    ("GET", "/settings/ecommerce"): admins(),
    ("GET", "/settings/ecommerce/join"): admins(),
    ("GET", "/settings/ecommerce/join/renew"): admins(),
    ("POST", "/settings/ecommerce/join/renew"): admins({"provider": "{provider}"}),
    ("GET", "/settings/operators"): admins(queries=("", "?provider={provider}")),
    ("POST", "/settings/operators"): admins(
        {"name": "X", "email": "{email}", "role": "admin", "password": PASSWORD},
        {"operator": "{operator}", "membership": "{membership}", "provider": "{provider}"},
    ),
    ("POST", "/settings/operators/{operator}"): admins(
        {"role": "reviewer", "suspended": "yes", "membership": "{membership}"},
        {"role": "admin", "provider": "{provider}"},
    ),
    ("GET", "/settings/journal"): admins(queries=("", "?before=999999&provider={provider}")),
    ("GET", "/settings/deletion"): admins(),
    ("POST", "/settings/deletion"): admins({"provider": "{provider}"}),
}


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """Settings of a real installation: no demo."""
    env = {"DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": database, **SECRETS}
    return Settings.from_environment({**env, "TELEGRAM_TOKEN": "424242:" + "A" * 35})


@pytest.fixture
def room(settings: Settings) -> Iterator[Room]:
    """The installation's file room."""
    before = rooms._room
    keys = Keyring(dict(settings.encryption_keys))
    made = Room(settings.storage_url, keys, database.refuse_inside_transaction)
    rooms.use_room(made)
    yield made
    rooms._room = before


@pytest.fixture
async def client(settings: Settings, time: Time, aiohttp_client: Any) -> Client:
    """The web process of a real installation."""
    app = create_app(settings, connects=False, clock=time)
    made: Client = await aiohttp_client(app, cookie_jar=aiohttp.DummyCookieJar())
    return made


async def zebulon(town: Town, room: Room, status: str = "submitted") -> dict[str, str]:
    """A candidate of Douceur & Cie who has everything that can be asked for; the ids."""
    columns: dict[str, Any] = {"email": "zebulon@example.org"}
    if status == "binned":
        columns |= {"former_status": "submitted", "binned_at": NOW}
        columns["erase_at"] = NOW + timedelta(days=7)
    person = await amina_applies(town.douceur, status, "Zebulon Unique", **columns)
    document = await Document.get(candidate_id=person.id, key="diploma")
    pages = await shows_pages(document, room, 1)
    await Upload.filter(version__document_id=document.id).update(name="marqueur.jpg")
    upload = await Upload.get(version__document_id=document.id)
    await writes(person, "marqueur du message")
    odile = Actor(ActorKind.OPERATOR, town.odile.id, town.odile.name)
    about = (person.id, "diploma", "marqueur du commentaire", odile, NOW)
    comment = await comments.add(*about, provider_id=town.douceur.id)
    decision = INVENTED
    if status == "submitted":
        verdict = Verdict(outcome=Outcome.ACCEPT, comment="marqueur", reason="marqueur")
        made = await decisions.decide(
            person.id,
            verdict,
            odile,
            NOW,
            provider_id=town.douceur.id,
            delay=timedelta(minutes=5),
        )
        decision = made.id
    member = await Membership.get(operator_id=town.odile.id)
    return {
        "candidate": person.id,
        "key": "diploma",
        "page": pages[0],
        "upload": upload.id,
        "comment": comment.id,
        "decision": decision,
        "operator": town.odile.id,
        "membership": str(member.id),
        "email": town.odile.email,
        "provider": town.douceur.id,
        "mark": "1.1.to_review.0.",
    }


def nobody(ids: Mapping[str, str]) -> dict[str, str]:
    """The same shape, of somebody who was never there."""
    kept = {"key": ids["key"], "email": "nobody@example.org", "membership": "999999"}
    return {name: kept.get(name, INVENTED) for name in ids}


def filled(text: str, ids: Mapping[str, str]) -> str:
    others = {"token": INVENTED, "slug": "douceur-cie", "bot": INVENTED, "name": "x"}
    others |= {"digest": "x", "colour": "112233"}
    return HALF.sub(lambda match: ({**others, **ids})[match[1]], text)


async def ask(who: Browsing, method: str, path: str, form: Form, ids: Mapping[str, str]) -> Page:
    """One request with these ids; the body may be a picture, so it is read as bytes."""
    headers = who.headers({"Origin": who.origin, "Sec-Fetch-Site": "same-origin"})
    answer = await who.client.request(
        method,
        filled(path, ids),
        data={name: filled(value, ids) for name, value in form.items()} or {"a": "b"}
        if method == "POST"
        else None,
        headers=headers,
        allow_redirects=False,
    )
    return Page(answer, (await answer.read()).decode("utf-8", "replace"))


def plain(page: Page, ids: Mapping[str, str]) -> tuple[int, str, str]:
    """An answer without the ids that were asked for: the address is echoed in forms."""
    text, to = page.text, page.to
    for value in sorted({v for v in ids.values() if len(v) == len(INVENTED)}):
        text, to = text.replace(value, ""), to.replace(value, "")
    return page.status, to, text


def asked(*kinds: str) -> Iterator[tuple[str, str, Form, Route]]:
    """Every address and form of these kinds of routes."""
    for (method, path), route in EXPECTED.items():
        if route.open_to in kinds:
            for query in route.queries:
                for form in route.forms:
                    yield method, path + query, form, route


def tells_nothing(page: Page, where: object) -> None:
    for mark in MARKS:
        assert mark not in page.text, (where, mark)


async def test_every_route_says_who_may_use_it(client: Client) -> None:
    app: web.Application = client.app
    there = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert there == set(EXPECTED)


async def test_strangers_get_the_sign_in_page_and_change_nothing(
    town: Town, browser: Browser, room: Room
) -> None:
    """Anonymous, suspended with an open session, and somebody with an invented cookie."""
    suspended = await an_operator(town.douceur, "Ondine")
    ondine = await browser(suspended)
    await Membership.filter(operator_id=suspended.id).update(suspended_at=NOW)
    invented = await browser()
    invented.cookie = "A" * 43
    cases = [await zebulon(town, room), await zebulon(town, room, "binned")]
    before = await everything()
    for who in (await browser(), ondine, invented):
        for ids in cases:
            for method, path, form, _ in asked("operators", "admins", "candidate"):
                page = await ask(who, method, path, form, ids)
                assert page.status == 303, (method, path)
                assert page.to.startswith("/login"), (method, path)
                tells_nothing(page, (method, path))
    assert await everything() == before


async def test_another_providers_candidate_is_nobody(
    town: Town, browser: Browser, room: Room
) -> None:
    victor = await browser(town.victor)
    before: set[str] = set()
    for ids in (await zebulon(town, room), await zebulon(town, room, "binned")):
        before = await everything()
        for method, path, form, _ in asked("candidate"):
            there = await ask(victor, method, path, form, ids)
            never = await ask(victor, method, path, form, nobody(ids))
            assert there.status == 404, (method, path, form)
            tells_nothing(there, (method, path))
            same = plain(there, ids), plain(never, nobody(ids))
            assert same[0] == same[1], (method, path, form)
    assert await everything() == before


async def test_parts_of_another_candidate_are_not_reached_through_ones_own(
    town: Town, browser: Browser, room: Room
) -> None:
    """Chloé is Victor's; page, file, comment and decision in the address are Zebulon's.

    Nor does Odile reach them through another candidate of her own house.
    """
    ids = await zebulon(town, room)
    chloe = await amina_applies(town.vert, name="Chloé Verte")
    bruno = await amina_applies(town.douceur, name="Bruno Petit")
    for who, own in ((town.victor, chloe), (town.odile, bruno)):
        asker = await browser(who)
        mixed = {**ids, "candidate": own.id, "mark": "x"}
        bare = {**nobody(ids), "candidate": own.id, "mark": "x"}
        before = await everything()
        for method, path, form, _ in asked("candidate"):
            if not any(f"{{{part}}}" in path for part in PARTS):
                continue
            there = await ask(asker, method, path, form, mixed)
            never = await ask(asker, method, path, form, bare)
            assert there.status in (404, 409, 422), (method, path, form)
            tells_nothing(there, (method, path))
            assert plain(there, mixed) == plain(never, bare), (method, path, form)
        assert await everything() == before


async def test_ones_own_pages_and_settings_hold_nothing_of_another_provider(
    town: Town, browser: Browser, room: Room
) -> None:
    """Victor, an administrator, sends Odile's ids with every form of his own."""
    ids = await zebulon(town, room)
    theirs = (ids["candidate"], ids["provider"], ids["operator"], "Zebulon", town.oscar.id)
    before = naming(await everything(), theirs)
    assert before
    for method, path, form, route in asked("operators", "admins"):
        victor = await browser(town.victor)
        page = await ask(victor, method, path, form, ids)
        assert page.status < 500, (method, path)
        tells_nothing(page, (method, path))
        for word in ("Odile", "Oscar", "Douceur"):
            assert word not in page.text, (method, path, word)
        if "{operator}" in path:
            never = await ask(victor, method, path, form, nobody(ids))
            assert page.status == 404
            assert plain(page, ids) == plain(never, nobody(ids)), (method, path, form)
        if not route.own:
            assert naming(await everything(), theirs) == before, (method, path, form)
    assert naming(await everything(), theirs) == before


async def test_a_reviewer_is_refused_every_setting(
    town: Town, browser: Browser, room: Room
) -> None:
    ids = await zebulon(town, room)
    oscar = await browser(town.oscar)
    before = await everything()
    for method, path, form, _ in asked("admins"):
        for whose in (ids, nobody(ids), {**ids, "operator": town.oscar.id}):
            page = await ask(oscar, method, path, form, whose)
            assert page.status == 403, (method, path)
    assert await everything() == before


async def test_public_addresses_and_the_demos_mailbox_tell_nothing(
    town: Town, browser: Browser, room: Room
) -> None:
    ids = await zebulon(town, room)
    before = await everything()
    for who in (await browser(), await browser(town.victor)):
        started = await everything()
        for method, path, form, route in asked("all", "token", "demo"):
            page = await ask(who, method, path, form, ids)
            tells_nothing(page, (method, path))
            if route.open_to == "demo":
                assert page.status == 404, path
            if route.open_to == "token":
                assert page.status == 404, path
        assert await everything() == started
    assert naming(before, (ids["candidate"],)) == naming(await everything(), (ids["candidate"],))


async def test_a_link_of_one_kind_opens_nothing_else(
    town: Town, browser: Browser, room: Room
) -> None:
    """A known token of another kind reads like an invented one."""
    ids = await zebulon(town, room)
    person = await Candidate.get(id=ids["candidate"])
    facts = {"address": address_mark(person.email)}
    anybody = await browser()
    for kind, word in ((TokenKind.KEEP, "activate"), (TokenKind.ACTIVATION, "confirm")):
        token = await issue(
            kind, NOW, provider_id=town.douceur.id, candidate_id=person.id, facts=facts
        )
        before = await everything()
        for method, more in (("GET", ""), ("POST", ""), ("POST", "/again")):
            page = await ask(anybody, method, f"/{word}/{token}{more}", {}, ids)
            assert page.status == 404, (word, method, more)
            tells_nothing(page, word)
        assert await everything() == before


async def test_the_forms_of_these_tests_are_plausible(
    town: Town, browser: Browser, room: Room
) -> None:
    """The same addresses and forms, from their own reviewer: nothing is a 404 or a bug."""
    await Operator.filter(id=town.oscar.id).update(language="en")
    ids = await zebulon(town, room)
    oscar = await browser(town.oscar)
    for method, path, form, _ in asked("candidate"):
        if path.endswith("/erase"):
            continue
        page = await ask(oscar, method, path, form, ids)
        assert page.status in (200, 303, 409, 422), (method, path, form, page.text)
    done = await browser(town.odile)
    gone = await zebulon(town, room, "binned")
    assert (await ask(done, "POST", OWN + "/erase", {}, gone)).to == "/candidates"
    assert not await Candidate.exists(id=gone["candidate"])
