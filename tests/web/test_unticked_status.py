"""Unticking a work status: who is concerned is shown first, and can be exempted from there."""

from __future__ import annotations

import pytest

from models.tables import Candidate, Event, Operator, Provider
from tests.factories import a_candidate
from tests.web.conftest import Browser, Browsing, Town
from tests.web.test_dossier import plain
from tests.web.test_settings import ADDRESS, send


@pytest.fixture
async def odile(town: Town, browser: Browser) -> Browsing:
    """Odile's browser; she reads English. Bruno and Chloé apply as employees."""
    await Operator.all().update(language="en")
    await a_candidate(town.douceur, "Amina Benali")
    await a_candidate(town.douceur, "Bruno Keller", work_status="employee")
    await a_candidate(town.douceur, "Chloé Petit", "to_correct", work_status="employee")
    await a_candidate(town.douceur, "Dina Roux", "submitted", work_status="employee")
    return await browser(town.odile)


async def exempted(town: Town) -> set[str]:
    """First names of those who may keep their status."""
    people = Candidate.filter(provider_id=town.douceur.id, status_exempted_at__isnull=False)
    return {one.first_name for one in await people}


async def test_those_concerned_are_exempted_while_saving(town: Town, odile: Browsing) -> None:
    shown = plain(await send(odile, accepted_statuses=["independent"]))
    assert "2 running candidates keep this status" in shown
    assert "Bruno Keller, Chloé Petit" in shown
    assert "Save, and exempt these 2 people" in shown
    assert (await Provider.get(id=town.douceur.id)).settings_version == 1
    page = await send(odile, accepted_statuses=["independent"], confirmed="yes", exempt_all="yes")
    assert "2 people go on with the work status" in page.text
    assert await exempted(town) == {"Bruno", "Chloé"}
    assert await Event.filter(kind="status_exempted", actor_name="Odile").count() == 2
    assert "you no longer accept" not in (await odile.get(ADDRESS)).text


async def test_or_later_from_the_page_of_the_module(town: Town, odile: Browsing) -> None:
    await send(odile, accepted_statuses=["independent"], confirmed="yes")
    assert await exempted(town) == set()
    assert "2 employees are applying, whom you no longer accept" in (await odile.get(ADDRESS)).text
    page = await odile.post(f"{ADDRESS}/exempt")
    assert "2 people go on" in page.text
    assert "nobody to exempt" in (await odile.post(f"{ADDRESS}/exempt")).text
    assert await exempted(town) == {"Bruno", "Chloé"}


async def test_nobody_is_exempted_from_an_accepted_status(town: Town, odile: Browsing) -> None:
    assert "nobody to exempt" in (await odile.post(f"{ADDRESS}/exempt")).text
    assert await exempted(town) == set()


async def test_another_provider_is_not_concerned(
    town: Town, odile: Browsing, browser: Browser
) -> None:
    await Provider.all().update(accepted_statuses=["independent"])
    victor = await browser(town.victor)
    assert "nobody to exempt" in (await victor.post(f"{ADDRESS}/exempt")).text
    assert await exempted(town) == set()


async def test_the_dossier_is_found_from_the_settings(town: Town, odile: Browsing) -> None:
    for address in ("/settings", ADDRESS):
        assert 'href="/settings/recruitment/dossier"' in (await odile.get(address)).text
