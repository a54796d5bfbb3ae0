"""What a switch would do is shown before it is saved: the module, sign-ups, deletion."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.tables import Operator, Provider
from tests.factories import NOW, a_candidate
from tests.web.conftest import Browser, Town
from tests.web.test_settings import now_is, send


@pytest.fixture(autouse=True)
async def english(town: Town) -> None:
    await Operator.all().update(language="en")


async def test_switching_off_names_whose_space_opens(town: Town, browser: Browser) -> None:
    await a_candidate(town.douceur, "Amina Benali")
    await a_candidate(town.douceur, "Bruno Koffi", "submitted")
    await a_candidate(town.douceur, "Fatou Diop", "accepted")
    await a_candidate(town.vert, "Chloé Martin")
    page = await send(await browser(town.odile), module_on=None)
    assert "2 people who are not accepted yet get the open space at once" in page.text
    assert "Amina Benali, Bruno Koffi" in page.text
    assert "Chloé" not in page.text
    assert (await now_is(town)).module_on, "nothing is saved yet"


async def test_closing_sign_ups_shows_what_new_people_read(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    changes = {"signups_open": None}
    usual = await send(odile, **changes)
    assert "Sign-ups are closed" in usual.text
    assert "Come back later" in usual.text
    own = await send(odile, **changes, closed_fr="Complet <b>jusqu’à Pâques.")
    assert "Complet &lt;b&gt;jusqu’à Pâques." in own.text
    assert (await now_is(town)).signups_open


@pytest.mark.parametrize(("people", "stops"), [(20, False), (21, True)])
async def test_a_deletion_that_would_be_stopped_is_said(
    town: Town, browser: Browser, people: int, stops: bool
) -> None:
    long_ago = NOW - timedelta(days=200)
    await Provider.filter(id=town.douceur.id).update(counting_since=long_ago)
    for number in range(people):
        await a_candidate(town.douceur, f"Amina {number}", since=timedelta(days=60))
    page = await send(await browser(town.odile), deletion_days="30", reminder_days="0")
    assert f"<strong>{people}</strong>" in page.text
    assert ("That many at once would be stopped" in page.text) is stops


async def test_opening_sign_ups_again_concerns_nobody_and_is_saved_at_once(
    town: Town, browser: Browser
) -> None:
    odile = await browser(town.odile)
    await send(odile, signups_open=None, confirmed="on")
    assert not (await now_is(town)).signups_open
    assert (await send(odile, version="2")).status == 303
    assert (await now_is(town)).signups_open


async def test_deletions_are_foretold_only_when_the_change_is_about_them(
    town: Town, browser: Browser
) -> None:
    odile = await browser(town.odile)
    assert "Automatic deletion" not in (await send(odile, signups_open=None)).text
    assert "Automatic deletion" in (await send(odile, deletion_days="30")).text
