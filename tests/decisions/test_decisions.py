"""Decisions: every status, outcome and delay; undone, sent, cancelled; who hears what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions import application, decisions, messages, reviews
from actions.bin import empty_due
from actions.deeds import NoSuchCandidate
from actions.views import note_view
from models.reads.letters import Told, telling
from models.tables import Candidate, Decision, Event, Notice
from rules.catalogue.reasons import ILLEGIBLE
from rules.decisions import NothingToCorrect
from rules.errors import Refusal
from rules.statuses import (
    AlreadyBinned,
    ChangedMeanwhile,
    DecisionPending,
    NotBinned,
    NothingPending,
    ReasonNeeded,
)
from rules.vocabulary import Outcome, Status
from rules.writing import TooLong
from store.sealing import Keyring, use_keyring
from tests.decisions.conftest import DELAY, REQUIRED, House, again, in_status, lines, owed
from tests.outbox.world import SITES

NOW_OR_LATER = [timedelta(0), DELAY]
CAN_BE_DECIDED = [one for one in Status if one is not Status.BINNED]
AFTER = {
    Outcome.ACCEPT: Status.ACCEPTED,
    Outcome.REJECT: Status.TO_CORRECT,
    Outcome.BIN: Status.BINNED,
}
TOLD = {
    Outcome.ACCEPT: [("accepted", "chat"), ("activation", "mail")],
    Outcome.REJECT: [("corrections", "chat"), ("corrections", "mail")],
    Outcome.BIN: [("final_rejection", "chat"), ("final_rejection", "mail")],
}
FINAL = {Outcome.ACCEPT: "accepted", Outcome.REJECT: "rejected", Outcome.BIN: "binned"}


@pytest.mark.parametrize("delay", NOW_OR_LATER, ids=["at once", "in 5 minutes"])
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("status", CAN_BE_DECIDED)
async def test_a_decision_changes_everything_together_when_it_is_final(
    house: House, status: Status, outcome: Outcome, delay: timedelta
) -> None:
    amina = await in_status(house, status)
    await house.decides(amina, outcome, comment="Merci", reason="Vue au bureau", delay=delay)
    if delay:
        assert (await again(amina)).status == status, "nothing changes before"
        assert await owed(amina) == []
        house.later(minutes=4, seconds=59)
        assert await decisions.finalise_due(house.now) == 0
        house.later(seconds=1)
        assert await decisions.finalise_due(house.now) == 1
    assert (await again(amina)).status == AFTER[outcome]
    assert await owed(amina) == TOLD[outcome]
    assert await lines(amina) == ["decided", FINAL[outcome]]
    assert await decisions.finalise_due(house.now) == 0, "once only"


@pytest.mark.parametrize("outcome", Outcome)
async def test_nobody_in_the_bin_is_decided_on(house: House, outcome: Outcome) -> None:
    amina = await in_status(house, Status.BINNED)
    with pytest.raises(AlreadyBinned):
        await house.decides(amina, outcome, comment="Merci", reason="Parce que")
    assert await lines(amina) == []


@pytest.mark.parametrize("second", Outcome)
async def test_a_pending_decision_keeps_others_out(house: House, second: Outcome) -> None:
    amina = await house.candidate()
    await house.decides(amina, "bin", delay=DELAY)
    with pytest.raises(DecisionPending) as refused:
        await house.decides(amina, second, who="Oscar", comment="Non", reason="Si")
    assert refused.value.facts == {"by": "Odile"}
    assert await Decision.filter(candidate_id=amina.id).count() == 1


async def test_accepting_what_is_not_all_validated_needs_a_reason(house: House) -> None:
    amina = await house.candidate()
    with pytest.raises(ReasonNeeded):
        await house.decides(amina, "accept", reason="  ")
    await house.validates(amina, *REQUIRED)
    decision = await house.decides(amina, "accept")
    assert decision.reason == ""
    assert (await again(amina)).admitted_at == house.now


async def test_the_reason_is_in_the_journal_and_not_in_what_the_candidate_reads(
    house: House,
) -> None:
    amina = await house.candidate()
    await house.decides(amina, "accept", reason="Diplôme vu au bureau", comment="Bienvenue")
    event = await Event.get(candidate_id=amina.id, kind="decided")
    assert event.after["reason"] == "Diplôme vu au bureau"
    final = await Event.get(candidate_id=amina.id, kind="accepted")
    assert (final.before["status"], final.after["status"]) == ("submitted", "accepted")
    assert "reason" not in final.after
    for notice in await Notice.filter(candidate_id=amina.id):
        assert notice.facts == {"comment": "Bienvenue", "confirmed": False}


async def test_a_confirmed_account_gets_no_activation_mail(house: House) -> None:
    amina = await house.candidate()
    await Candidate.filter(id=amina.id).update(account_confirmed_at=house.now)
    await house.decides(amina, "accept", reason="Oui")
    assert await owed(amina) == [("accepted", "chat")]


async def test_a_second_acceptance_sends_no_second_mail(house: House) -> None:
    amina = await house.candidate()
    await house.decides(amina, "accept", reason="Oui")
    await house.decides(amina, "reject", comment="Votre assurance a expiré")
    first = (await again(amina)).admitted_at
    house.later(days=3)
    await house.decides(amina, "accept", reason="Oui")
    mails = await Notice.filter(candidate_id=amina.id, kind="activation")
    assert len(mails) == 1
    assert (await again(amina)).admitted_at == first, "admitted once, for the clock"


async def test_without_an_address_the_chat_alone_is_told(house: House) -> None:
    amina = await house.candidate()
    await Candidate.filter(id=amina.id).update(email="")
    await house.decides(amina, "bin")
    assert await owed(amina) == [("final_rejection", "chat")]


async def test_a_rejection_lists_by_itself_what_is_wrong(house: House) -> None:
    amina = await house.candidate()
    await reviews.reject(
        await house.judged(amina, "sirene"), house.actor(), house.now, reason_key="illegible"
    )
    decision = await house.decides(amina, "reject", ticked={"speaks_french": "À préciser"})
    assert [(one["key"], one["state"], one["reason"]) for one in decision.items] == [
        ("speaks_french", "asked", "À préciser"),
        ("sirene", "rejected", "Illisible ou coupé"),
    ]
    assert (await again(amina)).unlocked == ["speaks_french", "sirene"]
    (mail,) = await Notice.filter(candidate_id=amina.id, kind="corrections", channel="mail")
    assert mail.facts["items"] == decision.items
    told = await telling(mail, SITES, house.now)
    assert isinstance(told, Told)
    advice = {one.key: one.advice for one in told.facts.points}
    assert advice == {"speaks_french": "", "sirene": ILLEGIBLE.advice["fr"]}, "as the panel said"


async def test_a_rejection_has_to_name_something(house: House) -> None:
    amina = await house.candidate()
    with pytest.raises(NothingToCorrect):
        await house.decides(amina, "reject")
    with pytest.raises(TooLong):
        await house.decides(amina, "reject", comment="x" * 2001)
    assert await lines(amina) == []


async def test_what_was_frozen_stays_although_the_item_changes_before_it_is_sent(
    house: House,
) -> None:
    amina = await house.candidate(status="to_correct")
    decision = await house.decides(amina, "reject", comment="Voir", delay=DELAY)
    assert decision.items == []
    await house.sent(amina, "cv", "rejected")
    house.later(minutes=5)
    await decisions.finalise_due(house.now)
    (mail,) = await Notice.filter(candidate_id=amina.id, kind="corrections", channel="mail")
    assert (mail.facts["comment"], mail.facts["items"]) == ("Voir", [])


async def test_undone_nothing_has_happened(house: House) -> None:
    amina = await house.candidate()
    decision = await house.decides(amina, "bin", delay=DELAY)
    house.later(minutes=1)
    options = {"provider_id": house.provider.id}
    await decisions.undo(amina.id, decision.id, house.actor("Oscar"), house.now, **options)
    house.later(minutes=10)
    assert await decisions.finalise_due(house.now) == 0
    assert (await again(amina)).status == Status.SUBMITTED
    assert await owed(amina) == []
    assert await lines(amina) == ["decided", "decision_undone"]
    with pytest.raises(NothingPending):
        await decisions.undo(amina.id, decision.id, house.actor(), house.now, **options)
    await house.decides(amina, "reject", comment="Plutôt ceci")
    assert (await again(amina)).status == Status.TO_CORRECT


async def test_sent_now_it_does_not_wait(house: House) -> None:
    amina = await house.candidate()
    decision = await house.decides(amina, "bin", delay=DELAY)
    options = {"provider_id": house.provider.id}
    await decisions.send_now(amina.id, decision.id, house.actor("Oscar"), house.now, **options)
    assert (await again(amina)).status == Status.BINNED
    with pytest.raises(NothingPending):
        await decisions.undo(amina.id, decision.id, house.actor(), house.now, **options)
    with pytest.raises(NothingPending):
        await decisions.send_now(amina.id, decision.id, house.actor(), house.now, **options)
    assert await owed(amina) == TOLD[Outcome.BIN]


@pytest.mark.parametrize("act", ["message", "take back"])
async def test_an_act_of_the_candidate_cancels_what_is_pending(house: House, act: str) -> None:
    amina = await house.candidate()
    await house.decides(amina, "bin", delay=DELAY)
    house.later(minutes=1)
    when = {"now": house.now, "at": house.now}
    if act == "message":
        await messages.receive(amina.id, "J'ai renvoyé mon diplôme", 7, **when)
    else:
        await application.take_back(amina.id, **when)
    house.later(minutes=10)
    assert await decisions.finalise_due(house.now) == 0
    assert "decision_cancelled" in await lines(amina)
    assert await owed(amina) == []
    assert (await again(amina)).status != Status.BINNED


async def test_a_decision_is_refused_with_who_and_what_when_something_happened(
    house: House,
) -> None:
    amina = await house.candidate()
    seen = len(await lines(amina))
    await house.validates(amina, "sirene", who="Oscar")
    with pytest.raises(ChangedMeanwhile) as refused:
        await house.decides(amina, "bin", seen=seen)
    assert refused.value.facts == {"who": "Oscar", "what": "document_validated"}
    assert (await again(amina)).status == Status.SUBMITTED
    await house.decides(amina, "bin", seen=seen + 1)


async def test_a_view_or_a_sent_mail_refuses_no_decision(house: House) -> None:
    amina = await house.candidate()
    options = {"provider_id": house.provider.id}
    await note_view(amina.id, "sirene", house.actor("Oscar"), house.now, **options)
    await house.decides(amina, "bin", seen=0)
    assert (await again(amina)).status == Status.BINNED


@pytest.mark.parametrize("former", CAN_BE_DECIDED)
async def test_restoring_gives_the_former_status_back(house: House, former: Status) -> None:
    amina = await in_status(house, former)
    await house.decides(amina, "bin")
    binned = await again(amina)
    assert binned.erase_at == house.now + timedelta(days=house.provider.bin_days)
    house.later(days=2)
    await decisions.restore(amina.id, house.actor(), house.now, provider_id=house.provider.id)
    back = await again(amina)
    assert (back.status, back.former_status, back.erase_at) == (former, None, None)
    assert back.clock_start == house.now
    assert await owed(amina) == [], "nobody heard of the bin, nobody hears of the way back"
    with pytest.raises(NotBinned):
        await decisions.restore(amina.id, house.actor(), house.now, provider_id=house.provider.id)


async def test_whoever_heard_of_the_bin_hears_of_the_way_back(house: House) -> None:
    amina = await house.candidate()
    await house.decides(amina, "bin")
    await Notice.filter(candidate_id=amina.id).update(state="accepted", settled_at=house.now)
    await decisions.restore(amina.id, house.actor(), house.now, provider_id=house.provider.id)
    assert await owed(amina) == [("restored", "chat")]


async def test_another_providers_operator_can_do_nothing(house: House, other_house: House) -> None:
    amina = await house.candidate()
    decision = await house.decides(amina, "bin", delay=DELAY)
    victor, foreign = other_house.actor("Victor"), other_house.provider.id
    verdict = decisions.Verdict(outcome=Outcome.BIN)
    attempts = [
        decisions.decide(
            amina.id, verdict, victor, house.now, provider_id=foreign, delay=timedelta(0)
        ),
        decisions.undo(amina.id, decision.id, victor, house.now, provider_id=foreign),
        decisions.send_now(amina.id, decision.id, victor, house.now, provider_id=foreign),
        decisions.restore(amina.id, victor, house.now, provider_id=foreign),
    ]
    for attempt in attempts:
        with pytest.raises(NoSuchCandidate):
            await attempt
    assert await lines(amina) == ["decided"]


async def test_a_decision_is_only_undone_on_its_own_candidate(house: House) -> None:
    amina, bruno = await house.candidate(), await house.candidate("Bruno")
    decision = await house.decides(amina, "bin", delay=DELAY)
    with pytest.raises(Refusal):
        await decisions.undo(
            bruno.id, decision.id, house.actor(), house.now, provider_id=house.provider.id
        )


async def test_a_bin_that_keeps_nothing_is_emptied_at_the_next_look_and_says_farewell(
    house: House,
) -> None:
    use_keyring(Keyring({"k1": b"k" * 32}))
    await house.provider.update_from_dict({"bin_days": 0}).save()
    amina = await house.candidate()
    await house.decides(amina, "bin", comment="Merci", delay=DELAY)
    assert await empty_due(house.now) == 0, "undoable like every other decision"
    house.later(minutes=5)
    await decisions.finalise_due(house.now)
    assert await empty_due(house.now) == 1
    assert await Candidate.filter(id=amina.id).count() == 0
    assert await Decision.all().count() == 0
    farewells = await Notice.filter(kind="final_rejection", state="owed")
    assert sorted(one.channel for one in farewells) == ["chat", "mail"]
    assert {one.candidate_id for one in farewells} == {None}
