"""Whether the schema is this release's is asked every few seconds, whatever else goes on."""

from __future__ import annotations

import gc
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from models import database as db


def _pause(_phase: str, _info: dict[str, int]) -> None:
    """Let another thread run in the middle of whatever is allocating."""
    time.sleep(0)


@pytest.fixture
def jumpy() -> Iterator[None]:
    """Threads take turns as often as they can, collections of garbage included."""
    turns, thresholds = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-5)
    gc.set_threshold(50)
    gc.callbacks.append(_pause)
    try:
        yield
    finally:
        gc.callbacks.remove(_pause)
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(turns)


@contextmanager
def tracebacks(threads: int = 2) -> Iterator[list[SystemError]]:
    """Threads that write tracebacks; gives what Python itself could not bear in them."""
    over, failed = threading.Event(), list[SystemError]()
    empty: dict[str, int] = {}

    def write() -> None:
        while not over.is_set():
            try:
                _ = empty["a"] + empty["b"]
            except KeyError:
                try:
                    traceback.format_exc()
                except SystemError as error:
                    failed.append(error)

    running = [threading.Thread(target=write) for _ in range(threads)]
    for thread in running:
        thread.start()
    try:
        yield failed
    finally:
        over.set()
        for thread in running:
            thread.join()


@pytest.mark.usefixtures("jumpy")
async def test_probes_and_tracebacks_do_not_meet(database: str) -> None:
    with tracebacks(threads=1) as failed:
        for _ in range(100):
            assert await db.pending_migrations() == []
    assert failed == []


async def test_what_is_missing_is_named_in_order(database: str) -> None:
    for gone in ("0002_guards", "0005_asking_up_to"):
        await db.rows("DELETE FROM tortoise_migrations WHERE name = ?", gone)
    assert await db.pending_migrations() == ["0002_guards", "0005_asking_up_to"]


async def test_marks_of_another_application_are_not_ours(database: str) -> None:
    statement = "UPDATE tortoise_migrations SET app = ? WHERE name = ?"
    await db.rows(statement, "other", "0001_initial")
    assert await db.pending_migrations() == ["0001_initial"]


async def test_of_an_empty_database_all_is_missing(blank_database: str) -> None:
    await db.connect(blank_database)
    try:
        assert await db.pending_migrations() == list(db.released())
    finally:
        await db.close()
