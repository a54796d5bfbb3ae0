"""The store's disk is full: no row of a file without the file, no half of one, nothing lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import refuse_inside_transaction
from models.tables import Notice, Page, StoredFile, Upload
from store.room import Room, use_room
from store.sealing import Keyring
from tests import specimens
from tests.disks import fill, small_disk
from tests.figures import Figures, Record
from tests.files.conftest import Post, document


@pytest.fixture
def store(tmp_path: Path, keyring: Keyring) -> Iterator[Room]:
    """A file room on a disk of its own."""
    with small_disk(tmp_path / "store", 4) as place:
        made = Room(f"file://{place}", keyring, refuse_inside_transaction)
        use_room(made)
        yield made


@pytest.mark.parametrize("room", [0, 1 << 14], ids=["no byte", "half a page"])
async def test_a_full_store_keeps_no_half_and_takes_the_file_later(
    post: Post, room: int, record_property: Record
) -> None:
    waste = fill(post.folder.parent / "store", room)
    await post.sends(specimens.pdf(post.folder, 2))
    await post.check()
    meanwhile = await StoredFile.filter(state="kept").count() + await Page.all().count()
    assert (await Upload.get()).state == "waiting"
    assert await Notice.all().count() == 0, "nobody is blamed for our disk"
    waste.unlink()
    post.house.later(hours=1, minutes=1)
    began = time.monotonic()
    await post.check()
    seconds = time.monotonic() - began
    post.house.later(days=1, minutes=1)
    await post.check()
    kept = await StoredFile.filter(state="kept")
    rows, objects = {row.id for row in kept}, {path.name for path in post.objects()}
    Figures(
        lost=len(rows - objects) + meanwhile,
        doubled=len(objects - rows),
        seconds=seconds,
        remark=f"rows of files while it was full: {meanwhile}",
    ).tell(record_property)
    assert (meanwhile, rows) == (0, objects)
    assert (await Upload.get()).state == "kept"
    assert (await document(post.amina, "diploma")).state == "to_review"
    assert await Page.all().count() == 2
