"""A deletion falls due while the person acts, is answered, or is written to: whole or gone."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from actions import clock, documents, messages, replies
from actions.deeds import SYSTEM, Actor, NoSuchCandidate, deed
from jobs.post import Post
from jobs.transport import SmtpTransport
from models.tables import (
    Candidate,
    DocumentType,
    Message,
    Notice,
    Operator,
    Provider,
    Tombstone,
    Upload,
)
from rules.letters import Sites
from rules.notices import NoticeKind
from rules.vocabulary import ActorKind, Channel
from settings.parsing import smtp as parsed
from tests.clock.test_erasure import traces
from tests.clock.test_kills import FOUR, crowd
from tests.figures import Figures, Record
from tests.servers import Mailbox

Deed = Callable[[Candidate, Provider], Awaitable[Any]]
NUMBERS = iter(range(1, 10_000))


async def writes(person: Candidate, _: Provider) -> None:
    """The person writes to the operator."""
    await messages.receive(person.id, "Une question ?", next(NUMBERS), now=FOUR, at=FOUR)


async def sends_a_file(person: Candidate, _: Provider) -> None:
    """The person sends a file, which waits for its check."""
    number = next(NUMBERS)
    assert person.bot_id is not None
    sent = documents.SentFile(f"file{number}", number, person.bot_id)
    actor = Actor(ActorKind.CANDIDATE, person.id)
    await documents.receive(person.id, "diploma", sent, actor, FOUR, FOUR)


async def is_answered(person: Candidate, provider: Provider) -> None:
    """An operator writes."""
    odile = Actor(ActorKind.OPERATOR, str((await Operator.get()).id), "Odile")
    await replies.send(person.id, "Bonjour", odile, FOUR, provider_id=str(provider.id))


@pytest.fixture
async def night(database: str) -> tuple[Provider, list[str]]:
    """Eight people who are due tonight, at a provider that asks for a diploma."""
    provider, due, _ = await crowd()
    await DocumentType.create(provider_id=provider.id, key="diploma", label={}, position=1)
    await Operator.create(email="odile@example.org", name="Odile", created_at=FOUR)
    return provider, due


async def during(
    provider: Provider, ids: list[str], doing: Deed, chance: random.Random
) -> set[str]:
    """The nightly run, and everybody's deed at some moment of it; whose deed was done."""
    done = set[str]()

    async def act(candidate_id: str, person: Candidate) -> None:
        await asyncio.sleep(chance.uniform(0.0, 0.15))
        try:
            await doing(person, provider)
        except NoSuchCandidate:
            return
        done.add(candidate_id)

    people = [await Candidate.get(id=one) for one in ids]
    acts = [act(one, person) for one, person in zip(ids, people, strict=True)]
    await asyncio.gather(clock.run(provider, FOUR, "w"), *acts)
    return done


@pytest.mark.parametrize("doing", [writes, sends_a_file, is_answered])
async def test_a_deed_in_the_night_of_the_deletion_saves_or_finds_nobody(
    night: tuple[Provider, list[str]], doing: Deed, record_property: Record
) -> None:
    provider, due = night
    began = time.monotonic()
    done = await during(provider, due, doing, random.Random(20261124))
    seconds = time.monotonic() - began
    left = {str(one.id) for one in await Candidate.filter(id__in=due)}
    halves = [line for one in set(due) - left for line in await traces(one, (one,))]
    halves = [line for line in halves if not line.startswith(("tombstone.", "provider_event."))]
    remark = f"{len(left)} saved by what was done, {len(due) - len(left)} gone"
    Figures(lost=len(done - left) + len(halves), seconds=seconds, remark=remark).tell(
        record_property
    )
    assert left == done, "whose deed was taken is there; whoever is gone was told so"
    assert halves == []
    assert await Tombstone.all().count() == len(due) - len(left)
    kept = {str(row.candidate_id) for row in [*await Message.all(), *await Upload.all()]}
    assert kept == done


async def test_a_mail_that_leaves_in_the_night_of_the_deletion_leaves_once(
    night: tuple[Provider, list[str]], smtp: Mailbox, record_property: Record
) -> None:
    provider, due = night
    for one in due:
        await Candidate.filter(id=one).update(status="to_correct")
        async with deed(one, SYSTEM, datetime(2026, 9, 1, 9, tzinfo=UTC)) as doing:
            facts = {"comment": "Merci", "items": []}
            await doing.owe(NoticeKind.CORRECTIONS, facts, once="1", channels=(Channel.MAIL,))
    post = Post(
        transport=SmtpTransport(parsed(smtp.url)),
        sender="robot@a.example",
        secret_key=b"s" * 32,
        sites=Sites("https://recrutement.example.org"),
        clock=lambda: FOUR,
        holder="p",
    )
    began = time.monotonic()
    await asyncio.gather(clock.run(provider, FOUR, "w"), post.drain())
    await post.drain()
    ids = [mail.id for mail in smtp.messages]
    reminders = NoticeKind.DELETION_REMINDER  # of others; they wait for the morning
    owed = await Notice.filter(channel="mail", state="owed").exclude(kind=reminders).count()
    Figures(lost=owed, doubled=len(ids) - len(set(ids)), seconds=time.monotonic() - began).tell(
        record_property
    )
    left = {str(one.id) for one in await Candidate.filter(id__in=due)}
    halves = [line for one in set(due) - left for line in await traces(one, (one,))]
    assert [one for one in halves if not one.startswith(("tombstone.", "provider_event."))] == []
    farewells = [mail for mail in smtp.messages if "effac" in mail.text]
    assert len(farewells) == len(due) - len(left)
    assert (owed, len(ids) - len(set(ids))) == (0, 0)
