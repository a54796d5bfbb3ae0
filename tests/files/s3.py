"""A real S3-compatible server (SeaweedFS) that checks keys, for tests."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers import free_port, leashed, stop, wait_until

KEY, SECRET = "antichambre", "made-up-secret"
ACTIONS = ["Admin", "Read", "Write", "List", "Tagging"]


@dataclass
class S3Server:
    """One server; `url` names a bucket of it."""

    folder: Path
    port: int

    def url(self, bucket: str = "files", secret: str = SECRET) -> str:
        """As STORAGE_URL says it."""
        return f"s3+http://{KEY}:{secret}@127.0.0.1:{self.port}/{bucket}"

    def answers(self) -> bool:
        """Whether it speaks HTTP."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
                return b" 200 " in link.recv(64)
        except OSError:
            return False


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """Start, and at the end remove, an S3 server on loopback."""
    folder = Path(tempfile.mkdtemp(prefix="antichambre-s3-", dir="/tmp"))
    identity = {"accessKey": KEY, "secretKey": SECRET}
    people = [{"name": "antichambre", "credentials": [identity], "actions": ACTIONS}]
    (folder / "keys.json").write_text(json.dumps({"identities": people}))
    server, process = _started(folder)
    try:
        yield server
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path, tries: int = 3) -> tuple[S3Server, subprocess.Popen[bytes]]:
    """A server that answers. It takes eight ports: another process may have been faster at one."""
    server, log = S3Server(folder, free_port()), folder / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(leashed(_command(server)), stdout=out, stderr=out)
    try:
        wait_until(server.answers, process, log, seconds=60)
    except RuntimeError:
        stop(process)
        if tries == 1:
            raise
        return _started(folder, tries - 1)
    return server, process


def _command(server: S3Server) -> list[str]:
    weed = shutil.which("weed", path=str(Path(sys.executable).parent)) or "weed"
    ports = {
        "s3.port": server.port,
        **{
            name: free_port()
            for name in (
                "s3.port.grpc",
                "master.port",
                "master.port.grpc",
                "volume.port",
                "volume.port.grpc",
                "filer.port",
                "filer.port.grpc",
            )
        },
    }
    return [
        weed,
        "server",
        f"-dir={server.folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-s3",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={server.folder / 'keys.json'}",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=20",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]
