"""What is wrong with a list of entries: every fault as the refusal that says it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol

from rules.answers import KINDS, in_language, tidy
from rules.catalogue import DOCUMENTS, FIELDS
from rules.catalogue.shapes import USUAL_FORMATS
from rules.checklist import WORK_STATUS
from rules.requirements import refusals
from rules.requirements.entries import (
    MEGABYTE,
    PICKED,
    DocumentEntry,
    Entry,
    FieldEntry,
)
from rules.requirements.limits import bounds_are_sane
from rules.requirements.refusals import EntryRefused
from rules.switches import FRENCH
from rules.uploads import MAX_PAGES
from rules.vocabulary import Stage, WorkStatus

MOST_ENTRIES: Final = 60
"""A screen may offer a button for each, and Telegram takes 100 buttons under one message."""
MOST_CHOICES: Final = 30
MOST_REMINDERS: Final = 6
MOST_REASONS: Final = 30
MOST_BYTES: Final = 20 * MEGABYTE
"""What Telegram hands to a bot."""
LEAST_BYTES: Final = MEGABYTE // 10
MOST_VALIDITY: Final = 3_660
PERMITTED_BY: Final = {
    one.key: frozenset(one.permitted_by) for one in (*FIELDS, *DOCUMENTS) if one.phase == "blocked"
}
"""Items that the law reserves, by the activities that may ask them."""


class Setting(Protocol):
    """What the provider's settings say, as far as faults depend on them."""

    @property
    def activities(self) -> frozenset[str]:
        """Declared by the provider."""

    @property
    def french_required(self) -> bool:
        """Whether fluent French is a condition of admission."""


def faults(entries: Sequence[Entry], setting: Setting) -> list[EntryRefused]:
    """Everything that is wrong, entry by entry."""
    return [fault for entry in entries for fault in faults_of(entry, entries, setting)]


def missing(
    entries: Sequence[Entry], published: Sequence[Entry], setting: Setting
) -> Iterator[EntryRefused]:
    """What has to be asked because of a setting, and is not in this list."""
    asked = next((one for one in published if one.key == FRENCH), None)
    if setting.french_required and asked and not any(one.key == FRENCH for one in entries):
        yield _fault(refusals.FrenchIsRequired, "key", asked)


def faults_of(entry: Entry, entries: Sequence[Entry], setting: Setting) -> Iterator[EntryRefused]:
    """Everything that is wrong with one entry of this list."""
    yield from _shared_faults(entry, setting)
    yield from _condition_faults(entry, entries)
    if isinstance(entry, FieldEntry):
        yield from _field_faults(entry, setting)
    if isinstance(entry, DocumentEntry):
        yield from _document_faults(entry)


def condition_holds(entry: Entry, entries: Sequence[Entry]) -> bool:
    """Whether the entry has no condition, or one that makes sense in this list."""
    return not any(_condition_faults(entry, entries))


def dependants(entries: Iterable[Entry], key: str) -> list[Entry]:
    """Entries whose condition looks at this one."""
    return [one for one in entries if one.condition is not None and one.condition.key == key]


def _fault(kind: type[EntryRefused], part: str, entry: Entry, **facts: Any) -> EntryRefused:
    return kind(part, key=entry.key, item=entry.label, **facts)


def _shared_faults(entry: Entry, setting: Setting) -> Iterator[EntryRefused]:
    if not any(entry.label.values()):
        yield _fault(refusals.LabelNeeded, "label", entry)
    if set(entry.statuses) - set(WorkStatus):
        yield _fault(refusals.UnknownStatuses, "statuses", entry)
    permitting = PERMITTED_BY.get(entry.key)
    if permitting is not None and not permitting & setting.activities:
        yield _fault(refusals.NotPermitted, "key", entry)


