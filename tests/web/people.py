"""Candidates with answers, documents and messages, for the pages that show them."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any

from models.tables import (
    Answer,
    Bot,
    Candidate,
    Chat,
    Document,
    DocumentVersion,
    Message,
    Provider,
    Upload,
)
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
