"""Workers that may die: a process imports the product once, then forks one for each job.

A job is a line of JSON on stdin; a line on stdout says how the child ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds for one worker."""


def serve(work: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
    """Be that process: for each line, a child that does this work."""
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        child = os.fork()
        if child == 0:
            asyncio.run(work(job))
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"killed": os.WIFSIGNALED(status), "status": status}), flush=True)


class Forks:
    """The other end of it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def line(self) -> bytes:
        assert self.process.stdout is not None
        return await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)

    async def killed(self, job: dict[str, Any]) -> bool:
        """Let one worker do this job; whether it was killed before it was done."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(job).encode() + b"\n")
        await self.process.stdin.drain()
        end = json.loads(await self.line())
        assert end["killed"] or end["status"] == 0, end
        return bool(end["killed"])


@asynccontextmanager
async def forks(module: str) -> AsyncIterator[Forks]:
    """Start the process that this module is, and end it."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    made = Forks(process)
    try:
        assert await made.line() == b"ready\n"
        yield made
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
