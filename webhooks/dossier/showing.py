"""Items in words: what a line of the list says of one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from rules.answers import Question, Value, display
from rules.answers.question import Choice
from rules.requirements import CATALOGUE, Draft, Entry, FieldEntry, cautions, is_confirmed
from rules.requirements.entries import group
from rules.switches import FRENCH
from rules.vocabulary import Stage
from words.language import pick, translate


@dataclass(frozen=True, slots=True)
class Line:
    """One item of the list, as it is shown."""

    entry: Entry
    label: str
    elsewhere: str
    """The only language in which its label is written, when it is not the reader's."""
    condition: str
    """When it is asked, in words; empty: always."""
    changed: str
    """`new` or `changed`, compared with what is asked now; empty: the same."""
    admits: bool
    """Whether it is a condition of admission."""
    caution: str
    """`open` when a legal note has to be confirmed, `confirmed` when it was; empty: none."""
    up: bool
    down: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines that may change places with each other."""

    stage: Stage
    documents: bool
    lines: tuple[Line, ...]


GROUPS: Final = tuple((stage, documents) for stage in Stage for documents in (False, True))


def groups(draft: Draft, language: str) -> tuple[Group, ...]:
    """The whole list, by stage: questions, then documents."""
    lines = [line(draft, entry, language) for entry in draft.entries]
    return tuple(
        Group(
            stage,
            documents,
            tuple(
                one
                for one in lines
                if one.entry.stage is stage and one.entry.is_document is documents
            ),
        )
        for stage, documents in GROUPS
    )


def line(draft: Draft, entry: Entry, language: str) -> Line:
    """One item in words."""
    mates = [one.key for one in draft.entries if group(one) == group(entry)]
    place = mates.index(entry.key) if entry.key in mates else 0
    moves = entry.key in mates and not entry.core
    return Line(
        entry=entry,
        label=pick(entry.label, language),
        elsewhere=elsewhere(entry, language),
        condition=condition(entry, draft.entries, language),
        changed=_changed(draft, entry),
        admits=admits(draft, entry),
        caution=_caution(draft, entry),
        up=moves and place > 0,
        down=moves and place < len(mates) - 1,
    )


def elsewhere(entry: Entry, language: str) -> str:
    """The language in which the label is written, when it is not this one."""
    if entry.label.get(language):
        return ""
    return next((code for code, text in entry.label.items() if text), "")


def condition(entry: Entry, entries: Iterable[Entry], language: str) -> str:
    """When it is asked: « Permis de conduire : Oui ou Non »; nothing when it always is."""
    if entry.condition is None:
        return ""
    wanted = entry.condition.key
    asked = next((one for one in entries if one.key == wanted), None)
    if not isinstance(asked, FieldEntry):
        return wanted
    answers = values(asked, entry.condition.equals, language)
    either = f" {translate(language, 'or')} ".join(answers)
    name = pick(asked.label, language)
    return f"{name} {either}" if name.endswith("?") else f"{name} = {either}"


def values(asked: FieldEntry, chosen: Sequence[Value], language: str) -> list[str]:
    """Answers of a question in words, in its own order."""
    choices = tuple(Choice(one.key, one.label) for one in asked.options)
    question = Question(asked.key, "yes_no" if asked.kind == "yes_no" else "choice", True, choices)
    order = [*asked.values, *(one for one in chosen if one not in asked.values)]
    return [display(question, one, language) for one in order if one in chosen]


def admits(draft: Draft, entry: Entry) -> bool:
    """Whether it is a condition of admission, by its own rule or by the module's setting."""
    if entry.key == FRENCH:
        return draft.ground.french_required
    return isinstance(entry, FieldEntry) and bool(entry.must_be)


def _caution(draft: Draft, entry: Entry) -> str:
    if not cautions(entry):
        return ""
    return "confirmed" if is_confirmed(draft, entry) else "open"


def _changed(draft: Draft, entry: Entry) -> str:
    was = next((one for one in draft.ground.published if one.key == entry.key), None)
    if was is None:
        return "new"
    return "" if was == entry else "changed"


def note(key: str, language: str) -> str:
    """The legal note of a catalogue item; nothing for one's own."""
    item = CATALOGUE.get(key)
    return pick(item.note, language) if item else ""
