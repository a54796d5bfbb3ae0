"""Verdicts on documents: what they need, whom they reach, what they do to the clock."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions import documents, messages, reviews
from actions.deeds import Actor, NoSuchCandidate
from models.tables import Candidate, Document, Event, Notice
from rules.reviews import AlreadyExpired, ExpiryNeeded, NotAsked, NoVerdict
from rules.statuses import (
    AlreadyBinned,
    ChangedMeanwhile,
    DecisionPending,
    NotReviewable,
    RejectionReasonNeeded,
)
from rules.vocabulary import ActorKind
from rules.writing import TooLong
from tests.decisions.conftest import DELAY, House, again, lines, owed


async def test_a_validation_is_signed_and_journaled(house: House) -> None:
    amina = await house.candidate()
    house.later(hours=1)
    await house.validates(amina, "sirene")
    row = await Document.get(candidate_id=amina.id, key="sirene")
    assert (row.state, row.reviewed_by_id, row.reviewed_at) == (
        "validated",
        house.staff["Odile"].id,
        house.now,
    )
    event = await Event.get(candidate_id=amina.id)
    assert (event.kind, event.subject, event.actor_name) == (
        "document_validated",
        "sirene",
        "Odile",
    )
    assert event.before == {"version": 1, "state": "to_review"}
    assert event.after == {"version": 1, "state": "validated"}
    assert (await again(amina)).clock_start == house.now, "an act addressed to the candidate"


@pytest.mark.parametrize(
    ("status", "told"),
    [("incomplete", True), ("to_correct", True), ("submitted", False), ("accepted", False)],
)
async def test_a_rejection_is_told_at_once_to_whoever_can_act(
    house: House, status: str, told: bool
) -> None:
    amina = await house.candidate(status=status)
    await reviews.reject(
        await house.judged(amina, "sirene"),
        house.actor(),
        house.now,
        reason_key="illegible",
        reason="page 2",
    )
    row = await Document.get(candidate_id=amina.id, key="sirene")
    assert row.reason == "Illisible ou coupé — page 2"
    assert await owed(amina) == ([("document_rejected", "chat")] if told else [])
    if told:
        (facts,) = (await Notice.get(candidate_id=amina.id)).facts["points"]
        assert facts["key"] == "sirene"
        assert facts["reason"] == row.reason
        assert facts["advice"].startswith("Posez le document à plat")


async def test_a_document_asked_once_admitted_is_told_at_once(house: House) -> None:
    amina = await house.candidate(status="accepted")
    await house.sent(amina, "insurance")
    judged = await house.judged(amina, "insurance")
    await reviews.reject(judged, house.actor(), house.now, reason="Non signée")
    assert await owed(amina) == [("document_rejected", "chat")]


async def test_a_rejection_that_was_not_told_yet_gives_way_to_the_next_verdict(
    house: House,
) -> None:
    amina = await house.candidate(status="incomplete")
    for reason in ("Floue", "Expirée"):
        judged = await house.judged(amina, "sirene")
        await reviews.reject(judged, house.actor(), house.now, reason=reason)
        house.later(seconds=1)
    states = await Notice.filter(candidate_id=amina.id).order_by("id").values_list("state")
    assert states == [("void",), ("owed",)]
    judged = await house.judged(amina, "sirene")
    await reviews.withdraw_verdict(judged, house.actor(), house.now)
    assert await owed(amina) == []
    assert (await Document.get(candidate_id=amina.id, key="sirene")).state == "to_review"
    judged = await house.judged(amina, "sirene")
    with pytest.raises(NoVerdict):
        await reviews.withdraw_verdict(judged, house.actor(), house.now)


@pytest.mark.parametrize("state", ["checking", "unusable", "missing"])
async def test_nothing_readable_cannot_be_judged(house: House, state: str) -> None:
    amina = await house.candidate(status="incomplete")
    if state != "missing":
        await house.sent(amina, "cv", state)
    with pytest.raises(NotReviewable):
        await house.validates(amina, "cv")


async def test_a_rejection_needs_words_that_fit(house: House) -> None:
    amina = await house.candidate()
    for reason_key, reason, refusal in [
        (None, " ", RejectionReasonNeeded),
        ("invented", "", RejectionReasonNeeded),
        (None, "x" * 1001, TooLong),
    ]:
        with pytest.raises(refusal):
            await reviews.reject(
                await house.judged(amina, "sirene"),
                house.actor(),
                house.now,
                reason_key=reason_key,
                reason=reason,
            )
    assert await lines(amina) == []


async def test_an_expiry_date_is_asked_where_the_provider_asks_it(house: House) -> None:
    amina = await house.candidate(status="accepted")
    await house.sent(amina, "insurance")
    judged = await house.judged(amina, "insurance")
    with pytest.raises(ExpiryNeeded):
        await reviews.validate(judged, house.actor(), house.now)
    with pytest.raises(AlreadyExpired):
        await reviews.validate(judged, house.actor(), house.now, expires_on=date(2026, 3, 1))
    await reviews.validate(judged, house.actor(), house.now, expires_on=date(2027, 3, 2))
    await reviews.set_expiry(
        await house.judged(amina, "insurance"),
        house.actor("Oscar"),
        house.now,
        expires_on=date(2027, 4, 2),
    )
    row = await Document.get(candidate_id=amina.id, key="insurance")
    assert (row.state, row.expires_on) == ("validated", date(2027, 4, 2))
    event = await Event.get(candidate_id=amina.id, kind="expiry_set")
    assert event.before == {"expires_on": "2027-03-02"}
    assert event.after == {"expires_on": "2027-04-02"}


async def test_no_verdict_while_a_decision_waits_or_in_the_bin(house: House) -> None:
    amina = await house.candidate()
    await house.decides(amina, "reject", comment="Voir", delay=DELAY)
    with pytest.raises(DecisionPending):
        await house.validates(amina, "sirene")
    bruno = await house.candidate("Bruno", "binned")
    with pytest.raises(AlreadyBinned):
        await house.validates(bruno, "sirene")


async def test_a_version_that_was_not_seen_is_not_judged(house: House) -> None:
    bruno = await house.candidate("Bruno", "incomplete")
    judged = await house.judged(bruno, "sirene")
    house.later(minutes=1)
    await documents.receive(
        bruno.id,
        "sirene",
        documents.SentFile("new", 2, house.bot.id),
        Actor(ActorKind.CANDIDATE, bruno.id, "Bruno Benali"),
        house.now,
        house.now,
    )
    with pytest.raises(ChangedMeanwhile) as refused:
        await reviews.validate(judged, house.actor(), house.now)
    assert refused.value.facts["who"] == "Bruno Benali"


async def test_a_message_does_not_refuse_a_verdict(house: House) -> None:
    amina = await house.candidate()
    judged = await house.judged(amina, "sirene")
    await messages.receive(amina.id, "Bonjour", 9, now=house.now, at=house.now)
    await reviews.validate(judged, house.actor(), house.now)
    assert (await Document.get(candidate_id=amina.id, key="sirene")).state == "validated"


async def test_only_documents_of_ones_own_provider_are_judged(
    house: House, other_house: House
) -> None:
    amina = await house.candidate()
    judged = await house.judged(amina, "sirene")
    foreign = reviews.Judged(
        provider_id=other_house.provider.id,
        candidate_id=amina.id,
        key="sirene",
        seen=judged.seen,
    )
    with pytest.raises(NoSuchCandidate):
        await reviews.validate(foreign, other_house.actor("Victor"), house.now)
    invented = reviews.Judged(
        provider_id=house.provider.id, candidate_id=amina.id, key="speaks_french", seen="none"
    )
    with pytest.raises(NotAsked):
        await reviews.validate(invented, house.actor(), house.now)
    assert await lines(amina) == []


async def test_a_verdict_never_moves_the_clock_back(house: House) -> None:
    amina = await house.candidate()
    ahead = house.now + timedelta(days=1)
    await Candidate.filter(id=amina.id).update(clock_start=ahead)
    await house.validates(amina, "sirene")
    assert (await again(amina)).clock_start == ahead
