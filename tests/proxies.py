"""A TCP proxy on loopback that makes a server behind it slow, or refuse with an HTTP error."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

ENDS = (ConnectionError, asyncio.IncompleteReadError)


@dataclass
class Proxy:
    """What it does to each connection, changed while it runs."""

    target: int
    """The port of the server behind."""
    delay: float = 0.0
    """Seconds that everything sent to the server waits on its way."""
    refusals: list[int] = field(default_factory=list)
    """HTTP statuses that the next requests get instead of an answer; used up one by one."""
    refused: int = 0
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            with suppress(*ENDS):
                if self.refusals:
                    await self._refuse(reader, writer)
                else:
                    await self._pass(reader, writer)
        finally:
            writer.close()

    async def _refuse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.refused += 1
        status = self.refusals.pop(0) if self.refusals else 503
        writer.write(b"HTTP/1.1 %d Later\r\nContent-Length: 0\r\n" % status)
        writer.write(b"Connection: close\r\n\r\n")
        await writer.drain()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        behind, to_server = await asyncio.open_connection("127.0.0.1", self.target)
        try:
            await asyncio.gather(
                self._carry(reader, to_server, slowly=True),
                self._carry(behind, writer, slowly=False),
            )
        finally:
            to_server.close()

    async def _carry(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, slowly: bool
    ) -> None:
        while piece := await source.read(65_536):
            if slowly and self.delay:
                await asyncio.sleep(self.delay)
            sink.write(piece)
            await sink.drain()
        sink.close()


@asynccontextmanager
async def proxy(target: int) -> AsyncIterator[Proxy]:
    """A proxy before a port of loopback."""
    made = Proxy(target)
    tasks = set[asyncio.Task[None]]()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await made.serve(reader, writer)
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
