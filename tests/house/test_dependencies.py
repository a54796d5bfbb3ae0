"""docs/dependencies.md tells why each dependency is there."""

from __future__ import annotations

import ast
import re
import sys
from importlib.metadata import packages_distributions

from tests.house.source import PACKAGES, PYPROJECT, ROOT, modules

COME_WITH = {"pydantic": "aiogram's types are made of it", "markupsafe": "jinja2's safe text"}
"""Libraries that the product uses and that a declared one brings by its nature."""


def named(requirements: list[str]) -> list[str]:
    """The bare names of requirements."""
    return sorted(re.split(r"[\[<>=~! ]", one)[0] for one in requirements)


def documented(heading: str) -> list[str]:
    """The names in the first column of the table below a heading."""
    page = (ROOT / "docs" / "dependencies.md").read_text()
    section = page.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line.split(" | ")[0].strip("| ") for line in section.splitlines() if "|" in line]
    return sorted(rows[1:][1:])


def test_every_dependency_of_the_product_has_its_reason() -> None:
    assert documented("The product") == named(PYPROJECT["project"]["dependencies"])


def test_every_development_dependency_has_its_reason() -> None:
    extras = PYPROJECT["project"]["optional-dependencies"]
    assert documented("Tests and development") == named(extras["dev"])


def test_every_range_has_a_reason_to_end_or_is_open_on_purpose() -> None:
    asked = PYPROJECT["project"]["dependencies"]
    open_ended = set(named([r for r in asked if "<" not in r]))
    assert open_ended == {"cryptography", "structlog", "tzdata"}, "versioned by year or security"


def test_the_product_imports_only_what_it_declares() -> None:
    declared = {n.lower().replace("_", "-") for n in named(PYPROJECT["project"]["dependencies"])}
    declared |= set(COME_WITH)
    providers = packages_distributions()
    wrong = []
    for path, tree in modules():
        for top in imported(tree) - set(PACKAGES) - {"manage"} - sys.stdlib_module_names:
            known = {name.lower().replace("_", "-") for name in providers.get(top, [])}
            if not known & declared:
                wrong.append(f"{path}: {top}")
    assert wrong == []


def imported(tree: ast.Module) -> set[str]:
    """The top-level names of everything that a module imports."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names