def _condition_faults(entry: Entry, entries: Sequence[Entry]) -> Iterator[EntryRefused]:
    condition = entry.condition
    if condition is None:
        return
    places = {one.key: place for place, one in enumerate(entries)}
    asked = next((one for one in entries if one.key == condition.key), None)
    if not isinstance(asked, FieldEntry):
        yield _fault(refusals.ConditionUnknown, "condition", entry)
    elif not asked.values or asked.key == WORK_STATUS:
        yield _fault(refusals.ConditionWithoutChoice, "condition", entry)
    elif not condition.equals or set(condition.equals) - set(asked.values):
        yield _fault(refusals.ConditionAnswersWrong, "condition", entry, other=asked.label)
    elif places[asked.key] >= places.get(entry.key, len(entries)):
        yield _fault(refusals.ConditionTooLate, "condition", entry, other=asked.label)


def _field_faults(entry: FieldEntry, setting: Setting) -> Iterator[EntryRefused]:
    if entry.kind not in KINDS:
        yield _fault(refusals.UnknownKind, "kind", entry)
    if not bounds_are_sane(entry.kind, entry.limits):
        yield _fault(refusals.LimitsWrong, "limits", entry)
    if entry.kind in PICKED:
        yield from _choice_faults(entry)
    yield from _admission_faults(entry, setting)


def _choice_faults(entry: FieldEntry) -> Iterator[EntryRefused]:
    if len(entry.choices) < 2:
        yield _fault(refusals.TooFewChoices, "options", entry)
    if len(entry.choices) > MOST_CHOICES:
        yield _fault(refusals.TooManyChoices, "options", entry, limit=MOST_CHOICES)
    if not all(any(one.label.values()) for one in entry.choices):
        yield _fault(refusals.ChoiceWithoutLabel, "options", entry)
    for language in ("fr", "en"):
        seen: set[str] = set()
        for one in entry.choices:
            text = in_language(one.label, language)
            if text and tidy.fold(text) in seen:
                yield _fault(refusals.ChoicesAlike, "options", entry, choice=text)
                return
            seen.add(tidy.fold(text))


def _admission_faults(entry: FieldEntry, setting: Setting) -> Iterator[EntryRefused]:
    switched = entry.key == FRENCH and setting.french_required
    if not entry.must_be and not switched:
        return
    if not entry.required or entry.stage is not Stage.APPLICATION:
        part = "required" if not entry.required else "stage"
        yield _fault(refusals.MustBeOptional, part, entry)
    if not any(entry.unmet.values()):
        yield _fault(refusals.UnmetNeeded, "unmet", entry)
    possible = entry.values if entry.kind != "choices" else ()
    if entry.must_be and not set(entry.must_be) < set(possible):
        yield _fault(refusals.MustBeWrong, "must_be", entry)


def _document_faults(entry: DocumentEntry) -> Iterator[EntryRefused]:
    if not entry.formats or set(entry.formats) - set(USUAL_FORMATS):
        yield _fault(refusals.FormatsWrong, "formats", entry)
    for part, value, least, most in (
        ("max_pages", entry.max_pages, 1, MAX_PAGES),
        ("max_bytes", entry.max_bytes, LEAST_BYTES, MOST_BYTES),
        ("validity_days", entry.validity_days or 1, 1, MOST_VALIDITY),
    ):
        if not least <= value <= most:
            told = (least, most) if part != "max_bytes" else (1, MOST_BYTES // MEGABYTE)
            yield _fault(refusals.LimitOutOfRange, part, entry, least=told[0], most=told[1])
    days = entry.remind_days
    if len(days) > MOST_REMINDERS or not all(1 <= day <= 365 for day in days):
        yield _fault(refusals.RemindersWrong, "remind_days", entry, limit=MOST_REMINDERS)
    labels = [tidy.fold(in_language(one.label, "fr")) for one in entry.reasons]
    if len(labels) > MOST_REASONS or not all(labels) or len(set(labels)) < len(labels):
        yield _fault(refusals.ReasonsWrong, "reasons", entry, limit=MOST_REASONS)
