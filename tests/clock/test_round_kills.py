"""Every other round of the clock killed with kill -9: nothing lost, nothing done twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions.deeds import SYSTEM, deed
from actions.erasure import Reason, erase
from models import database as ours
from models.tables import (
    Bot,
    Candidate,
    Chat,
    Decision,
    Document,
    Event,
    Notice,
    Provider,
    ProviderEvent,
    Tombstone,
)
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from tests.clock.rounds import ROUNDS
from tests.conftest import MakeDatabase
from tests.factories import a_candidate, a_provider, an_operator
from tests.figures import Figures, Record
from tests.kills.forking import Forks, forks

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
PEOPLE = 6
"""For each kind of job."""
POINTS = (2, 5, 9, 17, 31, 47)
"""Statements before which one worker after the other dies."""
LONGEST = 60


async def crowd() -> None:
    """Six people for each round: whatever it does is due."""
    long_ago = NOW - timedelta(days=60)
    provider = await a_provider(now=long_ago, module_on=True, timezone="UTC")
    odile = await an_operator(provider, now=long_ago)
    await an_operator(provider, "Oscar", "reviewer", now=long_ago)
    bot = await Bot.create(telegram_id=4242, username="douceur_bot")
    for number in range(PEOPLE):
        await to_decide(provider, odile.id)
        await to_remind(provider)
        await to_renew(provider)
        await a_candidate(provider, "Chloé", "submitted", since=timedelta(days=40), now=NOW)
        await a_candidate(provider, "Bruno", requirements_version=1, now=NOW)
        await with_chat(provider, bot, 100 + number, status="binned", erase_at=NOW)
        gone = await with_chat(provider, bot, 200 + number, status="incomplete")
        await erase(gone.id, Reason.OWN_WISH, SYSTEM, NOW - timedelta(days=4))
    await Candidate.exclude(first_name="Bruno").update(requirements_version=2)
    await Provider.all().update(requirements_version=2, asking_up_to=2)


async def to_decide(provider: Provider, operator_id: str) -> None:
    """Accepted an hour ago; the delay is over."""
    person = await a_candidate(provider, "Amina", "submitted", now=NOW)
    await Decision.create(
        candidate_id=person.id,
        operator_id=operator_id,
        outcome="accept",
        state="pending",
        former_status="submitted",
        decided_at=NOW - timedelta(hours=1),
        final_at=NOW - timedelta(minutes=55),
    )


async def to_remind(provider: Provider) -> None:
    """Accepted eight days ago, mailed a link, and the account is not confirmed."""
    at = NOW - timedelta(days=8)
    person = await a_candidate(provider, "Dora", "accepted", since=timedelta(days=8), now=NOW)
    async with deed(person.id, SYSTEM, at) as doing:
        await doing.owe(NoticeKind.ACTIVATION, {}, once="1", channels=(Channel.MAIL,))
    await Notice.filter(candidate_id=person.id).update(state="accepted", settled_at=at)


async def to_renew(provider: Provider) -> None:
    """Accepted, with a document that ends in 30 days."""
    person = await a_candidate(
        provider, "Emil", "accepted", now=NOW, account_confirmed_at=NOW - timedelta(days=1)
    )
    ends = (NOW + timedelta(days=30)).date()
    await Document.create(
        candidate_id=person.id,
        key="sirene_notice",
        state="validated",
        sent_at=NOW,
        expires_on=ends,
    )


async def with_chat(provider: Provider, bot: Bot, number: int, **columns: Any) -> Candidate:
    """Somebody with a chat, and a card in it."""
    account = {"bot_id": bot.id, "telegram_id": number}
    made = await a_candidate(provider, f"Fleur{number}", **(columns | account), now=NOW)
    await Chat.create(
        bot_id=bot.id, user_id=number, candidate_id=made.id, card_message_id=7, created_at=NOW
    )
    return made


async def state() -> Counter[str]:
    """How many rows of each kind there are, in whatever state."""
    found = [f"notice {n.kind} {n.channel} {n.state}" for n in await Notice.all()]
    found += [f"event {one.kind}" for one in await Event.all()]
    found += [f"journal {one.kind}" for one in await ProviderEvent.all()]
    found += [f"decision {one.state}" for one in await Decision.all()]
    found += [f"{one.status} v{one.requirements_version}" for one in await Candidate.all()]
    found += [f"tombstone {one.reason}" for one in await Tombstone.all()]
    found += ["chat" for _ in await Chat.all()]
    found += ["asking" for _ in await Provider.filter(asking_up_to__isnull=False)]
    return Counter(found)


@pytest.fixture
async def workers() -> AsyncIterator[Forks]:
    async with forks("tests.clock.rounds") as made:
        yield made


async def undisturbed(url: str) -> dict[str, Counter[str]]:
    """What each round leaves behind when nobody is killed."""
    await ours.close()
    await ours.connect(url)
    await crowd()
    last, found = await state(), dict[str, Counter[str]]()
    for kind, make in ROUNDS.items():
        await make(NOW)
        found[kind] = await state()
        assert sum(((found[kind] - last) + (last - found[kind])).values()) >= 2, f"idle: {kind}"
        last = found[kind]
    await ours.close()
    return found


@pytest.mark.slow
async def test_every_round_of_the_clock_killed_again_and_again_does_everything_once(
    database: str,
    make_database: MakeDatabase,
    migrated_template: str,
    workers: Forks,
    record_property: Record,
) -> None:
    """Their transactions are short and hold no lease: whoever comes next goes on at once."""
    wanted = await undisturbed(await make_database(migrated_template))
    await ours.connect(database)
    await crowd()
    kills = Counter[str]()
    for kind in ROUNDS:
        job = {"database": database, "round": kind, "now": NOW.isoformat()}
        last_kill = time.monotonic()
        for left in (*POINTS, 0):
            if not await workers.killed(job | {"left": left}):
                break
            kills[kind] += 1
            last_kill = time.monotonic()
        seconds, there = time.monotonic() - last_kill, await state()
        Figures(
            kills=kills[kind],
            lost=sum((wanted[kind] - there).values()),
            doubled=sum((there - wanted[kind]).values()),
            seconds=seconds,
        ).tell(record_property)
        print(f"{kind}: {kills[kind]} kills, {seconds:.2f} s")
        assert there == wanted[kind], kind
        assert kills[kind] >= 2, f"{kind} was hardly killed"
        assert seconds <= LONGEST
    assert kills.total() >= 30
