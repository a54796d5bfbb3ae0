"""`make chaos`: failures with real processes, real kills and real servers; one table of figures.

It runs the tests that do this, on both databases side by side, and shows what they counted. The
tests assert, too: a scenario that broke its promise is marked, and the command fails. With
`write=1` the table becomes docs/reliability.md.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.figures import PROPERTY
from tools.reliability import PAGE, page

ROOT = Path(__file__).parent.parent
LONGEST = 1_500.0
"""Seconds after which what still runs is ended."""
HANGS = 420
"""Seconds of one test after which it hangs: a busy machine is slow, and slow is not wrong."""
DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
FAILING = "tests/chaos/test_failing_servers.py::test_"
SCENARIOS = {
    "tests/outbox/test_kills.py::test_a_worker_killed_while_mailing": "worker killed: mails",
    "tests/outbox/test_kills.py::test_a_worker_killed_while_writing": "worker killed: chats",
    "tests/files/test_failures.py::test_a_killed_worker_loses": "worker killed: file checks",
    "tests/clock/test_kills.py::test_a_run_killed_again": "worker killed: nightly run",
    "tests/clock/test_kills.py::test_two_processes": "two workers in the same night",
    "tests/kills/test_web_process.py::": "web process killed: updates",
    "tests/kills/test_repeats.py::": "each update 100 times, 2 web processes",
    f"{FAILING}redis": "Redis absent at the start, flushed, killed",
    f"{FAILING}postgresql": "PostgreSQL killed 3 times, 3 s away each",
    "tests/chaos/test_wakes.py::test_a_worker_killed_with": "worker killed: a mail in its hands",
    "tests/chaos/test_wakes.py::test_a_mail_that_nobody": "nobody woken: from due to taken",
    "tests/outbox/test_wakes.py::": "all is well: from due to taken",
    f"{FAILING}the_mail": "SMTP: 451, 550, hung up after DATA",
    f"{FAILING}telegram_asks": "Telegram: 429 for a chat, then for all",
    f"{FAILING}telegram_breaks": "Telegram: 502, 500, reset, slow; 403; 401",
    f"{FAILING}a_deployment": "SIGTERM under load, 3 times",
    "tests/backup/test_killed.py::test_a_killed_backup": "backup killed",
    "tests/backup/test_killed.py::test_a_killed_restore": "restore killed",
    "tests/backup/test_moves.py::test_it_moves": "moved to the other database and to S3, and back",
    "tests/models/test_upgrades.py::test_an_upgrade_that_was_killed": "upgrade killed",
}
"""How the names of the tests begin: what is broken."""
ONLY = {f"{SCENARIOS[FAILING + 'postgresql']}": "PostgreSQL"}
"""Scenarios that make no sense on both databases."""
HEADS = ("scenario", "database", "kills", "lost", "doubled", "finished within")


@dataclass
class Tally:
    """What the tests of one scenario counted on one database."""

    ran: int = 0
    failed: int = 0
    kills: int = 0
    lost: int = 0
    doubled: int = 0
    seconds: float = 0.0

    def add(self, line: dict[str, Any]) -> None:
        """Take over the figures of one test."""
        self.ran += 1
        self.failed += line["failed"]
        for told in line["figures"]:
            self.kills += told["kills"]
            self.lost += told["lost"]
            self.doubled += told["doubled"]
            self.seconds = max(self.seconds, told["seconds"])

    def cells(self) -> tuple[str, ...]:
        """As the table shows them."""
        if not self.ran:
            return ("", "", "", "DID NOT RUN")
        broken = "  BROKEN" if self.failed else ""
        counted = (str(self.kills), str(self.lost), str(self.doubled))
        return (*counted, f"{self.seconds:,.1f} s{broken}")


@dataclass(eq=False)
class Collector:
    """The plug-in of each run: keeps the tests of the scenarios, and what they tell."""

    target: Path
    lines: list[dict[str, Any]] = field(default_factory=list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the other tests of the same files."""
        items[:] = [item for item in items if item.nodeid.startswith(tuple(SCENARIOS))]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test was set up, called or torn down."""
        if report.when == "call" or report.failed:
            called = report.user_properties if report.when == "call" else []
            figures = [value for name, value in called if name == PROPERTY]
            line = {"test": report.nodeid, "failed": report.failed, "figures": figures}
            self.lines.append(line)
            self.target.write_text(json.dumps(self.lines))  # at once: a later test may hang


def run_tests(target: Path) -> int:
    """Inside a run: every scenario, on the database of this process."""
    collector = Collector(target)
    files = sorted({name.partition("::")[0] for name in SCENARIOS})
    options = ["-q", "-p", "no:cacheprovider", "-o", f"faulthandler_timeout={HANGS}"]
    return int(pytest.main([*options, *files], plugins=[collector]))


def start(backend: str, folder: Path) -> subprocess.Popen[bytes]:
    """Start the run of one database."""
    with (folder / f"{backend}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tools.chaos", str(folder / backend)],
            cwd=ROOT,
            env={**os.environ, "ANTICHAMBRE_TEST_DB": backend, "ANTICHAMBRE_CHAOS": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def wait_for(runs: dict[str, subprocess.Popen[bytes]]) -> None:
    """Wait for the runs, but not for ever."""
    limit = time.monotonic() + LONGEST
    try:
        for run in runs.values():
            run.wait(max(0.0, limit - time.monotonic()))
    except subprocess.TimeoutExpired:
        print(f"Not over after {LONGEST:.0f} s: ended.")
    finally:
        for run in runs.values():
            if run.poll() is None:  # as Ctrl-C: pytest then ends the servers that it started
                run.send_signal(signal.SIGINT)
        for run in runs.values():
            run.wait()


def tallies(lines: list[dict[str, Any]]) -> dict[str, Tally]:
    """The figures of one database, by scenario."""
    found = {scenario: Tally() for scenario in SCENARIOS.values()}
    for line in lines:
        for begins, scenario in SCENARIOS.items():
            if line["test"].startswith(begins):
                found[scenario].add(line)
    return found


def lines_of(found: dict[str, dict[str, Tally]]) -> list[tuple[str, ...]]:
    """One line for each scenario and database."""
    return [
        (scenario, label, *counted[scenario].cells())
        for scenario in SCENARIOS.values()
        for label, counted in found.items()
        if ONLY.get(scenario, label) == label
    ]


def table(found: dict[str, dict[str, Tally]]) -> str:
    """In columns."""
    lines = [HEADS, *lines_of(found)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def main(*, write: bool = False) -> int:
    """Break everything on both databases; 0 when every promise was kept."""
    begun = time.monotonic()
    print("Killing and breaking everything on both databases (ten minutes or so)", flush=True)
    with tempfile.TemporaryDirectory(prefix="antichambre-chaos-") as name:
        folder = Path(name)
        runs = {backend: start(backend, folder) for backend in DATABASES}
        wait_for(runs)
        found = {}
        for backend, label in DATABASES.items():
            told = folder / backend
            found[label] = tallies(json.loads(told.read_text()) if told.exists() else [])
        codes = [int(run.returncode) for run in runs.values()]
        for backend, run in runs.items():
            if run.returncode:
                print((folder / f"{backend}.log").read_text(errors="replace"))
    print(f"\n{table(found)}\n")
    print("A double: a message sent again because its sender was killed after sending it.")
    print(f"Finished within: after the last kill, its lease included. {elapsed(begun)} in all.")
    if write and not any(codes):
        PAGE.write_text(page(lines_of(found), elapsed(begun)))
    return max(abs(code) for code in codes)


def elapsed(begun: float) -> str:
    """Seconds since then."""
    return f"{time.monotonic() - begun:.0f} s"


if __name__ == "__main__":
    told = sys.argv[1:]
    write = told == ["--write"]
    sys.exit(run_tests(Path(told[0])) if told and not write else main(write=write))
