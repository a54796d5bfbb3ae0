"""One's rights: a copy of everything that is kept (erasing is actions.erasure)."""

import json
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from tortoise.models import Model

from actions.application import act
from models.tables import (
    Answer,
    Candidate,
    Chat,
    Decision,
    Document,
    DocumentVersion,
    Event,
    LooseMessage,
    Message,
    Notice,
    Reminder,
    Upload,
)
from rules.history import EventKind

CANDIDATE = (
    "created_at",
    "status",
    "status_since",
    "submitted_at",
    "work_status",
    "language",
    "first_name",
    "last_name",
    "email",
    "telegram_id",
    "notice_version",
    "notice_at",
    "account_confirmed_at",
    "email_confirmed_at",
    "admitted_at",
    "kept_until",
    "source",
)
CHAT = ("user_id", "username", "display_name", "language", "blocked_at", "created_at")
ROWS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "answers": (Answer, ("key", "value", "answered_at")),
    "messages": (Message, ("at", "text", "edited_at", "earlier", "delivered_at")),
    "decisions": (Decision, ("outcome", "state", "comment", "items", "decided_at", "final_at")),
    "reminders": (Reminder, ("due", "owed_at", "accepted_at", "promised", "void_at")),
    "history": (Event, ("at", "kind", "actor_kind", "subject", "before", "after")),
    "notices": (Notice, ("channel", "kind", "state", "owed_at", "settled_at")),
    "unplaced": (LooseMessage, ("at", "text")),
}
"""Tables of a candidate and the columns that are about them; operators are not named."""
README = "Copie de vos données — data.json\nCopy of your data — data.json\n"


async def export(candidate_id: str, *, now: datetime, at: datetime) -> bytes:
    """A ZIP with everything in one JSON file; sensitive numbers stay masked."""
    async with act(candidate_id, now, at) as doing:
        content = await _everything(doing.candidate)
        await doing.record(EventKind.DATA_EXPORTED)
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(content, ensure_ascii=False, indent=2))
        archive.writestr("README.txt", README)
    return packed.getvalue()


async def _everything(candidate: Candidate) -> dict[str, Any]:
    content: dict[str, Any] = {"candidate": _columns(candidate, CANDIDATE)}
    chat = await Chat.filter(bot_id=candidate.bot_id, user_id=candidate.telegram_id).first()
    if chat is not None:
        content["telegram"] = _columns(chat, CHAT)
    for name, (table, columns) in ROWS.items():
        rows = await table.filter(candidate_id=candidate.id).order_by("id")
        content[name] = [_columns(row, columns) for row in rows]
    content["documents"] = [
        await _document(row) for row in await Document.filter(candidate_id=candidate.id)
    ]
    return content


async def _document(row: Document) -> dict[str, Any]:
    """A document, its verdict, and the files of each version."""
    told = _columns(row, ("key", "state", "version", "sent_at", "reason", "expires_on", "earlier"))
    versions = await DocumentVersion.filter(document_id=row.id).order_by("number")
    told["versions"] = [
        {
            "number": version.number,
            "sent_at": version.sent_at.isoformat(),
            "files": [
                _columns(one, ("name", "content_type", "state", "sha256"))
                for one in await Upload.filter(version_id=version.id).order_by("position")
            ],
        }
        for version in versions
    ]
    return told


def _columns(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    """As JSON keeps it; of a sealed answer only the mask."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict) and "sealed" in value:
        return value.get("masked")
    return value
