"""Foreign forms change no row; looking changes nothing but the marks of looking."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.tables import Candidate, Operator
from store.room import Room
from tests.web.conftest import Browser, Time, Town
from tests.web.every_route import OWN, TABS, ask, asked, zebulon
from tests.web.rows import everything
from tests.web.test_access import FOREIGN, foreign_status
from tests.web.test_pages import PAGES

EVERYBODY = ("all", "token", "operators", "admins", "candidate")


@pytest.mark.parametrize("headers", FOREIGN, ids=lambda one: ",".join(map(str, one.values())))
async def test_foreign_forms_change_no_row(
    town: Town, browser: Browser, room: Room, headers: dict[str, str | None]
) -> None:
    """Plausible forms, real ids, Odile's own cookie: only where they come from is wrong."""
    ids = await zebulon(town, room)
    odile = await browser(town.odile)
    before = await everything()
    for method, path, form, _ in asked(*EVERYBODY):
        if method == "POST" and not path.startswith("/telegram/"):
            page = await ask(odile, method, path, form, ids, headers)
            assert page.status == foreign_status(path, headers), (method, path)
    assert await everything() == before


async def test_looking_leaves_only_marks_of_looking(
    town: Town, browser: Browser, room: Room, time: Time
) -> None:
    """Session last-seen, the read mark of messages, and a line for a sensitive document."""
    ids = await zebulon(town, room)
    odile = await browser(town.odile)
    time.now += timedelta(hours=1)
    before = await everything()
    (was,) = await Candidate.filter(id=ids["candidate"]).values()
    looked = [OWN + tab for tab in TABS]
    looked += [path for method, path, _, _ in asked(*EVERYBODY) if method == "GET"]
    for path in (*looked, *PAGES):
        await ask(odile, "GET", path, {}, ids)
    changed = {row.split(" ", 1)[0] for row in await everything() ^ before}
    assert changed == {"session", "candidate"}
    (after,) = await Candidate.filter(id=ids["candidate"]).values()
    assert {name for name in was if was[name] != after[name]} == {"operator_seen_at"}


async def test_anonymous_and_foreign_looks_leave_nothing(
    town: Town, browser: Browser, room: Room, time: Time
) -> None:
    ids = await zebulon(town, room)
    await Operator.filter(id=town.odile.id).update(language="en")
    odile, anybody = await browser(town.odile), await browser()
    time.now += timedelta(hours=1)
    before = await everything()
    for method, path, form, _ in asked(*EVERYBODY):
        if method == "GET":
            await ask(anybody, method, path, form, ids)
            await ask(odile, method, path, form, ids, {"Sec-Fetch-Site": "cross-site"})
    assert await everything() == before
