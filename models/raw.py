"""A connection of its own to either database, below Tortoise: for backups, which read everything.

It sees one moment of the database however long it reads, and it can hold one long transaction
without keeping the process's own connection busy.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from typing import Any, Protocol, TypeVar

import asyncpg

from models.database import APP, MARKED, MARKS, is_sqlite, sqlite_path
from models.plain import Shape, shapes
from models.statements import probing, reading

T = TypeVar("T")
Row = Sequence[Any]
FETCHED = 500
"""Rows in memory at once."""


class Raw(Protocol):
    """What backups need of a database."""

    dialect: str

    async def run(self, sql: str, *values: Any) -> None:
        """One statement."""

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        """Some rows."""

    def stream(self, sql: str) -> AsyncIterator[Sequence[Row]]:
        """Any number of rows, some hundreds at a time; inside a transaction."""

    async def many(self, sql: str, records: Sequence[Row]) -> None:
        """The same statement for each record."""


class Lite:
    """SQLite, in a thread of its own: cursors are made, used and closed there.

    A cursor that another thread lets go of resets the statement that this one is running.
    """

    dialect = "sqlite"

    def __init__(self, path: str) -> None:
        self.thread = ThreadPoolExecutor(1, "raw-sqlite")
        self.link = self.thread.submit(_open, path).result()

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self.thread, work)

    async def run(self, sql: str, *values: Any) -> None:
        """One statement."""
        await self._do(lambda: self.link.execute(sql, values).close())

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        """Some rows."""

        def fetch() -> list[Row]:
            with closing(self.link.execute(sql, values)) as cursor:
                return cursor.fetchall()

        return await self._do(fetch)

    async def stream(self, sql: str) -> AsyncIterator[Sequence[Row]]:
        """Any number of rows."""
        cursor = await self._do(lambda: self.link.execute(sql))
        try:
            while found := await self._do(lambda: cursor.fetchmany(FETCHED)):
                yield found
        finally:
            await self._do(cursor.close)

    async def many(self, sql: str, records: Sequence[Row]) -> None:
        """The same statement for each record."""
        await self._do(lambda: self.link.executemany(sql, records).close())

    def close(self) -> None:
        """Close, after what is being done."""
        self.thread.submit(self.link.close).result()
        self.thread.shutdown()


def _open(path: str) -> sqlite3.Connection:
    link = sqlite3.connect(path, isolation_level=None)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", "secure_delete=ON"):
        link.execute(f"PRAGMA {pragma}").close()
    link.execute("PRAGMA busy_timeout=15000").close()
    return link


class Postgres:
    """PostgreSQL."""

    dialect = "postgres"

    def __init__(self, link: asyncpg.Connection) -> None:
        self.link = link

    async def run(self, sql: str, *values: Any) -> None:
        """One statement."""
        await self.link.execute(sql, *values)

    async def rows(self, sql: str, *values: Any) -> list[Row]:
        """Some rows."""
        found: list[Row] = await self.link.fetch(sql, *values)
        return found

    async def stream(self, sql: str) -> AsyncIterator[Sequence[Row]]:
        """Any number of rows."""
        cursor = await self.link.cursor(sql)
        while found := await cursor.fetch(FETCHED):
            yield found

    async def many(self, sql: str, records: Sequence[Row]) -> None:
        """The same statement for each record."""
        await self.link.executemany(sql, records)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Raw]:
    """A connection of its own; call it only outside of transactions."""
    if not is_sqlite(url):
        link = await asyncpg.connect(url)
        try:
            yield Postgres(link)
        finally:
            await link.close()
        return
    lite = Lite(sqlite_path(url))
    try:
        yield lite
    finally:
        lite.close()


@asynccontextmanager
async def snapshot(url: str) -> AsyncIterator[Raw]:
    """The database as it is at this moment, whatever is written meanwhile; nobody waits for it."""
    async with opened(url) as raw:
        if raw.dialect == "sqlite":
            await raw.run("BEGIN")
            await raw.rows("SELECT count(*) FROM sqlite_master")  # the first read takes it
        else:
            await raw.run("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield raw
        await raw.run("ROLLBACK")


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[Raw]:
    """One long writing transaction: all of it, or nothing after any end."""
    async with opened(url) as raw:
        await raw.run("BEGIN IMMEDIATE" if raw.dialect == "sqlite" else "BEGIN")
        yield raw
        await raw.run("COMMIT")


async def others_connected(url: str) -> bool:
    """Whether another process has this database open."""
    async with opened(url) as raw:
        if raw.dialect == "sqlite":
            return await _somebody_holds(raw)
        found = await raw.rows(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return bool(found[0][0])


async def _somebody_holds(raw: Raw) -> bool:
    """SQLite leaves the write-ahead log only when nobody else has the file open."""
    await raw.run("PRAGMA busy_timeout=1000")
    try:
        await raw.rows("PRAGMA journal_mode=DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return True
        raise
    await raw.rows("PRAGMA journal_mode=WAL")
    return False


async def applied(raw: Raw) -> list[str]:
    """Names of the migrations that this database has, in order; none: it was never migrated."""
    if not await raw.rows(MARKED[raw.dialect]):
        return []
    return [str(name) for app, name in await raw.rows(MARKS) if app == APP]


async def lines(raw: Raw, shape: Shape) -> AsyncIterator[bytes]:
    """Every row of a table as JSON, in the order of its key, the same on both databases."""
    async for some in raw.stream(reading(shape, raw.dialect)):
        for row in some:
            yield shape.line(row)


async def filled(raw: Raw) -> list[str]:
    """Tables that hold something; facts of the installation alone do not count."""
    tables = [shape.table for shape in shapes() if shape.table != "installation"]
    return [table for table in tables if await raw.rows(probing(table))]


async def next_numbers(raw: Raw) -> dict[str, int]:
    """By table, the last number that was given as a key: a deleted one is never given again."""
    last = dict[str, int]()
    for shape in shapes():
        if shape.numbered and (number := await _last_number(raw, shape)):
            last[shape.table] = number
    return last


async def _last_number(raw: Raw, shape: Shape) -> int:
    if raw.dialect == "sqlite":
        found = await raw.rows("SELECT seq FROM sqlite_sequence WHERE name = ?", shape.table)
        return int(found[0][0]) if found else 0
    name = await raw.rows("SELECT pg_get_serial_sequence($1, $2)", f'"{shape.table}"', shape.key)
    found = await raw.rows(f"SELECT last_value, is_called FROM {name[0][0]}")  # noqa: S608  # PostgreSQL's own name
    return int(found[0][0]) if found[0][1] else 0
