"""`make bench`: how fast each door is on this machine, beside baselines of one core.

Real processes on loopback: the web process, a worker's work, PostgreSQL, an SMTP server, and a
Bot API that costs next to nothing. Figures only: nothing fails for being slow.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import asyncpg
from aiohttp import web

from tests import servers
from tools.measures.figures import Rows
from tools.measures.site import Site
from tools.measures.telegram import Telegram, photo
from tools.nights import compare

ROOT = Path(__file__).parent.parent
PARTS = ("filling", "web", "worker", "night")
LONGEST = 220.0
"""Seconds after which nothing more is measured."""
BASELINES = {
    "bare aiohttp": "10,100/s",
    "aiogram, a webhook that does nothing": "3,500/s",
    "one SELECT and one INSERT behind aiogram, through Tortoise": "550 to 650/s",
    "a page of 50 rows by jinja2": "690/s",
}
"""Of one core of the machine on which the product was designed."""


@asynccontextmanager
async def telegram() -> AsyncIterator[str]:
    """A Bot API; its address."""
    runner = web.AppRunner(Telegram().app(), access_log=None)
    await runner.setup()
    port = servers.free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


async def part(name: str, site: Site, until: float) -> Rows:
    """Run one part in a process of its own.

    Raises:
        TimeoutError: it was not over in time, and is ended.
    """
    print(f"  {name}", end="", flush=True)
    begun = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        f"tools.measures.{name}",
        str(site),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(), max(0.0, until - begun))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise SystemExit(f" failed ({process.returncode})")
    print(f" {time.monotonic() - begun:.0f} s", end="", flush=True)
    rows: Rows = json.loads(output.decode().splitlines()[-1])
    return rows


async def measured(label: str, database_url: str, folder: Path, until: float) -> Rows:
    """Every figure on one database, as far as there is time."""
    print(label, end=":", flush=True)
    rows: Rows = {}
    async with AsyncExitStack() as stack:
        telegram_url = await stack.enter_async_context(telegram())
        site = Site(
            database_url,
            str(folder),
            telegram_url,
            stack.enter_context(servers.smtp_server()).url,
            stack.enter_context(servers.redis_server()).url,
            port=servers.free_port(),
        )
        with suppress(TimeoutError):
            for name in PARTS:
                rows |= await part(name, site, until)
    print(flush=True)
    return rows


async def bench(folder: Path) -> dict[str, Rows]:
    """Both databases."""
    photo()
    until = time.monotonic() + LONGEST
    found: dict[str, Rows] = {}
    for label in ("SQLite", "PostgreSQL"):
        place = folder / label
        place.mkdir()
        if label == "SQLite":
            found[label] = await measured(label, f"sqlite:///{place}/bench.sqlite3", place, until)
            continue
        with servers.postgres_server() as server:
            link = await asyncpg.connect(server.url)
            await link.execute("CREATE DATABASE bench")
            await link.close()
            found[label] = await measured(label, server.database("bench"), place, until)
    return found


def table(found: dict[str, Rows]) -> str:
    """One line a figure, one column a database, then the baselines."""
    names = list(dict.fromkeys(name for rows in found.values() for name in rows))
    lines = [
        ("", *found),
        *((n, *(rows.get(n, "not measured") for rows in found.values())) for n in names),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    shown = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    shown += ["", "Rates a second, then median / 95th percentile.", "", "Baselines of one core"]
    shown += [
        f"{name.ljust(max(map(len, BASELINES)))}  {rate}" for name, rate in BASELINES.items()
    ]
    return "\n".join(shown)


def main() -> None:
    """Measure, and print the table."""
    folder = Path(tempfile.mkdtemp(prefix="antichambre-bench-", dir="/tmp"))
    folder.chmod(0o755)
    begun = time.monotonic()
    load = os.getloadavg()[0]
    try:
        found = asyncio.run(bench(folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table(found)}\n")
    cores = os.cpu_count()
    print(f"{cores} cores, load {load:.1f} before; {time.monotonic() - begun:.0f} s in all.")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        compare(int(sys.argv[1]))
    else:
        main()
