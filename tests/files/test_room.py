"""The file room: a folder and a real S3 store behind the same verbs, every object encrypted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from actions.removals import ORPHAN_AGE, TooManyOrphans, let_go, sweep_orphans, sweep_removals
from models.database import refuse_inside_transaction
from models.ids import new_file_id
from models.tables import Candidate, StoredFile
from store.room import FileMissing, Room, StoreDown
from store.sealing import CannotOpen, Keyring
from tests.files.conftest import House
from tests.files.s3 import S3Server, s3_server

CONTENT = b"the diploma of Amina " * 1000


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """An S3 server for this file."""
    with s3_server() as server:
        yield server


@pytest.fixture(params=["folder", "s3"])
def room(request: pytest.FixtureRequest, tmp_path: Path, keyring: Keyring) -> Room:
    """A file room of each kind."""
    if request.param == "folder":
        return Room(f"file://{tmp_path}/a room", keyring, refuse_inside_transaction)
    server = request.getfixturevalue("s3")
    return Room(f"{server.url()}/{new_file_id()}", keyring, refuse_inside_transaction)


async def names(room: Room, older_than: datetime) -> set[str]:
    """Everything that the store lists."""
    return {name async for some in room.list(older_than) for name in some}


def tomorrow() -> datetime:
    """Later than anything written now."""
    return datetime.now(UTC) + timedelta(days=1)


async def kept(room: Room, content: bytes = CONTENT) -> tuple[str, str]:
    """Id and sealed key of a stored object."""
    file_id = new_file_id()
    key = room.new_key(file_id)
    await room.put(file_id, key, content)
    return file_id, key


async def test_what_is_put_comes_back_and_is_gone_once_deleted(room: Room) -> None:
    file_id, key = await kept(room)
    assert await room.get(file_id, key) == CONTENT
    assert await names(room, tomorrow()) == {file_id}
    assert await names(room, datetime.now(UTC) - timedelta(hours=1)) == set()
    await room.delete(file_id)
    await room.delete(file_id)
    assert await names(room, tomorrow()) == set()
    with pytest.raises(FileMissing):
        await room.get(file_id, key)


async def test_twenty_megabytes_and_nothing_at_all_can_be_stored(room: Room) -> None:
    for content in (os.urandom(20 * 1024 * 1024), b""):
        file_id, key = await kept(room, content)
        assert await room.get(file_id, key) == content


async def test_a_wrong_secret_or_bucket_says_that_the_store_does_not_work(
    s3: S3Server, keyring: Keyring
) -> None:
    room = Room(s3.url(secret="wrong"), keyring, refuse_inside_transaction)
    with pytest.raises(StoreDown):
        await room.put("a", room.new_key("a"), CONTENT)
    with pytest.raises(StoreDown):
        await room.delete("a")


async def test_an_object_is_readable_with_its_own_key_only(
    tmp_path: Path, keyring: Keyring
) -> None:
    room = Room(f"file://{tmp_path}/room", keyring, refuse_inside_transaction)
    (one, key), (other, other_key) = await kept(room), await kept(room)
    on_disk = {path.name: path for path in (tmp_path / "room").rglob("*") if path.is_file()}
    assert set(on_disk) == {one, other}
    assert on_disk[one].read_bytes()[12:] != on_disk[other].read_bytes()[12:]
    assert b"Amina" not in on_disk[one].read_bytes()
    with pytest.raises(CannotOpen):
        await room.get(one, other_key)
    with pytest.raises(CannotOpen):
        await Room(f"file://{tmp_path}/room", Keyring({"k1": b"2" * 32}), room.guard).get(one, key)
    on_disk[other].replace(on_disk[one])
    with pytest.raises(CannotOpen):
        await room.get(one, key)
    on_disk[one].write_bytes(b"short")
    with pytest.raises(CannotOpen):
        await room.get(one, key)


async def test_a_rotated_key_still_opens_what_the_former_one_sealed(tmp_path: Path) -> None:
    url = f"file://{tmp_path}/room"
    before = Room(url, Keyring({"old": b"1" * 32}), refuse_inside_transaction)
    file_id, key = await kept(before)
    after = Room(url, Keyring({"new": b"2" * 32, "old": b"1" * 32}), refuse_inside_transaction)
    assert await after.get(file_id, key) == CONTENT
    assert after.new_key("a").startswith("new.")
    resealed = after.reseal(file_id, key)
    last = Room(url, Keyring({"new": b"2" * 32}), refuse_inside_transaction)
    assert await last.get(file_id, resealed) == CONTENT
    with pytest.raises(CannotOpen):
        await last.get(file_id, key)


async def test_a_room_that_cannot_be_written_says_so(
    tmp_path: Path, keyring: Keyring, free_port: Callable[[], int]
) -> None:
    room = Room(f"file://{tmp_path}/room", keyring, refuse_inside_transaction)
    (tmp_path / "room").rmdir()
    (tmp_path / "room").write_text("a file in the way")
    with pytest.raises(StoreDown):
        await room.put("a", room.new_key("a"), CONTENT)
    gone = Room(f"s3+http://a:b@127.0.0.1:{free_port()}/x", keyring, refuse_inside_transaction)
    with pytest.raises(StoreDown):
        await names(gone, tomorrow())


async def row(room: Room, candidate: Candidate | None, state: str, **columns: object) -> str:
    """An object with its row."""
    file_id, key = await kept(room)
    await StoredFile.create(
        id=file_id,
        candidate=candidate,
        state=state,
        key=key,
        created_at=datetime.now(UTC),
        **columns,
    )
    return file_id


async def test_removals_are_carried_out_when_due_and_leave_no_row(
    room: Room, house: House, amina: Candidate
) -> None:
    staying = await row(room, amina, "kept")
    going = await row(room, amina, "kept")
    cut_off = await row(room, amina, "storing", due_at=house.now + timedelta(minutes=20))
    await let_go([going], house.now)
    removal = await StoredFile.get(id=going)
    assert (removal.candidate_id, removal.state, removal.key) == (None, "removing", "")
    assert await sweep_removals(room, house.later(minutes=9)) == 0
    assert await sweep_removals(room, house.later(minutes=2)) == 1
    assert await names(room, tomorrow()) == {staying, cut_off}
    assert await sweep_removals(room, house.later(minutes=10)) == 1
    assert await sweep_removals(room, house.now) == 0
    assert await names(room, tomorrow()) == {staying}
    assert await StoredFile.all().count() == 1


async def test_a_removal_of_what_is_already_gone_is_fine(
    room: Room, house: House, amina: Candidate
) -> None:
    going = await row(room, amina, "removing", due_at=house.now)
    await room.delete(going)
    assert await sweep_removals(room, house.now) == 1


async def test_objects_without_a_row_go_when_they_are_old_and_few(
    room: Room, house: House, amina: Candidate
) -> None:
    staying = await row(room, amina, "kept")
    orphan, _ = await kept(room)
    now = datetime.now(UTC)
    assert await sweep_orphans(room, now) == 0
    assert await sweep_orphans(room, now + ORPHAN_AGE + timedelta(minutes=1)) == 1
    assert await names(room, tomorrow()) == {staying}
    assert orphan != staying


async def test_a_store_full_of_strangers_is_left_alone(room: Room, house: House) -> None:
    for _ in range(21):
        await kept(room)
    later = datetime.now(UTC) + ORPHAN_AGE + timedelta(minutes=1)
    with pytest.raises(TooManyOrphans, match="21 of 21"):
        await sweep_orphans(room, later)
    assert len(await names(room, tomorrow())) == 21


async def test_half_written_objects_are_tidied_away(tmp_path: Path, keyring: Keyring) -> None:
    room = Room(f"file://{tmp_path}/room", keyring, refuse_inside_transaction)
    file_id, key = await kept(room)
    (whole,) = (path for path in (tmp_path / "room").rglob("*") if path.is_file())
    half = whole.with_name(f"{new_file_id()}#1")
    half.write_bytes(b"half")
    assert await names(room, tomorrow()) == {file_id}
    assert await room.tidy(datetime.now(UTC) - timedelta(hours=1)) == 0
    assert await room.tidy(tomorrow()) == 1
    assert not half.exists()
    assert await room.get(file_id, key) == CONTENT
