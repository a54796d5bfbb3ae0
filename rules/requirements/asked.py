"""From entries to the rules that every dossier eats: what a draft would ask, for previews."""

from collections.abc import Iterable

from rules.answers import Choice, Question
from rules.dossier import DocumentRule, FieldRule
from rules.requirements.entries import DocumentEntry, Entry, FieldEntry, Option


def field_rules(entries: Iterable[Entry]) -> tuple[FieldRule, ...]:
    """The questions, in order; settings such as accepted statuses stand above them."""
    return tuple(
        field_rule(one, place)
        for place, one in enumerate(entries, 1)
        if isinstance(one, FieldEntry)
    )


def document_rules(entries: Iterable[Entry]) -> tuple[DocumentRule, ...]:
    """The documents, in order."""
    return tuple(
        document_rule(one, place)
        for place, one in enumerate(entries, 1)
        if isinstance(one, DocumentEntry)
    )


def field_rule(entry: FieldEntry, place: int) -> FieldRule:
    """One question at its place."""
    offered = tuple(_choice(one) for one in entry.choices)
    former = tuple(_choice(one) for one in entry.options if one.archived)
    return FieldRule(
        key=entry.key,
        label=entry.label,
        help=entry.help,
        required=entry.required,
        statuses=frozenset(entry.statuses),
        stage=entry.stage,
        position=place,
        condition=entry.condition,
        question=Question(entry.key, entry.kind, entry.required, offered, entry.limits, former),
        core=entry.core,
        must_be=entry.must_be,
        unmet=entry.unmet,
    )


def document_rule(entry: DocumentEntry, place: int) -> DocumentRule:
    """One document at its place."""
    return DocumentRule(
        key=entry.key,
        label=entry.label,
        help=entry.help,
        required=entry.required,
        statuses=frozenset(entry.statuses),
        stage=entry.stage,
        position=place,
        condition=entry.condition,
        formats=entry.formats,
        max_pages=entry.max_pages,
        max_bytes=entry.max_bytes,
        asks_expiry=entry.asks_expiry,
        validity_days=entry.validity_days,
        remind_days=entry.remind_days,
        view_and_forget=entry.view_and_forget,
        sensitive=entry.sensitive,
        reasons=entry.reasons,
        example_id=entry.example_id,
    )


def _choice(option: Option) -> Choice:
    return Choice(option.key, option.label)
