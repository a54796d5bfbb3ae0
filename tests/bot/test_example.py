"""Seeing what a document looks like before sending one's own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.database import refuse_inside_transaction
from models.ids import new_file_id
from models.tables import DocumentType, Provider, StoredFile
from store import room as rooms
from store.room import Room
from store.sealing import Keyring
from tests.bot.conftest import Person
from tests.bot.journeys import answer_everything

KEYS = Keyring({"k1": b"k" * 32})


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """The installation's store."""
    before = rooms._room
    made = Room(f"file://{tmp_path}/files", KEYS, refuse_inside_transaction)
    rooms.use_room(made)
    yield made
    rooms._room = before


async def with_example(provider: Provider, room: Room, content: bytes | None) -> None:
    """The certificates of employment have an example; without content the store lost it."""
    file_id = new_file_id()
    key = room.new_key(file_id)
    await StoredFile.create(
        id=file_id,
        provider_id=provider.id,
        state="kept",
        key=key,
        content_type="image/jpeg",
        created_at=datetime.now(UTC),
    )
    if content is not None:
        await room.put(file_id, key, content)
    await DocumentType.filter(provider_id=provider.id, key="work_certificates").update(
        example_id=file_id
    )


async def test_an_example_is_shown_and_the_document_is_asked_again_below_it(
    amina: Person, douceur: Provider, room: Room, photo: Path
) -> None:
    await with_example(douceur, room, photo.read_bytes())
    await answer_everything(amina, douceur)
    assert "👁 Voir un exemple" in (await amina.last()).labels
    asked = await amina.press("Voir un exemple")
    assert "Certificats de travail" in asked.text
    shown = (await amina.bot_messages())[-2]
    assert shown.kind == "document"
    assert "Un exemple inventé" in shown.text
    await amina.phone.send_photo(photo)
    assert "Reçu, 1 page." in (await amina.answered()).text


async def test_an_example_that_cannot_be_had_holds_nobody_up(
    amina: Person, douceur: Provider, room: Room, photo: Path
) -> None:
    await with_example(douceur, room, None)
    await answer_everything(amina, douceur)
    asked = await amina.press("Voir un exemple")
    assert "Certificats de travail" in asked.text
    shown = (await amina.bot_messages())[-2]
    assert "ne peut pas être montré" in shown.text
    await amina.phone.send_photo(photo)
    assert "Reçu, 1 page." in (await amina.answered()).text


async def test_a_document_without_an_example_has_no_button_for_it(
    amina: Person, douceur: Provider
) -> None:
    await answer_everything(amina, douceur)
    assert not any("exemple" in label for label in (await amina.last()).labels)
