"""Kill -9 of backups and restores: never a half one that looks whole, and the next run goes on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from models import database as db
from models.tables import Candidate, Event, Provider
from settings import Settings
from store.archive import ArchiveError, Reader, Writer
from tests.backup.conftest import NOW, ROOT, House, command, environment
from tests.backup.test_moves import TOUCHED, differing, objects, ran, told
from tests.figures import Figures, Record


def killed(settings: Settings, point: str, crossing: int, *words: str) -> None:
    """Run the command until it kills itself there."""
    env = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    env |= environment(settings.database_url, settings.data_dir)
    done = subprocess.run(
        [sys.executable, "-m", "tests.backup.killed", json.dumps(words), point, str(crossing)],
        cwd=ROOT,
        env=env | {"STORAGE_URL": settings.storage_url},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr


def whole(path: Path) -> bool:
    """Whether a file of that name can be read as a backup to its end."""
    try:
        return bool(list(Reader(path).checked()))
    except ArchiveError:
        return False


def missing(one: Path, other: Path) -> set[str]:
    """Tables and objects that are not the same in two backups."""
    different = objects(one).items() ^ objects(other).items()
    return differing(one, other) | {name for name, _ in different}


@pytest.mark.parametrize(
    ("point", "crossing", "goes_on"),
    [("tables/", 9, False), ("objects/", 2, True), ("objects/", 11, True)],
)
async def test_a_killed_backup_goes_on_or_begins_anew(
    house: House,
    tmp_path: Path,
    point: str,
    crossing: int,
    goes_on: bool,
    record_property: Record,
) -> None:
    path = tmp_path / "all.tar"
    killed(house.settings, point, crossing, "backup", str(path))
    assert not path.exists()
    assert not whole(tmp_path / "all.tar.part")
    began = time.monotonic()
    said = ran(command(house.settings, "backup", str(path)))
    seconds = time.monotonic() - began
    assert ("begun by an earlier run" in said) == goes_on
    ran(command(house.settings, "backup", str(tmp_path / "fresh.tar")))
    lost = missing(path, tmp_path / "fresh.tar")
    Figures(kills=1, lost=len(lost), seconds=seconds).tell(record_property)
    assert lost == set()
    assert not (tmp_path / "all.tar.part").exists()


async def test_a_backup_that_goes_on_shows_the_moment_when_it_began(
    house: House, tmp_path: Path
) -> None:
    path = tmp_path / "all.tar"
    killed(house.settings, "objects/", 5, "backup", str(path))
    await Event.create(
        provider_id="p", candidate_id="later", at=NOW, kind="submitted", actor_kind="candidate"
    )
    ran(command(house.settings, "backup", str(path)))
    assert told(path)["tables"]["event"]["rows"] == await Event.all().count() - 1
    ran(command(house.settings, "restore", "--check", str(path)))


async def test_what_another_installation_left_is_not_taken_up(
    house: House, tmp_path: Path
) -> None:
    path = tmp_path / "all.tar"
    killed(house.settings, "objects/", 5, "backup", str(path))
    other = house.elsewhere(house.settings.database_url, f"file://{tmp_path}/empty store")
    done = command(other, "backup", str(path))
    assert done.returncode == 2, "all files are lost there, and it says so"
    assert "begun by an earlier run" not in done.stdout
    assert f"has lost {len(house.files)} files" in done.stdout


async def test_two_backups_never_write_the_same_file(house: House, tmp_path: Path) -> None:
    path = tmp_path / "all.tar"
    writer = Writer(path)
    done = command(house.settings, "backup", str(path))
    writer.close()
    assert done.returncode == 1
    assert "Another backup is being written" in done.stderr
    ran(command(house.settings, "backup", str(path)))
    again = command(house.settings, "backup", str(path))
    assert "exists already" in again.stderr


@pytest.mark.parametrize(("point", "crossing"), [("object", 10), ("loading", 20)])
async def test_a_killed_restore_leaves_no_row_and_is_made_again(
    house: House,
    same_kind: str,
    tmp_path: Path,
    point: str,
    crossing: int,
    record_property: Record,
) -> None:
    path = tmp_path / "all.tar"
    ran(command(house.settings, "backup", str(path)))
    target = house.elsewhere(same_kind, f"file://{tmp_path}/new")
    killed(target, point, crossing, "restore", str(path))
    await db.close()
    await db.connect(same_kind)
    assert not await Provider.exists()
    await db.close()
    began = time.monotonic()
    said = ran(command(target, "restore", str(path)))
    seconds = time.monotonic() - began
    there = 8 if point == "object" else len(house.files)
    put = int(said.split(" were not in the store")[0].rpartition("(")[2])
    assert put <= len(house.files) - there, "what the first run had put is not put again"
    ran(command(target, "backup", str(tmp_path / "again.tar")))
    lost = missing(path, tmp_path / "again.tar") - TOUCHED
    Figures(kills=1, lost=len(lost), seconds=seconds).tell(record_property)
    assert lost == set()


async def test_a_restore_that_dies_after_its_rows_has_stopped_every_clock(
    house: House, same_kind: str, tmp_path: Path
) -> None:
    path = tmp_path / "all.tar"
    ran(command(house.settings, "backup", str(path)))
    target = house.elsewhere(same_kind, f"file://{tmp_path}/new")
    killed(target, "loaded", 1, "restore", str(path))
    await db.close()
    await db.connect(same_kind)
    assert await Candidate.exists()
    assert {one.clock_waits_for for one in await Provider.all()} == {"restore"}
