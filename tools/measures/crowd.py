"""Any number of made-up people, written by the database itself from one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.models import Model

from actions.bots import register_shared_bot
from actions.providers import NewProvider, create_provider
from models import database
from models.tables import Bot, Candidate, Chat, Event, Provider, Reminder
from store.sealing import Keyring, use_keyring
from tools.measures.filling import STATUSES, promise
from tools.measures.site import FIRST_USER, Site

BANDS = 30
"""Days over which those who are due for nothing acted last."""
NUMBER = "CAST(? + n AS VARCHAR(15))"
NUMBERS = "WITH RECURSIVE count(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM count WHERE n < ?) "


@dataclass(frozen=True, slots=True)
class Band:
    """People who acted last at the same moment, and have the same status."""

    first: int
    many: int
    status: str
    at: datetime


async def fill(site: Site, people: int, due: int) -> None:
    """So many people, of whom `due` are to be deleted tonight and as many to be reminded."""
    now = datetime.now(UTC)
    use_keyring(Keyring(dict(site.settings.encryption_keys)))
    await database.migrate(site.database_url)
    await database.connect(site.database_url)
    try:
        long_ago = now - timedelta(days=200)
        provider = await create_provider(NewProvider(name="Douceur & Cie"), long_ago)
        bot = await register_shared_bot(1234567890, "a_bot")
        await _first(provider, bot, now)
        async with database.transaction():
            for band in bands(people, due, now):
                await _write(band)
        warned = await Candidate.filter(id__gte=_id(1), id__lt=_id(due + 1))
        await Reminder.bulk_create([promise(one, now) for one in warned], batch_size=500)
        if database.dialect() == "postgres":  # as its autovacuum does within a minute
            await database.rows("ANALYZE")
    finally:
        await database.close()


def bands(people: int, due: int, now: datetime) -> list[Band]:
    """The due ones, those to be reminded, then everybody else, of every status and age."""
    found = [
        Band(1, due, "incomplete", now - timedelta(days=60)),
        Band(due + 1, due, "incomplete", now - timedelta(days=39)),
    ]
    first, left = 2 * due + 1, people - 2 * due
    for number in range(BANDS):
        many = left // BANDS + (number < left % BANDS)
        at = now - timedelta(days=number + 0.2)
        found.append(Band(first, many, STATUSES[number % len(STATUSES)], at))
        first += many
    return found


def _id(number: int) -> str:
    return f"c{1_000_000_000 + number}"


async def _first(provider: Provider, bot: Bot, now: datetime) -> None:
    """The person from whom the others are copied: somebody of another status, due for nothing."""
    one = await Candidate.create(
        id=_id(0),
        provider_id=provider.id,
        bot_id=bot.id,
        telegram_id=FIRST_USER,
        first_name="Amina",
        last_name="Benali",
        status="submitted",
        work_status="independent",
        status_since=now,
        created_at=now,
        clock_start=now,
    )
    await Chat.create(
        id=_id(0), bot_id=bot.id, user_id=FIRST_USER, candidate_id=one.id, card_shown=1,
        created_at=now,
    )  # fmt: skip
    await Event.create(
        provider_id=provider.id, candidate_id=one.id, at=now, kind="signed_up",
        actor_kind="candidate",
    )  # fmt: skip


async def _write(band: Band) -> None:
    """A row of each table for everybody of a band."""
    base = 1_000_000_000 + band.first
    name = (f"'c' || {NUMBER}", base)
    user = ("CAST(? + n AS BIGINT)", FIRST_USER + band.first)
    moment = "?" if database.dialect() == "sqlite" else "CAST(? AS TIMESTAMPTZ)"
    at = (moment, band.at)
    await _copy(
        Candidate,
        band.many,
        id=name,
        telegram_id=user,
        email=(f"'p' || {NUMBER} || '@example.org'", base),
        status=("?", band.status),
        status_since=at,
        created_at=at,
        clock_start=at,
        admitted_at=at if band.status == "accepted" else ("NULL",),
    )
    await _copy(Chat, band.many, id=name, user_id=user, candidate_id=name)
    await _copy(Event, band.many, "candidate_id", candidate_id=name, at=at)


async def _copy(
    table: type[Model], many: int, by: str = "id", **changes: tuple[str, *tuple[Any, ...]]
) -> None:
    """Insert `many` rows like the first one's, some columns changed: (expression, its values)."""
    meta = table._meta
    generated = {meta.db_pk_column} if by != "id" else set()
    columns = [one for one in meta.fields_db_projection.values() if one not in generated]
    picked = ", ".join(changes[one][0] if one in changes else f"t.{one}" for one in columns)
    values = [value for one in columns if one in changes for value in changes[one][1:]]
    listed = ", ".join(columns)
    await database.rows(
        f"INSERT INTO {meta.db_table} ({listed}) {NUMBERS} "  # noqa: S608  # our own names
        f"SELECT {picked} FROM {meta.db_table} t, count WHERE t.{by} = ?",
        many - 1,
        *values,
        _id(0),
    )
