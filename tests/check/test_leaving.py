"""A command's exit code is its own, whatever its libraries' threads still do."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
TIMES = 24
"""As many without a failure happen by luck in one of 200 runs: a fifth failed before."""
PROGRAM = """
import asyncio, sys
from commands.leaving import leave
from store.room import StoreDown, Room
from store.sealing import Keyring

async def last_deed():
    room = Room("s3+http://key:secret@127.0.0.1:{port}/bucket", Keyring({{"k1": b"k" * 32}}), id)
    try:
        await room.put_sealed("a" * 32, b"x")
    except StoreDown:
        print("down")

asyncio.run(last_deed())
leave(3)
"""


async def exit_code(program: str) -> tuple[int | None, bytes]:
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, cwd=ROOT, stdout=-1, stderr=-2
    )
    said, _ = await asyncio.wait_for(child.communicate(), 60)
    return child.returncode, said


async def test_a_process_that_leaves_just_after_a_call_to_the_store_is_not_aborted() -> None:
    program, ends = PROGRAM.format(port=free_port()), list[tuple[int | None, bytes]]()
    for _ in range(TIMES // 4):
        ends += await asyncio.gather(*(exit_code(program) for _ in range(4)))
    assert ends == [(3, b"down\n")] * TIMES
