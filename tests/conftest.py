"""What every test may ask for: real servers, and a migrated, empty database.

One database backend per process (Tortoise keeps caches by dialect): ANTICHAMBRE_TEST_DB is
`sqlite` (default) or `postgres`. `make test` runs everything on SQLite, and once more on
PostgreSQL the tests marked `db`, a mark that they get by asking for a database.
"""

from __future__ import annotations

import itertools
import os
import shutil
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from tests import servers

BACKEND = os.environ.get("ANTICHAMBRE_TEST_DB", "sqlite")
DATABASE_FIXTURES = {"database", "blank_database", "make_database"}
numbers = itertools.count(1)

# A busy machine is slow, and slow is not wrong.
# The same examples at each run; `--hypothesis-profile=search` looks for new ones.
hypothesis.settings.register_profile("house", deadline=None, derandomize=True)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2_000)
hypothesis.settings.load_profile("house")

SMALL = (
    "shared_buffers=16MB",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=128MB",
    "autovacuum=off",
)
"""For databases of a few rows that live for a second: 84 ms each, 135 without (one measure)."""

ALIKE = (
    "tests/bot/test_wrong_answers.py",
    "tests/files/test_checking.py::test_a_bad_file",
    "tests/files/test_checking.py::test_a_good_file",
    "tests/files/test_checking.py::test_a_photo_is_turned",
    "tests/files/test_room.py::test_a_store_full",
    "tests/web/test_health_browser.py",
    "tests/web/test_pages.py",
    "tests/web/test_payloads.py",
    "tests/web/test_dossier_form.py",
    "tests/web/test_hostile.py",
    "tests/web/test_logo.py",
    "tests/web/test_mails.py",
    "tests/clock/test_outage_timelines.py::test_timeline[the brake",
    "tests/clock/test_runs.py::test_fewer_people",
    "tests/clock/test_runs.py::test_more_than_twenty",
    "tests/clock/test_year.py::test_some_weeks",
)
"""How the names of tests begin that are about forms, pictures and numbers of people, and use the
same few statements that others run on both databases. `pytest -m alike` runs them on either."""

WAITS = tuple(
    f"tests/{room}/"
    for room in ("backup", "clock", "kills", "models", "demo", "check", "journeys", "jobs")
)
"""Whose tests mostly wait for processes, servers, browsers and kills: they run beside others."""

MakeDatabase = Callable[[str | None], Awaitable[str]]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let tmp_path be in memory, when there is room."""
    if servers.scratch() == servers.MEMORY:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(servers.MEMORY))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use a database, that are the same on both, and that mostly wait."""
    for item in items:
        if DATABASE_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.db)
        if item.nodeid.startswith(ALIKE):
            item.add_marker(pytest.mark.alike)
        if item.nodeid.startswith(WAITS):
            item.add_marker(pytest.mark.waits)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """A SQLite connection left open would keep the process for ever: say so, and end it."""
    left = [t for t in threading.enumerate() if "_connection_worker_thread" in t.name]
    for thread in left:
        thread.join(3)
    if any(thread.is_alive() for thread in left):
        print("A test left a SQLite connection open (await models.database.close()).", flush=True)
        os._exit(1)


@pytest.fixture(scope="session")
def backend() -> str:
    """The database backend of this process: sqlite or postgres."""
    assert BACKEND in {"sqlite", "postgres"}, "ANTICHAMBRE_TEST_DB is sqlite or postgres"
    return BACKEND


@pytest.fixture(scope="session")
def postgres() -> Iterator[servers.PostgresServer]:
    """A PostgreSQL server for the whole run; do not kill this one."""
    with servers.postgres_server(servers.scratch(), *SMALL) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgres: servers.PostgresServer) -> str:
    """The address of the server's maintenance database."""
    return postgres.url


@pytest.fixture(scope="session")
def redis() -> Iterator[servers.RedisServer]:
    """A Redis-compatible server for the whole run; do not kill this one."""
    with servers.redis_server() as server:
        yield server


@pytest.fixture
def redis_url(redis: servers.RedisServer) -> str:
    """The address of an empty Redis."""
    redis.flush()
    return redis.url


@pytest.fixture(scope="session")
def smtp_for_all() -> Iterator[servers.Mailbox]:
    """The SMTP server of the whole run."""
    with servers.smtp_server() as mailbox:
        yield mailbox


@pytest.fixture
def smtp(smtp_for_all: servers.Mailbox) -> servers.Mailbox:
    """An SMTP server that has received nothing and refuses nothing."""
    smtp_for_all.clear()
    return smtp_for_all


@pytest.fixture
def free_port() -> Callable[[], int]:
    """Gives a free TCP port of 127.0.0.1 at each call."""
    return servers.free_port


@pytest.fixture
async def make_database(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[MakeDatabase]:
    """An async function: makes a database (a copy of the named template) and gives its URL."""
    made: list[str] = []

    async def make(template: str | None = None) -> str:
        name = f"test_{os.getpid()}_{next(numbers)}"
        if backend == "sqlite":
            target = tmp_path / f"{name}.sqlite3"
            if template is not None:
                shutil.copyfile(template, target)
            return f"sqlite:///{target}"
        server = request.getfixturevalue("postgres")
        made.append(name)
        copied = "" if template is None else f' TEMPLATE "{template}"'
        await on_postgres(server, f'CREATE DATABASE "{name}"{copied}')
        url: str = server.database(name)
        return url

    yield make
    for name in made:
        server = request.getfixturevalue("postgres")
        await on_postgres(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def on_postgres(server: servers.PostgresServer, statement: str) -> None:
    """Run one statement on the maintenance database."""
    link = await asyncpg.connect(server.url)
    try:
        await link.execute(statement)
    finally:
        await link.close()


async def migrate(url: str) -> None:
    """Migrate; whatever happens, leave no connection that would keep the process alive."""
    from models import database as ours

    try:
        await ours.migrate(url)
    finally:
        await ours.close()


@pytest.fixture(scope="session")
async def migrated_template(
    backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """A migrated database that is only ever copied: a file's path, or a database's name."""
    if backend == "sqlite":
        path = tmp_path_factory.mktemp("template") / "template.sqlite3"
        await migrate(f"sqlite:///{path}")
        return str(path)
    server = request.getfixturevalue("postgres")
    await on_postgres(server, "CREATE DATABASE migrated_template")
    await migrate(server.database("migrated_template"))
    return "migrated_template"


@pytest.fixture
async def blank_database(make_database: MakeDatabase) -> str:
    """The URL of an existing, empty database without any table; nothing is connected."""
    return await make_database(None)


@pytest.fixture
async def database(make_database: MakeDatabase, migrated_template: str) -> AsyncIterator[str]:
    """A migrated, empty database, connected for the length of the test; gives its URL."""
    from models import database as ours

    url = await make_database(migrated_template)
    try:
        await ours.connect(url)
        yield url
    finally:
        await ours.close()
