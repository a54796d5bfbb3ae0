"""What is refused before anything is written, and what it says."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import random
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from actions.backups import back_up
from actions.inspecting import inspect
from models import database as db
from models.plain import Unfit, shapes
from models.tables import Answer, Candidate, Provider
from settings import Settings
from store.archive import MANIFEST, MANIFEST_SUM, SUMS, ArchiveError, Reader, Writer
from tests.backup.conftest import (
    NOW,
    ROOT,
    House,
    bring_back,
    command,
    environment,
    save,
)
from tests.files.conftest import NOW as LATER

Change = Callable[[str, bytes], bytes | None]


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def rewritten(path: Path, to: Path, change: Change) -> Path:
    """A sound archive with other content: each entry as `change` wants it, or left out."""
    writer = Writer(to)
    writer.start()
    manifest: dict[str, Any] = {}
    for entry in Reader(path).entries():
        if entry.name == MANIFEST:
            data = change(MANIFEST, entry.data)
            manifest = json.loads(data or b"{}")
        elif entry.name.startswith(SUMS):
            writer.seal()
        elif entry.name != MANIFEST_SUM:
            data = change(entry.name, entry.data)
            if data is not None:
                writer.add(entry.name, data)
    manifest.pop("sums", None)
    writer.finish(manifest)
    writer.close()
    return to


@pytest.fixture
async def saved(house: House, tmp_path: Path) -> Path:
    """A backup of the house."""
    path = tmp_path / "all.tar"
    await back_up(house.place, path, NOW, silent)
    return path


def looks(house: House, path: Path, dialect: str = "postgres") -> None:
    """Look at it with the house's keys."""
    inspect(path, house.room.keyring, dialect, silent)


async def test_any_damaged_byte_is_noticed_and_the_entry_named(
    house: House, saved: Path, tmp_path: Path
) -> None:
    looks(house, saved)
    whole = saved.read_bytes()
    with tarfile.open(saved) as tar:
        content = [(one.name, one.offset, one.offset_data, one.size) for one in tar]
    dice = random.Random(4)
    damaged = tmp_path / "damaged.tar"
    for name, header, start, size in dice.sample(content, 40):
        place = dice.choice([header + dice.randrange(100), start + dice.randrange(max(size, 1))])
        if place >= start + size:  # nothing but padding there
            place = header
        flipped = bytearray(whole)
        flipped[place] ^= 1 << dice.randrange(8)
        damaged.write_bytes(flipped)
        with pytest.raises(ArchiveError) as caught:
            looks(house, damaged)
        before = [one[0] for one in content[: [one[0] for one in content].index(name) + 1]][-2:]
        if place >= start and not name.startswith(SUMS):
            assert name in str(caught.value)
        elif place < start:
            assert any(one in str(caught.value) for one in (*before, "batch", "beginning", "no b"))


async def test_a_backup_cut_off_anywhere_is_refused(
    house: House, saved: Path, tmp_path: Path
) -> None:
    whole = saved.read_bytes()
    dice, cut = random.Random(7), tmp_path / "cut.tar"
    for length in [0, 1, 511, 512, len(whole) - 1600, *dice.sample(range(len(whole) - 1024), 15)]:
        cut.write_bytes(whole[:length])
        with pytest.raises(ArchiveError, match=r"damaged|cut off"):
            looks(house, cut)
    cut.write_bytes(b"PK\3\4" * 500)
    with pytest.raises(ArchiveError, match="damaged"):
        looks(house, cut)
    with pytest.raises(ArchiveError, match="no file"):
        looks(house, tmp_path / "nowhere.tar")


async def test_a_batch_that_was_taken_out_is_missed(
    house: House, saved: Path, tmp_path: Path
) -> None:
    """Whoever leaves out a table with its sums leaves the manifest behind."""
    with tarfile.open(saved) as tar, tarfile.open(tmp_path / "less.tar", "w") as less:
        dropped = "tables/candidate/", None
        for one in tar:
            if one.name.startswith(dropped[0]):
                dropped = (dropped[0], f"{SUMS}follows")
                continue
            if dropped[1] and one.name.startswith(SUMS):
                dropped = ("-", None)
                continue
            less.addfile(one, tar.extractfile(one))
    with pytest.raises(ArchiveError, match="missing"):
        looks(house, tmp_path / "less.tar")


