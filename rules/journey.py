"""The candidate's way: which one thing comes next."""

from dataclasses import dataclass, replace
from typing import Literal

from rules.checklist import TO_DO, Item, ItemState, checklist
from rules.dossier import Dossier, FieldRule
from rules.renewals import papers_of_open_space
from rules.statuses import is_closed, is_open, may_change
from rules.vocabulary import RUNNING, Stage, Status

StepKind = Literal[
    "question",  # an unanswered question
    "unmet",  # a condition of admission is not met: the questions stop
    "document",  # a required document to send (again)
    "checking",  # a file is being checked, nothing else to do
    "submit",  # everything is there: send the application
    "waiting",  # with the operator
    "open",  # admitted, or the module is off
    "closed",  # in the bin, or the admission has ended
]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do; `number` of `total` counts the questions and documents of the stage."""

    kind: StepKind
    key: str | None = None
    number: int = 0
    total: int = 0


def next_step(dossier: Dossier) -> Step:
    """What the candidate should do next."""
    status = dossier.candidate.status
    if is_closed(dossier):
        return Step("closed")
    if is_open(dossier):
        return _who_are_you(dossier) or Step("open")
    if status is Status.SUBMITTED:
        return Step("waiting")
    return _step_of_application(dossier)


def _who_are_you(dossier: Dossier) -> Step | None:
    """With the module off no application is asked, but name and e-mail address are."""
    if dossier.candidate.status not in RUNNING:
        return None
    core = [item for item in checklist(dossier).questions if _is_core(item)]
    for number, item in enumerate(core, 1):
        if item.state is ItemState.MISSING:
            return Step("question", item.key, number, len(core))
    return None


def _is_core(item: Item) -> bool:
    return isinstance(item.rule, FieldRule) and item.rule.core


def _step_of_application(dossier: Dossier) -> Step:
    todo = checklist(dossier)
    total = _total(dossier)
    if todo.unmet:
        return Step("unmet", todo.unmet[0].key)
    for number, item in enumerate(todo.items, 1):
        if _is_due(item) and may_change(dossier, item.key):
            kind: StepKind = "document" if item.is_document else "question"
            return Step(kind, item.key, number, total)
    if dossier.checking:
        return Step("checking")
    return Step("submit")


def _is_due(item: Item) -> bool:
    """Questions are due until answered or skipped; documents only when required."""
    if item.is_document:
        return item.rule.required and item.state in TO_DO
    return item.state is ItemState.MISSING


def progress(dossier: Dossier, key: str) -> tuple[int, int]:
    """Place of an item among all of its stage: (4, 9); (0, total) when it does not apply."""
    rule = dossier.rule(key)
    stage = rule.stage if rule else Stage.APPLICATION
    items = checklist(dossier, stage).items
    place = next((number for number, item in enumerate(items, 1) if item.key == key), 0)
    return place, _total(dossier, stage)


def _total(dossier: Dossier, stage: Stage = Stage.APPLICATION) -> int:
    """How many there are; before the work status is known, on the longest way: it never grows."""
    person = dossier.candidate
    statuses = (person.work_status,) if person.work_status else dossier.policy.accepted_statuses
    ways = [replace(dossier, candidate=replace(person, work_status=one)) for one in statuses]
    return max(len(checklist(one, stage).items) for one in ways or [dossier])


def question_before(dossier: Dossier, key: str) -> Item | None:
    """The question asked before this one, if it may still be changed."""
    rule = dossier.rule(key)
    before = None
    for item in checklist(dossier, rule.stage if rule else Stage.APPLICATION).questions:
        if item.key == key:
            return before
        if may_change(dossier, item.key):
            before = item
    return None


def wanted_documents(dossier: Dossier) -> tuple[Item, ...]:
    """Documents that the candidate may send now: required ones first, missing ones first."""
    open_ = is_open(dossier)
    asked = papers_of_open_space(dossier) if open_ else checklist(dossier).documents
    items = [item for item in asked if may_change(dossier, item.key)]
    return tuple(sorted(items, key=lambda item: (item.state not in TO_DO, not item.rule.required)))
