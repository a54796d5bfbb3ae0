"""Twenty operators at once on one candidate, and on one document: one wins, nineteen are told."""

from __future__ import annotations

import asyncio

from actions import decisions, reviews
from models.tables import Decision, Event, Notice
from rules.errors import Refusal
from rules.statuses import ChangedMeanwhile, DecisionPending
from rules.vocabulary import Outcome
from tests.decisions.conftest import DELAY, House, again, lines, owed

CROWD = 20


async def hire_a_crowd(house: House) -> list[str]:
    """Twenty more operators."""
    names = [f"Operator{number}" for number in range(CROWD)]
    for name in names:
        await house.hires(name)
    return names


async def test_twenty_decide_one_wins_and_nineteen_are_told_who(house: House) -> None:
    amina, names = await house.candidate(), await hire_a_crowd(house)
    outcomes = list(Outcome)

    async def decide(number: int, name: str) -> str | Refusal:
        verdict = {"comment": "Merci", "reason": "Vu", "seen": 0}
        try:
            await house.decides(amina, outcomes[number % 3], who=name, delay=DELAY, **verdict)
        except Refusal as refusal:
            return refusal
        return name

    results = await asyncio.gather(*(decide(*one) for one in enumerate(names)))
    (winner,) = [one for one in results if isinstance(one, str)]
    told = [one for one in results if isinstance(one, ChangedMeanwhile | DecisionPending)]
    assert len(told) == CROWD - 1
    assert {one.facts.get("who") or one.facts.get("by") for one in told} == {winner}
    assert await lines(amina) == ["decided"]
    house.later(minutes=5)
    finished = await asyncio.gather(*(decisions.finalise_due(house.now) for _ in range(5)))
    assert sum(finished) == 1
    assert await Decision.filter(candidate_id=amina.id, state="final").count() == 1
    assert len(await Notice.filter(candidate_id=amina.id, channel="chat")) == 1


async def test_twenty_judge_one_document_one_wins_and_nineteen_are_told_who(
    house: House,
) -> None:
    amina = await house.candidate(status="incomplete")
    names, judged = await hire_a_crowd(house), await house.judged(amina, "sirene")

    async def judge(number: int, name: str) -> str | Refusal:
        actor = house.actor(name)
        try:
            if number % 2:
                await reviews.validate(judged, actor, house.now)
            else:
                await reviews.reject(judged, actor, house.now, reason="Floue")
        except Refusal as refusal:
            return refusal
        return name

    results = await asyncio.gather(*(judge(*one) for one in enumerate(names)))
    (winner,) = [one for one in results if isinstance(one, str)]
    told = [one for one in results if isinstance(one, ChangedMeanwhile)]
    assert [one.facts["who"] for one in told] == [winner] * (CROWD - 1)
    (event,) = await Event.filter(candidate_id=amina.id)
    assert event.actor_name == winner
    expected = [("document_rejected", "chat")] if event.kind == "document_rejected" else []
    assert await owed(amina) == expected
    assert (await again(amina)).version == amina.version + 1


async def test_undo_and_the_end_of_the_delay_never_both_win(house: House) -> None:
    for number in range(10):
        amina = await house.candidate(f"Amina{number}")
        decision = await house.decides(amina, "bin", delay=DELAY)
        late = house.now + DELAY
        results = await asyncio.gather(
            decisions.undo(
                amina.id, decision.id, house.actor(), late, provider_id=house.provider.id
            ),
            decisions.finalise_due(late),
            return_exceptions=True,
        )
        undone = results[0] is None
        row, notices = await again(amina), await owed(amina)
        assert (row.status == "submitted") == undone
        assert (notices == []) == undone
