"""Reading the product's own source, for the tests that guard the house."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PACKAGES: list[str] = PYPROJECT["tool"]["setuptools"]["packages"]


@cache
def modules(*packages: str) -> list[tuple[str, ast.Module]]:
    """(path from the root, syntax tree) of every module of these packages; all when none."""
    found = [path for name in packages or PACKAGES for path in (ROOT / name).rglob("*.py")]
    if not packages and (ROOT / "manage.py").exists():
        found.append(ROOT / "manage.py")
    return [(str(p.relative_to(ROOT)), ast.parse(p.read_text(), str(p))) for p in sorted(found)]


@cache
def tracked() -> list[Path]:
    """Every text file that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    paths = [ROOT / name for name in sorted(set(listed.split("\0"))) if name]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000]]


@cache
def table_names() -> frozenset[str]:
    """The names of all table classes, those that inherit from another one too."""
    classes = [
        node
        for _, tree in modules("models")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    names = {"Model"}
    while True:
        more = {
            c.name for c in classes if {b.id for b in c.bases if isinstance(b, ast.Name)} & names
        }
        if more <= names:
            return frozenset(names - {"Model"})
        names |= more


def imported_tables(tree: ast.Module) -> set[str]:
    """The local names under which a module imports tables from `models`."""
    return {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("models")
        for alias in node.names
        if alias.name in table_names()
    }


def chain(call: ast.Call) -> Iterator[str]:
    """The names in `Candidate.filter(…).update(…)`, last first: update, filter, Candidate."""
    node: ast.expr = call.func
    while True:
        if isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        elif isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Await | ast.Subscript):
            node = node.value
        else:
            if isinstance(node, ast.Name):
                yield node.id
            return


def table_calls(tree: ast.Module) -> Iterator[tuple[int, list[str]]]:
    """(line, chain) of every call that begins with a table, as `Candidate.…` or `tables.….…`."""
    own = imported_tables(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            names = list(chain(node))
            if names[-1:] and (names[-1] in own or set(names[-2:-1]) & table_names()):
                yield node.lineno, names
