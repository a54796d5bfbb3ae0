"""Nobody sees, learns or touches what is another provider's: every route, everybody, real ids."""

from __future__ import annotations

import pytest
from aiohttp import web

from actions.tokens import TokenKind, address_mark, issue
from models.tables import Candidate, Membership, Operator
from settings.reading import Settings
from store.room import Room
from tests.factories import NOW, an_operator
from tests.web.conftest import Browser, Client, Town
from tests.web.every_route import (
    EXPECTED,
    OWN,
    PARTS,
    ask,
    asked,
    nobody,
    plain,
    tells_nothing,
    zebulon,
)
from tests.web.people import amina_applies
from tests.web.rows import everything, naming


@pytest.fixture
def settings(real_settings: Settings) -> Settings:
    """No demo."""
    return real_settings


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
        if "{operator}" in path or "{notice}" in path:
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
