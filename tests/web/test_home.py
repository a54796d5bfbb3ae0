"""The home page: decisions that wait to leave, and those that an act has cancelled."""

from __future__ import annotations

from datetime import timedelta

from actions import decisions, messages
from actions.application import take_back
from actions.deeds import Actor
from models.reads.decisions import SHOWN_FOR, cancelled
from models.tables import Candidate, Operator
from rules.vocabulary import ActorKind, Outcome
from tests.factories import NOW
from tests.web.conftest import Browser, Time, Town
from tests.web.people import amina_applies


async def bins(candidate: Candidate, by: Operator) -> None:
    """Decide, with five minutes to think again."""
    await decisions.decide(
        candidate.id,
        decisions.Verdict(outcome=Outcome.BIN),
        Actor(ActorKind.OPERATOR, by.id, by.name),
        NOW,
        provider_id=candidate.provider_id,
        delay=timedelta(minutes=5),
    )


async def test_a_decision_that_has_not_left_shows_in_every_list(
    town: Town, browser: Browser
) -> None:
    await Operator.all().update(language="fr")
    amina = await amina_applies(town.douceur)
    await messages.receive(amina.id, "Bonjour", 5, now=NOW, at=NOW)
    odile = await browser(town.odile)
    assert "décision en partance" not in (await odile.get("/")).text
    await bins(amina, town.oscar)
    for path in ("/", "/candidates", "/candidates?turn=operator", "/candidates?turn=messages"):
        assert "décision en partance" in (await odile.get(path)).text, path


async def test_a_decision_cancelled_by_the_candidate_waits_again_and_says_why(
    town: Town, browser: Browser
) -> None:
    await Operator.all().update(language="fr")
    amina = await amina_applies(town.douceur)
    odile = await browser(town.odile)
    await bins(amina, town.oscar)
    assert "Décisions annulées" not in (await odile.get("/")).text
    await messages.receive(amina.id, "Attendez !", 7, now=NOW, at=NOW)
    page = (await odile.get("/")).text
    assert "Décisions annulées" in page
    assert "«\N{NO-BREAK SPACE}Rejetée et supprimée\N{NO-BREAK SPACE}» par Oscar" in page
    assert "message du candidat" in page
    victor = await browser(town.victor)
    assert "Décisions annulées" not in (await victor.get("/")).text, "another provider’s"


async def test_an_application_taken_back_says_that_the_decision_never_left(
    town: Town, browser: Browser, time: Time
) -> None:
    amina = await amina_applies(town.douceur)
    await bins(amina, town.oscar)
    await take_back(amina.id, now=NOW, at=NOW)
    (line,) = await cancelled(town.douceur.id, NOW, 8)
    assert (line.act, line.by, line.candidate.status) == ("taken_back", "Oscar", "incomplete")
    assert await cancelled(town.douceur.id, NOW + SHOWN_FOR + timedelta(hours=1), 8) == ()


async def test_a_new_decision_takes_it_off_the_list(town: Town) -> None:
    amina = await amina_applies(town.douceur)
    await bins(amina, town.oscar)
    await messages.receive(amina.id, "Attendez !", 7, now=NOW, at=NOW)
    assert len(await cancelled(town.douceur.id, NOW, 8)) == 1
    await decisions.decide(
        amina.id,
        decisions.Verdict(outcome=Outcome.REJECT, comment="Le diplôme manque."),
        Actor(ActorKind.OPERATOR, town.odile.id, "Odile"),
        NOW + timedelta(minutes=1),
        provider_id=town.douceur.id,
        delay=timedelta(minutes=5),
    )
    assert await cancelled(town.douceur.id, NOW, 8) == ()
