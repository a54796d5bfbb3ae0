"""A forgotten password: the same answer to everybody, a mail to whom it concerns, one use."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from actions.resets import ask_reset
from models.tables import Membership, Notice, Operator, ProviderEvent, Session, Token
from settings.reading import Settings
from tests.factories import NOW, PASSWORD
from tests.web.conftest import Browser, Browsing, Client, Page, Time, Town
from tests.web.post import PostOffice, path_of
from tests.web.rows import everything
from tests.web.test_second_factor import sets_up
from webhooks import afterwards
from webhooks.app import create_app
from webhooks.keys import AFTERWARDS

NEW = "encore une phrase à moi"


async def asks(browser: Browser, email: str, **headers: str) -> Page:
    return await (await browser()).post("/forgotten", {"email": email}, **headers)


async def test_a_new_password_is_chosen_by_the_mailed_link(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    elsewhere = await browser(town.odile)
    assert (await asks(browser, f" {town.odile.email.upper()} ")).to == "/forgotten?sent=1"
    path = await post.link(town.odile.email, "reset")
    anybody = await browser()
    assert 'autocomplete="new-password"' in (await anybody.get(path)).text
    short = await anybody.post(path, {"password": "court"})
    assert (short.status, 'id="password-error"' in short.text) == (422, True)
    done = await anybody.post(path, {"password": NEW})
    assert (done.to, "session" in done.answer.cookies) == ("/login?changed=1", False)
    assert (await elsewhere.get("/")).to == "/login", "every session ends"
    login = {"email": town.odile.email, "password": NEW}
    assert (await anybody.post("/login", login)).status == 303
    kinds = await ProviderEvent.filter(actor_id=town.odile.id).values_list("kind", flat=True)
    assert {"password_reset_asked", "password_changed"} <= set(kinds)


async def test_a_link_works_once_and_takes_its_brothers_along(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    for _ in range(2):
        await asks(browser, town.odile.email)
        await post.deliver()
    mails = post.mailbox.for_(town.odile.email)
    first, second = (path_of(one, "reset", post.settings.public_url) for one in mails)
    anybody = await browser()
    assert (await anybody.post(second, {"password": NEW})).status == 303
    for path, status in ((second, 410), (first, 404)):
        assert (await anybody.get(path)).status == status
        page = await anybody.post(path, {"password": "une phrase de voleur"})
        assert page.status == status
    login = {"email": town.odile.email, "password": NEW}
    assert (await anybody.post("/login", login)).status == 303


async def test_a_link_lasts_an_hour(
    town: Town, browser: Browser, post: PostOffice, time: Time
) -> None:
    await asks(browser, town.odile.email)
    path = await post.link(town.odile.email, "reset")
    anybody = await browser()
    time.now += timedelta(minutes=59)
    assert (await anybody.get(path)).status == 200
    time.now += timedelta(minutes=1)
    late = await anybody.post(path, {"password": NEW})
    assert (late.status, 'href="/forgotten"' in late.text) == (410, True)
    assert town.odile.email not in late.text
    login = {"email": town.odile.email, "password": PASSWORD}
    assert (await anybody.post("/login", login)).status == 303


async def test_a_changed_password_kills_the_links(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await asks(browser, town.odile.email)
    path = await post.link(town.odile.email, "reset")
    odile = await browser(town.odile)
    await odile.post("/account", {"old": PASSWORD, "new": NEW})
    page = await (await browser()).post(path, {"password": "une phrase de voleur"})
    assert page.status == 404


async def test_the_code_at_sign_in_stays(
    town: Town, browser: Browser, post: PostOffice, time: Time
) -> None:
    app, _ = await sets_up(await browser(town.odile), time)
    await asks(browser, town.odile.email)
    path = await post.link(town.odile.email, "reset")
    anybody = await browser()
    await anybody.post(path, {"password": NEW})
    page = await anybody.post("/login", {"email": town.odile.email, "password": NEW})
    assert page.to.startswith("/login/code")
    time.now += timedelta(seconds=30)
    anybody.cookie = f"; step={page.answer.cookies['step'].value}"
    assert (await anybody.post("/login/code", {"code": app.at(time.now)})).status == 303


async def test_known_and_unknown_addresses_read_the_same(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    await Membership.filter(operator_id=town.oscar.id).update(suspended_at=post.time())
    seen = set()
    for email in (town.odile.email, town.oscar.email, "nobody@example.org", "nonsense", ""):
        page = await asks(browser, email)
        seen.add((page.status, page.to, page.text, page.answer.headers.get("Set-Cookie")))
        await post.deliver()
    assert len(seen) == 1
    assert {to for letter in post.mailbox.messages for to in letter.recipients} == {
        town.odile.email
    }


async def test_nothing_is_done_before_the_answer_has_left(
    town: Town, browser: Browser, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever takes its time for a known address happens afterwards: here the longest while."""
    monkeypatch.setattr(afterwards, "LONGEST_WAIT", 4.0)
    monkeypatch.setattr(afterwards.secrets, "randbelow", lambda most: most - 1)
    before = await everything()
    await asks(browser, town.odile.email)
    assert await everything() == before
    await client.app[AFTERWARDS].settled()
    assert await Notice.filter(kind="password_reset", operator_id=town.odile.id).count() == 1


