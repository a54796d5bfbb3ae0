"""Corrections that follow each other within minutes: one message, with everything in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from actions import chat_outbox, decisions, outbox, replies, reviews
from models.reads.letters import Gone, telling
from models.tables import Candidate, Event, Notice
from rules.history import EventKind
from rules.merging import GRACE, JOINED, NOTE_GRACE
from rules.vocabulary import ActorKind
from tests.decisions.conftest import DELAY, House, again
from tests.outbox.world import SITES

SECOND = timedelta(seconds=1)
CORRECTIONS, NOTE = "corrections", "document_rejected"


async def told(person: Candidate, kind: str, channel: str = "chat") -> list[tuple[str, list[str]]]:
    """The state of each notice, and what it names."""
    found = await Notice.filter(candidate_id=person.id, kind=kind, channel=channel).order_by("id")
    lists = [one.facts["items" if kind == CORRECTIONS else "points"] for one in found]
    return [
        (one.state, [each["key"] for each in named])
        for one, named in zip(found, lists, strict=True)
    ]


async def asks(house: House, person: Candidate, *keys: str, **more: object) -> None:
    """Odile sends back, and does not wait for it to be final."""
    ticked = dict.fromkeys(keys, "")
    pending = await house.decides(person, "reject", ticked=ticked, delay=DELAY, **more)
    by = house.actor()
    await decisions.send_now(person.id, pending.id, by, house.now, provider_id=house.provider.id)


async def rejects(house: House, person: Candidate, key: str, reason: str = "Floue") -> None:
    judged = await house.judged(person, key)
    await reviews.reject(judged, house.actor(), house.now, reason=reason, grace=DELAY)


async def accepted(person: Candidate, now: datetime) -> None:
    """What was owed has left."""
    owed = Notice.filter(candidate_id=person.id, state="owed", not_before__lte=now)
    await owed.update(state="accepted", settled_at=now)


async def leaves(person: Candidate, kind: str) -> set[timedelta]:
    """After how long the notices that are owed leave."""
    found = await Notice.filter(candidate_id=person.id, kind=kind, state="owed")
    return {one.not_before - one.owed_at for one in found}


async def test_send_now_is_now_for_mail_and_chat(house: House) -> None:
    amina = await house.candidate()
    await asks(house, amina, "sirene")
    assert await leaves(amina, CORRECTIONS) == {timedelta(0)}


async def test_what_follows_a_mail_within_minutes_is_one_more_mail(house: House) -> None:
    amina = await house.candidate()
    began = house.now
    await asks(house, amina, "sirene")
    await accepted(amina, house.now)
    for key in ("diploma", "cv"):
        house.later(seconds=40)
        await asks(house, amina, key)
    assert await told(amina, CORRECTIONS, "mail") == [
        ("accepted", ["sirene"]),
        ("void", ["diploma"]),
        ("owed", ["diploma", "cv"]),
    ]
    mail, chat = await Notice.filter(state="owed").order_by("-channel")
    assert mail.not_before == began + GRACE
    assert chat.not_before == house.now, "the chat says what the card says"
    house.now = began + GRACE
    await accepted(amina, house.now)
    house.later(minutes=3)
    await asks(house, amina, "sirene")
    assert await leaves(amina, CORRECTIONS) == {timedelta(0)}


async def test_something_forgotten_is_added_to_the_mail_that_has_not_left(house: House) -> None:
    amina = await house.candidate()
    await asks(house, amina, "sirene", comment="Bonjour Amina.")
    house.later(seconds=90)
    await asks(house, amina, "diploma", comment="Et encore une chose.")
    for channel in ("mail", "chat"):
        assert await told(amina, CORRECTIONS, channel) == [
            ("void", ["sirene"]),
            ("owed", ["sirene", "diploma"]),
        ]
    gone, left = await Notice.filter(channel="mail").order_by("id")
    assert gone.last_error == JOINED
    assert gone.message_id != left.message_id
    assert left.facts["comment"] == "Bonjour Amina.\n\nEt encore une chose."
    assert set((await again(amina)).unlocked) == {"sirene", "diploma"}, "both can be corrected"


async def test_what_waited_as_a_pending_decision_leaves_when_it_is_final(house: House) -> None:
    amina = await house.candidate()
    await house.decides(amina, "reject", comment="Merci", delay=DELAY)
    house.now += DELAY
    await decisions.finalise_due(house.now)
    assert await leaves(amina, CORRECTIONS) == {timedelta(0)}
    bruno = await house.candidate("Bruno")
    await house.decides(bruno, "reject", comment="Merci")
    assert await leaves(bruno, CORRECTIONS) == {timedelta(0)}, "without a delay nothing waits"


async def test_a_mail_that_a_worker_has_in_hand_leaves_by_itself(house: House) -> None:
    amina = await house.candidate()
    await asks(house, amina, "sirene")
    (mail,) = await outbox.claim_mails("w1", house.now)
    chat = await chat_outbox.claim_chat("w1", house.now)
    assert chat is not None
    (news,) = await chat_outbox.due_notices(chat, house.now)
    assert await chat_outbox.take(news, "w1", house.now)
    await asks(house, amina, "diploma")
    for channel in ("mail", "chat"):
        both = [("owed", ["sirene"]), ("owed", ["diploma"])]
        assert await told(amina, CORRECTIONS, channel) == both
    assert await outbox.settle_mail(mail, "w1", house.now, outbox.Accepted(), amina.email)


async def test_what_gave_way_is_not_sent_by_a_worker_that_had_already_read_it(
    house: House,
) -> None:
    amina = await house.candidate()
    await asks(house, amina, "sirene")
    chat = await chat_outbox.claim_chat("w1", house.now)
    assert chat is not None
    (news,) = await chat_outbox.due_notices(chat, house.now)
    await asks(house, amina, "diploma")
    assert not await chat_outbox.take(news, "w1", house.now)


async def test_what_was_corrected_meanwhile_is_asked_for_no_more(house: House) -> None:
    amina = await house.candidate()
    await asks(house, amina, "sirene", "cv")
    house.now += SECOND
    await Event.create(
        provider_id=house.provider.id,
        candidate_id=amina.id,
        at=house.now,
        kind=EventKind.DOCUMENT_REPLACED,
        actor_kind=ActorKind.CANDIDATE,
        subject="sirene",
    )
    await asks(house, amina, "diploma")
    assert (await told(amina, CORRECTIONS))[-1] == ("owed", ["cv", "diploma"])
    house.now += SECOND
    submitted = {"kind": EventKind.SUBMITTED, "actor_kind": ActorKind.CANDIDATE, "at": house.now}
    await Event.create(provider_id=house.provider.id, candidate_id=amina.id, **submitted)
    await asks(house, amina, "cv", comment="Relu")
    assert (await told(amina, CORRECTIONS))[-1] == ("owed", ["cv"]), "it was looked at anew"


async def test_several_rejected_documents_are_one_message(house: House) -> None:
    amina = await house.candidate(status="to_correct")
    await rejects(house, amina, "sirene")
    assert await leaves(amina, NOTE) == {NOTE_GRACE}
    house.later(seconds=40)
    await rejects(house, amina, "diploma", "Coupée")
    assert await told(amina, NOTE) == [("void", ["sirene"]), ("owed", ["sirene", "diploma"])]
    (owed,) = await Notice.filter(state="owed")
    assert owed.not_before == house.now + NOTE_GRACE
    assert [one["reason"] for one in owed.facts["points"]] == ["Floue", "Coupée"]


async def test_many_rejected_documents_do_not_wait_for_ever(house: House) -> None:
    amina = await house.candidate(status="to_correct")
    began = house.now
    for key in ("sirene", "diploma", "sirene", "diploma", "sirene"):
        await rejects(house, amina, key)
        house.later(seconds=44)
    (owed,) = await Notice.filter(state="owed")
    assert owed.not_before == began + timedelta(minutes=3)
    assert (await told(amina, NOTE))[-1] == ("owed", ["diploma", "sirene"])


async def test_a_verdict_that_is_taken_back_takes_only_its_own_line_away(house: House) -> None:
    amina = await house.candidate(status="to_correct")
    await rejects(house, amina, "sirene")
    await rejects(house, amina, "diploma")
    await house.validates(amina, "diploma")
    assert (await told(amina, NOTE))[-1] == ("owed", ["sirene"])
    await house.validates(amina, "sirene")
    assert {state for state, _ in await told(amina, NOTE)} == {"void"}


async def test_corrections_tell_the_rejected_documents_too(house: House) -> None:
    amina = await house.candidate(status="to_correct")
    await rejects(house, amina, "sirene")
    await house.decides(amina, "reject")
    assert await told(amina, NOTE) == [("void", ["sirene"])]
    ((state, named),) = await told(amina, CORRECTIONS)
    assert (state, "sirene" in named) == ("owed", True)


async def test_the_chat_keeps_its_order(house: House) -> None:
    """A message that speaks of a rejection is not read before the rejection."""
    amina = await house.candidate(status="to_correct")
    await rejects(house, amina, "sirene")
    house.later(seconds=5)
    by = {"provider_id": house.provider.id}
    await replies.send(amina.id, "C’est la page 2.", house.actor(), house.now, **by)
    chat = await chat_outbox.claim_chat("w1", house.now)
    assert chat is not None
    due = await chat_outbox.due_notices(chat, house.now)
    assert [one.kind for one in due] == [NOTE, "message"]


async def test_an_acceptance_ends_the_corrections_that_were_not_told(house: House) -> None:
    amina = await house.candidate()
    await asks(house, amina, "sirene", comment="Trop tôt.")
    house.later(seconds=5)
    await house.decides(amina, "accept", comment="Bravo", reason="Vu")
    house.later(seconds=5)
    await asks(house, amina, "diploma", comment="Une chose encore.")
    for channel in ("mail", "chat"):
        both = [("void", ["sirene"]), ("owed", ["diploma"])]
        assert await told(amina, CORRECTIONS, channel) == both
    owed = await Notice.get(kind=CORRECTIONS, channel="mail", state="owed")
    assert owed.facts["comment"] == "Une chose encore."


async def test_throwing_away_makes_corrections_void_when_they_would_leave(house: House) -> None:
    amina = await house.candidate()
    await asks(house, amina, "sirene")
    house.later(seconds=5)
    await house.decides(amina, "bin", comment="Finalement", reason="Vu")
    for notice in await Notice.filter(kind=CORRECTIONS):
        assert isinstance(await telling(notice, SITES, house.now), Gone)
