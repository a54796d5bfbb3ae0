"""One's own sessions: listed, ended one by one or all together; and what never crosses over."""

from __future__ import annotations

import re
from datetime import timedelta

from models.tables import Membership, ProviderEvent, Session
from tests.factories import NOW, PASSWORD, a_candidate
from tests.web.conftest import Browser, Browsing, Time, Town

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
)
END = re.compile(r'action="(/account/sessions/[0-9a-f]{16})"')


async def signs_in(browser: Browser, email: str, agent: str) -> Browsing:
    made = await browser()
    form = {"email": email, "password": PASSWORD}
    page = await made.post("/login", form, **{"User-Agent": agent})
    made.cookie = page.answer.cookies["session"].value
    return made


async def test_they_are_listed_by_browser(town: Town, browser: Browser) -> None:
    here = await signs_in(browser, town.odile.email, FIREFOX)
    await signs_in(browser, town.odile.email, IPHONE)
    await signs_in(browser, town.odile.email, "")
    await signs_in(browser, town.oscar.email, "Secret Browser")
    text = (await here.get("/account")).text
    assert "Firefox – Windows" in text
    assert "Safari – iPhone" in text
    assert "Navigateur inconnu" in text
    assert len(END.findall(text)) == 2, "this one is ended by signing out"
    assert await Session.filter(operator_id=town.odile.id).count() == 3


async def test_one_is_ended(town: Town, browser: Browser) -> None:
    here = await signs_in(browser, town.odile.email, FIREFOX)
    phone = await signs_in(browser, town.odile.email, IPHONE)
    (address,) = END.findall((await here.get("/account")).text)
    assert (await here.post(address)).to == "/account?ended=1"
    assert (await phone.get("/")).to == "/login"
    assert (await here.get("/")).status == 200
    assert (await here.post(address)).to == "/account", "twice does nothing more"


async def test_nobody_ends_somebody_elses(town: Town, browser: Browser) -> None:
    oscar = await browser(town.oscar)
    session = await Session.get(operator_id=town.oscar.id)
    odile = await browser(town.odile)
    for mark in (session.id[:16], session.id[:1], "0" * 16):
        assert (await odile.post(f"/account/sessions/{mark}")).to == "/account"
    assert (await oscar.get("/")).status == 200


async def test_signing_out_everywhere(town: Town, browser: Browser) -> None:
    here, phone = await browser(town.odile), await browser(town.odile)
    page = await here.post("/account/sessions")
    assert page.to == "/login?everywhere=1"
    assert page.answer.cookies["session"].value == ""
    for one in (here, phone):
        assert (await one.get("/")).to == "/login"
    assert await ProviderEvent.exists(kind="sessions_ended", actor_id=town.odile.id)


async def test_a_new_password_ends_the_others_and_renews_this_one(
    town: Town, browser: Browser
) -> None:
    here, phone = await browser(town.odile), await browser(town.odile)
    old = here.cookie
    new = {"old": PASSWORD, "new": "encore une phrase à moi"}
    page = await here.post("/account", new)
    assert page.to == "/account?changed=1"
    here.cookie = page.answer.cookies["session"].value
    assert (await here.get("/account")).status == 200
    assert (await phone.get("/")).to == "/login"
    thief = await browser()
    thief.cookie = old
    assert (await thief.get("/")).to == "/login", "the old id of this very browser is dead"


async def test_a_session_shows_one_company_at_a_time(
    town: Town, browser: Browser, time: Time
) -> None:
    await Membership.create(
        provider_id=town.vert.id, operator_id=town.odile.id, role="reviewer", created_at=NOW
    )
    mine = await a_candidate(town.douceur, "Amina Benali", "submitted")
    theirs = await a_candidate(town.vert, "Chloé Martin", "submitted")
    odile = await browser(town.odile)
    for shown, other, company in ((mine, theirs, town.vert), (theirs, mine, town.douceur)):
        for path in ("/", "/candidates", "/candidates?turn=operator"):
            text = (await odile.get(path)).text
            assert shown.first_name in text, path
            assert other.first_name not in text, path
        assert (await odile.get(f"/candidates/{other.id}")).status == 404
        await odile.post("/provider", {"provider": company.id})
    await odile.post("/provider", {"provider": town.vert.id})
    assert (await odile.get("/settings/operators")).status == 403, "a reviewer there"


async def test_suspended_in_one_company_one_stays_in_the_other(
    town: Town, browser: Browser
) -> None:
    await Membership.create(
        provider_id=town.vert.id, operator_id=town.oscar.id, role="reviewer", created_at=NOW
    )
    here, there = await browser(town.oscar), await browser(town.oscar)
    await there.post("/provider", {"provider": town.vert.id})
    odile = await browser(town.odile)
    form = {"role": "reviewer", "suspended": "yes"}
    await odile.post(f"/settings/operators/{town.oscar.id}", form)
    assert (await here.get("/")).to == "/login"
    home = await there.get("/")
    assert (home.status, "Douceur" in home.text) == (200, False)


async def test_a_session_that_is_over_is_not_listed(
    town: Town, browser: Browser, time: Time
) -> None:
    await browser(town.odile)
    time.now += timedelta(days=8)
    here = await browser(town.odile)
    assert END.findall((await here.get("/account")).text) == []
