"""How a mail leaves: by SMTP, or (in the demo) as a file on our own disk."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from time import monotonic
from typing import Protocol

import aiosmtplib

from actions.outbox import Accepted, Fate, Later, Refused
from models.database import refuse_inside_transaction
from rules.retention_warning import ABOUT_US
from settings.parsing import Smtp

PATIENCE = 40.0
"""Seconds for one mail, connecting included; shorter than its lease."""
STEP = 15.0
"""Seconds for one answer of the server."""
IDLE = 5.0
"""Seconds after which an open connection is asked whether it still lives."""
NO_SUCH_ADDRESS = 553
"""Our own word for an address that no server would take (RFC 5321: mailbox name not allowed)."""
CLOSING = 421
"""The server is closing the line: about the server, whatever the command was."""
CROWDED = 432
"""Exchange's word for more connections than it allows: about us, whatever the command was."""
GOODBYE = 2.0
"""Seconds for the answer to QUIT."""
BELIEVED = 600.0
"""Seconds for which no more connections are tried than a server was seen to take."""


class Transport(Protocol):
    """Takes messages, each to one address."""

    async def send(self, message: EmailMessage, sender: str, to: str) -> Fate:
        """Hand the message over; raises nothing that the network or the server may cause."""
        ...

    async def close(self) -> None:
        """Nothing more to send for now."""
        ...


@dataclass(slots=True)
class Line:
    """A connection to the mail server."""

    smtp: aiosmtplib.SMTP
    used_at: float

    async def alive(self) -> bool:
        """One that was idle may be dead without our knowing."""
        if not self.smtp.is_connected:
            return False
        if monotonic() - self.used_at < IDLE:
            return True
        try:
            await self.smtp.noop()
        except (aiosmtplib.SMTPException, OSError):
            return False
        return True


class SmtpTransport:
    """Connections to the mail server: opened when all others are busy, kept between mails.

    A server that takes no more of them than there are is asked for no more, for a while.
    """

    def __init__(self, smtp: Smtp, *, step: float = STEP, patience: float = PATIENCE) -> None:
        """Seconds that the server may take for one answer, and for one mail."""
        self._smtp = smtp
        self._step, self._patience = step, patience
        self._idle: list[Line] = []
        self._busy = 0
        self._freed = asyncio.Event()
        self._most: tuple[int, float] = (0, 0.0)
        """So many connections it takes, and until when that is believed."""

    async def send(self, message: EmailMessage, sender: str, to: str) -> Fate:
        """Send over an open connection that nobody uses, or a new one."""
        refuse_inside_transaction("SMTP")
        try:
            async with asyncio.timeout(self._patience), self._line() as line:
                await line.smtp.send_message(message, sender=sender, recipients=[to])
                line.used_at = monotonic()
                return Accepted()
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return fate_of(error)

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        """A connection for one mail; closed after a failure that is not the address's."""
        line = await self._taken()
        keeps = False
        try:
            yield line
            keeps = True
        except (aiosmtplib.SMTPException, ValueError) as error:
            keeps = not _is_away(fate_of(error))
            if not keeps and self._busy > 1:
                self._take_at_most(self._busy - 1)
            raise
        finally:
            self._busy -= 1
            if keeps:
                self._idle.append(line)
            else:
                line.smtp.close()
            self._freed.set()

    async def _taken(self) -> Line:
        """An open connection, a new one, or the first one that is free again."""
        while True:
            if (line := await self._free()) is not None:
                self._busy += 1
                return line
            if self._has_room():
                self._busy += 1
                try:
                    return await self._connected()
                except BaseException as error:
                    self._busy -= 1
                    if not self._busy or not isinstance(error, aiosmtplib.SMTPException | OSError):
                        raise
                    self._take_at_most(self._busy)
            else:
                self._freed.clear()
                await self._freed.wait()

    def _has_room(self) -> bool:
        most, until = self._most
        return self._busy < most or monotonic() >= until

    def _take_at_most(self, lines: int) -> None:
        """The server was seen to take no more than those beside the one that it refused."""
        self._most = lines, monotonic() + BELIEVED

    async def _free(self) -> Line | None:
        """The connection that was used last, if it lives."""
        while self._idle:
            line = self._idle.pop()
            alive = False
            try:
                alive = await line.alive()
            finally:
                if not alive:
                    line.smtp.close()
            if alive:
                return line
        return None

    async def _connected(self) -> Line:
        smtp = self._smtp
        made = aiosmtplib.SMTP(
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user or None,
            password=smtp.password or None,
            use_tls=smtp.security == "tls",
            start_tls=smtp.security == "starttls",
            timeout=self._step,
        )
        try:
            await made.connect()
        except BaseException:
            made.close()
            raise
        return Line(made, monotonic())

    async def close(self) -> None:
        """Say goodbye, and do not wait for an answer that does not come."""
        lines, self._idle = self._idle, []
        await asyncio.gather(*(_quit(line) for line in lines))


async def _quit(line: Line) -> None:
    try:
        async with asyncio.timeout(GOODBYE):
            await line.smtp.quit()
    except (aiosmtplib.SMTPException, OSError):
        pass
    finally:
        line.smtp.close()


def fate_of(error: Exception) -> Fate:
    """Tell the address's fault from the server's and ours.

    Only an answer to RCPT or DATA is about the address. aiosmtplib wraps refused recipients: the
    code is inside. A line lost after DATA may have delivered: the mail is sent again, with the
    same Message-ID.
    """
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPRecipientRefused | aiosmtplib.SMTPDataError):
        return _answered(error.code, error.message)
    if isinstance(error, aiosmtplib.SMTPNotSupported | ValueError):
        return Refused("this address cannot be written to", NO_SUCH_ADDRESS)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return _away(f"the mail server refuses our login ({error.code})")
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return _away(f"the mail server says {error.code} {error.message}")
    return _away(f"the mail server cannot be reached ({type(error).__name__})")


def _is_away(fate: Fate) -> bool:
    return isinstance(fate, Later) and fate.away


def _away(why: str) -> Later:
    return Later(why, away=True)


def _answered(code: int, message: str) -> Fate:
    said = f"{code} {message}"
    if code in ABOUT_US or code in (CLOSING, CROWDED) or not 400 <= code <= 599:
        return _away(f"the mail server says {said}")
    return Later(said, code) if code < 500 else Refused(said, code)


class FolderTransport:
    """The demo's mailbox: each mail a file, whole or not at all; a double replaces itself."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def send(self, message: EmailMessage, sender: str, to: str) -> Fate:
        """Write the mail down."""
        refuse_inside_transaction("a disk")
        await asyncio.to_thread(self._write, message)
        return Accepted()

    def _write(self, message: EmailMessage) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        name = file_name(str(message["Message-ID"]))
        draft = self.folder / f".{name}"
        with draft.open("wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.folder / name)

    async def close(self) -> None:
        """Nothing is open."""


def file_name(message_id: str) -> str:
    """The file of a Message-ID: its part before the @, which we made of safe characters."""
    name = parseaddr(message_id)[1].partition("@")[0] or message_id.strip("<>").partition("@")[0]
    return "".join(one for one in name if one.isalnum()) + ".eml"
