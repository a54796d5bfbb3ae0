"""The real command `antichambre demo` as a process of its own, and a browser without pictures."""

from __future__ import annotations

import http.cookiejar
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.servers import free_port, leashed

ROOT = Path(__file__).parents[2]
PATIENCE = 170.0


@dataclass
class Demo:
    """One data folder, in which the demo is started and ended."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """What it prints."""
        return self.folder / "printed.log"

    @property
    def printed(self) -> str:
        """All that the latest start has printed."""
        return self.log.read_text()

    def launch(self) -> None:
        """Start, without waiting."""
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
        command = leashed([sys.executable, "-u", "-m", "manage", "demo"], at_death="INT")
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**kept, "DATA_DIR": str(self.folder), "PORT": str(self.port)},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def start(self) -> None:
        """Start, and wait until it says that it serves."""
        self.launch()
        self.wait_until(lambda: "Ctrl+C" in self.printed)

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait for something; a demo that ended meanwhile fails with what it printed."""
        assert self.process is not None
        limit = time.monotonic() + PATIENCE
        while not holds():
            assert self.process.poll() is None, f"the demo ended:\n{self.printed}"
            assert time.monotonic() < limit, f"still waiting:\n{self.printed}"
            time.sleep(0.05)

    def end(self, sign: signal.Signals = signal.SIGINT) -> int:
        """Send a signal, and wait for the end; the exit code."""
        assert self.process is not None
        self.process.send_signal(sign)
        return self.process.wait(60)

    def clear(self) -> None:
        """End whatever is left."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)
        for left in self.left_behind():
            left.kill()

    def left_behind(self) -> list[psutil.Process]:
        """Processes of this folder that outlived the demo."""
        return [
            one
            for one in psutil.process_iter(["cmdline"])
            if str(self.folder) in " ".join(one.info["cmdline"] or ())
        ]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Ask its database; nothing while there is none yet."""
        path = self.folder / "antichambre.sqlite3"
        try:
            link = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)
            try:
                return link.execute(sql).fetchall()
            finally:
                link.close()
        except sqlite3.OperationalError:
            return []

    def address(self, name: str) -> str:
        """An address that it printed: Panel, Chat or Mailbox."""
        found = re.search(rf"{name}\s+(http://\S+)", self.printed)
        assert found, self.printed
        return found.group(1)

    def password(self, email: str) -> str:
        """A password that it printed."""
        found = re.search(rf"{re.escape(email)}\s+(\S+)", self.printed)
        assert found, self.printed
        return found.group(1)


class Visitor:
    """Somebody with cookies and without JavaScript."""

    def __init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def get(self, address: str) -> str:
        """A page; an error page raises."""
        with self._opener.open(address, timeout=30) as answer:
            return str(answer.read().decode())

    def post(self, address: str, **fields: str) -> str:
        """Send a form from the same site; the page that it leads to."""
        parts = urllib.parse.urlsplit(address)
        headers = {"Origin": f"{parts.scheme}://{parts.netloc}"}
        data = urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(address, data, headers)
        with self._opener.open(request, timeout=30) as answer:
            return str(answer.read().decode())

    def sign_in(self, demo: Demo, email: str) -> str:
        """Into the panel; its first page."""
        panel = demo.address("Panel")
        return self.post(f"{panel}login", email=email, password=demo.password(email))
