"""What remains to be done: every requirement that applies, with its state."""

from dataclasses import dataclass
from enum import StrEnum

from rules.dossier import DocumentRule, Dossier, FieldRule, Requirement
from rules.vocabulary import DocumentState, Stage

WORK_STATUS = "work_status"


class ItemState(StrEnum):
    """State of one requirement, for fields and documents alike."""

    MISSING = "missing"
    GIVEN = "given"
    SKIPPED = "skipped"
    UNMET = "unmet"
    """Answered, but the condition of admission is not met."""
    CHECKING = "checking"
    TO_REVIEW = "to_review"
    VALIDATED = "validated"
    REJECTED = "rejected"
    UNUSABLE = "unusable"


WELL = frozenset({ItemState.GIVEN, ItemState.TO_REVIEW, ItemState.VALIDATED})
"""States in which a required item no longer holds up the submission."""

TO_DO = frozenset({ItemState.MISSING, ItemState.REJECTED, ItemState.UNUSABLE})
"""States in which the candidate is expected to give or send it (again)."""


@dataclass(frozen=True, slots=True)
class Item:
    """One requirement and where it stands."""

    rule: Requirement
    state: ItemState

    @property
    def key(self) -> str:
        """The requirement's key."""
        return self.rule.key

    @property
    def is_document(self) -> bool:
        """Whether it is a document, not a question."""
        return isinstance(self.rule, DocumentRule)

    @property
    def blocks(self) -> bool:
        """Whether the application cannot be submitted because of it."""
        if self.state in (ItemState.UNMET, ItemState.CHECKING):
            return True
        return self.rule.required and self.state not in WELL


@dataclass(frozen=True, slots=True)
class Checklist:
    """All items of one stage, in the order in which they are asked."""

    items: tuple[Item, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing holds up the submission."""
        return not any(item.blocks for item in self.items)

    @property
    def missing(self) -> tuple[Item, ...]:
        """Required items that the candidate still has to give or send."""
        return tuple(item for item in self.items if item.rule.required and item.state in TO_DO)

    @property
    def unmet(self) -> tuple[Item, ...]:
        """Conditions of admission that are not met."""
        return tuple(item for item in self.items if item.state is ItemState.UNMET)

    @property
    def questions(self) -> tuple[Item, ...]:
        """The questions."""
        return tuple(item for item in self.items if not item.is_document)

    @property
    def documents(self) -> tuple[Item, ...]:
        """The documents."""
        return tuple(item for item in self.items if item.is_document)

    @property
    def to_review(self) -> tuple[Item, ...]:
        """Documents that wait for the operator."""
        return tuple(item for item in self.items if item.state is ItemState.TO_REVIEW)

    def item(self, key: str) -> Item | None:
        """The item of this key, if it applies."""
        return next((item for item in self.items if item.key == key), None)


def checklist(dossier: Dossier, stage: Stage = Stage.APPLICATION) -> Checklist:
    """The checklist of one stage, requirements that do not apply left out."""
    rules = (rule for rule in dossier.requirements if rule.stage == stage)
    return Checklist(
        tuple(Item(rule, _state(dossier, rule)) for rule in rules if applies(dossier, rule))
    )


def applies(dossier: Dossier, rule: Requirement) -> bool:
    """Whether this requirement concerns this candidate now.

    Before the work status is known, only what concerns everybody applies. A condition on an
    answer that is not given (or does not itself apply) is not met.
    """
    if rule.key == WORK_STATUS:
        return asks_work_status(dossier)
    if rule.statuses and dossier.candidate.work_status not in rule.statuses:
        return False
    return _condition_met(dossier, rule)


def asks_work_status(dossier: Dossier) -> bool:
    """Asked only when there is a choice, or to leave a status that is no longer accepted."""
    return len(dossier.policy.accepted_statuses) > 1 or status_refused(dossier)


def status_refused(dossier: Dossier) -> bool:
    """Whether this candidate's work status is no longer accepted, without exemption."""
    status = dossier.candidate.work_status
    if status is None or dossier.candidate.status_exempted:
        return False
    return status not in dossier.policy.accepted_statuses


def _condition_met(dossier: Dossier, rule: Requirement) -> bool:
    if rule.condition is None:
        return True
    asked = next((one for one in dossier.fields if one.key == rule.condition.key), None)
    if asked is None or not _asked_before(asked, rule) or not applies(dossier, asked):
        return False
    answer = dossier.answers.get(rule.condition.key)
    if answer is None or answer.skipped:
        return False
    given = answer.value if isinstance(answer.value, list) else [answer.value]
    return any(one in rule.condition.equals for one in given)


def _asked_before(asked: FieldRule, rule: Requirement) -> bool:
    """Conditions look back only, so they can never go round in circles."""
    return isinstance(rule, DocumentRule) or asked.position < rule.position


def _state(dossier: Dossier, rule: Requirement) -> ItemState:
    if isinstance(rule, FieldRule):
        return _answer_state(dossier, rule)
    sent = dossier.documents.get(rule.key)
    return ItemState(sent.state) if sent else ItemState.MISSING


def _answer_state(dossier: Dossier, rule: FieldRule) -> ItemState:
    if rule.key == WORK_STATUS and status_refused(dossier):
        return ItemState.UNMET
    answer = dossier.answers.get(rule.key)
    if answer is None:
        return ItemState.MISSING
    if answer.skipped:
        return ItemState.MISSING if rule.required else ItemState.SKIPPED
    if rule.must_be and answer.value not in rule.must_be:
        return ItemState.UNMET
    return ItemState.GIVEN


def sent_but_hidden(dossier: Dossier) -> tuple[str, ...]:
    """Keys of answers and documents that no longer apply: erased at the next submission."""
    shown = {rule.key for rule in dossier.requirements if applies(dossier, rule)}
    known = {rule.key for rule in dossier.requirements}
    given = (*dossier.answers, *dossier.documents)
    return tuple(key for key in given if key in known and key not in shown)


def document_state(states: tuple[str, ...], verdict: DocumentState | None) -> DocumentState:
    """The state of a document from its files' states and the operator's verdict on this version.

    One file still waiting: checking. Nothing usable: unusable. Else the verdict, or to review.
    """
    if "waiting" in states:
        return DocumentState.CHECKING
    if not {"kept", "gone"} & set(states):
        return DocumentState.UNUSABLE
    return verdict or DocumentState.TO_REVIEW
