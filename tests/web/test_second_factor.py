"""The code at sign-in: set up, asked, used once, lost, switched off; and guessed at."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from html import unescape

import pyotp
import pytest

from actions import sessions
from actions.second_factor import CODES, GROUPS
from actions.tokens import TokenKind
from models.tables import Operator, ProviderEvent, RecoveryCode, Session, Token
from tests.factories import PASSWORD
from tests.web.conftest import Browser, Browsing, Page, Time, Town
from tests.web.post import PostOffice
from tests.web.rows import everything, naming

CODE = re.compile(r"<code>([a-z0-9-]+)</code>")


async def sets_up(who: Browsing, time: Time, password: str = PASSWORD) -> tuple[pyotp.TOTP, Page]:
    """Reads the form as an app and its owner do, and sends the code it shows now."""
    form = (await who.get("/account/codes")).text
    sealed = unescape(re.search(r'name="setup" value="([^"]+)"', form)[1])  # type: ignore[index]  # it is there
    key = re.search(r'class="code-block">([A-Z2-7 ]+)<', form)[1]  # type: ignore[index]  # it is there
    app = pyotp.TOTP(key.replace(" ", ""))
    sent = {"setup": sealed, "code": app.at(time.now), "password": password}
    return app, await who.post("/account/codes", sent)


async def knocks(browser: Browser, who: Operator, next_path: str = "/") -> Browsing:
    """Gives the right password; the browser is left at the second door."""
    anybody = await browser()
    form = {"email": who.email, "password": PASSWORD, "next": next_path}
    page = await anybody.post("/login", form)
    assert page.to.startswith("/login/code"), page.to
    assert "session" not in page.answer.cookies
    cookie = page.answer.cookies["step"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    anybody.cookie = f"; step={cookie.value}"
    return anybody


async def test_it_is_set_up_and_then_asked_at_every_sign_in(
    town: Town, browser: Browser, time: Time
) -> None:
    app, page = await sets_up(await browser(town.odile), time)
    assert len(CODE.findall(page.text)) == CODES
    time.now += timedelta(seconds=30)
    odile = await knocks(browser, town.odile, "/candidates")
    assert (await odile.get("/")).to == "/login", "half way is nowhere"
    assert 'autocomplete="one-time-code"' in (await odile.get("/login/code")).text
    form = {"code": app.at(time.now), "next": "/candidates"}
    inside = await odile.post("/login/code", form)
    assert (inside.status, inside.to) == (303, "/candidates")
    odile.cookie = inside.answer.cookies["session"].value
    assert (await odile.get("/candidates")).status == 200
    assert not await Token.exists(kind=TokenKind.STEP)


async def test_the_secret_and_the_codes_are_nowhere_to_be_read(
    town: Town, browser: Browser, time: Time
) -> None:
    app, page = await sets_up(await browser(town.odile), time)
    codes = CODE.findall(page.text)
    assert not naming(await everything(), [app.secret, *codes])
    assert app.secret not in (await (await browser(town.odile)).get("/account/codes")).text


async def test_a_code_works_once(town: Town, browser: Browser, time: Time) -> None:
    app, _ = await sets_up(await browser(town.odile), time)
    setup_code = app.at(time.now)
    first, second = await knocks(browser, town.odile), await knocks(browser, town.odile)
    assert (await first.post("/login/code", {"code": setup_code})).status == 422, "used to set up"
    time.now += timedelta(seconds=30)
    code = {"code": app.at(time.now)}
    assert (await first.post("/login/code", code)).status == 303
    assert (await second.post("/login/code", code)).status == 422
    assert (await first.post("/login/code", code)).status == 422, "nor through the same door"


@pytest.mark.parametrize(
    ("seconds", "right"), [(-60, False), (-30, True), (30, True), (60, False)]
)
async def test_clocks_may_differ_by_one_step(
    town: Town, browser: Browser, time: Time, seconds: int, right: bool
) -> None:
    app, _ = await sets_up(await browser(town.odile), time)
    time.now += timedelta(minutes=5)
    odile = await knocks(browser, town.odile)
    page = await odile.post("/login/code", {"code": app.at(time.now + timedelta(seconds=seconds))})
    assert page.status == (303 if right else 422)


async def test_an_older_code_is_dead_once_a_newer_one_was_used(
    town: Town, browser: Browser, time: Time
) -> None:
    app, _ = await sets_up(await browser(town.odile), time)
    time.now += timedelta(minutes=5)
    one, other = await knocks(browser, town.odile), await knocks(browser, town.odile)
    older, newer = (app.at(time.now + timedelta(seconds=shift)) for shift in (0, 30))
    assert (await one.post("/login/code", {"code": newer})).status == 303
    assert (await other.post("/login/code", {"code": older})).status == 422


async def test_each_recovery_code_lets_one_in_once(
    town: Town, browser: Browser, time: Time
) -> None:
    _, page = await sets_up(await browser(town.odile), time)
    codes = CODE.findall(page.text)
    assert all(len(code.split("-")) == GROUPS for code in codes)
    typed = codes[0].upper().replace("-", " ")
    odile = await knocks(browser, town.odile)
    assert (await odile.post("/login/code", {"code": typed})).status == 303
    again = await knocks(browser, town.odile)
    assert (await again.post("/login/code", {"code": codes[0]})).status == 422
    assert (await again.post("/login/code", {"code": codes[1]})).status == 303
    assert await RecoveryCode.filter(used_at=None).count() == CODES - 2
    assert await ProviderEvent.filter(kind="recovery_code_used").count() == 2


async def test_another_persons_recovery_code_opens_nothing(
    town: Town, browser: Browser, time: Time
) -> None:
    await sets_up(await browser(town.odile), time)
    _, page = await sets_up(await browser(town.victor), time)
    odile = await knocks(browser, town.odile)
    theirs = CODE.findall(page.text)[0]
    assert (await odile.post("/login/code", {"code": theirs})).status == 422


async def test_setting_up_needs_the_password_and_a_right_code(
    town: Town, browser: Browser, time: Time
) -> None:
    odile = await browser(town.odile)
    _, refused = await sets_up(odile, time, "not this one")
    assert (refused.status, 'id="password-error"' in refused.text) == (422, True)
    form = await odile.get("/account/codes")
    sealed = unescape(re.search(r'name="setup" value="([^"]+)"', form.text)[1])  # type: ignore[index]  # it is there
    wrong = {"setup": sealed, "code": "12345", "password": PASSWORD}
    page = await odile.post("/account/codes", wrong)
    assert (page.status, 'id="code-error"' in page.text) == (422, True)
    assert re.search(r'class="code-block">([A-Z2-7 ]+)<', page.text)[1] in form.text, "same secret"  # type: ignore[index]  # it is there
    assert not (await Operator.get(id=town.odile.id)).totp_secret


async def test_another_persons_form_sets_nothing_up(
    town: Town, browser: Browser, time: Time
) -> None:
    """Whoever slips their own secret under somebody's form would know all their codes."""
    victor, odile = await browser(town.victor), await browser(town.odile)
    text = (await victor.get("/account/codes")).text
    sealed = unescape(re.search(r'name="setup" value="([^"]+)"', text)[1])  # type: ignore[index]  # it is there
    key = re.search(r'class="code-block">([A-Z2-7 ]+)<', text)[1].replace(" ", "")  # type: ignore[index]  # it is there
    code = pyotp.TOTP(key).at(time.now)
    form = {"setup": sealed, "code": code, "password": PASSWORD}
    assert (await odile.post("/account/codes", form)).status == 422
    assert not (await Operator.get(id=town.odile.id)).totp_secret


