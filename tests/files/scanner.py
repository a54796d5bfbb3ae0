"""A real clamd on loopback that knows one virus, the harmless EICAR test; no download needed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers import free_port, leashed, stop, wait_until
from tests.specimens import EICAR

CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
STREAM_MAX = 2_000_000
"""Bytes that this scanner takes; larger files it refuses to look at."""


@contextmanager
def clamd_server() -> Iterator[str]:
    """Start, and at the end remove, a scanner; gives its CLAMD_URL."""
    assert CLAMD is not None
    folder = Path(tempfile.mkdtemp(prefix="antichambre-clamd-", dir="/tmp"))
    (folder / "signatures").mkdir()
    (folder / "signatures" / "local.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
    port = free_port()
    (folder / "clamd.conf").write_text(
        f"Foreground yes\nTCPAddr 127.0.0.1\nTCPSocket {port}\n"
        f"DatabaseDirectory {folder}/signatures\nTemporaryDirectory {folder}\n"
        f"StreamMaxLength {STREAM_MAX}\n"
    )
    log = folder / "clamd.log"
    with log.open("ab") as out:
        command = leashed([CLAMD, f"--config-file={folder / 'clamd.conf'}"])
        process = subprocess.Popen(command, stdout=out, stderr=out)
    try:
        wait_until(lambda: _answers(port), process, log)
        yield f"tcp://127.0.0.1:{port}"
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as link:
            link.sendall(b"zPING\0")
            return link.recv(16).startswith(b"PONG")
    except OSError:
        return False
