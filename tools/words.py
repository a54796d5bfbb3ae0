"""The catalogues: `check` that every sentence has its French, `update` them from the sources.

Sentences are English and come from `_()`, `gettext()`, `ngettext()`, `pgettext()`, `N_()` and
`translate(language, …)` in Python, from `{% trans %}` and the same functions in templates, and
from the class attribute `sentence` of refusals. French lives in locales/fr/*.po, one file per
room, merged when loaded.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

ROOT = Path(__file__).parent.parent
ROOMS = ("rules", "models", "store", "actions", "words", "bot", "webhooks", "jobs", "commands")
WIDTH = 99
KEYWORDS: dict[str, Any] = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "translate": (2,),
}
JINJA_OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "silent": "false"}
PLACE_TO_FILE = (
    ("rules/mails/", "mails"),
    ("actions/mail_texts", "mails"),
    ("words/letters/samples", "mails"),
    ("words/letters/titles", "mails"),
    ("templates/panel/settings/mails/", "mails"),
    ("rules/requirements/", "requirements"),
    ("actions/requirements/", "requirements"),
    ("words/requirements", "requirements"),
    ("words/health", "operating"),
    ("webhooks/health", "operating"),
    ("templates/panel/settings/health", "operating"),
    ("actions/dead_letters", "operating"),
    ("commands/", "operating"),
    ("words/provider_journal", "link"),
    ("templates/panel/settings/journal", "link"),
    ("templates/panel/settings/join", "link"),
    ("templates/panel/settings/bot", "link"),
    ("webhooks/dossier/", "dossier_editor"),
    ("words/chat/rehearsal", "dossier_editor"),
    ("templates/panel/settings/dossier/", "dossier_editor"),
    ("templates/panel/settings/exempted", "dossier_editor"),
    ("templates/panel/account", "people"),
    ("templates/panel/settings/operators", "people"),
    ("templates/public/invited", "people"),
    ("templates/mail/invitation", "people"),
    ("templates/mail/password_reset", "people"),
    ("actions/invitations", "people"),
    ("actions/second_factor", "people"),
    ("words/letters/mornings", "digest"),
    ("templates/mail/digest", "digest"),
    ("templates/mail/overdue", "digest"),
    ("templates/public/unsubscribe", "digest"),
    ("templates/panel/account_digest", "digest"),
    ("rules/quiet", "outbox"),
    ("rules/withholding", "outbox"),
    ("words/withdrawn", "outbox"),
    ("templates/panel/settings/quiet", "outbox"),
    ("words/letters/ended", "ended"),
    ("templates/mail/admission_ended", "ended"),
    ("templates/panel/candidate/end", "ended"),
    ("rules/", "rules"),
    ("templates/chat/", "chat"),
    ("templates/mail/", "letters"),
    ("templates/public/", "public"),
    ("templates/", "panel"),
    ("words/letters", "letters"),
    ("words/", "chat"),
    ("bot/", "chat"),
    ("jobs/", "letters"),
)
"""Where a new sentence goes, by the beginning of its place; panel when none fits."""

PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w*)[^{}]*\}|%[sd]")
LOOSE_MARK = re.compile("[^\\s] [;:!?»]|« ")

Key = tuple[str, str]
"""(context or "", singular sentence)."""


Extracted = str | tuple[str | None, ...] | None
"""What Babel gives for one call: its literal arguments, None for the others."""


@dataclass
class Sentence:
    """One sentence of the sources: its plural, when it has one, and where it is said."""

    singular: str
    plural: str | None
    context: str
    places: list[str] = field(default_factory=list)


def sentences(root: Path = ROOT) -> dict[Key, Sentence]:
    """Everything that the product says, by context and singular."""
    found: dict[Key, Sentence] = {}
    for place, function, message in said(root):
        context, words = split_context(function, message)
        singular = words[0]
        plural = words[1] if function == "ngettext" and len(words) > 1 else None
        if not singular:
            continue
        known = found.setdefault((context, singular), Sentence(singular, plural, context))
        known.plural = known.plural or plural
        if place not in known.places:
            known.places.append(place)
    return found


def split_context(function: str, message: Extracted) -> tuple[str, list[str]]:
    """The context and the words of one extracted message; no word when they are not literal."""
    arguments = list(message) if isinstance(message, tuple) else [message]
    if function == "pgettext":
        context, arguments = arguments[0] or "", arguments[1:]
    else:
        context = ""
    if function == "translate":
        arguments = arguments[1:]
    if not arguments or arguments[0] is None:
        return context, [""]
    return context, [word for word in arguments if word is not None]


def said(root: Path) -> Iterator[tuple[str, str, Extracted]]:
    """(file, function, message) of every call in Python and in templates."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            yield from calls(path, root, lambda file: extract_python(file, KEYWORDS, [], {}))
            for sentence in class_sentences(path):
                yield str(path.relative_to(root)), "sentence", sentence
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt", ".xml", ".svg", ".js"}:
            yield from calls(
                path, root, lambda file: babel_extract(file, list(KEYWORDS), [], JINJA_OPTIONS)
            )


def calls(
    path: Path, root: Path, extract: Callable[[BinaryIO], Any]
) -> Iterator[tuple[str, str, Extracted]]:
    """The calls that `extract` finds in one file."""
    with path.open("rb") as file:
        for _, function, message, _ in extract(file):
            yield str(path.relative_to(root)), function or "_", message