async def test_it_is_switched_off_with_password_and_code_only(
    town: Town, browser: Browser, time: Time
) -> None:
    odile = await browser(town.odile)
    app, _ = await sets_up(odile, time)
    time.now += timedelta(seconds=30)
    code = app.at(time.now)
    for password, typed, field in ((PASSWORD, "000", "off_code"), ("no", code, "off_password")):
        form = {"off_password": password, "off_code": typed}
        page = await odile.post("/account/codes/off", form)
        assert (page.status, f'id="{field}-error"' in page.text) == (422, True)
    done = await odile.post("/account/codes/off", {"off_password": PASSWORD, "off_code": code})
    assert done.to == "/account?codes=off"
    row = await Operator.get(id=town.odile.id)
    assert (row.totp_secret, row.totp_last_used) == (None, None)
    assert not await RecoveryCode.exists()
    anybody = await browser()
    page = await anybody.post("/login", {"email": town.odile.email, "password": PASSWORD})
    assert page.to == "/"


async def test_new_recovery_codes_kill_the_old_ones(
    town: Town, browser: Browser, time: Time
) -> None:
    odile = await browser(town.odile)
    app, page = await sets_up(odile, time)
    old = CODE.findall(page.text)
    time.now += timedelta(seconds=30)
    form = {"password": PASSWORD, "code": app.at(time.now)}
    renewed = await odile.post("/account/codes/recovery", form)
    new = CODE.findall(renewed.text)
    assert (len(new), set(new) & set(old)) == (CODES, set())
    again = await odile.post("/account/codes/recovery", form)
    assert (again.status, CODE.findall(again.text)) == (422, []), "a reload shows none"
    door = await knocks(browser, town.odile)
    assert (await door.post("/login/code", {"code": old[0]})).status == 422
    assert (await door.post("/login/code", {"code": new[0]})).status == 303


