"""Every template renders, in French and in English, whatever there is to show.

Pages with real values are the matter of the tests of pages, mails and screens; here no file is
left out: blocks, macros, includes and translated sentences are gone through, once with everything
there and once with nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, Undefined, pass_context
from jinja2.runtime import Context

from rules.vocabulary import Language
from words.templates import new_environment

TEMPLATES = Path(__file__).parents[2] / "templates"
NAMES = sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*") if path.is_file())
OWN_FILTERS = frozenset(new_environment(FileSystemLoader(TEMPLATES), "fr").filters) - frozenset(
    Environment().filters
)


class Whatever(Undefined):
    """Stands for any value: has every attribute, can be called, compared, counted and shown."""

    there = True

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return rows(type(self))[name] if name == "pieces" else type(self)(name=name)

    def __getitem__(self, key: object) -> Any:
        return type(self)(name=str(key))

    def __call__(self, *_: object, **__: object) -> Any:
        return type(self)(name="called")

    def __iter__(self) -> Iterator[Any]:
        return iter([type(self)(name="one")] if self.there else [])

    def __len__(self) -> int:
        return int(self.there)

    def __bool__(self) -> bool:
        return self.there

    def __str__(self) -> str:
        return "x" if self.there else ""

    def __html__(self) -> str:
        return str(self)

    def __int__(self) -> int:
        return len(self)

    def __hash__(self) -> int:
        return 1

    def __eq__(self, _other: object) -> bool:
        return False

    def __lt__(self, _other: object) -> bool:
        return self.there

    __gt__ = __le__ = __ge__ = __lt__
    __index__ = __int__

    def __round__(self, _digits: int = 0) -> int:
        return len(self)

    def __add__(self, _other: object) -> Any:
        return self

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __mod__ = __truediv__ = __add__

    def keys(self) -> list[Any]:
        """As of a mapping."""
        return list(self)

    def values(self) -> list[Any]:
        """As of a mapping."""
        return list(self)

    def items(self) -> list[tuple[Any, Any]]:
        """As of a mapping."""
        return [(one, one) for one in self]


class Nothing(Whatever):
    """The same where there is nothing."""

    there = False


ROWS = {
    "zones": 2,
    "groups": 2,
    "kept": 2,
    "stages": 2,
    "sessions": 3,
    "pieces": 2,
    "people": 2,
    "who": 2,
}
"""Lists whose rows are taken apart, and into how many."""


def rows(kind: type[Whatever]) -> dict[str, list[Any]]:
    """One row of each of these lists, or none."""
    return {
        name: [tuple(kind(name=name) for _ in range(parts))] if kind.there else []
        for name, parts in ROWS.items()
    }


def _counting(ngettext: Any) -> Any:
    """Plural forms are chosen by a real number."""

    @pass_context
    def counted(context: Context, one: str, many: str, number: Any, **values: Any) -> Any:
        return ngettext(context, one, many, int(number), **values)

    return counted


@cache
def environment(language: str, kind: type[Whatever]) -> Environment:
    """The product's own, but that every value is there, or none."""
    made = new_environment(FileSystemLoader(TEMPLATES), language)
    made.undefined = kind
    made.globals["language"] = language
    made.globals["ngettext"] = _counting(made.globals["ngettext"])
    for name in OWN_FILTERS:
        made.filters[name] = lambda *_: kind(name="filtered")
    return made


def test_every_folder_of_templates_has_some() -> None:
    assert {name.split("/")[0] for name in NAMES} >= {"chat", "errors", "mail", "panel", "public"}


@pytest.mark.parametrize("kind", [Whatever, Nothing], ids=["full", "empty"])
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", NAMES)
def test_every_template_renders_in_both_languages(
    name: str, language: str, kind: type[Whatever]
) -> None:
    environment(language, kind).get_template(name).render(**rows(kind))


@pytest.mark.parametrize(
    "broken", ["{{ 1 / 0 }}", "{% trans n=1 %}{{ m }}{% endtrans %} {{ '%d' % 'x' }}"]
)
def test_a_template_that_breaks_when_rendered_is_noticed(broken: str) -> None:
    with pytest.raises((ZeroDivisionError, TypeError)):
        environment("fr", Whatever).from_string(broken).render()
