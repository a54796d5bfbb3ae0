"""The database: connecting, migrating, transactions, and the guard around them."""

import asyncio
import fcntl
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import cache
from itertools import count
from pathlib import Path
from pkgutil import iter_modules
from typing import Any
from urllib.parse import urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.backends.base.config_generator import expand_db_url
from tortoise.connection import get_connection
from tortoise.exceptions import DBConnectionError, OperationalError, TransactionManagementError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.transactions import in_transaction

APP = "antichambre"
MIGRATION_LOCK = 7_204_118_551
"""PostgreSQL advisory lock: two migrations at once would both fail."""

MIGRATIONS = Path(__file__).parent.parent / "migrations"
MARKED = {
    "sqlite": "SELECT name FROM sqlite_master WHERE name = 'tortoise_migrations'",
    "postgres": "SELECT tablename FROM pg_tables WHERE tablename = 'tortoise_migrations' "
    "AND schemaname = current_schema()",
}
"""Whether the table is there in which Tortoise marks what it has done."""
MARKS = "SELECT app, name FROM tortoise_migrations ORDER BY name"
LATEST = "__latest__"
"""Tortoise's name for the last migration of a release."""

TRANSIENT = (
    OperationalError,
    DBConnectionError,
    TransactionManagementError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    OSError,
)
"""What a database that is down, restarting or full raises, but not only: see `is_passing`."""

PASSING_STATES = frozenset({"08", "40", "53", "57", "58"})
"""PostgreSQL's classes of errors that another try may not meet: connection, deadlock, resources,
shutdown, system (documentation, appendix A)."""
PASSING_WORDS = ("locked", "disk is full", "disk i/o error", "unable to open database file")
"""SQLite's messages of the same nature."""

AfterCommit = Callable[[], Awaitable[None] | None]
"""Returned an awaitable, whoever committed waits for it, with no transaction open."""
_after: ContextVar[list[AfterCommit] | None] = ContextVar("open transaction", default=None)
"""What to call when the open transaction has committed; None outside of one."""
_savepoints = count()


async def _nothing() -> None:
    """What is done first, unless somebody says what."""


class SlowInsideTransaction(RuntimeError):
    """Something slow or remote was called while a transaction was open: a bug."""


