"""Kill -9 of the worker at every point of a delivery: nothing lost, one double a kill at most."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import pytest

from actions.outbox import LEASE
from models.tables import Event, Message, Notice
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from sandbox.client import Sandbox
from tests.figures import Figures, Record
from tests.kills.forking import Forks, forks
from tests.outbox.world import TOKEN, Clock, House
from tests.outbox.zygote import POINTS
from tests.servers import Mailbox

KILLS = 28
"""Of each kind; both together are more than fifty."""
MAILS = 60
CHATS = 12
TEXTS = 10
SWEEP = 1
"""Seconds until a worker looks again."""
WAITED = LEASE.total_seconds() + SWEEP
"""Seconds by which the next worker's clock is ahead: they are not lived through."""
LONGEST = 60
"""Seconds from a kill until all is done, the lease included."""


@pytest.fixture
async def zygote() -> AsyncIterator[Forks]:
    async with forks("tests.outbox.zygote") as made:
        yield made


async def kill_until_done(zygote: Forks, job: dict[str, Any]) -> tuple[int, float]:
    """One worker after another, each killed at another point; a lease lies between two.

    Returns the kills, and the seconds from the last one to the end, but for `WAITED`.
    """
    kills, chance = 0, random.Random(20260302)
    while True:
        began = time.monotonic()
        point = POINTS[kills % len(POINTS)] if kills < KILLS else "never"
        crossing = 1 if point == "claimed" else chance.randint(1, 3)
        job = job | {"point": point, "crossing": crossing}
        job["seconds_later"] = kills * WAITED
        if not await zygote.killed(job):
            return kills, time.monotonic() - began
        kills += 1


@pytest.mark.slow
async def test_a_worker_killed_while_mailing_loses_nothing(
    database: str, smtp: Mailbox, zygote: Forks, record_property: Record
) -> None:
    house = await House.opened(Clock(datetime.now(UTC)))
    owed = [
        (await house.owe(await house.person("Amina", email=f"a{number}@example.org")))[0]
        for number in range(MAILS)
    ]
    job = {"channel": "mail", "database": database, "smtp": smtp.url}
    kills, seconds = await kill_until_done(zygote, job)
    sent = Counter(mail.id for mail in smtp.messages)
    doubled = sum(sent.values()) - len(sent)
    lost = MAILS - len(sent)
    figures = Figures(kills=kills, lost=lost, doubled=doubled, seconds=seconds, waited=WAITED)
    figures.tell(record_property)
    assert figures.whole <= LONGEST
    assert kills == KILLS
    assert set(sent) == {f"<{one.message_id}@recrutement.example.org>" for one in owed}
    assert 0 < doubled <= kills
    assert max(sent.values()) <= 1 + kills
    assert await Notice.filter(state="accepted").count() == MAILS
    journal = Counter(await Event.filter(kind="mail_sent").values_list("candidate_id", flat=True))
    assert len(journal) == MAILS
    assert set(journal.values()) == {1}, "written once, however often it was sent"


@pytest.mark.slow
async def test_a_worker_killed_while_writing_to_chats_loses_nothing_and_keeps_their_order(
    database: str, sandbox: Sandbox, zygote: Forks, record_property: Record
) -> None:
    house = await House.opened(Clock(datetime.now(UTC)))
    phones = []
    for number in range(CHATS):
        phone = await sandbox.phone(f"Amina{number}")
        await phone.open("douceur_bot")
        person = await house.person(user_id=phone.id)
        phones.append(phone)
        for text in range(TEXTS):
            message = await Message.create(candidate_id=person.id, text=f"no {text}", at=now())
            facts = {"message_id": message.id}
            await house.owe(person, NoticeKind.MESSAGE, facts, channels=(Channel.CHAT,))
    job = {
        "channel": "chat",
        "database": database,
        "telegram": sandbox.base_url,
        "token": TOKEN,
    }
    kills, seconds = await kill_until_done(zygote, job)
    doubled, orders = 0, []
    for phone in phones:
        heard = [one.text[-4:] for one in await phone.messages() if one.from_bot]
        orders.append([text for text, _ in groupby(heard)])
        doubled += len(heard) - len(orders[-1])
    lost = CHATS * TEXTS - sum(len(set(texts)) for texts in orders)
    figures = Figures(kills=kills, lost=lost, doubled=doubled, seconds=seconds, waited=WAITED)
    figures.tell(record_property)
    assert figures.whole <= LONGEST
    assert orders == [[f"no {text}" for text in range(TEXTS)]] * CHATS
    assert kills == KILLS
    assert await Notice.filter(state="accepted").count() == CHATS * TEXTS
    assert doubled <= kills


def now() -> datetime:
    return datetime.now(UTC)
