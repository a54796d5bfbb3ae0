"""`make bench people=1000000`: the nightly run over many people beside few, one in a hundred due.

The promise: memory is flat, and time follows those who are due, whatever the number of the others.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

import asyncpg

from tests import servers
from tools.measures.crowd import fill
from tools.measures.night import Night, one_night
from tools.measures.site import Site

ROOT = Path(__file__).parent.parent
FEW = 10_000
DUE = 100
"""One of so many is deleted tonight, and as many are reminded."""
LONGEST = 1_500.0
"""Seconds after which nothing more is measured on a database."""
HEADS = ("", "people", "deleted", "reminded", "time", "peak memory", "a person")


@contextmanager
def sites(label: str, folder: Path) -> Iterator[Site]:
    """An empty database of that kind."""
    if label == "SQLite":
        yield _site(f"sqlite:///{folder}/night.sqlite3", folder)
        return
    with servers.postgres_server() as server:
        asyncio.run(_create(server.url))
        yield _site(server.database("night"), folder)


def _site(url: str, folder: Path) -> Site:
    return Site(url, str(folder), "http://127.0.0.1:9", "smtp://127.0.0.1:9", "", port=9)


async def _create(url: str) -> None:
    link = await asyncpg.connect(url)
    await link.execute("CREATE DATABASE night")
    await link.close()


def part(name: str, site: Site, people: int, until: float) -> str:
    """Fill, or live through the night, in a process of its own; its last line.

    Raises:
        TimeoutExpired: it was not over in time, and is ended.
    """
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "tools.nights", name, str(people), str(site)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        timeout=max(1.0, until - begun),
        check=True,
    )
    print(f"  {name} {time.monotonic() - begun:.0f} s", end="", flush=True)
    return (done.stdout.decode().splitlines() or [""])[-1]


def measure(people: int) -> list[tuple[str, ...]]:
    """Few and many, on both databases."""
    lines = list[tuple[str, ...]]()
    for label in ("SQLite", "PostgreSQL"):
        until = time.monotonic() + LONGEST
        for number in dict.fromkeys((min(FEW, people), people)):
            folder = Path(tempfile.mkdtemp(prefix="antichambre-night-", dir="/tmp"))
            folder.chmod(0o755)
            print(f"{label}, {number:,} people:", end="", flush=True)
            try:
                with sites(label, folder) as site:
                    part("fill", site, number, until)
                    night = Night(**json.loads(part("night", site, number, until)))
                lines.append(line(label, night))
            except subprocess.TimeoutExpired:
                lines.append((label, f"{number:,}", "not measured", *[""] * 4))
            finally:
                shutil.rmtree(folder, ignore_errors=True)
            print(flush=True)
    return lines


def line(label: str, night: Night) -> tuple[str, ...]:
    """As the table shows it; "a person" is one who was deleted or reminded."""
    done = night.deleted + night.reminded
    return (
        label,
        f"{night.people:,}",
        f"{night.deleted:,}",
        f"{night.reminded:,}",
        f"{night.seconds:,.1f} s",
        f"{night.memory:,.0f} MB (+{night.grown:,.0f})",
        f"{night.statements / done:,.1f} statements, {night.cpu / done * 1000:,.1f} ms of CPU",
    )


def table(lines: list[tuple[str, ...]]) -> str:
    """In columns."""
    found = [HEADS, *lines]
    widths = [max(len(one[column]) for one in found) for column in range(len(HEADS))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(one, widths, strict=True)).rstrip()
        for one in found
    )


def compare(people: int) -> None:
    """Measure, and print the table."""
    load = os.getloadavg()[0]
    print(f"\n{table(measure(people))}\n\n{os.cpu_count()} cores, load {load:.1f} before.")


def main(name: str, people: int, site: Site) -> None:
    """A part, in its own process."""
    if name == "fill":
        asyncio.run(fill(site, people, people // DUE))
    else:
        print(json.dumps(asdict(asyncio.run(one_night(site)))))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Site.read(sys.argv[3]))