def configuration(url: str) -> dict[str, Any]:
    """Tortoise's configuration for `sqlite:///path` or `postgres://…`."""
    return {
        "connections": {"default": _connection(url)},
        "apps": {APP: {"models": ["models.tables"], "migrations": "migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _connection(url: str) -> dict[str, Any]:
    if urlsplit(url).scheme == "sqlite":
        return {"engine": "models.sqlite", "credentials": {"file_path": sqlite_path(url)}}
    return expand_db_url(url)


def sqlite_path(url: str) -> str:
    """The file of `sqlite:///relative` or `sqlite:////absolute`."""
    return url.removeprefix("sqlite://").removeprefix("/")


def is_sqlite(url: str) -> bool:
    """Whether `url` names an embedded database."""
    return urlsplit(url).scheme == "sqlite"


async def connect(url: str) -> None:
    """Open the database for this process; call `close` or the process never ends."""
    await Tortoise.init(config=configuration(url), _enable_global_fallback=True)


async def close() -> None:
    """Close every connection."""
    await Tortoise.close_connections()


def connection() -> BaseDBAsyncClient:
    """The connection, or the open transaction of this task."""
    return get_connection("default")


def dialect() -> str:
    """`sqlite` or `postgres`."""
    return connection().capabilities.dialect


def inside_transaction() -> bool:
    """Whether this task has a transaction open."""
    return _after.get() is not None


def refuse_inside_transaction(what: str) -> None:
    """Guard of every door to the outside: Telegram, SMTP, store, threads, processes.

    Raises:
        SlowInsideTransaction: when a transaction is open in this task.
    """
    if inside_transaction():
        raise SlowInsideTransaction(what)


def after_commit(call: AfterCommit) -> None:
    """Call once the open transaction has committed, never if it rolls back; now outside one.

    Outside one nobody waits: what has to be waited for needs a transaction.
    """
    waiting = _after.get()
    if waiting is None:
        outcome = call()
        assert outcome is None, "only a transaction can wait"
    elif call not in waiting:
        waiting.append(call)


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """One transaction; inside an open one, joins it (a refusal rolls the whole back)."""
    if inside_transaction():
        yield
        return
    waiting: list[AfterCommit] = []
    async with in_transaction("default"):
        token = _after.set(waiting)
        try:
            yield
        finally:
            _after.reset(token)
    for call in waiting:
        outcome = call()
        if outcome is not None:
            await outcome


@asynccontextmanager
async def nested() -> AsyncIterator[None]:
    """A risky statement inside a transaction: its failure leaves the transaction usable."""
    assert inside_transaction(), "nested() needs an open transaction"
    name = f"risky_{next(_savepoints)}"
    await rows(f"SAVEPOINT {name}")
    try:
        yield
    except BaseException:
        await rows(f"ROLLBACK TO SAVEPOINT {name}")
        raise
    await rows(f"RELEASE SAVEPOINT {name}")


def is_passing(error: BaseException) -> bool:
    """Whether the database is at fault, and another try may do; False for a bug of ours."""
    if isinstance(error, asyncpg.PostgresError):
        state = str(error.sqlstate or "")
        return state[:2] in PASSING_STATES or state == "55P03"
    if isinstance(error, OperationalError | TransactionManagementError) and error.args:
        inner = error.args[0]
        if isinstance(inner, BaseException):
            return is_passing(inner)
        return _sounds_passing(str(inner))
    if isinstance(error, sqlite3.OperationalError):
        return _sounds_passing(str(error))
    if isinstance(error, asyncpg.InterfaceError):
        return not isinstance(error, ValueError)  # a wrong argument is a bug
    return isinstance(error, DBConnectionError | OSError)


def _sounds_passing(message: str) -> bool:
    return any(words in message.lower() for words in PASSING_WORDS)


async def rows(sql: str, *values: Any) -> list[dict[str, Any]]:
    """Run `sql` with `?` placeholders on either database and return its rows."""
    return await connection().execute_query_dict(_placeholders(sql), list(values))


def _placeholders(sql: str) -> str:
    """`?` becomes `$1, $2…` on PostgreSQL; our statements contain no other `?`."""
    if dialect() == "sqlite":
        return sql
    first, *rest = sql.split("?")
    return first + "".join(f"${number}{part}" for number, part in enumerate(rest, 1))


async def checkpoint() -> bool:
    """Empty SQLite's write-ahead log, where deleted bytes live on; False while others read.

    PostgreSQL needs nothing: its heap and log age out (docs).
    """
    refuse_inside_transaction("checkpoint")
    if dialect() != "sqlite":
        return True
    found = await rows("PRAGMA wal_checkpoint(TRUNCATE)")
    return not found[0]["busy"]


async def migrate(
    url: str, to: str = LATEST, first: Callable[[], Awaitable[None]] = _nothing
) -> None:
    """Bring the schema up to date, or to a migration by name; one process at a time.

    Safe to repeat. `first` is called inside its transaction: what it raises leaves all as it was.
    """
    async with _migrating_alone(url):
        await _run_migrations(url, to, first)


@asynccontextmanager
async def _migrating_alone(url: str) -> AsyncIterator[None]:
    if is_sqlite(url):
        path = Path(sqlite_path(url))
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".migrating").open("w") as lock:
            await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
            yield
        return
    link = await asyncpg.connect(url)
    try:
        await link.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK)
        yield
    finally:
        await link.close()


async def _run_migrations(url: str, to: str, first: Callable[[], Awaitable[None]]) -> None:
    """All that is missing, in one transaction with the marks of what was done.

    Tortoise marks each migration after its transaction: killed in between, it would never again
    get past a table that is there already.
    """
    config = configuration(url)
    await Tortoise.init(config=config, init_connections=False)
    try:
        await MigrationExecutor(connection(), config["apps"]).migrate([])  # the table of marks
        async with in_transaction("default"):
            await first()
            executor = MigrationExecutor(connection(), config["apps"])
            await executor.migrate([MigrationTarget(app_label=APP, name=to)])
    finally:
        await Tortoise.close_connections()


async def pending_migrations() -> list[str]:
    """Names of migrations that this release has and the connected database has not, in order.

    Asked by every probe, so only the marks are read. Tortoise's own plan makes a model and parses
    its source at each call; Python 3.11 refuses to, now and then, while another thread formats a
    traceback ("AST constructor recursion depth mismatch").

    Raises:
        One of `TRANSIENT`, when the database does not answer.
    """
    done = await applied_migrations()
    return [name for name in released() if name not in done]


async def applied_migrations() -> frozenset[str]:
    """Names of the migrations that the connected database has, of whatever release."""
    marks = await rows(MARKS) if await rows(MARKED[dialect()]) else []
    return frozenset(mark["name"] for mark in marks if mark["app"] == APP)


@cache
def released() -> tuple[str, ...]:
    """The migrations of this release, in order."""
    found = iter_modules([str(MIGRATIONS)])
    return tuple(sorted(one.name for one in found if one.name[:1].isdigit()))
