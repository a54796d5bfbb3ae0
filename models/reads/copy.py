"""Everything that is kept about one person: what the copy of their data holds."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tortoise.models import Model

from models.reads.requirements import requirements
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
    Provider,
    Reminder,
    StoredFile,
    Upload,
)
from rules.answers import in_language

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
    "ended_at",
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
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
"""Of the files that the check keeps."""


@dataclass(frozen=True, slots=True)
class CopiedFile:
    """A file of the person, to be taken from the store."""

    name: str
    """In the archive: flat, made of ours, never of what was typed."""
    id: str
    key: str = field(repr=False)
    """Sealed: for store.room().get(id, key)."""
    size: int


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A copy: values that JSON takes, and files."""

    values: dict[str, Any]
    files: tuple[CopiedFile, ...]


async def personal_data(candidate: Candidate) -> PersonalData:
    """All that is kept about a candidate; sensitive numbers stay masked, operators unnamed."""
    values: dict[str, Any] = {"candidate": _columns(candidate, CANDIDATE)}
    chat = await Chat.filter(bot_id=candidate.bot_id, user_id=candidate.telegram_id).first()
    if chat is not None:
        values["telegram"] = _columns(chat, CHAT)
    for name, (table, columns) in ROWS.items():
        rows = await table.filter(candidate_id=candidate.id).order_by("id")
        values[name] = [_columns(row, columns) for row in rows]
    files: list[CopiedFile] = []
    values["documents"] = [
        await _document(row, files)
        for row in await Document.filter(candidate_id=candidate.id).order_by("key")
    ]
    values["labels"] = await _labels(candidate)
    return PersonalData(values, tuple(files))


async def _labels(candidate: Candidate) -> dict[str, str]:
    """What each key stands for, in the person's language: a provider's own keys say nothing."""
    provider = await Provider.get(id=candidate.provider_id)
    asked = await requirements(provider, candidate.requirements_version)
    rules = (*asked.fields, *asked.document_types, *asked.former)
    return {rule.key: in_language(rule.label, candidate.language) for rule in rules}


async def _document(row: Document, files: list[CopiedFile]) -> dict[str, Any]:
    """A document, its verdict, and the files of each version; adds these to `files`."""
    told = _columns(row, ("key", "state", "version", "sent_at", "reason", "expires_on"))
    told["earlier"] = [_unsigned(one) for one in row.earlier]
    told["verified"] = _unsigned(row.proof) if row.proof else None
    told["versions"] = []
    for version in await DocumentVersion.filter(document_id=row.id).order_by("number"):
        uploads = await Upload.filter(version_id=version.id).order_by("position")
        told["versions"].append(
            {
                "number": version.number,
                "sent_at": version.sent_at.isoformat(),
                "files": [
                    await _file(one, f"{_plain_name(row.key)}-{version.number}-{number}", files)
                    for number, one in enumerate(uploads, 1)
                ],
            }
        )
    return told


def _unsigned(column: dict[str, Any]) -> dict[str, Any]:
    """A verdict, or what stays of a document that was destroyed, without its operator."""
    told = {name: value for name, value in column.items() if name != "by"}
    if "proof" in told:
        told["proof"] = _unsigned(told["proof"])
    return told


async def _file(upload: Upload, name: str, files: list[CopiedFile]) -> dict[str, Any]:
    """One sent file; `copy` names it in the archive, empty when it is not kept (any more)."""
    told = _columns(upload, ("name", "content_type", "state", "sha256"))
    kept = (
        await StoredFile.get_or_none(id=upload.file_id, state="kept") if upload.file_id else None
    )
    told["copy"] = ""
    if kept is not None:
        told["copy"] = f"{name}.{EXTENSIONS.get(kept.content_type, 'bin')}"
        files.append(CopiedFile(told["copy"], kept.id, kept.key, kept.size))
    return told


def _plain_name(key: str) -> str:
    return "".join(one if one.isascii() and one.isalnum() else "_" for one in key)[:60]


def _columns(row: Model, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    """As JSON keeps it; of a sealed answer only the mask."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict) and "sealed" in value:
        return value.get("masked")
    return value