async def test_a_stranger_leaves_no_trace(town: Town, browser: Browser, client: Client) -> None:
    before = await everything()
    await asks(browser, "nobody@example.org")
    await client.app[AFTERWARDS].settled()
    assert await everything() == before


async def test_three_mails_a_day_reach_one_account_whoever_asks(
    town: Town, browser: Browser, post: PostOffice, time: Time
) -> None:
    for _ in range(5):
        page = await asks(browser, town.odile.email)
        assert page.to == "/forgotten?sent=1"
        await post.deliver()
        time.now += timedelta(minutes=20)
    assert len(post.mailbox.for_(town.odile.email)) == 3
    time.now += timedelta(days=1)
    await asks(browser, town.odile.email)
    await post.deliver()
    assert len(post.mailbox.for_(town.odile.email)) == 4


async def test_asking_is_throttled_whatever_the_address_claims(
    town: Town, browser: Browser, time: Time
) -> None:
    """The same for a known and for an unknown address."""
    for email in (town.odile.email, "nobody@example.org"):
        for number in range(5):
            page = await asks(browser, email, **{"X-Forwarded-For": f"203.0.113.{number}"})
            assert page.status == 303
        assert (await asks(browser, email)).status == 429
    for number in range(10):
        assert (await asks(browser, f"p{number}@example.org")).status == 303
    assert (await asks(browser, "one-more@example.org")).status == 429, "many accounts, one place"
    time.now += timedelta(minutes=15)
    assert (await asks(browser, town.odile.email)).status == 303


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host", "Forwarded"])
async def test_no_header_bends_the_link(
    town: Town, browser: Browser, post: PostOffice, name: str
) -> None:
    value = "host=evil.example" if name == "Forwarded" else "evil.example"
    page = await asks(browser, town.odile.email, **{name: value})
    if name == "Host":
        assert page.status in {400, 421}
        await asks(browser, town.odile.email)
    letter = await post.newest(town.odile.email)
    assert "evil" not in letter.message.as_string()
    path_of(letter, "reset", post.settings.public_url)


async def test_looking_at_the_link_changes_nothing(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    """Mail scanners follow links."""
    await asks(browser, town.odile.email)
    path = await post.link(town.odile.email, "reset")
    before = await everything()
    for _ in range(3):
        assert (await (await browser()).get(path)).status == 200
    assert await everything() == before


async def test_a_link_of_another_kind_resets_nothing(
    town: Town, browser: Browser, post: PostOffice
) -> None:
    form = {"name": "Paula", "email": "paula@example.org", "role": "admin"}
    await (await browser(town.odile)).post("/settings/operators", form)
    path = await post.link("paula@example.org", "invited")
    token = path.rsplit("/", 1)[1]
    page = await (await browser()).post(f"/reset/{token}", {"password": NEW})
    assert page.status == 404
    await asks(browser, town.odile.email)
    other = (await post.link(town.odile.email, "reset")).rsplit("/", 1)[1]
    chosen = {"name": "P", "password": NEW}
    assert (await (await browser()).post(f"/invited/{other}", chosen)).status == 404
    assert await Operator.all().count() == 3


async def test_no_mail_leaves_too_late(
    town: Town, browser: Browser, post: PostOffice, client: Client, time: Time
) -> None:
    await asks(browser, town.odile.email)
    await client.app[AFTERWARDS].settled()
    time.now += timedelta(hours=1)
    await post.deliver()
    assert post.mailbox.messages == []
    assert (await Notice.get(kind="password_reset")).state == "void"
    assert not await Session.exists()
    assert await Token.filter(kind="reset").count() == 1


async def test_asking_ten_times_at_once_sends_three_mails(
    town: Town, post: PostOffice, time: Time
) -> None:
    await asyncio.gather(*(ask_reset(town.odile.email, time.now) for _ in range(10)))
    await post.deliver()
    assert len(post.mailbox.for_(town.odile.email)) == 3


async def test_without_a_mail_server_the_pages_say_so(
    town: Town, real_settings: Settings, aiohttp_client: Any, browser: Browser
) -> None:
    made = await aiohttp_client(create_app(real_settings, connects=False, clock=lambda: NOW))
    odile = Browsing(made, (await browser(town.odile)).cookie)
    await Operator.all().update(language="en")
    for path in ("/forgotten", "/settings/operators"):
        page = await odile.get(path)
        assert "cannot send mails yet" in page.text, path
    assert 'name="email"' not in (await odile.get("/forgotten")).text
