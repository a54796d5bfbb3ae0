"""The one snapshot of a candidate that every rule eats: plain values, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from rules.answers import Question, Value, Words
from rules.catalogue.shapes import Reason
from rules.retention_values import ENDED_DAYS
from rules.vocabulary import DecisionState, DocumentState, Outcome, Stage, Status, WorkStatus


@dataclass(frozen=True, slots=True)
class Condition:
    """Asked only of those whose answer to `key` is one of `equals`."""

    key: str
    equals: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A field or a document type, as the provider asks it."""

    key: str
    label: Words
    help: Words = field(default_factory=dict)
    required: bool = True
    statuses: frozenset[str] = frozenset()
    """Work statuses concerned; empty: all."""
    stage: Stage = Stage.APPLICATION
    position: int = 0
    condition: Condition | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule(Requirement):
    """One question."""

    question: Question
    core: bool = False
    must_be: tuple[Value, ...] = ()
    """The answers that meet the condition of admission; empty: no condition."""
    unmet: Words = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRule(Requirement):
    """One document to send."""

    formats: tuple[str, ...] = ()
    max_pages: int = 10
    max_bytes: int = 20_000_000
    asks_expiry: bool = False
    validity_days: int | None = None
    remind_days: tuple[int, ...] = ()
    """Days before it expires on which a new one is asked for; none: never."""
    view_and_forget: bool = False
    sensitive: bool = False
    reasons: tuple[Reason, ...] = ()
    example_id: str | None = None
    """StoredFile of a made-up example, shown in the chat."""


@dataclass(frozen=True, slots=True)
class AnswerFacts:
    """A given answer; `value` is None when skipped, and masked when the kind is sensitive."""

    value: Value
    answered_at: datetime
    skipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentFacts:
    """What was sent for one document type, newest version."""

    id: str
    key: str
    state: DocumentState
    version: int
    files: int
    """Files of the newest version that are kept or still being checked."""
    sent_at: datetime
    refusal: str = ""
    """Why a file of the newest version was refused: key of `rules.uploads.REFUSALS`, or empty."""
    reason_key: str | None = None
    reason: str = ""
    reviewed_by: str = ""
    reviewed_at: datetime | None = None
    expires_on: date | None = None
    had_verdict: bool = False
    """An earlier version was validated or rejected."""
    destroyed: bool = False
    """The files of the newest version are gone: it was verified, and what was noted stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionFacts:
    """A decision on the whole."""

    id: str
    outcome: Outcome
    state: DecisionState
    by: str
    decided_at: datetime
    final_at: datetime
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFacts:
    """The candidate's own row."""

    id: str
    provider_id: str
    version: int
    status: Status
    status_since: datetime
    created_at: datetime
    language: str
    work_status: WorkStatus | None
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    status_exempted: bool = False
    requirements_version: int = 1
    notice_version: int | None = None
    unlocked: frozenset[str] = frozenset()
    account_confirmed: bool = False
    email_confirmed: bool = False
    admitted_at: datetime | None = None
    ended_at: datetime | None = None
    """Since when they no longer work with the provider: the admission has ended."""
    submitted_at: datetime | None = None
    awaiting_reply: bool = False

    @property
    def name(self) -> str:
        """First and last name, as far as they are known."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The provider's settings that rules depend on."""

    provider_id: str
    name: str
    language: str
    timezone: str
    module_on: bool = True
    signups_open: bool = True
    accepted_statuses: tuple[WorkStatus, ...] = (WorkStatus.INDEPENDENT, WorkStatus.EMPLOYEE)
    french_required: bool = False
    deletion_days: int = 45
    reminder_days: int = 7
    ended_days: int = ENDED_DAYS
    """Days after which the data of an ended admission are deleted; 0: never."""
    privacy_version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """Everything that decides what a candidate is asked, may do and is told."""

    candidate: CandidateFacts
    policy: Policy
    fields: tuple[FieldRule, ...] = ()
    """In the order in which they are asked."""
    document_types: tuple[DocumentRule, ...] = ()
    former: tuple[FieldRule | DocumentRule, ...] = ()
    """What was asked once and is no more; only the words of what was given for it."""
    answers: Mapping[str, AnswerFacts] = field(default_factory=dict)
    documents: Mapping[str, DocumentFacts] = field(default_factory=dict)
    """By document type's key."""
    pending: DecisionFacts | None = None

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Fields, then document types."""
        return (*self.fields, *self.document_types)

    @property
    def checking(self) -> bool:
        """Whether some file is still being checked."""
        return any(sent.state is DocumentState.CHECKING for sent in self.documents.values())

    def known(self, key: str) -> Requirement | None:
        """The requirement of this key, also when it is asked no more."""
        former = (rule for rule in self.former if rule.key == key)
        return self.rule(key) or next(former, None)

    def rule(self, key: str) -> Requirement | None:
        """The requirement of this key, applicable or not."""
        return next((rule for rule in self.requirements if rule.key == key), None)
