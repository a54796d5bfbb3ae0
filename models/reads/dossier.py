"""The dossier: one snapshot of a candidate, as the rules eat it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from models.reads.requirements import requirements
from models.reads.retention import ended_days_of
from models.tables import (
    Answer,
    Candidate,
    Decision,
    Document,
    Operator,
    Provider,
    Upload,
)
from rules.dossier import (
    AnswerFacts,
    CandidateFacts,
    DecisionFacts,
    DocumentFacts,
    Dossier,
    Policy,
)
from rules.vocabulary import (
    DecisionState,
    DocumentState,
    Outcome,
    Status,
    UploadState,
    WorkStatus,
    known,
)

VERDICTS = (DocumentState.VALIDATED, DocumentState.REJECTED)


async def dossier(candidate: Candidate, provider: Provider) -> Dossier:
    """The snapshot of `candidate`; call it under the candidate's lock to decide on it."""
    asked = await requirements(provider, candidate.requirements_version)
    decision = await Decision.filter(candidate_id=candidate.id, state="pending").first()
    return Dossier(
        candidate=_with_only_status(candidate_facts(candidate), provider),
        policy=policy(provider),
        fields=asked.fields,
        document_types=asked.document_types,
        former=asked.former,
        answers=await _answers(candidate.id),
        documents=await document_facts(candidate.id),
        pending=await _decision_facts(decision) if decision else None,
    )


def _with_only_status(facts: CandidateFacts, provider: Provider) -> CandidateFacts:
    """Where one work status is accepted nobody is asked: it is everybody's who has none yet."""
    if facts.work_status is None and len(provider.accepted_statuses) == 1:
        return replace(facts, work_status=WorkStatus(provider.accepted_statuses[0]))
    return facts


def candidate_facts(row: Candidate) -> CandidateFacts:
    """The candidate's row as plain values."""
    return CandidateFacts(
        id=row.id,
        provider_id=row.provider_id,
        version=row.version,
        status=Status(row.status),
        status_since=row.status_since,
        created_at=row.created_at,
        language=row.language,
        work_status=WorkStatus(row.work_status) if row.work_status else None,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        status_exempted=row.status_exempted_at is not None,
        requirements_version=row.requirements_version,
        notice_version=row.notice_version,
        unlocked=frozenset(row.unlocked),
        account_confirmed=row.account_confirmed_at is not None,
        email_confirmed=row.email_confirmed_at is not None,
        admitted_at=row.admitted_at,
        ended_at=row.ended_at,
        submitted_at=row.submitted_at,
        awaiting_reply=row.awaiting_reply_since is not None,
    )


def policy(row: Provider) -> Policy:
    """The provider's settings as plain values."""
    return Policy(
        provider_id=row.id,
        name=row.name,
        language=row.language,
        timezone=row.timezone,
        module_on=row.module_on,
        signups_open=row.signups_open,
        accepted_statuses=tuple(WorkStatus(status) for status in row.accepted_statuses),
        french_required=row.french_required,
        deletion_days=row.deletion_days,
        reminder_days=row.reminder_days,
        ended_days=ended_days_of(row),
        privacy_version=row.privacy_version,
    )


async def _answers(candidate_id: str) -> dict[str, AnswerFacts]:
    rows = await Answer.filter(candidate_id=candidate_id)
    return {row.key: answer_facts(row) for row in rows}


def answer_facts(row: Answer) -> AnswerFacts:
    """An answer as the rules see it; a sealed value shows only its mask."""
    value = row.value
    if isinstance(value, dict) and "sealed" in value:
        value = value["masked"]
    return AnswerFacts(value, row.answered_at, skipped=row.value is None)


async def document_facts(candidate_id: str) -> dict[str, DocumentFacts]:
    """What was sent, by document type's key."""
    rows = await Document.filter(candidate_id=candidate_id)
    uploads = await _uploads_by_version(candidate_id) if rows else {}
    names = await operator_names(row.reviewed_by_id for row in rows)
    return {
        row.key: _document_facts(row, uploads.get((row.id, row.version), []), names)
        for row in rows
    }


def _document_facts(
    row: Document, uploads: Sequence[tuple[str, str]], names: Mapping[str, str]
) -> DocumentFacts:
    return DocumentFacts(
        id=row.id,
        key=row.key,
        # One of a newer release is in nobody's hands here, like one that is being checked.
        state=known(DocumentState, row.state, DocumentState.CHECKING),
        version=row.version,
        files=sum(state != UploadState.REFUSED for state, _ in uploads),
        refusal=next((why for _, why in reversed(uploads) if why), ""),
        sent_at=row.sent_at,
        reason_key=row.reason_key,
        reason=row.reason,
        reviewed_by=names.get(row.reviewed_by_id or "", ""),
        reviewed_at=row.reviewed_at,
        expires_on=row.expires_on,
        had_verdict=any(one["state"] in VERDICTS for one in row.earlier),
        destroyed=bool(row.proof and row.proof["destroyed"]),
    )


async def _uploads_by_version(candidate_id: str) -> dict[tuple[str, int], list[tuple[str, str]]]:
    """State and refusal of each file, in the order of sending."""
    sent = Upload.filter(candidate_id=candidate_id).order_by("position")
    by_version: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for document_id, number, state, why in await sent.values_list(
        "version__document_id", "version__number", "state", "refusal"
    ):
        by_version.setdefault((str(document_id), int(number)), []).append((state, why or ""))
    return by_version


async def operator_names(ids: Iterable[str | None]) -> dict[str, str]:
    """Names of operators by id."""
    wanted = {one for one in ids if one}
    if not wanted:
        return {}
    return {row.id: row.name for row in await Operator.filter(id__in=wanted)}


async def _decision_facts(row: Decision) -> DecisionFacts:
    names = await operator_names([row.operator_id])
    return DecisionFacts(
        id=row.id,
        outcome=known(Outcome, row.outcome, Outcome.REJECT),  # it holds, whatever it says
        state=DecisionState(row.state),
        by=names.get(row.operator_id, ""),
        decided_at=row.decided_at,
        final_at=row.final_at,
        comment=row.comment,
    )