async def test_the_wrong_keys_are_refused_before_anything_is_written(
    house: House, saved: Path, same_kind: str, tmp_path: Path
) -> None:
    other = base64.urlsafe_b64encode(b"o" * 32).decode()
    for keys in (f"k1:{other}", f"k2:{other}"):
        target = house.elsewhere(same_kind, f"file://{tmp_path}/new")
        done = command(target, "restore", str(saved), ENCRYPTION_KEYS=keys)
        assert done.returncode == 1
        assert "lack the key k1" in done.stderr
    assert list((tmp_path / "new").rglob("*")) == [], "not even an object"
    done = command(target, "restore", "--check", str(saved), ENCRYPTION_KEYS=f"k2:{other}")
    assert "lack the key k1" in done.stderr
    more = (
        f"k2:{other},k1:" + base64.urlsafe_b64encode(house.settings.encryption_keys[0][1]).decode()
    )
    done = command(target, "restore", "--check", str(saved), ENCRYPTION_KEYS=more)
    assert "can be restored here" in done.stdout, done.stderr


async def test_a_newer_release_and_a_stranger_are_refused(
    house: House, saved: Path, tmp_path: Path
) -> None:
    def newer(name: str, data: bytes) -> bytes:
        return data.replace(b'"0001_initial"', b'"0001_initial", "9999_far_away"')

    def stranger(name: str, data: bytes) -> bytes | None:
        return None if name == "antichambre.json" else data

    with pytest.raises(ArchiveError, match=r"newer release .*9999_far_away"):
        looks(house, rewritten(saved, tmp_path / "newer.tar", newer))
    with pytest.raises(ArchiveError, match="no backup"):
        looks(house, rewritten(saved, tmp_path / "stranger.tar", stranger))


async def test_a_backup_from_before_a_column_existed_is_taken(
    house: House, saved: Path, same_kind: str, tmp_path: Path
) -> None:
    """An older release did not know `source_tags`: the digests and columns are those of then."""
    lines: list[bytes] = []

    def older(name: str, data: bytes) -> bytes:
        if name.startswith("tables/provider/"):
            for line in data.splitlines():
                row = json.loads(line)
                row.pop("source_tags")
                lines.append(json.dumps(row, separators=(",", ":")).encode() + b"\n")
            return b"".join(lines)
        if name in {"tables.json", MANIFEST}:
            told = json.loads(data)
            told["tables"]["provider"]["columns"].remove("source_tags")
            told["tables"]["provider"]["sha256"] = hashlib.sha256(b"".join(lines)).hexdigest()
            return json.dumps(told).encode()
        return data

    path = rewritten(saved, tmp_path / "older.tar", older)
    await bring_back(house.elsewhere(same_kind, f"file://{tmp_path}/new"), path)
    provider = await Provider.get(id=house.person.provider.id)
    assert provider.source_tags is None
    assert provider.name == "Douceur & Cie"


async def test_a_table_that_reads_back_differently_is_not_committed(
    house: House, saved: Path, same_kind: str, tmp_path: Path
) -> None:
    def lying(name: str, data: bytes) -> bytes:
        return data.replace(b"Douceur & Cie", b"Autre") if name.startswith("tables/prov") else data

    path = rewritten(saved, tmp_path / "lying.tar", lying)
    with pytest.raises(click.ClickException, match="provider reads back"):
        await bring_back(house.elsewhere(same_kind, f"file://{tmp_path}/new"), path)
    await db.connect(same_kind)
    assert not await Provider.exists()


async def test_a_nul_is_refused_by_postgresql_s_restore_and_kept_by_sqlite_s(
    house: House, saved: Path, tmp_path: Path
) -> None:
    def with_nul(name: str, data: bytes) -> bytes:
        return data.replace(b"Affiche", b"Aff\\u0000che")

    path = rewritten(saved, tmp_path / "nul.tar", with_nul)
    with pytest.raises(ArchiveError, match=r"provider '\w+', column source_tags: a NUL"):
        looks(house, path, "postgres")
    looks(house, path, "sqlite")


