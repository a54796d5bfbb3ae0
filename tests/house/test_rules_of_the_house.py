"""The rules that keep each thing in its room, read from the source itself."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import jinja2
import pytest

from tests.house.source import (
    PACKAGES,
    PYPROJECT,
    ROOT,
    imported_tables,
    modules,
    table_calls,
    table_names,
    tracked,
)

WRITES = {
    "create",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "update",
    "delete",
    "save",
}
READS = {"get", "get_or_none", "filter", "all", "first", "exclude", "raw", "annotate", "exists"}
WRITERS = ("actions/", "migrations/")
SQL_WRITE = re.compile(
    r"\s*(INSERT\s+INTO|UPDATE\s+\"?\w+\"?\s+SET|DELETE\s+FROM)\b", re.IGNORECASE
)
NOBODYS = {"Operator", "Session", "Token", "Installation", "Bot"}
"""Tables that belong to no provider; the web process may look these up by itself."""

PRESCRIBED = (
    "bot",
    "webhooks",
    "models",
    "jobs",
    "templates",
    "tests",
    "pyproject.toml",
    "docker-compose.yml",
)
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
UNREASONED = re.compile(r"#\s*type:\s*ignore(\[[\w, -]+\])?\s*$|#\s*noqa(:[\s\w,]+?)?\s*$")
# In two pieces, so that this file does not break its own rule.
FORBIDDEN_WORDS = tuple(
    "".join(pieces)
    for pieces in (
        ("../sh", "ared"),
        ("/work/", "shared"),
        ("pypi", ".org"),
        ("files.python", "hosted"),
        ("registry.npm", "js"),
        ("deb.de", "bian.org"),
        ("unpkg", ".com"),
        ("jsdelivr", ".net"),
    )
)


def instance_writes(tree: ast.Module) -> Iterator[int]:
    """Lines with `await row.save(…)` or `await row.delete()`, in a module that knows tables."""
    if not imported_tables(tree):
        return
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Await) and isinstance(node.value, ast.Call)):
            continue
        call = node.value
        if isinstance(call.func, ast.Attribute) and (
            call.func.attr == "save" or (call.func.attr == "delete" and not call.args)
        ):
            yield node.lineno


def written_sql(tree: ast.Module) -> Iterator[int]:
    """Lines with a text that is a writing SQL statement."""
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and SQL_WRITE.match(text):
            yield node.lineno


def test_only_actions_write_to_the_database() -> None:
    wrong = []
    for path, tree in modules():
        if path.startswith(WRITERS):
            continue
        wrong += [f"{path}:{n} {c[0]}" for n, c in table_calls(tree) if set(c[:-1]) & WRITES]
        wrong += [f"{path}:{n} save or delete" for n in instance_writes(tree)]
        wrong += [f"{path}:{n} SQL" for n in written_sql(tree)]
    assert wrong == [], "writes belong to actions/"


def test_the_web_process_reads_what_a_provider_owns_through_models_reads_only() -> None:
    wrong = [
        f"{path}:{line} {'.'.join(reversed(names))}"
        for path, tree in modules("webhooks")
        for line, names in table_calls(tree)
        if set(names) & READS and not set(names) & NOBODYS
    ]
    assert wrong == [], "take the provider first: models/reads/"


def test_only_settings_read_the_environment() -> None:
    wrong = []
    for path, tree in modules():
        for node in ast.walk(tree):
            dotted = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
            taken = isinstance(node, ast.ImportFrom) and node.module == "os"
            names = (
                {alias.name for alias in node.names} if isinstance(node, ast.ImportFrom) else set()
            )
            if dotted or (taken and names & {"environ", "getenv", "environb"}):
                wrong.append(f"{path}:{node.lineno}")
    assert [where for where in wrong if not where.startswith("settings/")] == []


def test_nobody_below_the_doors_looks_at_the_clock() -> None:
    wrong = []
    for path, tree in modules("rules", "actions", "words", "models"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                owner = node.value
                name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
                if (name, node.attr) in CLOCKS:
                    wrong.append(f"{path}:{node.lineno} {name}.{node.attr}")
    assert wrong == [], "time is passed in: now"


@pytest.mark.parametrize("name", PRESCRIBED)
def test_the_prescribed_folders_and_files_are_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_every_room_is_installed_typed_and_contracted() -> None:
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "tools"}
    assert rooms == set(PACKAGES)
    assert rooms - {"migrations"} <= set(PYPROJECT["tool"]["mypy"]["files"])
    assert rooms - {"migrations"} == set(PYPROJECT["tool"]["importlinter"]["root_packages"])


def test_every_room_is_in_the_architecture_page() -> None:
    page = ROOT / "docs" / "architecture.md"
    assert page.exists(), "docs/architecture.md is missing: it says what each folder is for"
    text = page.read_text()
    assert [name for name in PACKAGES if f"`{name}/`" not in text] == []


def test_no_file_names_what_lies_outside_the_project() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in tracked()
        for word in FORBIDDEN_WORDS
        if word in path.read_text(errors="replace")
    ]
    assert wrong == []


def test_every_exemption_from_a_check_says_why() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix == ".py"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if UNREASONED.search(line)
    ]
    assert wrong == [], "write the reason after it: # noqa: X — because…"


def test_every_template_is_well_formed() -> None:
    environment = jinja2.Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    paths = [p for p in sorted((ROOT / "templates").rglob("*")) if p.is_file()]
    assert paths, "there are no templates"
    for path in paths:
        environment.parse(path.read_text(), str(path.relative_to(ROOT)), str(path))


def calls_in(source: str) -> list[list[str]]:
    """The table calls in a piece of code that imports Candidate."""
    tree = ast.parse("from models.tables import Candidate\nfrom models import tables\n" + source)
    return [names for _, names in table_calls(tree)]


@pytest.mark.parametrize(
    "source",
    [
        "await Candidate.create(name='x')",
        "await Candidate.filter(id=1).using_db(c).update(name='x')",
        "await tables.Candidate.get_or_create(id=1)",
        "(await Candidate.get(id=1)).delete()",
    ],
)
def test_the_guard_sees_writes(source: str) -> None:
    assert "Candidate" in table_names()
    assert any(set(names[:-1]) & WRITES for names in calls_in(source))


def test_the_guard_leaves_other_calls_alone() -> None:
    assert calls_in("{}.update(a=1)\nimage.save('x')\ncache.get(Candidate)") == []
