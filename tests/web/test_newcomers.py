"""Whoever came in while the module was off: counted before saving, validated all at once."""

from __future__ import annotations

from datetime import timedelta

from actions import decisions
from actions.deeds import Actor
from actions.newcomers import MOST, validate_newcomers
from actions.settings import Recruitment, change_recruitment
from models.reads.newcomers import newcomers
from models.tables import Candidate, Decision, Event, Notice, Operator, Provider, ProviderEvent
from rules.vocabulary import ActorKind, Outcome
from tests.factories import NOW, a_candidate
from tests.web.conftest import Browser, Time, Town
from tests.web.people import amina_applies
from tests.web.test_settings import send

DAY = timedelta(days=1)


async def switches(town: Town, *, on: bool, days: int) -> Provider:
    """Odile switches the module on or off, so many days after NOW."""
    row = await Provider.get(id=town.douceur.id)
    was = Recruitment.of(row)
    wanted = Recruitment(**{**was.columns(), "module_on": on})
    actor = Actor(ActorKind.OPERATOR, town.odile.id, "Odile")
    return await change_recruitment(row.id, wanted, row.settings_version, actor, NOW + days * DAY)


async def signs_up(town: Town, name: str, days: float, status: str = "incomplete") -> Candidate:
    """Somebody signs up so many days after NOW."""
    return await a_candidate(town.douceur, name, status, since=-days * DAY)


async def test_only_those_who_came_in_while_it_was_off_are_offered(town: Town) -> None:
    await signs_up(town, "Avant Lui", -1)
    await switches(town, on=False, days=1)
    await signs_up(town, "Bruno Kowalski", 2)
    await signs_up(town, "Clara Acceptée", 2, "accepted")
    await signs_up(town, "Daniel Renvoyé", 2, "to_correct")
    assert (await newcomers(town.douceur)).names == ("Bruno Kowalski",), "while it is off too"
    await switches(town, on=True, days=3)
    await signs_up(town, "Après Elle", 4)
    await switches(town, on=False, days=5)
    await signs_up(town, "Zoé Lefèvre", 6)
    await switches(town, on=True, days=7)
    found = await newcomers(town.douceur)
    assert (found.number, found.names) == (2, ("Bruno Kowalski", "Zoé Lefèvre"))
    assert (await newcomers(town.vert)).number == 0


async def test_the_page_counts_them_before_saving_and_validates_them_with_it(
    town: Town, browser: Browser, time: Time
) -> None:
    await Operator.all().update(language="en")
    await switches(town, on=False, days=1)
    bruno = await signs_up(town, "Bruno Kowalski", 2)
    time.now = NOW + 3 * DAY
    odile = await browser(town.odile)
    shown = await send(odile, version="2")
    assert "1 of them signed up while nothing was asked" in shown.text
    assert "Save, and validate this person" in shown.text
    done = await send(odile, version="2", confirmed="yes", validate_all="yes")
    assert done.status == 200
    assert "Bruno Kowalski" in done.text
    row = await Candidate.get(id=bruno.id)
    assert (row.status, row.admitted_at) == ("accepted", time.now)
    assert (await Provider.get(id=town.douceur.id)).module_on
    assert await Event.filter(candidate_id=bruno.id, kind="accepted").count() == 1
    assert (await Decision.get(candidate_id=bruno.id)).reason
    assert await Notice.filter(candidate_id=bruno.id, kind="activation").count() == 1
    line = await ProviderEvent.get(kind="newcomers_validated")
    assert (line.actor_name, line.after) == ("Odile", {"validated": 1, "left": 0})
    assert "validated: 1" in (await odile.get("/settings/journal")).text


async def test_they_can_be_validated_later_and_twice_does_nothing_more(
    town: Town, browser: Browser, time: Time
) -> None:
    await Operator.all().update(language="en")
    await switches(town, on=False, days=1)
    bruno = await signs_up(town, "Bruno Kowalski", 2)
    await switches(town, on=True, days=3)
    time.now = NOW + 4 * DAY
    odile, oscar = await browser(town.odile), await browser(town.oscar)
    assert "Validate this person" in (await odile.get("/settings/recruitment")).text
    assert (await oscar.post("/settings/recruitment/newcomers")).status == 403
    await odile.post("/settings/recruitment/newcomers")
    again = await odile.post("/settings/recruitment/newcomers")
    assert "Everybody is validated already." in again.text
    assert "not validated" not in (await odile.get("/settings/recruitment")).text
    assert await Event.filter(candidate_id=bruno.id, kind="accepted").count() == 1
    assert await ProviderEvent.filter(kind="newcomers_validated").count() == 1


async def test_somebody_refused_stops_nobody_and_is_named(
    town: Town, browser: Browser, time: Time
) -> None:
    await Operator.all().update(language="en")
    await switches(town, on=False, days=1)
    amina = await amina_applies(town.douceur, created_at=NOW + 2 * DAY)
    bruno = await signs_up(town, "Bruno Kowalski", 2)
    await switches(town, on=True, days=3)
    time.now = NOW + 4 * DAY
    await decisions.decide(
        amina.id,
        decisions.Verdict(outcome=Outcome.BIN),
        Actor(ActorKind.OPERATOR, town.oscar.id, "Oscar"),
        time.now,
        provider_id=town.douceur.id,
        delay=timedelta(minutes=5),
    )
    page = await (await browser(town.odile)).post("/settings/recruitment/newcomers")
    assert "A decision by Oscar is waiting to be sent" in page.text
    assert "Validate the one who is left" in page.text
    assert (await Candidate.get(id=amina.id)).status == "submitted"
    assert (await Candidate.get(id=bruno.id)).status == "accepted"


async def test_a_crowd_is_validated_by_the_hundred(town: Town) -> None:
    await switches(town, on=False, days=1)
    for number in range(MOST + 2):
        await signs_up(town, f"Nom{number} Prénom", 2)
    provider = await switches(town, on=True, days=3)
    actor = Actor(ActorKind.OPERATOR, town.odile.id, "Odile")
    result = await validate_newcomers(provider, actor, NOW + 4 * DAY, reason="module off")
    assert (result.done, result.left) == (MOST, 2)
    result = await validate_newcomers(provider, actor, NOW + 4 * DAY, reason="module off")
    assert (result.done, result.left) == (2, 0)
