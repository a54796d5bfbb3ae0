"""Candidates with answers, documents and messages, for the pages that show them."""

from __future__ import annotations

import itertools
from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw

from models.ids import new_file_id
from models.tables import (
    Answer,
    Bot,
    Candidate,
    Chat,
    Document,
    DocumentVersion,
    Message,
    Page,
    Provider,
    StoredFile,
    Upload,
)
from store.room import Room
from tests.factories import NOW, a_candidate

numbers = itertools.count(1000)
ANSWERS: dict[str, Any] = {
    "first_name": "Amina",
    "last_name": "Benali",
    "email": "amina@example.org",
    "phone": "+33612345678",
    "postal_code": "75011",
    "activities": ["cleaning", "gardening"],
    "speaks_french": True,
    "work_status": "independent",
    "siret": "73282932000074",
}
SENT = ("sirene_notice", "sap_declaration", "diploma")


async def amina_applies(
    provider: Provider, status: str = "submitted", name: str = "Amina Benali", **columns: Any
) -> Candidate:
    """An independent with a complete application and three documents to review."""
    bot = await Bot.all().first()
    assert bot is not None
    number = next(numbers)
    amina = await a_candidate(provider, name, status, bot_id=bot.id, telegram_id=number, **columns)
    await Chat.create(bot_id=bot.id, user_id=number, candidate_id=amina.id, created_at=NOW)
    for key, value in ANSWERS.items():
        await Answer.create(
            candidate_id=amina.id, key=key, value=value, answered_at=amina.created_at
        )
    for key in SENT:
        await sends(amina, key)
    return amina


async def sends(
    candidate: Candidate, key: str, state: str = "to_review", at: datetime = NOW
) -> Document:
    """A document that was sent, and checked."""
    document = await Document.create(candidate_id=candidate.id, key=key, state=state, sent_at=at)
    version = await DocumentVersion.create(document_id=document.id, number=1, sent_at=at)
    await Upload.create(
        version_id=version.id,
        candidate_id=candidate.id,
        position=next(numbers),
        telegram_file_id="file",
        name="scan.jpg",
        state="waiting" if state == "checking" else "kept",
    )
    return document


async def writes(candidate: Candidate, text: str, at: datetime = NOW) -> Message:
    """A message that waits for a reply."""
    await Candidate.filter(id=candidate.id).update(awaiting_reply_since=at)
    return await Message.create(candidate_id=candidate.id, text=text, at=at)


async def shows_pages(document: Document, room: Room, pages: int = 2) -> list[str]:
    """Give the newest version of a document its pages, as the check leaves them; their ids."""
    upload = await Upload.filter(version__document_id=document.id).order_by("-position").first()
    assert upload is not None
    cleaned = await _stored(document, room, _drawing("whole"), "image/jpeg")
    upload.file_id = cleaned.id
    await upload.save()
    made = []
    for number in range(1, pages + 1):
        image = await _stored(document, room, _drawing(f"{document.key} {number}"), "image/jpeg")
        page = await Page.create(
            upload_id=upload.id,
            number=number,
            image_id=image.id,
            thumbnail_id=image.id,
            width=840,
            height=1188,
        )
        made.append(page.id)
    return made


async def _stored(document: Document, room: Room, data: bytes, kind: str) -> StoredFile:
    file_id = new_file_id()
    key = room.new_key(file_id)
    await room.put(file_id, key, data)
    return await StoredFile.create(
        id=file_id,
        candidate_id=document.candidate_id,
        state="kept",
        key=key,
        content_type=kind,
        size=len(data),
        created_at=NOW,
    )


def _drawing(words: str) -> bytes:
    """A page that looks like a letter."""
    image = Image.new("RGB", (840, 1188), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 300, 130), fill="#c9d6e8")
    draw.text((70, 170), words, fill="black", font_size=30)
    for line in range(24):
        draw.rectangle(
            (70, 260 + line * 34, 770 - (line * 97) % 240, 270 + line * 34), fill="#ccc"
        )
    out = BytesIO()
    image.save(out, "JPEG", quality=80)
    return out.getvalue()
