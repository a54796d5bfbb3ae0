"""What single tabs of a candidate's page show: one document, the messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.reads.dossier import operator_names
from models.reads.files import VersionFacts, versions_of
from models.reads.requirements import document_rules
from models.tables import Candidate, Comment, Document, Message, Notice
from rules.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class CommentView:
    """A comment of an operator on a document; removed ones are in the journal only."""

    id: str
    by: str
    operator_id: str
    text: str
    at: datetime
    edited_at: datetime | None


@dataclass(frozen=True, slots=True)
class EarlierVerdict:
    """What was said of an earlier version."""

    version: int
    state: str
    reason: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """What was noted of a version when it was verified."""

    version: int
    by: str
    at: datetime
    noted: Mapping[str, str]
    """What was verified, by a key of the catalogue's RECORDS; without text: only ticked."""
    destroyed: bool
    """Its files are gone: this is all that stays."""


@dataclass(frozen=True, slots=True)
class Papers:
    """One document: its files by version, newest first, and what was said of it."""

    versions: tuple[VersionFacts, ...]
    earlier: tuple[EarlierVerdict, ...]
    comments: tuple[CommentView, ...]
    proofs: tuple[Proof, ...] = ()
    """Newest first."""


async def papers(provider_id: str, candidate_id: str, key: str) -> Papers:
    """Everything about one document; empty when nothing was sent."""
    comments = await _comments(provider_id, candidate_id, key)
    row = await Document.filter(
        candidate_id=candidate_id, key=key, candidate__provider_id=provider_id
    ).first()
    if row is None:
        return Papers((), (), comments)
    versions = await versions_of(provider_id, row.id)
    kept = [{"version": row.version, "proof": row.proof}, *reversed(row.earlier)]
    proved = [(one["version"], one["proof"]) for one in kept if one.get("proof")]
    names = await operator_names(
        one.get("by") for one in (*row.earlier, *(proof for _, proof in proved))
    )
    earlier = tuple(_verdict(one, names) for one in reversed(row.earlier) if one.get("at"))
    proofs = tuple(_proof(version, proof, names) for version, proof in proved)
    return Papers(versions, earlier, comments, proofs)


def _proof(version: int, column: Mapping[str, Any], names: Mapping[str, str]) -> Proof:
    at = datetime.fromisoformat(column["at"])
    return Proof(version, names.get(column["by"], ""), at, column["noted"], column["destroyed"])


def _verdict(column: Mapping[str, Any], names: Mapping[str, str]) -> EarlierVerdict:
    return EarlierVerdict(
        version=column["version"],
        state=column["state"],
        reason=column.get("reason", ""),
        by=names.get(column.get("by") or "", ""),
        at=datetime.fromisoformat(column["at"]),
    )


async def _comments(provider_id: str, candidate_id: str, key: str) -> tuple[CommentView, ...]:
    found = await Comment.filter(
        candidate_id=candidate_id,
        candidate__provider_id=provider_id,
        document_key=key,
        removed_at=None,
    ).order_by("at", "id")
    names = await operator_names(row.operator_id for row in found)
    return tuple(
        CommentView(
            row.id, names[row.operator_id], row.operator_id, row.text, row.at, row.edited_at
        )
        for row in found
    )


@dataclass(frozen=True, slots=True)
class Said:
    """One message of the thread."""

    id: int
    by: str
    """Name of the operator; empty: the candidate."""
    text: str
    at: datetime
    edited_at: datetime | None
    earlier: tuple[str, ...]
    """Texts before edits, oldest first."""
    fate: str
    """Of an operator's message: state of its notice; empty when there is no chat."""


async def thread(provider_id: str, candidate_id: str) -> tuple[Said, ...]:
    """Every message, oldest first."""
    found = await Message.filter(
        candidate_id=candidate_id, candidate__provider_id=provider_id
    ).order_by("at", "id")
    names = await operator_names(row.operator_id for row in found)
    fates = await _fates(candidate_id) if names else {}
    return tuple(
        Said(
            id=row.id,
            by=names.get(row.operator_id or "", ""),
            text=row.text,
            at=row.at,
            edited_at=row.edited_at,
            earlier=tuple(one["text"] for one in row.earlier),
            fate=fates.get(row.id, "") if row.operator_id else "",
        )
        for row in found
    )


async def _fates(candidate_id: str) -> dict[int, str]:
    """State of the notice that carries each operator's message, by the message's id."""
    notices = await Notice.filter(candidate_id=candidate_id, kind=NoticeKind.MESSAGE)
    return {row.facts["message_id"]: row.state for row in notices}


async def is_sensitive(provider_id: str, candidate_id: str, key: str) -> bool:
    """Whether each view of this document is journaled; unknown ones count as sensitive."""
    row = await Candidate.filter(id=candidate_id, provider_id=provider_id).first()
    if row is None:
        return True
    rules = await document_rules(provider_id, row.requirements_version)
    return next((rule.sensitive for rule in rules if rule.key == key), True)
