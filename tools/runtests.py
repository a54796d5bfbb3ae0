"""Run the tests: everything on SQLite, and beside it, on PostgreSQL, those that use a database.

Two processes, as a process knows one backend. SQLite's output is shown as it comes, then
PostgreSQL's, then one line with the sums of both. Arguments go to both runs.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter

NO_TEST_COLLECTED = 5
ON_POSTGRES = "db and (journey or not browser)"
COUNT = re.compile(r"(\d+) (passed|failed|errors?|skipped)")


def start(backend: str, output: int, *arguments: str) -> subprocess.Popen[bytes]:
    """Start one run."""
    cache = f"cache_dir=.pytest_cache/{backend}"
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-q", "-o", cache, *arguments],
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
    """Run both; 0 when both are green."""
    with tempfile.TemporaryFile() as kept:
        print("tests on SQLite", flush=True)
        runs = [start("sqlite", subprocess.PIPE, *arguments)]
        try:
            runs.append(start("postgres", kept.fileno(), "-m", ON_POSTGRES, *arguments))
            total = counts(shown(runs[0]))
            codes = [run.wait() for run in runs]
            kept.seek(0)
            output = kept.read().decode(errors="replace")
        finally:
            for run in runs:
                if run.poll() is None:
                    run.terminate()
                    run.wait()
    print(f"\ntests on PostgreSQL\n{output}")
    total += counts(output)
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    bad = [code for code in codes if code not in {0, NO_TEST_COLLECTED}]
    return bad[0] if bad else 0 if total["passed"] else NO_TEST_COLLECTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