def shape(table: str) -> Any:
    """The shape of one table."""
    return next(one for one in shapes() if one.table == table)


async def test_what_postgresql_cannot_hold_is_named(database: str) -> None:
    wrong: list[tuple[str, dict[str, Any], str]] = [
        ("operator", {"id": "a", "name": "x" * 161}, "a text of 161 characters instead of 160"),
        ("candidate", {"id": "a", "version": 2**31}, "the number 2147483648"),
        ("answer", {"id": 1, "value": {"a": ["\ud800"]}}, "half a character"),
        ("answer", {"id": 1, "value": [float("inf")]}, "without end"),
        ("answer", {"id": 1, "colour": 1}, "no column colour"),
        ("answer", {"value": 1}, "not a row"),
    ]
    for table, row, says in wrong:
        with pytest.raises(Unfit, match=says):
            shape(table).check(json.dumps(row).encode(), "postgres")
    with pytest.raises(Unfit, match="not JSON"):
        shape("answer").check(b"{", "sqlite")


async def test_a_full_database_is_replaced_only_when_asked_twice(
    house: House, saved: Path, tmp_path: Path
) -> None:
    await Candidate.filter(id=house.person.candidate.id).update(first_name="Changed")
    await Answer.create(
        candidate_id=house.person.candidate.id, key="new", value=1, answered_at=LATER
    )
    with pytest.raises(click.ClickException, match=r"not empty: it has \d+ rows"):
        await bring_back(house.settings, saved)
    await db.close()
    asked = command(house.settings, "restore", "--replace", str(saved))
    assert asked.returncode == 1, "nobody answered"
    assert "will be LOST" in asked.stdout
    await db.connect(house.settings.database_url)
    assert await Answer.exists(key="new")
    await bring_back(house.settings, saved, replacing=2)
    assert not await Answer.exists(key="new")
    assert (await Candidate.get(id=house.person.candidate.id)).first_name != "Changed"


async def test_a_database_in_use_is_not_restored_into(house: House, saved: Path) -> None:
    await Candidate.exists()  # a connection of this process is open
    done = command(house.settings, "restore", "--replace", "--replace", str(saved))
    assert done.returncode == 1
    assert "Another process uses this database" in done.stderr
    assert await Candidate.exists()


async def test_a_backup_is_made_by_the_release_that_uses_the_database(
    house: House, tmp_path: Path
) -> None:
    await db.rows(
        "INSERT INTO tortoise_migrations (app, name, applied_at) VALUES (?, ?, ?)",
        "antichambre",
        "9999_far_away",
        NOW,
    )
    with pytest.raises(click.ClickException, match="make the backup with the release"):
        await save(house.settings, tmp_path / "ahead.tar")
    assert not (tmp_path / "ahead.tar").exists()


async def test_a_store_that_is_down_and_a_folder_that_is_not_there_are_told_in_words(
    house: House, tmp_path: Path
) -> None:
    down: Settings = replace(house.settings, storage_url="s3+http://a:b@127.0.0.1:9/files")
    await db.close()
    done = command(house.settings, "backup", str(tmp_path / "nowhere" / "all.tar"))
    assert done.returncode == 1
    assert "nowhere" in done.stderr
    assert "Traceback" not in done.stderr
    done = command(down, "backup", str(tmp_path / "down.tar"))
    assert "store does not work" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_full_disk_is_told_and_leaves_nothing_that_looks_whole(
    house: House, tmp_path: Path
) -> None:
    """A limit on the size of files stands in for the disk: 40 kB."""
    path = tmp_path / "all.tar"
    words = [sys.executable, "-m", "manage", "backup", str(path)]
    env = {"PATH": os.environ["PATH"], "STORAGE_URL": house.settings.storage_url}
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 40; exec "$@"', "-", *words],
        cwd=ROOT,
        env=env | environment(house.settings.database_url, house.settings.data_dir),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "File too large. Nothing half done is left" in done.stderr
    assert "Traceback" not in done.stderr
    assert not path.exists()
    done = command(house.settings, "backup", str(path))
    assert done.returncode == 0, done.stderr
