"""SQLite under Tortoise, made safe: immediate transactions, and steps that can't be cut in half.

Tortoise's own client opens deferred transactions (two of them that read and then write make one
fail, whatever the timeout), and a task cancelled while a transaction starts leaves the shared
connection locked for ever. It is named as an engine in `models.database`.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime
from typing import Any

from tortoise.backends.base.client import NestedTransactionContext, TransactionContext
from tortoise.backends.sqlite.client import (
    SqliteClient,
    SqliteTransactionContext,
    SqliteTransactionWrapper,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

MOMENT = "%Y-%m-%d %H:%M:%S.%f+00:00"


def stored_moment(moment: datetime) -> str:
    """Fixed-width UTC text, so that text order is time order. Naive datetimes are refused."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without time zone cannot be stored")
    return moment.astimezone(UTC).strftime(MOMENT)


sqlite3.register_adapter(datetime, stored_moment)


async def finished(step: Awaitable[None]) -> None:
    """Wait for `step` to its end even when cancelled, then let the cancellation through."""
    task = asyncio.ensure_future(step)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait([task])
        raise


def statements(script: str) -> Iterator[str]:
    """The statements of a script; a `;` inside a text or a trigger ends none."""
    pieces: list[str] = []
    for piece in script.split(";"):
        pieces.append(piece)
        whole = ";".join(pieces)
        if sqlite3.complete_statement(f"{whole};"):
            pieces.clear()
            if whole.strip():
                yield whole
    if ";".join(pieces).strip():
        yield ";".join(pieces)


class ImmediateTransaction(SqliteTransactionWrapper):
    """A transaction that takes the write lock when it begins."""

    def _in_transaction(self) -> TransactionContext:
        """A savepoint: Tortoise opens one by itself in `get_or_create`."""
        return NestedTransactionContext(ImmediateTransaction(self))

    async def execute_script(self, query: str) -> None:
        """Statement by statement: sqlite3's `executescript` commits the open transaction first."""
        for statement in statements(query):
            await self.execute_query(statement)

    async def begin(self) -> None:
        """Take the write lock; waits up to the busy timeout for other processes."""
        try:
            if self._connection.in_transaction:
                await self._connection.commit()
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise TransactionManagementError(error) from error


class UncutContext(SqliteTransactionContext):
    """Begin, commit and roll back as steps that a cancelled task still finishes."""

    async def __aenter__(self) -> Any:
        await self._trxlock.acquire()
        try:
            await finished(self.ensure_connection())
            await finished(self.connection.begin())
        except BaseException:
            await self._release_after_failed_begin()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection

    async def _release_after_failed_begin(self) -> None:
        try:
            if self.connection._connection:
                await finished(self.connection._connection.rollback())
        finally:
            self._trxlock.release()

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            if self.connection._finalized:
                return
            if exc_type is None:
                await self._commit_or_roll_back()
            else:
                await finished(self.connection.rollback())
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()

    async def _commit_or_roll_back(self) -> None:
        try:
            await finished(self.connection.commit())
        except sqlite3.OperationalError as error:  # disk full: nothing may stay half done
            await finished(self.connection._connection.rollback())
            raise TransactionManagementError(error) from error


class Client(SqliteClient):
    """Tortoise's SQLite client with the transactions above."""

    def __init__(self, file_path: str, **options: Any) -> None:
        options.setdefault("synchronous", "FULL")
        options.setdefault("secure_delete", "ON")
        options.setdefault("busy_timeout", 15_000)
        super().__init__(file_path, **options)

    def _in_transaction(self) -> TransactionContext:
        return UncutContext(ImmediateTransaction(self), self._lock)


client_class = Client
