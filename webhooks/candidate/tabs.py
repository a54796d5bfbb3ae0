"""The tabs of a candidate's page, and how the states of items are shown in them."""

from collections.abc import Iterator
from dataclasses import dataclass

from models.reads.candidate_page import CandidatePage
from rules.checklist import Item, ItemState, checklist
from rules.dossier import DocumentRule, Dossier
from rules.statuses import is_open
from rules.vocabulary import Stage

FIXED = ("summary", "infos", "messages", "history")
"""Tabs that every candidate has; every other one is a document's key."""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab: an item for documents, a figure for messages."""

    key: str
    item: Item | None = None
    figure: int = 0


def stages_shown(dossier: Dossier) -> tuple[Stage, ...]:
    """What is asked once admitted is shown from then on, or when something was sent for it."""
    keys = {rule.key for rule in dossier.requirements if rule.stage is Stage.ADMITTED}
    given = keys & {*dossier.answers, *dossier.documents}
    if is_open(dossier) or dossier.candidate.admitted_at or given:
        return (Stage.APPLICATION, Stage.ADMITTED)
    return (Stage.APPLICATION,)


def items_shown(dossier: Dossier) -> tuple[Item, ...]:
    """Every requirement that the page shows, in the order in which they are asked."""
    return tuple(
        item for stage in stages_shown(dossier) for item in checklist(dossier, stage).items
    )


def documents_shown(dossier: Dossier) -> tuple[Item, ...]:
    """Documents with a tab of their own: whatever was sent, and what is required."""
    return tuple(
        item
        for item in items_shown(dossier)
        if item.is_document and (item.rule.required or item.state is not ItemState.MISSING)
    )


def documents_kept(dossier: Dossier) -> tuple[Item, ...]:
    """Documents that were sent and are asked no more: to be looked at, not to be judged."""
    return tuple(
        Item(rule, ItemState(dossier.documents[rule.key].state))
        for rule in dossier.former
        if isinstance(rule, DocumentRule) and rule.key in dossier.documents
    )


def tabs(found: CandidatePage) -> Iterator[Tab]:
    """The tabs, in order."""
    yield Tab("summary")
    yield Tab("infos")
    for item in (*documents_shown(found.dossier), *documents_kept(found.dossier)):
        yield Tab(item.key, item=item)
    yield Tab("messages", figure=found.unread)
    yield Tab("history")


def next_to_review(dossier: Dossier, after: str = "") -> str | None:
    """Key of the next document that waits for a verdict, going round from `after`."""
    keys = [item.key for item in documents_shown(dossier)]
    start = keys.index(after) + 1 if after in keys else 0
    waiting = {item.key for item in documents_shown(dossier) if item.state is ItemState.TO_REVIEW}
    return next((key for key in keys[start:] + keys[:start] if key in waiting), None)
