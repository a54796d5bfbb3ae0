"""Dossiers made by hand, for tables of rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.answers import Choice, Question, Value
from rules.dossier import (
    AnswerFacts,
    CandidateFacts,
    Condition,
    DocumentFacts,
    DocumentRule,
    Dossier,
    FieldRule,
    Policy,
)
from rules.vocabulary import DocumentState, Stage, Status, WorkStatus

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SENT = NOW - timedelta(days=1)
"""Before the status of today."""
INDEPENDENT = frozenset({"independent"})
EMPLOYEE = frozenset({"employee"})


def words(text: str) -> dict[str, str]:
    """The same in both languages."""
    return {"fr": text, "en": text}


def field(key: str, kind: str = "text", position: int = 0, **more: Any) -> FieldRule:
    """A question."""
    required = more.get("required", True)
    choices = tuple(Choice(one, words(one)) for one in more.pop("choices", ()))
    question = Question(key, kind, required, choices)
    return FieldRule(key=key, label=words(key), position=position, question=question, **more)


def paper(key: str, position: int = 50, **more: Any) -> DocumentRule:
    """A document type."""
    return DocumentRule(key=key, label=words(key), position=position, **more)


FIELDS = (
    field("first_name", position=1, core=True),
    field("email", "email", 2, core=True),
    field("work_status", "choice", 3, choices=("independent", "employee")),
    field("french", "yes_no", 4, must_be=(True,)),
    field("siret", "siret", 5, statuses=INDEPENDENT),
    field("nickname", position=6, required=False),
    field("permit_kind", position=7, condition=Condition("french", (True,))),
    field("iban", "iban", 8, stage=Stage.ADMITTED),
)
PAPERS = (
    paper("sirene", statuses=INDEPENDENT),
    paper("certificates", 51, statuses=EMPLOYEE),
    paper("cv", 52, required=False),
    paper("identity", 53, stage=Stage.ADMITTED),
)
ANSWERS: dict[str, Value] = {
    "first_name": "Amina",
    "email": "amina@example.org",
    "work_status": "employee",
    "french": True,
    "nickname": None,
    "permit_kind": "none",
}
"""Every answer of an employee; the nickname was skipped."""


def sent(key: str, state: DocumentState = DocumentState.TO_REVIEW) -> DocumentFacts:
    """A document that was sent."""
    return DocumentFacts(id=key, key=key, state=state, version=1, files=1, sent_at=SENT)


def dossier(
    answers: Mapping[str, Value] | None = None,
    documents: Mapping[str, DocumentState] | None = None,
    *,
    policy: Mapping[str, Any] | None = None,
    **candidate: Any,
) -> Dossier:
    """Somebody with these answers and documents; the work status follows its answer."""
    given = ANSWERS if answers is None else answers
    status = given.get("work_status")
    row = CandidateFacts(
        id="amina",
        provider_id="douceur",
        version=1,
        status=Status.INCOMPLETE,
        status_since=NOW,
        created_at=NOW,
        language="fr",
        work_status=WorkStatus(str(status)) if status else None,
    )
    own = Policy(provider_id="douceur", name="Douceur & Cie", language="fr", timezone="UTC")
    return Dossier(
        candidate=replace(row, **candidate),
        policy=replace(own, **(policy or {})),
        fields=FIELDS,
        document_types=PAPERS,
        answers={key: AnswerFacts(one, NOW, skipped=one is None) for key, one in given.items()},
        documents={key: sent(key, state) for key, state in (documents or {}).items()},
    )


def without(*keys: str, **changed: Value) -> dict[str, Value]:
    """ANSWERS without some, and with others."""
    return {key: one for key, one in (ANSWERS | changed).items() if key not in keys}
