"""Every sentence has its French, and the tool that checks it does see what is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import words

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: fr\\n"\n'


def test_every_sentence_has_its_french() -> None:
    assert "\n".join(words.problems()) == ""


@pytest.fixture
def product(tmp_path: Path) -> Path:
    """A small product with one sentence of each kind."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "bot").mkdir()
    (tmp_path / "templates" / "panel").mkdir(parents=True)
    (tmp_path / "rules" / "errors.py").write_text(
        'class Late(Exception):\n    """Late."""\n\n    sentence = "Too late by {days} days."\n'
    )
    (tmp_path / "bot" / "hello.py").write_text(
        '_("Hello")\n_(variable)\ntranslate(language, "Welcome", name=n)\n'
        'ngettext("one file", "%(num)s files", n)\n'
    )
    (tmp_path / "templates" / "panel" / "page.html").write_text(
        "{% trans name=candidate.name %}\n  Good day\n  {{ name }}\n{% endtrans %}{{ _('Bye!') }}"
    )
    return tmp_path


def french(product: Path, *pairs: str) -> None:
    """Write a catalogue with these entries."""
    folder = product / "locales" / "fr"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "all.po").write_text(HEADER + "\n" + "\n\n".join(pairs) + "\n")


ALL = (
    'msgid "Too late by {days} days."\nmsgstr "Trop tard de {days} jours."',
    'msgid "Hello"\nmsgstr "Bonjour"',
    (
        'msgid "one file"\nmsgid_plural "%(num)s files"\n'
        'msgstr[0] "un fichier"\nmsgstr[1] "%(num)s fichiers"'
    ),
    'msgid "Good day %(name)s"\nmsgstr "Bonjour %(name)s"',
    'msgid "Welcome"\nmsgstr "Bienvenue"',
    'msgid "Bye!"\nmsgstr "Au revoir\u00a0!"',
)


def test_a_complete_catalogue_has_no_problem(product: Path) -> None:
    french(product, *ALL)
    assert words.problems(product) == []


@pytest.mark.parametrize("number", range(len(ALL)))
def test_each_missing_sentence_is_seen(product: Path, number: int) -> None:
    french(product, *ALL[:number], *ALL[number + 1 :])
    (problem,) = words.problems(product)
    assert "has no French" in problem


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('msgid "Nobody"\nmsgstr "Personne"', "said nowhere"),
        ('#, fuzzy\nmsgid "Hello"\nmsgstr "Bonjour"', "fuzzy"),
        ('msgid "Hello"\nmsgstr ""', "not translated"),
        ('msgid "Hello"\nmsgstr "Bonjour {name}"', "should name"),
        ('msgid "Hello"\nmsgstr "Bonjour !"', "no-break"),
    ],
)
def test_each_fault_of_a_catalogue_is_seen(product: Path, entry: str, says: str) -> None:
    french(product, *(one for one in ALL if "Hello" not in entry or "Hello" not in one), entry)
    (problem,) = words.problems(product)
    assert says in problem


def test_update_adds_what_is_new_to_the_room_it_belongs_to(product: Path) -> None:
    french(product, ALL[0], 'msgid "Nobody"\nmsgstr "Personne"')
    written = {path.name for path in words.update(product)}
    assert written == {"all.po", "chat.po", "panel.po"}
    assert {p.partition(" is ")[2] for p in words.problems(product)} == {"not translated"}
    assert words.update(product) == []
