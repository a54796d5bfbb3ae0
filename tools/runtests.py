"""Run the tests: everything on SQLite, and beside it, on PostgreSQL, those that use a database.

A process knows one backend, so there are several, and many tests wait for servers, browsers and
kills: a few processes at once leave each other their time. The first one's output is shown as it
comes, then the others', then one line with the sums of all. Arguments go to every run.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

NO_TEST_COLLECTED = 5
AT_ONCE = 3
RUNS = (
    ("SQLite", "sqlite", "not waits and (journey or not browser)"),
    ("PostgreSQL, tests that wait", "postgres", "waits and db and not alike"),
    ("SQLite, tests that wait", "sqlite", "waits"),
    ("PostgreSQL", "postgres", "not waits and db and not alike and (journey or not browser)"),
    ("SQLite, pages in the browser", "sqlite", "browser and not journey and not waits"),
)
"""What is told of each run, its database, and its tests, in the order of their beginning."""
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
    begun: list[subprocess.Popen[bytes]] = []
    total: Counter[str] = Counter()

    def run(number: int, output: int) -> int:
        begun.append(run := start(number, output, arguments))
        if output == subprocess.PIPE:
            total.update(counts(shown(run)))
        return run.wait()

    with ExitStack() as files, ThreadPoolExecutor(AT_ONCE) as pool:
        kept = [files.enter_context(tempfile.TemporaryFile()) for _ in RUNS[1:]]
        print(f"tests on {RUNS[0][0]}", flush=True)
        outputs = [subprocess.PIPE, *(file.fileno() for file in kept)]
        ends = [pool.submit(run, number, output) for number, output in enumerate(outputs)]
        try:
            codes = [end.result() for end in ends]
        finally:
            for end in ends:
                end.cancel()
            for process in begun:
                if process.poll() is None:
                    process.terminate()
        for (name, _, _), file in zip(RUNS[1:], kept, strict=True):
            file.seek(0)
            output = file.read().decode(errors="replace")
            print(f"\ntests on {name}\n{output}")
            total.update(counts(output))
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    bad = [code for code in codes if code not in {0, NO_TEST_COLLECTED}]
    return bad[0] if bad else 0 if total["passed"] else NO_TEST_COLLECTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
