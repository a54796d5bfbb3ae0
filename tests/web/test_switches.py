"""What a switch would do is shown before it is saved: the module, sign-ups, deletion."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.reads.dossier import dossier
from models.tables import Answer, Candidate, Operator, Provider, ProviderEvent
from rules.checklist import checklist
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


async def says_no_french(town: Town, status: str = "incomplete") -> Candidate:
    """Somebody who is applying, and does not speak French fluently."""
    viktor = await a_candidate(town.douceur, first_name="Viktor", status=status)
    await Answer.create(candidate_id=viktor.id, key="speaks_french", value=False, answered_at=NOW)
    return viktor


async def stopped(viktor: Candidate) -> bool:
    """Whether he does not meet a condition."""
    person = await Candidate.get(id=viktor.id)
    found = await dossier(person, await Provider.get(id=person.provider_id))
    return bool(checklist(found).unmet)


async def test_requiring_french_names_whom_it_would_stop_and_asks_of_whom(
    town: Town, browser: Browser
) -> None:
    viktor = await says_no_french(town)
    odile = await browser(town.odile)
    page = await send(odile, french_required="on")
    assert page.status == 200
    assert "Viktor" in page.text
    assert not (await now_is(town)).french_required, "nothing is saved before it is shown"

    before = (await now_is(town)).requirements_version
    await send(odile, french_required="on", confirmed="yes", french_of="new")
    now = await now_is(town)
    assert now.french_required
    assert now.requirements_version == before + 1
    assert not await stopped(viktor), "only of those who sign up from now on"
    late = await says_no_french(town)
    await Candidate.filter(id=late.id).update(requirements_version=now.requirements_version)
    assert await stopped(late)
    line = await ProviderEvent.filter(provider_id=now.id).order_by("-id").first()
    assert line is not None
    assert line.after == {"french_required": True, "french_of": "new"}


async def test_french_can_be_required_of_those_who_are_applying(
    town: Town, browser: Browser
) -> None:
    viktor = await says_no_french(town)
    odile = await browser(town.odile)
    await send(odile, french_required="on", confirmed="yes", french_of="all")
    assert await stopped(viktor)


async def test_requiring_french_is_saved_at_once_when_it_stops_nobody(
    town: Town, browser: Browser
) -> None:
    await says_no_french(town, status="accepted")
    odile = await browser(town.odile)
    assert (await send(odile, french_required="on")).status == 303
