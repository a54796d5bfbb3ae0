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
LONGEST = 3_000.0
"""Seconds after which what still runs is ended."""
HANGS = 420
"""Seconds of one test after which it hangs: a busy machine is slow, and slow is not wrong."""
DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
AROUND = "tests/chaos/test_failing_servers.py::test_"
REDIS = "tests/chaos/test_redis.py::test_redis_"
POSTGRES = "tests/chaos/test_postgresql.py::test_postgresql_"
SQLITE = "tests/chaos/test_sqlite.py::test_sqlite_"
MAILS = "tests/outbox/test_mails.py::test_"
NEWS = "tests/outbox/test_news.py::test_"
FILES = "tests/files/test_failures.py::test_"
BY_THE_CLOCK = "Telegram by the clock: 429, 403, 401, refusals"
ERASED_MEANWHILE = "erased while a file is checked or a mail leaves"
SCENARIOS = {
    "tests/outbox/test_kills.py::test_a_worker_killed_while_mailing": "worker killed: mails",
    "tests/chaos/test_wakes.py::test_a_worker_killed_with": "worker killed: a mail in its hands",
    "tests/chaos/test_wakes.py::test_a_mail_that_nobody": "nobody woken: from due to taken",
    "tests/outbox/test_wakes.py::": "all is well: from due to taken",
    "tests/outbox/test_kills.py::test_a_worker_killed_while_writing": "worker killed: chats",
    f"{FILES}a_killed_worker_loses": "worker killed: file checks",
    "tests/clock/test_kills.py::test_a_run_killed_again": "worker killed: nightly run",
    "tests/clock/test_round_kills.py::": "worker killed: every other round of the clock",
    "tests/clock/test_kills.py::test_two_processes": "two workers in the same night",
    "tests/kills/test_web_process.py::": "web process killed: updates",
    "tests/kills/test_repeats.py::": "each update 100 times, 2 web processes",
    f"{REDIS}absent": "Redis absent at the start, flushed, killed",
    f"{REDIS}takes_nothing": "Redis full, locked, 2 s slow",
    f"{POSTGRES}is_killed": "PostgreSQL killed: away 3 s, 60 s, restarted",
    f"{POSTGRES}has_no": "PostgreSQL without a free connection",
    f"{SQLITE}written": "SQLite: 4 processes write, killed in commits",
    f"{SQLITE}on_a_full": "SQLite: disk full",
    "tests/files/test_full_disk.py::": "store of files: disk full",
    f"{AROUND}the_mail": "SMTP: 451, 550, hung up after DATA",
    f"{MAILS}": "SMTP by the clock: greylisted, slow, away for days",
    f"{AROUND}telegram_asks": "Telegram: 429 for a chat, then for all",
    f"{AROUND}telegram_breaks": "Telegram: 502, 500, reset, slow; 403; 401",
    f"{NEWS}": BY_THE_CLOCK,
    f"{AROUND}a_deployment": "SIGTERM under load, 3 times",
    "tests/chaos/test_stopping.py::": "SIGTERM with a mail in hand, 3 times",
    f"{FILES}an_erased_candidate": ERASED_MEANWHILE,
    f"{FILES}files_let_go": ERASED_MEANWHILE,
    "tests/outbox/test_last_words.py::test_an_erasure_while": ERASED_MEANWHILE,
    "tests/clock/test_erased_meanwhile.py::": "erased while somebody acts",
    "tests/chaos/test_erasing.py::": "deletions killed at every step, store fails",
    "tests/journeys/test_erased_everywhere.py::": "erased: looked for everywhere",
    "tests/clock/test_timelines.py::": "clock: months, summer time, leap day, 3 zones",
    "tests/clock/test_outage_timelines.py::": "clock: outages, late and doubled runs",
    "tests/clock/test_year.py::test_a_year": "clock: a year of 5,000 people",
    "tests/clock/test_year.py::test_some_weeks": "clock: some weeks on a real database",
    "tests/backup/test_killed.py::test_a_killed_backup": "backup killed",
    "tests/backup/test_killed.py::test_a_killed_restore": "restore killed",
    "tests/backup/test_moves.py::test_it_moves": "moved to the other database and to S3, and back",
    "tests/models/test_upgrades.py::test_an_upgrade_that_was_killed": "upgrade killed",
    "tests/models/test_upgrades.py::test_an_old_release": "old release beside a newer schema",
}
"""How the names of the tests begin: what is broken."""
ONLY = {
    SCENARIOS[f"{POSTGRES}is_killed"]: "PostgreSQL",
    SCENARIOS[f"{POSTGRES}has_no"]: "PostgreSQL",
    SCENARIOS[f"{SQLITE}written"]: "SQLite",
    SCENARIOS[f"{SQLITE}on_a_full"]: "SQLite",
    SCENARIOS["tests/clock/test_year.py::test_a_year"]: "SQLite",
}
"""Scenarios that make no sense on both databases."""
HEADS = ("scenario", "database", "kills", "lost", "doubled", "finished within", "besides")


