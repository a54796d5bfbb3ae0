"""The database fixtures give what they promise, on the backend of this process."""

from __future__ import annotations

import subprocess
import sys

import asyncpg

from models import database as ours
from tests.conftest import MakeDatabase
from tests.house.source import ROOT


async def test_a_database_is_migrated_and_connected(database: str, backend: str) -> None:
    assert ours.is_sqlite(database) == (backend == "sqlite")
    assert await ours.rows("SELECT * FROM candidate") == []


async def test_each_test_gets_a_database_of_its_own(make_database: MakeDatabase) -> None:
    assert await make_database(None) != await make_database(None)


async def test_a_blank_database_has_no_table(blank_database: str, backend: str) -> None:
    if backend == "sqlite":
        await ours.connect(blank_database)
        assert await ours.rows("SELECT name FROM sqlite_master") == []
        await ours.close()
        return
    link = await asyncpg.connect(blank_database)
    found = await link.fetch("SELECT 1 FROM pg_tables WHERE schemaname = 'public'")
    await link.close()
    assert found == []


def test_the_migrations_say_everything_that_the_tables_say() -> None:
    command = [sys.executable, "-m", "tools.migration"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\nmake migration name=…"
