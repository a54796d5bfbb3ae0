"""Douceur & Cie with somebody in every table, files in the store, and commands to save it all."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from actions.backups import Place
from commands.backup import backup, restore
from models import database as db
from models.ids import new_file_id
from models.tables import Answer, Event, Installation, Provider, StoredFile
from settings import Settings
from store import room as rooms
from store import sealing
from store.room import Room
from store.sealing import Keyring
from tests.clock.test_erasure import NOW, Marked, marked
from tests.conftest import MakeDatabase, on_postgres
from tests.files.s3 import S3Server, s3_server

ROOT = Path(__file__).parents[2]
KEY = "k1:" + base64.urlsafe_b64encode(bytes(range(100, 132))).decode()
FILES = 12
ODD = {
    "é": "Zoé « œuvre » 🧹\u2028\\u0000 \"'",
    "b": [1, 2.5, 3.0, 1e5, -0.125, True, None, {"z": 1, "a": {}}],
    "a": "",
}
"""JSON that the two databases do not write alike."""


@dataclass
class House:
    """One installation on the test's database, with its store."""

    settings: Settings
    person: Marked
    files: dict[str, bytes]

    @property
    def room(self) -> Room:
        """Its store."""
        return a_room(self.settings)

    @property
    def place(self) -> Place:
        """Where it lives."""
        return Place(self.settings.database_url, self.room)

    def elsewhere(self, url: str, store: str) -> Settings:
        """The same installation on another database and store."""
        return replace(self.settings, database_url=url, storage_url=store)


def a_room(settings: Settings) -> Room:
    """The store of some settings."""
    ring = Keyring(dict(settings.encryption_keys))
    return Room(settings.storage_url, ring, db.refuse_inside_transaction)


def settings_on(url: str, folder: Path, **more: str) -> Settings:
    """An installation with this database and a folder."""
    return Settings.from_environment(environment(url, folder) | more)


def environment(url: str, folder: Path) -> dict[str, str]:
    """The same for a process."""
    return {
        "DATABASE_URL": url,
        "DATA_DIR": str(folder),
        "SECRET_KEY": "s" * 40,
        "ENCRYPTION_KEYS": KEY,
        "TELEGRAM_TOKEN": "424242:" + "A" * 35,
    }


def command(settings: Settings, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The real command `antichambre …` as a process of its own."""
    env = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    env |= environment(settings.database_url, settings.data_dir)
    env |= {"STORAGE_URL": settings.storage_url, **more}
    return subprocess.run(
        [sys.executable, "-m", "manage", *words],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(autouse=True)
def _process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a command sets for its process is undone with the test."""
    monkeypatch.setattr(sealing, "_keyring", None)
    monkeypatch.setattr(rooms, "_room", None)


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """An S3 server."""
    with s3_server() as server:
        yield server


@pytest.fixture
async def house(database: str, tmp_path: Path) -> House:
    """Somebody with a row in every table, twelve files, JSON of every kind, and odd moments."""
    settings = settings_on(database, tmp_path / "data")
    sealing.use_keyring(Keyring(dict(settings.encryption_keys)))
    person = await marked()
    await Provider.filter(id=person.provider.id).update(
        source_tags=[{"key": "z", "name": "Affiche"}], closed_sentence=ODD
    )
    await Answer.create(
        candidate_id=person.candidate.id, key="odd", value=ODD, answered_at=NOW.replace(second=7)
    )
    await Answer.create(
        candidate_id=person.candidate.id, key="text", value="69003", answered_at=NOW
    )
    await Answer.create(candidate_id=person.candidate.id, key="none", value=None, answered_at=NOW)
    for number in range(40):
        await Event.create(
            provider_id=person.provider.id,
            candidate_id=person.candidate.id,
            at=NOW.replace(microsecond=number * 1001),
            kind="answer_given",
            actor_kind="candidate",
            after=[number, ODD][number % 2],
        )
    await Installation.create(key="beat", value={"number": 700})
    files = await _files(a_room(settings), person)
    return House(settings, person, files)


async def _files(room: Room, person: Marked) -> dict[str, bytes]:
    """Files in the store, one of them empty; the row of `marked` has no object: let it go."""
    await StoredFile.all().update(state="removing")
    files = dict[str, bytes]()
    for number in range(FILES):
        file_id = new_file_id()
        content = os.urandom(number * 5000)
        key = room.new_key(file_id)
        await room.put(file_id, key, content)
        await StoredFile.create(
            id=file_id,
            candidate_id=person.candidate.id,
            state="kept",
            key=key,
            content_type="application/pdf",
            size=len(content),
            created_at=NOW,
        )
        files[file_id] = content
    return files


@pytest.fixture
async def other_kind(
    backend: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of an empty database of the other kind: PostgreSQL for SQLite, and back."""
    if backend == "postgres":
        yield f"sqlite:///{tmp_path}/other/moved.sqlite3"
        return
    server = request.getfixturevalue("postgres")
    name = f"moved_{os.getpid()}"
    await on_postgres(server, f'CREATE DATABASE "{name}"')
    yield server.database(name)
    await on_postgres(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
async def same_kind(make_database: MakeDatabase) -> str:
    """The address of an empty database of this process's kind."""
    return await make_database(None)


async def save(settings: Settings, path: Path) -> None:
    """`antichambre backup` in this process; the database is open again afterwards."""
    await db.close()
    await backup(settings, path)
    await db.connect(settings.database_url)


async def bring_back(
    settings: Settings, path: Path, *, replacing: int = 0, old_store: str = ""
) -> None:
    """`antichambre restore` in this process; that database is open afterwards."""
    await db.close()
    await restore(settings, path, replacing=replacing, old_store=old_store)
    await db.connect(settings.database_url)
