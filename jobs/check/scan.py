"""The virus scanner, when there is one: clamd's INSTREAM over TCP or a Unix socket.

Only a plain "OK" counts: a scanner that is down, slow, or refuses the size means waiting.
"""

import asyncio
import struct
from pathlib import Path
from urllib.parse import urlsplit

from models.database import refuse_inside_transaction

PIECE = 256 * 1024
PATIENCE = 60.0
"""Seconds for one file."""


class ScannerDown(Exception):
    """No answer that counts: the file keeps waiting."""


async def infected(url: str, path: Path) -> bool:
    """Whether clamd at `tcp://host:port` or `unix:///path` finds something in a file.

    Raises:
        ScannerDown: not reachable, slow, or unable to say.
    """
    refuse_inside_transaction("clamd")
    try:
        async with asyncio.timeout(PATIENCE):
            answer = await _ask(url, path)
    except (OSError, EOFError, TimeoutError) as error:
        raise ScannerDown(type(error).__name__) from None
    if answer.endswith(" FOUND"):
        return True
    if answer == "stream: OK":
        return False
    raise ScannerDown("clamd: size limit" if "size limit" in answer else "clamd: error")


async def _ask(url: str, path: Path) -> str:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        reader, writer = await asyncio.open_unix_connection(parts.path)
    else:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 3310)
    try:
        return await _stream(reader, writer, path)
    finally:
        writer.close()


async def _stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: Path) -> str:
    """Length and bytes, piece by piece, then a zero: clamd(8), INSTREAM."""
    writer.write(b"zINSTREAM\0")
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            writer.write(struct.pack(">I", len(piece)) + piece)
            try:
                await writer.drain()
            except ConnectionError:  # it says why (its size limit) before it hangs up
                break
    if not writer.is_closing():
        writer.write(struct.pack(">I", 0))
    answer = await reader.read(4096)
    return answer.rstrip(b"\0\n").decode(errors="replace")
