"""Operators: roles, suspension, one's own password; and the word that lets deletion go on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from models.tables import Bot, ClockRun, Membership, Operator, Provider, ProviderEvent
from tests.factories import NOW, PASSWORD
from tests.web.conftest import Browser, Time, Town


async def test_a_new_role_ends_the_session_and_is_journaled(town: Town, browser: Browser) -> None:
    odile, oscar = await browser(town.odile), await browser(town.oscar)
    page = await odile.post(f"/settings/operators/{town.oscar.id}", {"role": "admin"})
    assert page.to == "/settings/operators?done=changed"
    assert (await oscar.get("/")).to == "/login"
    assert (await (await browser(town.oscar)).get("/settings")).status == 200
    line = await ProviderEvent.get(kind="operator_changed")
    assert (line.before["role"], line.after["role"]) == ("reviewer", "admin")


async def test_somebody_is_suspended_and_let_back_in(town: Town, browser: Browser) -> None:
    odile, oscar = await browser(town.odile), await browser(town.oscar)
    address = f"/settings/operators/{town.oscar.id}"
    await odile.post(address, {"role": "reviewer", "suspended": "yes"})
    assert (await oscar.get("/")).to == "/login"
    anybody = await browser()
    login = {"email": town.oscar.email, "password": PASSWORD}
    assert (await anybody.post("/login", login)).status == 422
    await odile.post(address, {"role": "reviewer"})
    assert (await anybody.post("/login", login)).status == 303


async def test_the_last_administrator_stays(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    for form in ({"role": "reviewer"}, {"role": "admin", "suspended": "yes"}):
        page = await odile.post(f"/settings/operators/{town.odile.id}", form)
        assert page.status == 422
    member = await Membership.get(operator_id=town.odile.id)
    assert (member.role, member.suspended_at) == ("admin", None)


async def test_another_providers_operators_do_not_exist(town: Town, browser: Browser) -> None:
    victor = await browser(town.victor)
    foreign = await victor.post(f"/settings/operators/{town.oscar.id}", {"suspended": "yes"})
    invented = await victor.post("/settings/operators/0000000000000000", {"suspended": "yes"})
    assert foreign.status == invented.status == 404
    assert foreign.text.replace(town.oscar.id, "") == invented.text.replace("0" * 16, "")
    assert (await Membership.get(operator_id=town.oscar.id)).suspended_at is None


async def test_one_changes_ones_own_password(town: Town, browser: Browser) -> None:
    oscar, elsewhere = await browser(town.oscar), await browser(town.oscar)
    new = "encore une phrase à moi"
    wrong = await oscar.post("/account", {"old": "not this one", "new": new})
    assert (wrong.status, 'id="old-error"' in wrong.text) == (422, True)
    short = await oscar.post("/account", {"old": PASSWORD, "new": "court"})
    assert (short.status, 'id="new-error"' in short.text) == (422, True)
    assert (await oscar.post("/account", {"old": PASSWORD, "new": new})).to == "/account?changed=1"
    assert (await elsewhere.get("/")).to == "/login"
    anybody = await browser()
    login = {"email": town.oscar.email, "password": new}
    assert (await anybody.post("/login", login)).status == 303


async def test_ones_password_is_not_guessed_through_an_open_session(
    town: Town, browser: Browser, time: Time
) -> None:
    """Whoever sits down at an open browser has a few tries, like at the door."""
    oscar = await browser(town.oscar)
    new = "encore une phrase à moi"
    for number in range(5):
        page = await oscar.post("/account", {"old": f"guess {number}", "new": new})
        assert page.status == 422
    right = {"old": PASSWORD, "new": new}
    blocked = await oscar.post("/account", right)
    assert (blocked.status, "15 min" in blocked.text) == (429, True)
    time.now += timedelta(minutes=15)
    assert (await oscar.post("/account", right)).to == "/account?changed=1"


async def test_a_stopped_deletion_asks_the_administrators(town: Town, browser: Browser) -> None:
    await Operator.all().update(language="en")
    await Provider.filter(id=town.douceur.id).update(clock_waits_for="brake")
    await ClockRun.create(
        provider_id=town.douceur.id,
        local_date=date(2026, 3, 2),
        started_at=NOW,
        finished_at=NOW,
        braked=True,
        to_delete=31,
    )
    odile, oscar = await browser(town.odile), await browser(town.oscar)
    assert "waits for an administrator" in (await oscar.get("/")).text
    assert 'href="/settings/deletion"' not in (await oscar.get("/")).text
    assert 'href="/settings/deletion"' in (await odile.get("/candidates")).text
    assert "Delete these 31 files" in (await odile.get("/settings/deletion")).text
    assert (await odile.post("/settings/deletion")).status == 303
    row = await Provider.get(id=town.douceur.id)
    assert row.clock_waits_for is None
    assert (await ClockRun.get(provider_id=row.id)).released_at is not None
    assert (await odile.post("/settings/deletion")).status == 303, "twice does nothing more"
    assert await ProviderEvent.filter(kind="clock_released").count() == 1


async def test_after_a_restore_the_days_count_from_the_word(town: Town, browser: Browser) -> None:
    await Provider.filter(id=town.douceur.id).update(
        clock_waits_for="restore", counting_since=None
    )
    odile = await browser(town.odile)
    assert (await odile.get("/settings/deletion")).status == 200
    await odile.post("/settings/deletion")
    now_is = await Provider.get(id=town.douceur.id)
    assert (now_is.clock_waits_for, now_is.counting_since) == (None, NOW)


@pytest.mark.parametrize("own", [True, False])
async def test_a_refused_bot_is_told_on_every_page(
    town: Town, browser: Browser, own: bool
) -> None:
    await Operator.all().update(language="en")
    bot = await Bot.get(username="antichambre_bot")
    bot.disconnected_at = NOW
    if own:
        bot.provider_id, bot.token = town.douceur.id, "sealed"
    await bot.save()
    words = "Telegram refuses your own bot" if own else "Telegram refuses the bot"
    assert words in (await (await browser(town.odile)).get("/candidates")).text
    assert (words in (await (await browser(town.victor)).get("/")).text) is not own
