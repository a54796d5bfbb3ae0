"""The dossier: one snapshot of a candidate, as the rules eat it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from models.tables import (
    Answer,
    Candidate,
    Decision,
    Document,
    DocumentType,
    DocumentVersion,
    Field,
    Operator,
    Provider,
    Upload,
)
from rules.answers import Choice, Question
from rules.catalogue.shapes import Reason
from rules.checklist import WORK_STATUS
from rules.dossier import (
    AnswerFacts,
    CandidateFacts,
    Condition,
    DecisionFacts,
    DocumentFacts,
    DocumentRule,
    Dossier,
    FieldRule,
    Policy,
)
from rules.vocabulary import (
    DecisionState,
    DocumentState,
    Outcome,
    Stage,
    Status,
    UploadState,
    WorkStatus,
)

FRENCH = "speaks_french"
VERDICTS = (DocumentState.VALIDATED, DocumentState.REJECTED)


async def dossier(candidate: Candidate, provider: Provider) -> Dossier:
    """The snapshot of `candidate`; call it under the candidate's lock to decide on it."""
    version = candidate.requirements_version
    decision = await Decision.filter(candidate_id=candidate.id, state="pending").first()
    return Dossier(
        candidate=_with_only_status(candidate_facts(candidate), provider),
        policy=policy(provider),
        fields=await field_rules(provider, version),
        document_types=await document_rules(provider.id, version),
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
        privacy_version=row.privacy_version,
    )


async def field_rules(provider: Provider, version: int) -> tuple[FieldRule, ...]:
    """The questions of one requirements version, in the order in which they are asked."""
    rows = await Field.filter(provider_id=provider.id, since__lte=version).order_by("position")
    return tuple(
        _field_rule(row, provider) for row in rows if row.until is None or version < row.until
    )


async def document_rules(provider_id: str, version: int) -> tuple[DocumentRule, ...]:
    """The document types of one requirements version, in order."""
    rows = await DocumentType.filter(provider_id=provider_id, since__lte=version).order_by(
        "position"
    )
    return tuple(_document_rule(row) for row in rows if row.until is None or version < row.until)


def _shared(row: Field | DocumentType) -> dict[str, Any]:
    return {
        "key": row.key,
        "label": row.label,
        "help": row.help,
        "required": row.required,
        "statuses": frozenset(row.statuses),
        "stage": Stage(row.stage),
        "position": row.position,
        "condition": _condition(row.condition),
    }


def _condition(column: Mapping[str, Any] | None) -> Condition | None:
    return Condition(column["key"], tuple(column["equals"])) if column else None


def _field_rule(row: Field, provider: Provider) -> FieldRule:
    """One question; the provider's own switches stand above the row."""
    choices = tuple(Choice(one["key"], one["label"]) for one in row.choices)
    must_be = tuple(row.must_be or ())
    if row.key == WORK_STATUS:
        choices = tuple(one for one in choices if one.key in provider.accepted_statuses)
    if row.key == FRENCH:
        must_be = (True,) if provider.french_required else ()
    return FieldRule(
        **_shared(row),
        question=Question(row.key, row.kind, row.required, choices, row.limits),
        core=row.core,
        must_be=must_be,
        unmet=row.unmet,
    )


def _document_rule(row: DocumentType) -> DocumentRule:
    return DocumentRule(
        **_shared(row),
        formats=tuple(row.formats),
        max_pages=row.max_pages,
        max_bytes=row.max_bytes,
        asks_expiry=row.asks_expiry,
        validity_days=row.validity_days,
        view_and_forget=row.view_and_forget,
        sensitive=row.sensitive,
        reasons=tuple(Reason(one["key"], one["label"], one["advice"]) for one in row.reasons),
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
    files = await _files_by_version(candidate_id) if rows else Counter()
    names = await operator_names(row.reviewed_by_id for row in rows)
    return {row.key: _document_facts(row, files, names) for row in rows}


def _document_facts(
    row: Document, files: Counter[tuple[str, int]], names: Mapping[str, str]
) -> DocumentFacts:
    return DocumentFacts(
        id=row.id,
        key=row.key,
        state=DocumentState(row.state),
        version=row.version,
        files=files[row.id, row.version],
        sent_at=row.sent_at,
        reason_key=row.reason_key,
        reason=row.reason,
        reviewed_by=names.get(row.reviewed_by_id or "", ""),
        reviewed_at=row.reviewed_at,
        expires_on=row.expires_on,
        had_verdict=any(one["state"] in VERDICTS for one in row.earlier),
    )


async def _files_by_version(candidate_id: str) -> Counter[tuple[str, int]]:
    versions = {
        row.id: (row.document_id, row.number)
        for row in await DocumentVersion.filter(document__candidate_id=candidate_id)
    }
    uploads = await Upload.filter(candidate_id=candidate_id).exclude(state=UploadState.REFUSED)
    return Counter(versions[row.version_id] for row in uploads if row.version_id in versions)


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
        outcome=Outcome(row.outcome),
        state=DecisionState(row.state),
        by=names.get(row.operator_id, ""),
        decided_at=row.decided_at,
        final_at=row.final_at,
        comment=row.comment,
    )
