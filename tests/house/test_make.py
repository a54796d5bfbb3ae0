"""The Makefile keeps its promises: it lists every target, and runs programs that exist."""

from __future__ import annotations

import re
import subprocess

from tests.house.source import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
PROMISED = "run test lint words migration bench chaos screenshots".split()


def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [name for name in PROMISED if f"make {name} " not in listed] == []
    assert len(listed.splitlines()) == MAKEFILE.count(" ## ")


def test_every_program_that_make_runs_is_there() -> None:
    programs = re.findall(r"python -m (tools\.\w+)", MAKEFILE)
    programs += re.findall(r"bash (tools/\S+\.sh)", MAKEFILE)
    files = [p if p.endswith(".sh") else p.replace(".", "/") + ".py" for p in programs]
    assert [name for name in sorted(set(files)) if not (ROOT / name).exists()] == []


def test_ci_runs_what_people_run() -> None:
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "exec make test"
