"""A backup holds everything, and comes back the same on another database and another store."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tarfile
import time
from pathlib import Path
from typing import Any

import pytest

from actions import backups
from models import database as db
from models.plain import LEFT_OUT
from models.tables import (
    Candidate,
    Event,
    Provider,
    ProviderEvent,
    SearchWord,
    StoredFile,
    Tombstone,
)
from tests.backup.conftest import NOW, ODD, House, a_room, bring_back, command, save
from tests.clock.test_erasure import all_tables
from tests.figures import Figures, Record
from tests.files.s3 import S3Server
from tests.models.test_schema_guards import refused

TOUCHED = {"provider", "reminder", "event", "installation", "notice"}
"""Tables in which a restore itself writes: waiting clocks, void reminders, a beat."""


def told(path: Path) -> dict[str, Any]:
    """The manifest, by a tar reader that is not ours."""
    with tarfile.open(path) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        manifest: dict[str, Any] = json.load(file)
        return manifest


def objects(path: Path) -> dict[str, str]:
    """SHA-256 of each object in an archive."""
    with tarfile.open(path) as tar:
        return {
            one.name: hashlib.sha256(tar.extractfile(one).read()).hexdigest()  # type: ignore[union-attr]  # all are files
            for one in tar
            if one.name.startswith("objects/")
        }


def differing(one: Path, other: Path) -> set[str]:
    """Tables whose rows differ between two backups."""
    mine, theirs = told(one)["tables"], told(other)["tables"]
    assert mine.keys() == theirs.keys()
    return {name for name in mine if mine[name]["sha256"] != theirs[name]["sha256"]}


def ran(done: subprocess.CompletedProcess[str]) -> str:
    """What a command said; it went well."""
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def test_every_table_but_sessions_is_in_the_backup(house: House, tmp_path: Path) -> None:
    await save(house.settings, tmp_path / "all.tar")
    names = {one._meta.db_table for one in all_tables()}
    assert told(tmp_path / "all.tar")["tables"].keys() == names - LEFT_OUT
    for one in all_tables():
        if one._meta.db_table not in LEFT_OUT:
            rows = told(tmp_path / "all.tar")["tables"][one._meta.db_table]["rows"]
            assert rows == await one.all().count(), one


async def test_a_backup_can_be_opened_and_checked_without_the_product(
    house: House, tmp_path: Path
) -> None:
    await save(house.settings, tmp_path / "all.tar")
    folder = tmp_path / "opened"
    folder.mkdir()
    subprocess.run(["tar", "xf", str(tmp_path / "all.tar")], cwd=folder, check=True)
    sums = sorted(folder.glob("sums/*"))
    assert len(sums) == told(tmp_path / "all.tar")["sums"]["count"]
    for one in (*sums, folder / "manifest.json.sha256"):
        subprocess.run(["sha256sum", "--check", "--quiet", str(one)], cwd=folder, check=True)
    assert {path.name for path in folder.glob("objects/*")} == set(house.files)
    rows = (folder / "tables/candidate/000001.jsonl").read_text().splitlines()
    assert house.person.candidate.id in {json.loads(row)["id"] for row in rows}


async def test_no_key_and_no_content_of_a_file_is_in_the_backup(
    house: House, tmp_path: Path
) -> None:
    await save(house.settings, tmp_path / "all.tar")
    whole = (tmp_path / "all.tar").read_bytes()
    assert (tmp_path / "all.tar").stat().st_mode & 0o077 == 0
    for _, key in house.settings.encryption_keys:
        assert key not in whole
    assert house.settings.secret_key not in whole
    assert not any(content[:64] in whole for content in house.files.values() if content)


async def test_it_moves_to_the_other_database_and_to_s3_and_back_with_nothing_changed(
    house: House,
    other_kind: str,
    same_kind: str,
    s3: S3Server,
    tmp_path: Path,
    record_property: Record,
) -> None:
    """F22."""
    began = time.monotonic()
    here, there, back = (tmp_path / f"{name}.tar" for name in ("here", "there", "back"))
    ran(command(house.settings, "backup", str(here)))
    moved = house.elsewhere(other_kind, f"{s3.url()}/{tmp_path.name}")
    said = ran(command(moved, "restore", str(here)))
    assert f"{len(house.files)} files ({len(house.files)} were not in the store)" in said
    ran(command(moved, "backup", str(there)))

    home = house.elsewhere(same_kind, f"file://{tmp_path}/home")
    ran(command(home, "restore", str(there)))
    ran(command(home, "backup", str(back)))
    lost = (differing(here, there) | differing(there, back)) - TOUCHED
    lost |= {
        name for one in (there, back) for name, _ in objects(here).items() ^ objects(one).items()
    }
    Figures(lost=len(lost), seconds=time.monotonic() - began).tell(record_property)
    assert lost == set()
    assert len(objects(here)) == len(house.files)
    await db.close()
    await db.connect(same_kind)
    assert (await Provider.get(id=house.person.provider.id)).closed_sentence == ODD
    for file_id, content in house.files.items():
        row = await StoredFile.get(id=file_id)
        assert await a_room(home).get(file_id, row.key) == content


async def the_guards_stand() -> None:
    """History is added to, and neither changed nor deleted; the numbers go on."""
    last = await Event.all().order_by("-id").first()
    assert last is not None
    line = await Event.create(
        provider_id="p", candidate_id="c", at=NOW, kind="submitted", actor_kind="candidate"
    )
    assert line.id > last.id
    await refused(lambda: Event.filter(id=line.id).update(kind="accepted"))
    await refused(lambda: Event.filter(id=line.id).delete())
    await refused(lambda: Tombstone.all().delete())
    await refused(lambda: ProviderEvent.all().update(kind="link_renewed"))


async def test_after_a_restore_history_is_guarded_and_numbers_go_on(
    house: House, same_kind: str, tmp_path: Path
) -> None:
    gone = await Event.create(
        provider_id="p", candidate_id="gone", at=NOW, kind="submitted", actor_kind="candidate"
    )
    await Tombstone.create(
        provider_id="p",
        candidate_id="gone",
        created_on=NOW.date(),
        erased_on=NOW.date(),
        last_status="incomplete",
        reason="bin",
        actor_kind="operator",
    )
    await Event.filter(candidate_id="gone").delete()
    await ProviderEvent.create(
        provider_id="p", at=NOW, kind="settings_changed", actor_kind="operator"
    )
    await save(house.settings, tmp_path / "all.tar")
    target = house.elsewhere(same_kind, f"file://{tmp_path}/new")
    await bring_back(target, tmp_path / "all.tar")
    line = await Event.all().order_by("-id").first()
    assert line is not None
    fresh = await Event.create(
        provider_id="p", candidate_id="c", at=NOW, kind="submitted", actor_kind="candidate"
    )
    assert fresh.id > gone.id, "the number of a line that is gone is not given again"
    await the_guards_stand()
    assert await db.pending_migrations() == []
    assert await Candidate.exists(id=house.person.candidate.id)


async def test_a_table_of_many_pieces_comes_back_whole(
    house: House, same_kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "CHUNK", 2_000)
    words = [f"w{number}" for number in range(6_000)]
    person = house.person.candidate
    await SearchWord.bulk_create(
        SearchWord(provider_id=person.provider_id, word=word, candidate_id=person.id)
        for word in words
    )
    count = await SearchWord.all().count()
    await save(house.settings, tmp_path / "all.tar")
    with tarfile.open(tmp_path / "all.tar") as tar:
        assert len([one for one in tar if one.name.startswith("tables/search_word/")]) > 200
    await bring_back(house.elsewhere(same_kind, f"file://{tmp_path}/new"), tmp_path / "all.tar")
    assert await SearchWord.all().count() == count
