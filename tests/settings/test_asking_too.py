"""Bringing applications in progress to what was published: whom, whom not, and after a kill."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from actions.decisions import Verdict, decide, finalise_due
from actions.deeds import Actor
from actions.requirements import ask_running, ask_some, finish_asking, publish
from actions.requirements import asking as module
from models.reads.drafts import effect
from models.tables import Answer, Candidate, Event, Provider
from rules.requirements import Draft
from rules.vocabulary import Outcome, Status
from tests.composing import an_admin, compose, publishes
from tests.factories import NOW, a_candidate, a_provider

LATER = timedelta(minutes=10)


def another(draft: Draft) -> Draft:
    """One more question."""
    return draft.add_own_field("cat", "text", {"fr": "Nom de votre chat"})


@pytest.fixture
async def douceur(database: str) -> Provider:
    """Douceur & Cie, with the usual requirements."""
    return await a_provider()


@pytest.fixture
async def odile(douceur: Provider) -> Actor:
    """Its admin."""
    return await an_admin(douceur)


async def versions(provider: Provider) -> dict[str, int]:
    """Requirements version by first name."""
    rows = await Candidate.filter(provider_id=provider.id)
    return {one.first_name: one.requirements_version for one in rows}


async def test_only_incomplete_ones_and_those_to_correct_are_asked_too(
    douceur: Provider, odile: Actor
) -> None:
    for name, status in (
        ("Amina", "incomplete"),
        ("Bruno", "to_correct"),
        ("Carla", "submitted"),
        ("Denis", "accepted"),
        ("Emma", "binned"),
    ):
        await a_candidate(douceur, f"{name} Petit", status)
    vert = await a_provider("Vert Jardin")
    await a_candidate(vert, "Chloé Martin")
    after = await publishes(douceur, odile, another, ask=True)
    assert await versions(douceur) == {"Amina": 2, "Bruno": 2, "Carla": 1, "Denis": 1, "Emma": 1}
    assert await versions(vert) == {"Chloé": 1}
    assert after.asking_up_to is None, "all done"
    assert await Event.filter(kind="requirements_changed").count() == 2


async def test_only_new_ones_moves_nobody(douceur: Provider, odile: Actor) -> None:
    amina = await a_candidate(douceur)
    after = await publishes(douceur, odile, another, ask=False)
    assert await finish_asking(NOW) == 0
    assert await versions(douceur) == {"Amina": 1}
    assert (await Candidate.get(id=amina.id)).version == amina.version
    assert after.asking_up_to is None


async def test_sent_back_to_correct_later_one_keeps_ones_requirements_until_asked(
    douceur: Provider, odile: Actor
) -> None:
    carla = await a_candidate(douceur, "Carla Roux", "submitted")
    await publishes(douceur, odile, another, ask=True)
    verdict = Verdict(outcome=Outcome.REJECT, comment="Votre CV, s’il vous plaît.")
    await decide(carla.id, verdict, odile, NOW, provider_id=douceur.id, delay=timedelta(0))
    assert (await Candidate.get(id=carla.id)).status == Status.TO_CORRECT
    assert await finish_asking(NOW + LATER) == 0
    assert await versions(douceur) == {"Carla": 1}
    asked = await ask_running(douceur.id, odile, NOW + LATER)
    assert (asked.number, asked.left) == (1, False)
    assert await versions(douceur) == {"Carla": 2}


async def test_nothing_given_is_lost_and_the_clock_goes_on_as_it_was(
    douceur: Provider, odile: Actor
) -> None:
    amina = await a_candidate(douceur)
    await Answer.create(candidate_id=amina.id, key="phone", value="+33612345678", answered_at=NOW)
    await publishes(douceur, odile, lambda d: d.archive("phone"), ask=True)
    after = await Candidate.get(id=amina.id)
    assert after.clock_start == amina.clock_start
    assert after.status == amina.status
    assert await Answer.filter(candidate_id=amina.id, key="phone").exists()


async def test_a_pending_decision_is_waited_for_and_an_acceptance_throws_nobody_out(
    douceur: Provider, odile: Actor
) -> None:
    amina = await a_candidate(douceur)
    await a_candidate(douceur, "Bruno Petit", "to_correct")
    verdict = Verdict(outcome=Outcome.ACCEPT, reason="Je la connais.")
    await decide(amina.id, verdict, odile, NOW, provider_id=douceur.id, delay=LATER)
    after = await publishes(douceur, odile, another, ask=True)
    assert await versions(douceur) == {"Amina": 1, "Bruno": 2}
    assert after.asking_up_to == 2, "somebody is waited for"
    await finalise_due(NOW + LATER)
    assert await finish_asking(NOW + LATER) == 0
    admitted = await Candidate.get(id=amina.id)
    assert (admitted.status, admitted.requirements_version) == ("accepted", 1)
    assert (await Provider.get(id=douceur.id)).asking_up_to is None


async def test_many_are_asked_in_the_background_under_the_name_of_who_published(
    douceur: Provider, odile: Actor
) -> None:
    for number in range(module.FIRST + 15):
        await a_candidate(douceur, f"Personne {number:02}")
    found = await compose(douceur, odile, another)
    done = await publish(douceur.id, found.version, True, odile, NOW)
    assert (done.asked, done.left) == (module.FIRST, True)
    assert sorted(await Candidate.all().values_list("requirements_version", flat=True)) == (
        [1] * 15 + [2] * module.FIRST
    )
    assert await finish_asking(NOW + LATER) == 15
    assert await finish_asking(NOW + LATER) == 0
    lines = await Event.filter(kind="requirements_changed")
    assert {line.actor_name for line in lines} == {"Odile"}
    assert len({line.candidate_id for line in lines}) == len(lines) == module.FIRST + 15


async def test_stopped_at_any_point_it_is_finished_and_nobody_is_asked_twice(
    douceur: Provider, odile: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        await a_candidate(douceur, f"Personne {number}")
    stop_after(3, monkeypatch)
    with pytest.raises(asyncio.CancelledError):
        await publishes(douceur, odile, another, ask=True)
    monkeypatch.undo()
    assert sorted(await Candidate.all().values_list("requirements_version", flat=True)) == (
        [1] * 3 + [2] * 3
    )
    assert await finish_asking(NOW + LATER) == 3
    assert await Event.filter(kind="requirements_changed").count() == 6


def stop_after(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends when so many were asked."""
    left = [number]
    real = module._ask

    async def stopping(*given: object) -> bool:
        if not left[0]:
            raise asyncio.CancelledError
        left[0] -= 1
        return await real(*given)  # type: ignore[arg-type]  # what it was called with

    monkeypatch.setattr(module, "_ask", stopping)


async def test_two_workers_at_once_ask_everybody_once(douceur: Provider, odile: Actor) -> None:
    for number in range(8):
        await a_candidate(douceur, f"Personne {number}")
    await publishes(douceur, odile, another, ask=False)
    await Provider.filter(id=douceur.id).update(asking_up_to=2)
    await asyncio.gather(*(ask_some(douceur.id, odile, NOW, limit=50) for _ in range(2)))
    assert await Event.filter(kind="requirements_changed").count() == 8
    assert set((await versions(douceur)).values()) == {2}


async def test_those_who_were_left_behind_are_counted_and_asked_without_a_new_version(
    douceur: Provider, odile: Actor
) -> None:
    await a_candidate(douceur)
    after = await publishes(douceur, odile, another, ask=False)
    found = await compose(after, odile, lambda d: d.archive("phone"))
    assert (await effect(after, found.draft)).behind == 1
    await ask_running(douceur.id, odile, NOW)
    assert (await effect(await Provider.get(id=douceur.id), found.draft)).behind == 0
