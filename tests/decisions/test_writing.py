"""Comments, replies, "answered", "keep N days", views: what they write and what they move."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from actions import comments, messages, replies
from actions.deeds import NoSuchCandidate
from actions.views import note_view
from models.tables import Candidate, Comment, Event, Message, Notice, Reminder, Token
from rules.retention import KeepOutOfRange
from rules.reviews import NotAsked
from rules.statuses import ChangedMeanwhile
from rules.writing import ClosedToMessages, CommentGone, NothingWritten, NotYourComment, TooLong
from tests.decisions.conftest import House, again, lines, owed


async def test_a_comment_is_added_edited_and_removed_with_its_words_in_the_journal(
    house: House,
) -> None:
    amina = await house.candidate()
    clock = amina.clock_start
    options: dict[str, Any] = {"provider_id": house.provider.id}
    house.later(minutes=1)
    who = house.actor("Oscar")
    made = await comments.add(amina.id, "sirene", " Tampon flou ", who, house.now, **options)
    await comments.edit(amina.id, made.id, "Tampon lisible", who, house.now, **options)
    await comments.edit(amina.id, made.id, "Tampon lisible", who, house.now, **options)
    await comments.remove(amina.id, made.id, who, house.now, **options)
    told = [(e.kind, e.subject, e.before, e.after) for e in await Event.all().order_by("id")]
    assert told == [
        ("comment_added", "sirene", None, {"text": "Tampon flou"}),
        ("comment_edited", "sirene", {"text": "Tampon flou"}, {"text": "Tampon lisible"}),
        ("comment_removed", "sirene", {"text": "Tampon lisible"}, None),
    ]
    assert (await Comment.get(id=made.id)).removed_at == house.now
    assert (await again(amina)).clock_start == clock, "not addressed to the candidate"
    assert await owed(amina) == []
    with pytest.raises(CommentGone):
        await comments.edit(amina.id, made.id, "Encore", who, house.now, **options)


async def test_a_colleagues_comment_is_theirs(house: House) -> None:
    amina, bruno = await house.candidate(), await house.candidate("Bruno")
    options: dict[str, Any] = {"provider_id": house.provider.id}
    made = await comments.add(
        amina.id, "sirene", "Flou", house.actor("Oscar"), house.now, **options
    )
    with pytest.raises(NotYourComment) as refused:
        await comments.edit(amina.id, made.id, "Net", house.actor(), house.now, **options)
    assert refused.value.facts == {"by": "Oscar"}
    with pytest.raises(CommentGone):
        await comments.remove(bruno.id, made.id, house.actor("Oscar"), house.now, **options)


@pytest.mark.parametrize(
    ("key", "text", "refusal"),
    [
        ("sirene", " \n ", NothingWritten),
        ("sirene", "x" * 4001, TooLong),
        ("speaks_french", "Bonjour", NotAsked),
        ("invented", "Bonjour", NotAsked),
    ],
)
async def test_a_comment_needs_words_and_a_document(
    house: House, key: str, text: str, refusal: type[Exception]
) -> None:
    amina = await house.candidate()
    with pytest.raises(refusal):
        await comments.add(
            amina.id, key, text, house.actor(), house.now, provider_id=house.provider.id
        )
    assert await lines(amina) == []


async def test_a_reply_ends_the_waiting_and_restarts_the_clock(house: House) -> None:
    amina = await house.candidate(status="incomplete")
    await messages.receive(amina.id, "Puis-je envoyer demain ?", 4, now=house.now, at=house.now)
    assert (await again(amina)).awaiting_reply_since == house.now
    house.later(hours=3)
    sent = await replies.send(
        amina.id, "Bien sûr.\r\nÀ demain", house.actor(), house.now, provider_id=house.provider.id
    )
    row = await again(amina)
    assert (row.awaiting_reply_since, row.clock_start) == (None, house.now)
    assert (sent.text, sent.operator_id) == ("Bien sûr.\nÀ demain", house.staff["Odile"].id)
    (notice,) = await Notice.filter(candidate_id=amina.id)
    assert (notice.kind, notice.channel, notice.facts) == (
        "message",
        "chat",
        {"message_id": sent.id},
    )


async def test_nobody_is_answered_twice_by_two_operators(house: House) -> None:
    amina = await house.candidate()
    await messages.receive(amina.id, "Bonjour", 4, now=house.now, at=house.now)
    seen, options = len(await lines(amina)), {"provider_id": house.provider.id}
    await messages.receive(amina.id, "Vous êtes là ?", 5, now=house.now, at=house.now)
    await replies.send(amina.id, "Oui", house.actor("Oscar"), house.now, seen=seen, **options)
    with pytest.raises(ChangedMeanwhile) as refused:
        await replies.send(amina.id, "Bonjour", house.actor(), house.now, seen=seen, **options)
    assert refused.value.facts == {"who": "Oscar", "what": "message_to_candidate"}
    assert await Message.filter(operator_id__isnull=False).count() == 1


@pytest.mark.parametrize(("text", "refusal"), [("", NothingWritten), ("x" * 3501, TooLong)])
async def test_a_reply_needs_words_that_fit(
    house: House, text: str, refusal: type[Exception]
) -> None:
    amina = await house.candidate()
    with pytest.raises(refusal):
        await replies.send(amina.id, text, house.actor(), house.now, provider_id=house.provider.id)


async def test_nobody_is_written_to_in_the_bin(house: House) -> None:
    amina = await house.candidate(status="binned")
    with pytest.raises(ClosedToMessages):
        await replies.send(
            amina.id, "Bonjour", house.actor(), house.now, provider_id=house.provider.id
        )


async def test_marked_answered_the_hold_ends_and_the_clock_starts_from_there(
    house: House,
) -> None:
    amina = await house.candidate(status="incomplete")
    await messages.receive(amina.id, "Merci !", 4, now=house.now, at=house.now)
    house.later(days=2)
    for _ in range(2):
        await replies.mark_answered(
            amina.id, house.actor(), house.now, provider_id=house.provider.id
        )
    row = await again(amina)
    assert (row.awaiting_reply_since, row.clock_start) == (None, house.now)
    assert (await lines(amina)).count("marked_answered") == 1


async def test_what_came_after_the_page_was_drawn_still_awaits_a_reply(house: House) -> None:
    options: dict[str, Any] = {"provider_id": house.provider.id}
    for answers in (False, True):
        amina = await house.candidate(status="incomplete")
        await messages.receive(amina.id, "Une question ?", 4, now=house.now, at=house.now)
        seen = await Event.filter(candidate_id=amina.id).count()
        house.later(minutes=5)
        second = house.now
        await messages.receive(amina.id, "Et une autre ?", 5, now=second, at=second)
        house.later(minutes=5)
        if answers:
            await replies.send(amina.id, "Oui", house.actor(), house.now, seen=seen, **options)
        else:
            await replies.mark_answered(amina.id, house.actor(), house.now, seen=seen, **options)
        assert (await again(amina)).awaiting_reply_since == second, "nobody has read it"
        seen = await Event.filter(candidate_id=amina.id).count()
        await replies.mark_answered(amina.id, house.actor(), house.now, seen=seen, **options)
        assert (await again(amina)).awaiting_reply_since is None


async def test_a_colleagues_keep_is_not_overwritten_unseen(house: House) -> None:
    amina = await house.candidate(status="incomplete")
    options: dict[str, Any] = {"provider_id": house.provider.id}
    await replies.keep(amina.id, 90, house.actor(), house.now, seen=0, **options)
    kept = (await again(amina)).kept_until
    assert kept is not None
    with pytest.raises(ChangedMeanwhile, match="Odile"):
        await replies.keep(amina.id, 45, house.actor("Oscar"), house.now, seen=0, **options)
    assert (await again(amina)).kept_until == kept
    await replies.keep(amina.id, 100, house.actor("Oscar"), house.now, seen=1, **options)
    assert (await again(amina)).kept_until == kept + timedelta(days=10)


async def test_no_keep_is_shorter_than_what_the_page_of_the_link_said(house: House) -> None:
    amina = await house.candidate(status="incomplete")
    options: dict[str, Any] = {"provider_id": house.provider.id}
    await Candidate.filter(id=amina.id).update(kept_until=date(2026, 6, 1))
    await replies.keep(amina.id, 45, house.actor(), house.now, **options)
    assert (await again(amina)).kept_until == house.now.date() + timedelta(days=45)
    await Candidate.filter(id=amina.id).update(kept_until=date(2026, 6, 1))
    await Token.create(
        candidate_id=amina.id,
        kind="keep",
        digest="d" * 64,
        created_at=house.now,
        expires_at=house.now,
        used_at=house.now,
    )
    await replies.keep(amina.id, 45, house.actor(), house.now, **options)
    assert (await again(amina)).kept_until == date(2026, 6, 1)


async def test_keeping_counts_from_today_and_leaves_the_clock_alone(house: House) -> None:
    amina = await house.candidate(status="incomplete")
    house.later(days=10)
    options: dict[str, Any] = {"provider_id": house.provider.id}
    await replies.keep(amina.id, 45, house.actor(), house.now, **options)
    row = await again(amina)
    assert row.kept_until == date(2026, 3, 12) + timedelta(days=45)
    assert row.clock_start < house.now
    event = await Event.get(candidate_id=amina.id)
    assert (event.kind, event.after) == ("kept", {"until": row.kept_until.isoformat()})
    for days in (0, 7, 4000):
        with pytest.raises(KeepOutOfRange):
            await replies.keep(amina.id, days, house.actor(), house.now, **options)


@pytest.mark.parametrize("warned", [True, False])
async def test_whoever_was_told_a_date_of_deletion_hears_of_the_new_one(
    house: House, warned: bool
) -> None:
    amina = await house.candidate(status="incomplete")
    await Reminder.create(
        candidate_id=amina.id,
        clock_start=amina.clock_start,
        due=date(2026, 4, 16),
        owed_at=house.now,
        accepted_at=house.now if warned else None,
        promised=date(2026, 4, 16) if warned else None,
    )
    await replies.keep(amina.id, 45, house.actor(), house.now, provider_id=house.provider.id)
    assert await owed(amina) == ([("kept", "chat")] if warned else [])


async def test_a_view_is_written_once_in_ten_minutes_for_each_operator(house: House) -> None:
    amina = await house.candidate()
    version = (await again(amina)).version
    options: dict[str, Any] = {"provider_id": house.provider.id}
    for who in ("Odile", "Odile", "Oscar"):
        await note_view(amina.id, "sirene", house.actor(who), house.now, **options)
    house.later(minutes=10)
    await note_view(amina.id, "sirene", house.actor("Odile"), house.now, **options)
    assert await lines(amina) == ["document_viewed"] * 3
    assert (await again(amina)).version == version


async def test_another_providers_operator_writes_nothing(house: House, other_house: House) -> None:
    amina = await house.candidate()
    victor = other_house.actor("Victor")
    foreign: dict[str, Any] = {"provider_id": other_house.provider.id}
    for attempt in (
        comments.add(amina.id, "sirene", "x", victor, house.now, **foreign),
        replies.send(amina.id, "x", victor, house.now, **foreign),
        replies.mark_answered(amina.id, victor, house.now, **foreign),
        replies.keep(amina.id, 45, victor, house.now, **foreign),
        note_view(amina.id, "sirene", victor, house.now, **foreign),
    ):
        with pytest.raises(NoSuchCandidate):
            await attempt
    await replies.mark_read(amina.id, other_house.provider.id, house.now)
    assert (await again(amina)).operator_seen_at is None
    assert await lines(amina) == []
