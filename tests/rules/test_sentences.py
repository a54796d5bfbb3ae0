"""Every refusal of the rules says, in French and in English, what to do next."""

import importlib
import pkgutil
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

import rules
from rules.errors import Refusal

FRENCH = Path(rules.__file__).parent.parent / "locales" / "fr"
"""Several files, one for each room, read as one."""


def subclasses(of: type[Refusal]) -> Iterator[type[Refusal]]:
    for one in of.__subclasses__():
        yield one
        yield from subclasses(one)


def refusals() -> list[type[Refusal]]:
    for module in pkgutil.walk_packages(rules.__path__, "rules."):
        importlib.import_module(module.name)
    found = {one for one in subclasses(Refusal) if one.__module__.startswith("rules.")}
    return sorted((one for one in found if "sentence" in vars(one)), key=lambda one: one.__name__)


def names(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.fixture(scope="module")
def french() -> Catalog:
    merged = Catalog(locale="fr")
    for path in sorted(FRENCH.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="fr"):
                if message.id:
                    merged[message.id] = message
    return merged


@pytest.mark.parametrize("refusal", refusals(), ids=lambda one: one.__name__)
def test_a_refusal_is_said_in_french_with_the_same_facts(
    refusal: type[Refusal], french: Catalog
) -> None:
    message = french.get(refusal.sentence)
    assert message is not None, "not in locales/fr/rules.po, nor in any other"
    assert message.string
    assert not message.fuzzy
    assert names(str(message.string)) == names(refusal.sentence)


def test_every_name_in_french_is_known(french: Catalog) -> None:
    for message in french:
        if message.id:
            assert names(str(message.string)) == names(str(message.id)), message.id


def test_french_punctuation_never_begins_a_line(french: Catalog) -> None:
    for message in french:
        if message.id:
            assert not any(f" {mark}" in str(message.string) for mark in ";:!?»"), message.id


def test_a_refusal_without_a_sentence_is_only_a_family() -> None:
    for one in subclasses(Refusal):
        if one.__module__.startswith("rules.") and not hasattr(one, "sentence"):
            assert one.__subclasses__(), one