async def test_guessing_codes_is_stopped_whatever_the_address_claims(
    town: Town, browser: Browser, time: Time
) -> None:
    app, _ = await sets_up(await browser(town.odile), time)
    time.now += timedelta(minutes=1)
    for number in range(5):
        thief = await knocks(browser, town.odile)
        spoofed = {"X-Forwarded-For": f"203.0.113.{number}"}
        wrong = "000000" if app.at(time.now) != "000000" else "000001"
        assert (await thief.post("/login/code", {"code": wrong}, **spoofed)).status == 422
    right = {"code": app.at(time.now)}
    blocked = await (await knocks(browser, town.odile)).post("/login/code", right)
    assert (blocked.status, "15 min" in blocked.text) == (429, True)
    assert await ProviderEvent.filter(kind="sign_in_failed").count() == 5
    time.now += timedelta(minutes=15)
    late = await knocks(browser, town.odile)
    assert (await late.post("/login/code", {"code": app.at(time.now)})).status == 303


async def test_the_second_door_closes_after_ten_minutes(
    town: Town, browser: Browser, time: Time
) -> None:
    app, _ = await sets_up(await browser(town.odile), time)
    odile = await knocks(browser, town.odile)
    time.now += timedelta(minutes=10)
    assert (await odile.get("/login/code")).to == "/login"
    late = await odile.post("/login/code", {"code": app.at(time.now)})
    assert (late.status, "session" in late.answer.cookies) == (422, False)


async def test_the_second_door_closes_when_the_password_changes(
    town: Town, browser: Browser, time: Time
) -> None:
    here = await browser(town.odile)
    app, _ = await sets_up(here, time)
    thief = await knocks(browser, town.odile)
    await here.post("/account", {"old": PASSWORD, "new": "encore une phrase à moi"})
    time.now += timedelta(seconds=30)
    page = await thief.post("/login/code", {"code": app.at(time.now)})
    assert (page.status, "session" in page.answer.cookies) == (422, False)


@pytest.mark.parametrize("step", ["", "invented", "é", "A" * 5000])
async def test_an_invented_door_leads_nowhere(town: Town, browser: Browser, step: str) -> None:
    anybody = await browser()
    anybody.cookie = f"; step={step}"
    assert (await anybody.get("/login/code")).to == "/login"
    assert (await anybody.post("/login/code", {"code": "123456"})).status == 422
    assert not await Session.exists()


@pytest.mark.parametrize("wanted", ["//evil.example", "/\\evil.example", "https://evil.example"])
async def test_the_second_door_leads_to_no_other_site(
    town: Town, browser: Browser, time: Time, wanted: str
) -> None:
    app, _ = await sets_up(await browser(town.odile), time)
    time.now += timedelta(seconds=30)
    odile = await knocks(browser, town.odile, wanted)
    assert "evil" not in (await odile.get(f"/login/code?next={wanted}")).text
    page = await odile.post("/login/code", {"code": app.at(time.now), "next": wanted})
    assert (page.status, page.to) == (303, "/")


async def test_an_invitation_asks_for_the_code_too(
    town: Town, browser: Browser, time: Time, post: PostOffice
) -> None:
    app, _ = await sets_up(await browser(town.victor), time)
    form = {"name": "Victor", "email": town.victor.email, "role": "reviewer"}
    await (await browser(town.odile)).post("/settings/operators", form)
    path = await post.link(town.victor.email, "invited")
    anybody = await browser()
    assert 'autocomplete="one-time-code"' in (await anybody.get(path)).text
    time.now += timedelta(seconds=30)
    without = await anybody.post(path, {"password": PASSWORD})
    assert (without.status, 'id="code-error"' in without.text) == (422, True)
    both = {"password": PASSWORD, "code": app.at(time.now)}
    assert (await anybody.post(path, both)).to == "/"


async def test_no_administrator_switches_a_colleagues_code_off(
    town: Town, browser: Browser, time: Time
) -> None:
    await sets_up(await browser(town.oscar), time)
    odile = await browser(town.odile)
    await odile.post("/account/codes/off", {"operator": town.oscar.id, "off_password": PASSWORD})
    assert (await Operator.get(id=town.oscar.id)).totp_secret


async def test_one_code_at_ten_doors_at_once_opens_one(
    town: Town, browser: Browser, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = await sets_up(await browser(town.odile), time)
    time.now += timedelta(seconds=30)
    doors = [await knocks(browser, town.odile) for _ in range(10)]
    monkeypatch.setattr(sessions, "code_limits", lambda *_: ())
    code = {"code": app.at(time.now)}
    pages = await asyncio.gather(*(door.post("/login/code", code) for door in doors))
    assert sorted(page.status for page in pages) == [303] + [422] * 9
