"""What accepted people have sent since they were accepted: new documents, and their verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.database import rows
from models.tables import Candidate, Document, DocumentType, Provider
from rules.vocabulary import DocumentState

MOST = 1_000
"""More documents than that are not looked for at once."""

SENT_SINCE = (
    "FROM document JOIN candidate ON candidate.id = document.candidate_id "
    "WHERE document.state IN ('to_review', 'rejected') AND candidate.provider_id = ? "
    "AND candidate.status = 'accepted' AND candidate.ended_at IS NULL "
    "AND document.sent_at > candidate.status_since"
)
"""The states are written out, so that the partial index document_to_look_at fits."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """One document that was sent after the acceptance, and waits for somebody."""

    candidate: Candidate
    key: str
    label: Mapping[str, str]
    to_review: bool
    """The operator's turn; else it was refused, and the person is asked for another one."""
    sent_at: datetime

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.candidate.first_name} {self.candidate.last_name}".strip()


async def renewed(provider: Provider, limit: int) -> list[Renewed]:
    """The first of them: those to review, then those that were refused; oldest first."""
    found = await rows(
        f"SELECT document.id {SENT_SINCE} "
        "ORDER BY CASE document.state WHEN 'to_review' THEN 0 ELSE 1 END, document.sent_at, "
        "document.id LIMIT ?",
        provider.id,
        limit,
    )
    ids = [one["id"] for one in found]
    documents = await Document.filter(
        id__in=ids, candidate__provider_id=provider.id
    ).select_related("candidate")
    types = DocumentType.filter(provider_id=provider.id).order_by("since")
    labels = dict(await types.values_list("key", "label"))
    lines = [
        Renewed(
            one.candidate,
            one.key,
            labels.get(one.key, {}),
            one.state == DocumentState.TO_REVIEW,
            one.sent_at,
        )
        for one in documents
    ]
    return sorted(lines, key=lambda one: (not one.to_review, one.sent_at))


async def in_order_of_waiting(provider_id: str) -> list[str]:
    """The same people's ids, the one whose first document waits longest first."""
    found = await rows(
        f"SELECT document.candidate_id {SENT_SINCE} AND document.state = 'to_review' "
        "GROUP BY document.candidate_id ORDER BY MIN(document.sent_at), document.candidate_id "
        "LIMIT ?",
        provider_id,
        MOST,
    )
    return [str(one["candidate_id"]) for one in found]


async def to_look_at(provider_id: str) -> dict[str, datetime]:
    """Accepted people with new documents to review, and since when the first of them waits."""
    found = await rows(
        f"SELECT document.id {SENT_SINCE} AND document.state = 'to_review' "
        "ORDER BY document.sent_at LIMIT ?",
        provider_id,
        MOST,
    )
    documents = Document.filter(
        id__in=[one["id"] for one in found], candidate__provider_id=provider_id
    )
    since: dict[str, datetime] = {}
    for one in await documents.order_by("sent_at"):
        since.setdefault(one.candidate_id, one.sent_at)
    return since