@dataclass
class Tally:
    """What the tests of one scenario counted on one database."""

    ran: int = 0
    failed: int = 0
    kills: int = 0
    lost: int | None = None
    doubled: int | None = None
    seconds: float | None = None
    waited: float = 0.0
    remarks: list[str] = field(default_factory=list)

    def add(self, line: dict[str, Any]) -> None:
        """Take over the figures of one test."""
        self.ran += 1
        self.failed += line["failed"]
        for told in line["figures"]:
            self.kills += told["kills"]
            self.lost = _sum(self.lost, told["lost"])
            self.doubled = _sum(self.doubled, told["doubled"])
            if told["seconds"] is not None:
                self.seconds = max(self.seconds or 0.0, told["seconds"])
            self.waited = max(self.waited, told["waited"])
            if told["remark"] and told["remark"] not in self.remarks:
                self.remarks.append(told["remark"])

    def cells(self) -> tuple[str, ...]:
        """As the table shows them; "–" is what these tests do not count, but assert."""
        if not self.ran:
            return ("", "", "", "DID NOT RUN", "")
        counted = ("–" if one is None else str(one) for one in (self.lost, self.doubled))
        lasted = "–" if self.seconds is None else f"{self.seconds:,.1f} s"
        if self.waited:
            lasted = f"lease {self.waited:,.0f} s + {lasted}"
        besides = self.remarks or [self._cases()] * (self.seconds is None)
        broken = [f"BROKEN: {self.failed} of {self.ran}"] * bool(self.failed)
        return (str(self.kills), *counted, lasted, "; ".join(broken or besides))

    def _cases(self) -> str:
        """How many tests there are, when they count nothing else."""
        return "1 case holds" if self.ran == 1 else f"{self.ran} cases hold"


def _sum(one: int | None, more: int | None) -> int | None:
    """What is not counted adds nothing."""
    return one if more is None else (one or 0) + more


def scenario_of(test: str) -> str | None:
    """What this test breaks, on the database of this process; None: it is no scenario."""
    here = DATABASES[os.environ.get("ANTICHAMBRE_TEST_DB", "sqlite")]
    for begins, scenario in SCENARIOS.items():
        if test.startswith(begins):
            return scenario if ONLY.get(scenario, here) == here else None
    return None


@dataclass(eq=False)
class Collector:
    """The plug-in of each run: keeps the tests of the scenarios, and what they tell."""

    target: Path
    lines: list[dict[str, Any]] = field(default_factory=list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out the other tests of the same files."""
        items[:] = [item for item in items if scenario_of(item.nodeid)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test was set up, called or torn down."""
        if (report.when == "call" and not report.skipped) or report.failed:
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
        for scenario in dict.fromkeys(SCENARIOS.values())
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
    print("Killing and breaking everything on both databases (half an hour or so)", flush=True)
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
    print("–: not counted; these tests assert it case by case.")
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
