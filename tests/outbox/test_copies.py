"""The copy of one's data: what is kept, with the files themselves, in the chat."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from actions.rights import ask_for_copy
from jobs import archive
from jobs.messenger import Messenger
from models.database import refuse_inside_transaction
from models.tables import (
    Answer,
    Candidate,
    Chat,
    Document,
    DocumentVersion,
    Event,
    Notice,
    Provider,
    StoredFile,
    Upload,
)
from sandbox.client import Phone
from store.room import Room, room, use_room
from store.sealing import Keyring
from tests.outbox.world import House

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def files(tmp_path: Path) -> Room:
    """A folder for files."""
    made = Room(f"file://{tmp_path}/room", Keyring({"k1": b"k" * 32}), refuse_inside_transaction)
    use_room(made)
    return made


@pytest.fixture
async def person(house: House, amina: Phone) -> Candidate:
    """Amina, who answered one question."""
    made = await house.person(user_id=amina.id)
    await Answer.create(candidate_id=made.id, key="last_name", value="Benali", answered_at=NOW)
    return made


async def keeps(person: Candidate, key: str, *contents: bytes) -> list[str]:
    """A document of which these files are kept; gives their ids."""
    document = await Document.create(
        candidate_id=person.id, key=key, state="validated", sent_at=NOW
    )
    version = await DocumentVersion.create(document_id=document.id, number=1, sent_at=NOW)
    ids = []
    for position, content in enumerate(contents):
        file_id = f"{key}{position}".ljust(32, "0")
        sealed = room().new_key(file_id)
        await StoredFile.create(
            id=file_id,
            candidate_id=person.id,
            state="kept",
            key=sealed,
            content_type="application/pdf",
            size=len(content),
            created_at=NOW,
        )
        await room().put(file_id, sealed, content)
        await Upload.create(
            version_id=version.id,
            candidate_id=person.id,
            position=position,
            telegram_file_id="f",
            name="../mon cv.pdf",
            state="kept",
            file_id=file_id,
        )
        ids.append(file_id)
    return ids


async def received(phone: Phone) -> list[zipfile.ZipFile]:
    """The archives that came into the chat."""
    found = [one for one in await phone.messages() if one.file is not None and one.from_bot]
    return [
        zipfile.ZipFile(io.BytesIO(await phone.download(one.file["file_id"])))
        for one in found
        if one.file is not None
    ]


async def test_a_copy_holds_every_value_and_every_file(
    person: Candidate, messenger: Messenger, amina: Phone
) -> None:
    await keeps(person, "diploma", b"page one", b"page two")
    await ask_for_copy(person.id, now=NOW, at=NOW)
    await messenger.drain()
    (copy,) = await received(amina)
    assert sorted(copy.namelist()) == [
        "README.txt",
        "data.json",
        "diploma-1-1.pdf",
        "diploma-1-2.pdf",
    ]
    assert copy.read("diploma-1-2.pdf") == b"page two"
    data = json.loads(copy.read("data.json"))
    assert data["answers"][0]["value"] == "Benali"
    assert [one["copy"] for one in data["documents"][0]["versions"][0]["files"]] == [
        "diploma-1-1.pdf",
        "diploma-1-2.pdf",
    ]
    assert (await Notice.get(kind="export")).state == "accepted"
    said = [one for one in await amina.messages() if one.file is not None]
    assert "Voici une copie" in said[-1].text
    assert said[-1].file is not None
    assert said[-1].file["file_name"] == "mes-donnees-2026-03-02.zip"


async def test_a_large_copy_comes_in_several_archives(
    person: Candidate, messenger: Messenger, amina: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    await keeps(person, "diploma", b"a" * 60, b"b" * 60, b"c" * 30)
    monkeypatch.setattr(archive.parts, "__defaults__", (100,))
    await ask_for_copy(person.id, now=NOW, at=NOW)
    await messenger.drain()
    first, second = await received(amina)
    assert "data.json" in first.namelist()
    assert second.namelist() == ["diploma-1-2.pdf", "diploma-1-3.pdf"]
    texts = [one.text for one in await amina.messages() if one.file is not None]
    assert [text.rpartition(" ")[2] for text in texts] == ["(1/2)", "(2/2)"]


async def test_a_file_that_the_store_lost_is_named_and_the_rest_is_there(
    person: Candidate, messenger: Messenger, amina: Phone
) -> None:
    first, _ = await keeps(person, "diploma", b"page one", b"page two")
    await room().delete(first)
    await ask_for_copy(person.id, now=NOW, at=NOW)
    await messenger.drain()
    (copy,) = await received(amina)
    assert "ne peut plus être lu" in copy.read("diploma-1-1.pdf.txt").decode()
    assert copy.read("diploma-1-2.pdf") == b"page two"


async def test_a_store_that_is_away_only_delays_the_copy(
    house: House, person: Candidate, messenger: Messenger, amina: Phone, files: Room
) -> None:
    await keeps(person, "diploma", b"page one")
    await ask_for_copy(person.id, now=house.clock.now, at=NOW)
    key = Keyring({"k1": b"k" * 32})
    use_room(Room("s3+http://a:b@127.0.0.1:9/bucket", key, refuse_inside_transaction))
    await messenger.drain()
    assert (await Notice.get(kind="export")).state == "owed"
    use_room(files)
    house.clock.forward(hours=2)
    await messenger.drain()
    assert len(await received(amina)) == 1


async def test_a_copy_is_of_the_space_where_it_was_asked_for(
    house: House, person: Candidate, messenger: Messenger, amina: Phone
) -> None:
    vert = await Provider.create(slug="vert", name="Vert Jardin", created_at=NOW)
    other = await Candidate.create(
        provider_id=vert.id,
        bot_id=house.bot.id,
        telegram_id=amina.id,
        created_at=NOW,
        status_since=NOW,
        clock_start=NOW,
    )
    await ask_for_copy(person.id, now=NOW, at=NOW)
    await Chat.filter(user_id=amina.id).update(candidate_id=other.id)
    await messenger.drain()
    (copy,) = await received(amina)
    assert json.loads(copy.read("data.json"))["answers"][0]["value"] == "Benali"
    said = [one for one in await amina.messages() if one.file is not None]
    assert said[-1].text.startswith("Douceur & Cie")
    assert said[-1].labels == ["Aller à ma candidature"]
    assert await Event.filter(candidate_id=other.id).count() == 0
