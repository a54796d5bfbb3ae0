"""Transactions: whole or not at all, never cut in half, nothing slow inside."""

import asyncio
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tortoise.exceptions import IntegrityError

from models import database as db
from models.tables import Installation

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


async def test_an_error_undoes_everything_written_in_the_transaction(database: str) -> None:
    with suppress(ValueError):
        async with db.transaction():
            await Installation.create(key="a", value=1)
            raise ValueError
    assert not await Installation.exists()


async def test_an_inner_transaction_joins_the_outer_one(database: str) -> None:
    with suppress(ValueError):
        async with db.transaction():
            async with db.transaction():
                await Installation.create(key="a", value=1)
            raise ValueError
    assert not await Installation.exists()


async def test_what_waits_for_the_commit_is_called_once_and_only_after_it(database: str) -> None:
    called: list[str] = []

    def call() -> None:
        called.append("outside" if not db.inside_transaction() else "inside")

    async with db.transaction():
        db.after_commit(call)
        db.after_commit(call)
        assert called == []
    assert called == ["outside"]


async def test_what_waits_for_the_commit_is_dropped_with_a_rollback(database: str) -> None:
    called: list[int] = []
    with suppress(ValueError):
        async with db.transaction():
            db.after_commit(lambda: called.append(1))
            raise ValueError
    assert called == []


async def test_something_slow_is_refused_inside_a_transaction_and_welcome_outside(
    database: str,
) -> None:
    db.refuse_inside_transaction("Telegram")
    async with db.transaction():
        with pytest.raises(db.SlowInsideTransaction, match="Telegram"):
            db.refuse_inside_transaction("Telegram")
    db.refuse_inside_transaction("Telegram")


async def test_a_risky_statement_in_a_nested_one_leaves_the_transaction_usable(
    database: str,
) -> None:
    async with db.transaction():
        await Installation.create(key="a", value=1)
        with suppress(IntegrityError):
            async with db.nested():
                await Installation.create(key="a", value=2)
        await Installation.create(key="b", value=3)
    assert await Installation.all().count() == 2


async def test_tortoise_may_open_a_savepoint_of_its_own_inside_a_transaction(
    database: str,
) -> None:
    async with db.transaction():
        _, made = await Installation.get_or_create(key="a", defaults={"value": 1})
        _, again = await Installation.get_or_create(key="a", defaults={"value": 2})
    assert (made, again) == (True, False)
    assert await Installation.all().count() == 1


async def test_a_cancelled_task_never_leaves_the_connection_locked(database: str) -> None:
    async def write(number: int) -> None:
        async with db.transaction():
            await Installation.create(key=f"k{number}", value=number)
            await asyncio.sleep(0)

    for number in range(60):
        task = asyncio.create_task(write(number))
        for _ in range(number % 12):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    async with asyncio.timeout(5), db.transaction():
        await Installation.create(key="last", value=0)


async def test_datetimes_keep_their_order_and_their_zone(database: str) -> None:
    rows = await db.rows(
        "INSERT INTO ledger_entry (bot_id, update_id, received_at) "
        "SELECT 'x', 1, ? WHERE 1 = 0 RETURNING id",
        NOW,
    )
    assert rows == []
    later = NOW.replace(microsecond=1)
    if db.dialect() == "sqlite":
        from models.sqlite import stored_moment

        assert stored_moment(NOW) < stored_moment(later)
        with pytest.raises(ValueError, match="time zone"):
            stored_moment(NOW.replace(tzinfo=None))


WRITER = """
import asyncio, sys
from models import database as db
from models.tables import Installation

async def main(url):
    await db.connect(url)
    failed = 0
    for _ in range(100):
        try:
            async with db.transaction():
                query = Installation.filter(key="counter")
                if db.dialect() != "sqlite":
                    query = query.select_for_update()
                row = await query.get()
                row.value += 1
                await row.save()
        except Exception as error:
            failed += 1
            print(repr(error), file=sys.stderr)
    await db.close()
    print(failed)

asyncio.run(main(sys.argv[1]))
"""


async def test_three_processes_that_read_then_write_never_fail_and_lose_nothing(
    database: str,
) -> None:
    await Installation.create(key="counter", value=0)
    root = str(Path(__file__).parents[2])
    writers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, database, cwd=root, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    outputs = [await writer.communicate() for writer in writers]
    assert [output.decode().strip() for output, _ in outputs] == ["0", "0", "0"]
    assert (await Installation.get(key="counter")).value == 300
