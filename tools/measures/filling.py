"""Ten thousand made-up people in an empty database, written in bulk."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.models import Model

from actions.bots import register_shared_bot
from actions.deeds import SYSTEM
from actions.operators import NewOperator, add_operator
from actions.providers import NewProvider, create_provider
from models import database
from models.tables import Bot, Candidate, Chat, Document, Event, Provider, Reminder, SearchWord
from rules.answers.tidy import fold
from rules.searching import words_of
from rules.vocabulary import Role
from store.sealing import Keyring, use_keyring
from tools.measures.site import DUE, FIRST_USER, PEOPLE, TALKERS, Site

FIRST = "Amina Bruno Chloé David Élodie Fatou Grace Hugo Inès Jules Karim Léa Mehdi Nadia".split()
LAST = "Benali Durand Garnier Haddad Kowalski Lefèvre Martin Moreau Nguyen Petit Robin".split()
STATUSES = ("incomplete",) * 5 + ("to_correct", "incomplete", "submitted", "accepted", "accepted")
"""Of every ten people."""
AT_ONCE = 500


async def fill(site: Site) -> None:
    """Migrate, then fill."""
    settings, now = site.settings, datetime.now(UTC)
    use_keyring(Keyring(dict(settings.encryption_keys)))
    await database.migrate(site.database_url)
    await database.connect(site.database_url)
    try:
        long_ago = now - timedelta(days=200)
        provider = await create_provider(NewProvider(name="Douceur & Cie"), long_ago)
        odile = NewOperator("Odile", "odile@example.org", Role.ADMIN, "une phrase longue", "fr")
        await add_operator(provider.id, odile, SYSTEM, long_ago)
        bot = await register_shared_bot(1234567890, "a_bot")
        people = [person(number, provider, bot, now) for number in range(PEOPLE)]
        await write(people)
        await write([chat_of(one, bot, now) for one in people])
        await write([event for one in people for event in events_of(one)])
        await write([word for one in people for word in words(one)])
        await write([paper for one in people if one.submitted_at for paper in papers(one)])
        await write([promise(one, now) for one in people[:DUE]])
        if database.dialect() == "postgres":  # as its autovacuum does within a minute
            await database.rows("ANALYZE")
    finally:
        await database.close()


async def write(rows: Sequence[Any]) -> None:
    """Insert rows of one table."""
    table: type[Model] = type(rows[0])
    await table.bulk_create(rows, batch_size=AT_ONCE)


def person(number: int, provider: Provider, bot: Bot, now: datetime) -> Candidate:
    """The first hundred are due for deletion, the next hundred for a reminder."""
    if number < 2 * DUE:
        status, days = "incomplete", 60.0 if number < DUE else 39.0
    else:
        status, days = STATUSES[number % len(STATUSES)], 0.2 + number % 3_000 / 100
    first, last = FIRST[number % len(FIRST)], LAST[number % len(LAST)]
    at = now - timedelta(days=days, seconds=number)
    return Candidate(
        provider_id=provider.id,
        bot_id=bot.id,
        telegram_id=FIRST_USER + number,
        first_name=first,
        last_name=last,
        email=f"{fold(first)}.{fold(last)}{number}@example.org",
        work_status="independent",
        status=status,
        status_since=at,
        created_at=at,
        clock_start=at,
        submitted_at=None if status == "incomplete" else at,
        admitted_at=at if status == "accepted" else None,
    )


def chat_of(one: Candidate, bot: Bot, now: datetime) -> Chat:
    """Their chat, its card up to date; the talkers are about to write to the operator."""
    assert one.telegram_id is not None
    talks = one.telegram_id >= FIRST_USER + PEOPLE - TALKERS
    return Chat(
        bot_id=bot.id,
        user_id=one.telegram_id,
        candidate_id=one.id,
        asking="messages" if talks else "",
        card_shown=one.version,
        created_at=now,
    )


def events_of(one: Candidate) -> list[Event]:
    """Signed up, and what else the home page counts."""
    kinds = ["signed_up"]
    kinds += ["submitted"] if one.submitted_at else []
    kinds += ["decided", "accepted"] if one.admitted_at else []
    return [
        Event(
            provider_id=one.provider_id,
            candidate_id=one.id,
            at=one.created_at,
            kind=kind,
            actor_kind="candidate",
        )
        for kind in kinds
    ]


def words(one: Candidate) -> list[SearchWord]:
    """What finds them."""
    found = words_of((one.first_name, one.last_name), one.email, ())
    return [
        SearchWord(provider_id=one.provider_id, word=word, candidate_id=one.id)
        for word in sorted(found)
    ]


def papers(one: Candidate) -> list[Document]:
    """Three documents each, of which an operator has to look at two."""
    states = {"sirene_notice": "validated", "sap_declaration": "to_review", "diploma": "to_review"}
    return [
        Document(candidate_id=one.id, key=key, state=state, sent_at=one.created_at)
        for key, state in states.items()
    ]


def promise(one: Candidate, now: datetime) -> Reminder:
    """The reminder that was accepted, and its promise is over."""
    return Reminder(
        candidate_id=one.id,
        clock_start=one.clock_start,
        due=(now - timedelta(days=9)).date(),
        owed_at=now - timedelta(days=9),
        accepted_at=now - timedelta(days=9),
        accepted_by="mail",
        promised=(now - timedelta(days=2)).date(),
        zone="Europe/Paris",
    )


if __name__ == "__main__":
    asyncio.run(fill(Site.read(sys.argv[1])))
    print("{}")
