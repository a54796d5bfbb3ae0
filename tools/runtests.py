"""Run the tests: everything on SQLite, and beside it, on PostgreSQL, those that use a database.

A process for each database, as a process knows one backend, and one for the pages in the browser:
they wait much, and leave the others their time. The first one's output is shown as it comes, then
the others', then one line with the sums of all. Arguments go to every run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack

NO_TEST_COLLECTED = 5
RUNS = (
    ("SQLite", "sqlite", "journey or not browser"),
    ("SQLite, pages in the browser", "sqlite", "browser and not journey"),
    ("PostgreSQL", "postgres", "db and not alike and (journey or not browser)"),
)
"""What is told of each run, its database, and its tests; the first is the longest."""
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped)")


def start(number: int, output: int, arguments: list[str]) -> subprocess.Popen[bytes]:
    """Start one of the runs."""
    _, backend, chosen = RUNS[number]
    cache = f"cache_dir=.pytest_cache/{number}"
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-o", cache, "-m", chosen, *arguments],
        env={**os.environ, "ANTICHAMBRE_TEST_DB": backend},
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


def counts(output: str) -> Counter[str]:
    """How many passed, failed and were skipped, from pytest's last line; an error is a failure."""
    last = output.rstrip().rpartition("\n")[2]
    found: Counter[str] = Counter()
    for number, word in COUNT.findall(last):
        found["failed" if word.startswith("error") else word] += int(number)
    return found


def shown(run: subprocess.Popen[bytes]) -> str:
    """Pass the output of a run on, as it comes; gives the whole."""
    assert run.stdout is not None
    whole = bytearray()
    while piece := run.stdout.read1():  # type: ignore[attr-defined]  # Popen's pipe is buffered
        whole += piece
        sys.stdout.write(piece.decode(errors="replace"))
        sys.stdout.flush()
    return whole.decode(errors="replace")


def main(arguments: list[str]) -> int:
    """Make all runs; 0 when all are green."""
    with ExitStack() as files:
        kept = [files.enter_context(tempfile.TemporaryFile()) for _ in RUNS[1:]]
        print(f"tests on {RUNS[0][0]}", flush=True)
        runs = [start(0, subprocess.PIPE, arguments)]
        try:
            runs += [start(n, file.fileno(), arguments) for n, file in enumerate(kept, 1)]
            total = counts(shown(runs[0]))
            codes = [run.wait() for run in runs]
        finally:
            for run in runs:
                if run.poll() is None:
                    run.terminate()
                    run.wait()
        for (name, _, _), file in zip(RUNS[1:], kept, strict=True):
            file.seek(0)
            output = file.read().decode(errors="replace")
            print(f"\ntests on {name}\n{output}")
            total += counts(output)
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    bad = [code for code in codes if code not in {0, NO_TEST_COLLECTED}]
    return bad[0] if bad else 0 if total["passed"] else NO_TEST_COLLECTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
