"""What the schema refuses by itself, and what a migration keeps."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from tortoise import Tortoise
from tortoise.exceptions import IntegrityError
from tortoise.migrations.api.migrate import migrate as run_migrations

from models import database as db
from models.tables import (
    Candidate,
    Decision,
    Event,
    JoinLink,
    Operator,
    Provider,
    ProviderEvent,
    Reminder,
    Tombstone,
)

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


async def a_provider() -> Provider:
    return await Provider.create(slug="douceur", name="Douceur & Cie", created_at=NOW)


async def a_candidate(provider: Provider) -> Candidate:
    return await Candidate.create(
        provider_id=provider.id, created_at=NOW, status_since=NOW, clock_start=NOW
    )


async def a_line(candidate: str = "c1") -> Event:
    return await Event.create(
        provider_id="p", candidate_id=candidate, at=NOW, kind="submitted", actor_kind="candidate"
    )


async def a_tombstone(candidate: str = "c1") -> Tombstone:
    return await Tombstone.create(
        provider_id="p",
        candidate_id=candidate,
        created_on=date(2026, 1, 1),
        erased_on=date(2026, 2, 1),
        last_status="incomplete",
        reason="bin",
        actor_kind="operator",
    )


async def refused(write: Callable[[], Awaitable[object]]) -> None:
    with pytest.raises(IntegrityError):
        async with db.transaction():
            await write()


async def test_a_line_of_history_can_be_neither_changed_nor_deleted(database: str) -> None:
    line = await a_line()
    await refused(lambda: Event.filter(id=line.id).update(kind="accepted"))
    await refused(lambda: Event.filter(id=line.id).delete())
    assert (await Event.get(id=line.id)).kind == "submitted"


async def test_history_goes_with_its_candidate_and_no_other(database: str) -> None:
    await a_line("c1")
    await a_line("c2")
    await a_tombstone("c1")
    await Event.filter(candidate_id="c1").delete()
    await refused(lambda: Event.filter(candidate_id="c2").delete())
    assert await Event.all().count() == 1


async def test_a_tombstone_can_be_neither_changed_nor_deleted(database: str) -> None:
    stone = await a_tombstone()
    await refused(lambda: Tombstone.filter(id=stone.id).update(reason="automatic"))
    await refused(lambda: Tombstone.filter(id=stone.id).delete())


async def test_the_providers_journal_can_be_neither_changed_nor_deleted(database: str) -> None:
    line = await ProviderEvent.create(
        provider_id="p", at=NOW, kind="settings_changed", actor_kind="operator"
    )
    await refused(lambda: ProviderEvent.filter(id=line.id).update(kind="link_renewed"))
    await refused(lambda: ProviderEvent.filter(id=line.id).delete())


async def test_a_candidate_has_one_pending_decision_at_most(database: str) -> None:
    candidate = await a_candidate(await a_provider())
    operator = await Operator.create(email="odile@example.org", name="Odile", created_at=NOW)

    async def decide(state: str = "pending") -> Decision:
        return await Decision.create(
            candidate_id=candidate.id,
            operator_id=operator.id,
            outcome="accept",
            state=state,
            former_status="submitted",
            decided_at=NOW,
            final_at=NOW,
        )

    await decide("undone")
    await decide()
    await refused(decide)


async def test_a_candidate_has_one_open_reminder_at_most(database: str) -> None:
    candidate = await a_candidate(await a_provider())

    async def remind(void_at: datetime | None = None) -> Reminder:
        return await Reminder.create(
            candidate_id=candidate.id,
            clock_start=NOW,
            due=date(2027, 1, 1),
            owed_at=NOW,
            void_at=void_at,
        )

    await remind(NOW)
    await remind()
    await refused(remind)


async def test_a_provider_has_one_current_link(database: str) -> None:
    provider = await a_provider()
    await JoinLink.create(provider_id=provider.id, token="a", created_at=NOW, renewed_at=NOW)
    await JoinLink.create(provider_id=provider.id, token="b", created_at=NOW)
    await refused(lambda: JoinLink.create(provider_id=provider.id, token="c", created_at=NOW))


async def schema() -> set[str]:
    if db.dialect() == "sqlite":
        found = await db.rows(
            "SELECT type || ' ' || name AS line FROM sqlite_master "
            "WHERE type IN ('table', 'index', 'trigger')"
        )
    else:
        found = await db.rows(
            "SELECT 'index ' || indexname AS line FROM pg_indexes WHERE schemaname = 'public' "
            "UNION SELECT 'trigger ' || tgname FROM pg_trigger WHERE NOT tgisinternal "
            "UNION SELECT 'table ' || tablename FROM pg_tables WHERE schemaname = 'public'"
        )
    return {row["line"] for row in found}


async def test_migrating_a_filled_database_keeps_rows_indexes_and_triggers(
    database: str,
) -> None:
    provider = await a_provider()
    for number in range(3):
        candidate = await a_candidate(provider)
        await a_line(candidate.id)
        await Reminder.create(
            candidate_id=candidate.id,
            clock_start=NOW + timedelta(days=number),
            due=date(2027, 1, 1),
            owed_at=NOW,
        )
    before = await schema()
    await db.close()

    config = db.configuration(database)
    await run_migrations(config=config, target="antichambre.0001_initial", direction="backward")
    await Tortoise.close_connections()
    await db.migrate(database)
    await db.migrate(database)

    await db.connect(database)
    assert await schema() == before
    assert await db.pending_migrations() == []
    assert await Candidate.all().count() == 3
    assert await Reminder.all().count() == 3
    line = await Event.first()
    assert line is not None
    await refused(lambda: Event.filter(id=line.id).delete())