def class_sentences(path: Path) -> Iterator[str]:
    """The literal values of class attributes named `sentence`."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.ClassDef):
            continue
        for line in node.body:
            if isinstance(line, ast.Assign):
                targets: list[ast.expr] = line.targets
            elif isinstance(line, ast.AnnAssign):
                targets = [line.target]
            else:
                continue
            named = any(isinstance(t, ast.Name) and t.id == "sentence" for t in targets)
            if named and isinstance(line.value, ast.Constant):
                yield str(line.value.value)


def catalogues(root: Path = ROOT) -> dict[Path, Catalog]:
    """The French files, read."""
    read = {}
    for path in sorted((root / "locales" / "fr").glob("*.po")):
        with path.open("rb") as file:
            read[path] = read_po(file, locale="fr", abort_invalid=True)
    return read


def entries(catalogue: Catalog) -> Iterator[tuple[Key, Message]]:
    """The entries of a file, but its header."""
    for message in catalogue:
        if message.id:
            yield key_of(message), message


def key_of(message: Message) -> Key:
    """Context and singular of an entry."""
    singular = message.id if isinstance(message.id, str) else message.id[0]
    return str(message.context or ""), singular


def problems(root: Path = ROOT) -> list[str]:
    """What is wrong with the catalogues, a line each; empty when all is well."""
    wanted = sentences(root)
    found: dict[Key, tuple[Path, Message]] = {}
    wrong = []
    for path, catalogue in catalogues(root).items():
        for key, message in entries(catalogue):
            name = f"{path.name}: {key[1]!r}"
            if key in found and found[key][1].string != message.string:
                wrong.append(f"{name} is translated otherwise in {found[key][0].name}")
            found.setdefault(key, (path, message))
            if key not in wanted:
                wrong.append(f"{name} is said nowhere any more (make words-update)")
            else:
                wrong += [f"{name} {fault}" for fault in faults(message, wanted[key])]
    for key in wanted.keys() - found.keys():
        wrong.append(f"{wanted[key].places[0]}: {key[1]!r} has no French (make words-update)")
    return sorted(wrong)


def faults(message: Message, sentence: Sentence) -> Iterator[str]:
    """What is wrong with one translation."""
    forms = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if not forms or not all(forms):
        yield "is not translated"
        return
    if message.fuzzy:
        yield "is marked fuzzy"
    if (sentence.plural is not None) != (len(forms) > 1):
        yield "has a plural on one side only"
        return
    expected = placeholders(sentence.plural or sentence.singular)
    for position, form in enumerate(forms):
        # "one file" may do without its %(num)s.
        missing = expected - placeholders(form)
        if placeholders(form) - expected or (missing and position == len(forms) - 1):
            yield f"should name {sorted(expected)}, and names {sorted(placeholders(form))}"
        if LOOSE_MARK.search(form):
            yield "has a plain space where French wants a no-break one (before ; : ! ? », after «)"


def placeholders(text: str) -> set[str]:
    """The names to fill in: {name}, %(name)s."""
    plain = text.replace("{{", "").replace("}}", "").replace("%%", "")
    return {match[1] or match[2] or match[0] for match in PLACEHOLDER.finditer(plain)}


def update(root: Path = ROOT) -> list[Path]:
    """Add what is new (untranslated), drop what is said no more; the files that changed."""
    wanted, files = sentences(root), catalogues(root)
    changed = {path for path, catalogue in files.items() if drop_unsaid(catalogue, wanted)}
    known = {key for catalogue in files.values() for key, _ in entries(catalogue)}
    for key, sentence in wanted.items():
        if key in known:
            continue
        path = root / "locales" / "fr" / f"{file_of(sentence.places[0])}.po"
        catalogue = files.setdefault(path, Catalog(locale="fr", project="Antichambre"))
        add(catalogue, sentence)
        changed.add(path)
    for path in changed:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, files[path], width=WIDTH, omit_header=False, ignore_obsolete=True)
    return sorted(changed)


def drop_unsaid(catalogue: Catalog, wanted: dict[Key, Sentence]) -> bool:
    """Take out the entries that nothing says; whether there was one."""
    gone = [message for key, message in entries(catalogue) if key not in wanted]
    for message in gone:
        catalogue.delete(message.id, message.context)
    return bool(gone)


def add(catalogue: Catalog, sentence: Sentence) -> None:
    """One new entry without translation."""
    both = (sentence.singular, sentence.plural) if sentence.plural else sentence.singular
    locations = [(place, 0) for place in sentence.places]
    catalogue.add(both, locations=cast("Any", locations), context=sentence.context or None)


def file_of(place: str) -> str:
    """The catalogue that a sentence of this file belongs to."""
    return next((name for start, name in PLACE_TO_FILE if place.startswith(start)), "panel")


def main(arguments: list[str]) -> int:
    """Run `check` or `update`."""
    if arguments == ["update"]:
        for path in update():
            print(f"wrote {path.relative_to(ROOT)}")
    elif arguments != ["check"]:
        print("usage: python -m tools.words check|update", file=sys.stderr)
        return 2
    wrong = problems()
    print("\n".join(wrong), file=sys.stderr, end="\n" if wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
