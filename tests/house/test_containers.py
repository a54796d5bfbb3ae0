"""Dockerfile and docker-compose.yml are sound, as far as it shows without an engine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import compose
import pytest
import yaml

from tests.house.source import PACKAGES, ROOT

# The package's own command always exits 0; the program inside it does not.
COMPOSE = Path(compose.__file__).parent / "docker-compose"
TOOLS = Path(sys.executable).parent


def run(*command: str, cwd: Path = ROOT) -> None:
    """Run a checker; its output is the failure's message."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the compose file and a filled-in .env."""
    (tmp_path / "docker-compose.yml").write_text((ROOT / "docker-compose.yml").read_text())
    filled = (ROOT / ".env.example").read_text()
    for name in ("POSTGRES_PASSWORD", "SECRET_KEY", "ENCRYPTION_KEYS"):
        filled = filled.replace(f"#{name}=", f"{name}=given-{name.lower()}")
    (tmp_path / ".env").write_text(filled)
    return tmp_path


def services(project: Path) -> dict[str, Any]:
    """The services as compose resolves them."""
    done = subprocess.run([COMPOSE, "config"], cwd=project, capture_output=True, check=True)
    found: dict[str, Any] = yaml.safe_load(done.stdout)["services"]
    return found


def test_compose_accepts_the_file(project: Path) -> None:
    run(str(COMPOSE), "config", "-q", cwd=project)


def test_compose_refuses_to_start_without_a_database_password(project: Path) -> None:
    env = project / ".env"
    env.write_text(env.read_text().replace("POSTGRES_PASSWORD=", "OTHER="))
    with pytest.raises(AssertionError, match="POSTGRES_PASSWORD"):
        run(str(COMPOSE), "config", "-q", cwd=project)


def test_web_and_worker_wait_for_the_migration(project: Path) -> None:
    resolved = services(project)
    assert set(resolved) == {"migrate", "web", "worker", "postgres", "redis"}
    for name in ("web", "worker"):
        waits = resolved[name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
        assert resolved[name]["environment"]["SECRET_KEY"] == "given-secret_key"


def test_a_worker_is_asked_for_its_health_where_it_answers(project: Path) -> None:
    worker = services(project)["worker"]
    port = worker["environment"]["METRICS_PORT"]
    assert f"127.0.0.1:{port}/healthz" in worker["healthcheck"]["test"][-1]
    assert services(project)["migrate"]["healthcheck"]["disable"] is True


def test_every_image_is_pinned(project: Path) -> None:
    images = [service["image"] for service in services(project).values()]
    images += re.findall(r"^FROM (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert [one for one in images if not re.search(r":\d", one)] == []


def test_the_image_runs_without_privileges() -> None:
    users = re.findall(r"^USER (\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert users[-1].split(":")[0].isdigit()
    assert users[-1].split(":")[0] != "0"


def test_the_image_holds_the_product_and_no_secret() -> None:
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", ".env.*", "data", ".git"} <= set(left_out)
    needed = {*PACKAGES, "manage.py", "templates", "static", "locales", "pyproject.toml"}
    assert needed & set(left_out) == set()


def test_hadolint_finds_nothing() -> None:
    run(str(TOOLS / "hadolint"), "Dockerfile")


def test_yamllint_finds_nothing() -> None:
    files = [str(p.relative_to(ROOT)) for p in ROOT.glob("*.y*ml")]
    run(str(TOOLS / "yamllint"), "--strict", *files)
