"""docs/settings.md and .env.example tell the truth about every setting."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest

from settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = {f.name.upper() for f in dataclasses.fields(Settings)} - {"DEMO"}


def documented() -> dict[str, tuple[str, str]]:
    """Default and example of each setting in docs/settings.md."""
    lines = (ROOT / "docs" / "settings.md").read_text().splitlines()
    rows = [line.strip("|").split(" | ") for line in lines if line.startswith("| `")]
    return {row[0].strip(" `"): (row[1].strip(" `"), row[2].strip(" `")) for row in rows}


def test_the_table_lists_every_setting_and_no_other() -> None:
    assert set(documented()) == NAMES


def test_the_example_file_lists_every_setting_and_what_compose_asks_for() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    assigned = [line.lstrip("#").split("=")[0] for line in lines if "=" in line.split(" ")[0]]
    assert sorted(assigned) == sorted(NAMES | {"POSTGRES_PASSWORD"})


def as_written(value: object) -> str:
    """A setting's value as somebody would write it in the environment."""
    if isinstance(value, timedelta):
        return str(int(value.total_seconds()))
    return str(value)


def test_every_default_is_the_documented_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = Settings.from_environment({"TELEGRAM_TOKEN": documented()["TELEGRAM_TOKEN"][1]})
    for name, (default, _) in documented().items():
        value = as_written(getattr(settings, name.lower()))
        if default in {"(none)", "(embedded)"}:
            assert value == "", name
        elif not default.startswith("("):
            told = default.replace("HOST:PORT", "127.0.0.1:8080")
            told = told.replace("DATA_DIR", str(tmp_path / "data"))
            assert value == (str(tmp_path / "data") if name == "DATA_DIR" else told), name


def test_every_example_is_accepted() -> None:
    examples = {name: example for name, (_, example) in documented().items()}
    settings = Settings.from_environment(examples)
    assert {name: as_written(getattr(settings, name.lower())) for name in examples} == examples | {
        "ENCRYPTION_KEYS": str(settings.encryption_keys),
        "SECRET_KEY": str(settings.secret_key),
    }
