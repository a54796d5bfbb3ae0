"""The end of an admission and its undoing: what closes, what is told, what stays possible."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from actions import decisions, replies, reviews
from actions.admissions import end_admission, resume_admission
from actions.deeds import NoSuchCandidate
from models.reads.dossier import dossier
from models.reads.letters import Gone, telling
from models.tables import Candidate, Event, Notice
from rules.decisions import LEAVES_ALONE
from rules.letters import Sites
from rules.statuses import (
    AdmissionEnded,
    AlreadyBinned,
    ChangedMeanwhile,
    DecisionPending,
    NotAdmitted,
    NotEnded,
    ReplyFirst,
    is_closed,
    is_open,
)
from rules.vocabulary import Outcome, Status
from rules.writing import ClosedToMessages
from tests.decisions.conftest import DELAY, House, again, in_status, lines, owed

BOTH = [("admission_ended", "chat"), ("admission_ended", "mail")]


async def ends(house: House, person: Candidate, who: str = "Odile", **more: Any) -> None:
    """An operator says that this person no longer works there."""
    await end_admission(
        person.id,
        house.actor(who),
        house.now,
        provider_id=house.provider.id,
        **more,
    )


async def resumes(house: House, person: Candidate, **more: Any) -> None:
    """An operator says that they do again."""
    await resume_admission(
        person.id,
        house.actor(),
        house.now,
        provider_id=house.provider.id,
        **more,
    )


async def fatou(house: House) -> Candidate:
    """Somebody admitted."""
    return await house.candidate("Fatou", "accepted")


async def test_the_end_closes_the_space_starts_the_clock_and_is_told(house: House) -> None:
    person = await fatou(house)
    house.later(days=100)
    await ends(house, person)
    row = await again(person)
    assert (row.status, row.ended_at, row.clock_start) == ("accepted", house.now, house.now)
    assert row.version == person.version + 1
    snapshot = await dossier(row, house.provider)
    assert is_closed(snapshot)
    assert not is_open(snapshot)
    assert await owed(person) == BOTH
    assert await lines(person) == ["admission_ended"]
    event = await Event.get(candidate_id=person.id)
    assert (event.actor_kind, event.actor_name) == ("operator", "Odile")


async def test_with_the_module_off_the_space_closes_all_the_same(house: House) -> None:
    person = await fatou(house)
    house.provider.module_on = False
    await ends(house, person)
    snapshot = await dossier(await again(person), house.provider)
    assert not is_open(snapshot)
    assert is_closed(snapshot)


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.ACCEPTED])
async def test_only_an_admission_can_end(house: House, status: Status) -> None:
    person = await in_status(house, status)
    with pytest.raises(NotAdmitted):
        await ends(house, person)
    assert (await again(person)).ended_at is None
    assert await owed(person) == []


async def test_an_admission_ends_once(house: House) -> None:
    person = await fatou(house)
    await ends(house, person)
    began = house.now
    house.later(days=3)
    with pytest.raises(NotAdmitted):
        await ends(house, person, "Oscar")
    assert (await again(person)).ended_at == began


async def test_nothing_ends_while_a_decision_is_pending_or_a_message_waits(house: House) -> None:
    person = await fatou(house)
    await house.decides(person, Outcome.REJECT, comment="Une pièce a expiré.", delay=DELAY)
    with pytest.raises(DecisionPending):
        await ends(house, person)
    other = await house.candidate("Bruno", "accepted")
    await Candidate.filter(id=other.id).update(awaiting_reply_since=house.now)
    with pytest.raises(ReplyFirst):
        await ends(house, other)
    await replies.mark_answered(other.id, house.actor(), house.now, provider_id=house.provider.id)
    await ends(house, other)


async def test_victor_cannot_end_what_is_not_his(house: House, other_house: House) -> None:
    person = await fatou(house)
    for do in (end_admission, resume_admission):
        with pytest.raises(NoSuchCandidate):
            await do(
                person.id,
                other_house.actor("Victor"),
                house.now,
                provider_id=other_house.provider.id,
            )
    assert (await again(person)).ended_at is None


async def test_whoever_has_not_seen_the_newest_lines_ends_nothing(house: House) -> None:
    person = await fatou(house)
    await ends(house, person, seen=0)
    assert "admission_ended" not in LEAVES_ALONE
    with pytest.raises(ChangedMeanwhile) as refused:
        await resumes(house, person, seen=0)
    assert refused.value.facts["who"] == "Odile"
    await resumes(house, person, seen=1)
    with pytest.raises(ChangedMeanwhile):
        await ends(house, person, "Oscar", seen=1)


async def test_a_mistake_undone_in_time_is_never_read(house: House) -> None:
    person = await fatou(house)
    await ends(house, person, delay=DELAY)
    waiting = await Notice.filter(candidate_id=person.id).values_list("not_before", flat=True)
    assert set(waiting) == {house.now + DELAY}
    house.later(minutes=4)
    await resumes(house, person)
    row = await again(person)
    assert (row.ended_at, row.clock_start) == (None, house.now)
    assert is_open(await dossier(row, house.provider))
    assert await owed(person) == []
    assert await lines(person) == ["admission_ended", "admission_resumed"]


async def test_whoever_has_read_of_the_end_is_told_of_the_return(house: House) -> None:
    person = await fatou(house)
    await ends(house, person)
    await Notice.filter(candidate_id=person.id).update(state="accepted")
    house.later(days=30)
    await resumes(house, person)
    assert await owed(person) == [("admission_resumed", "chat")]
    with pytest.raises(NotEnded):
        await resumes(house, person)


async def test_ending_again_is_told_again(house: House) -> None:
    person = await fatou(house)
    for _ in range(2):
        await ends(house, person)
        await Notice.filter(candidate_id=person.id).update(state="accepted")
        house.later(days=30)
        await resumes(house, person)
    assert await Notice.filter(candidate_id=person.id, kind="admission_ended").count() == 4


@pytest.mark.parametrize("outcome", [Outcome.ACCEPT, Outcome.REJECT])
async def test_nothing_but_the_bin_is_decided_on_them(house: House, outcome: Outcome) -> None:
    person = await fatou(house)
    await ends(house, person)
    with pytest.raises(AdmissionEnded):
        await house.decides(person, outcome, comment="Bonjour", reason="Vu")
    with pytest.raises(AdmissionEnded):
        await reviews.validate(await house.judged(person, "diploma"), house.actor(), house.now)
    with pytest.raises(ClosedToMessages):
        await replies.send(
            person.id, "Bonjour", house.actor(), house.now, provider_id=house.provider.id
        )


async def test_the_bin_deletes_them_sooner_and_can_be_left(house: House) -> None:
    person = await fatou(house)
    await ends(house, person)
    await Notice.filter(candidate_id=person.id).update(state="accepted")
    await house.decides(person, Outcome.BIN)
    row = await again(person)
    assert (row.status, row.former_status) == ("binned", "accepted")
    assert row.erase_at == house.now + timedelta(days=7)
    with pytest.raises(AlreadyBinned):
        await resumes(house, person)
    await Notice.filter(candidate_id=person.id).update(state="accepted")
    house.later(days=1)
    await decisions.restore(person.id, house.actor(), house.now, provider_id=house.provider.id)
    row = await again(person)
    assert row.status == "accepted"
    assert row.ended_at is not None, "out of the bin they still do not work there"
    assert await owed(person) == [("admission_ended", "chat")]
    await resumes(house, person)
    assert is_open(await dossier(await again(person), house.provider))


@pytest.mark.parametrize("kind", ["document_rejected", "file_refused", "document_expires"])
async def test_what_was_to_be_asked_is_asked_no_more(house: House, kind: str) -> None:
    person = await fatou(house)
    await ends(house, person)
    notice = await Notice.create(
        provider_id=house.provider.id,
        candidate_id=person.id,
        channel="chat",
        kind=kind,
        facts={},
        unique_key=kind,
        owed_at=house.now,
        not_before=house.now,
        message_id=kind,
    )
    told = await telling(notice, Sites("https://example.org"), house.now)
    assert told == Gone("the space is no longer open")
