"""The file of a backup: a tar that is written once from front to end, and whole or not there.

Entries come in batches, each followed by `sums/NNNNNN.sha256`, which `sha256sum -c` reads. The
last two are `manifest.json` and its own sum; the manifest says how many sums there are, and their
digest. It is written as `NAME.part`; a batch is on disk before its sums, so a killed backup can
go on after the last sums that it wrote.
"""

import fcntl
import hashlib
import json
import os
import tarfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

MANIFEST = "manifest.json"
MANIFEST_SUM = "manifest.json.sha256"
SUMS = "sums/"
BLOCK = tarfile.BLOCKSIZE


class ArchiveError(Exception):
    """A backup file that cannot be written or read; its text says why, in words."""


class Damaged(ArchiveError):
    """The file is not what was written."""


class Cut(Exception):
    """The tar ends here, too early."""


class Busy(ArchiveError):
    """Another process writes the same backup."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file in the archive."""

    name: str
    data: bytes = field(repr=False)


class Writer:
    """Writes an archive; `finish` makes it appear under its name."""

    def __init__(self, path: Path) -> None:
        """Take `path`.part, as it was left.

        Raises:
            ArchiveError: there is a file of that name already, or somebody writes it.
        """
        if path.exists():
            raise ArchiveError(f"{path} exists already; a backup never replaces another.")
        self.path, self.part = path, path.with_name(path.name + ".part")
        handle = os.open(self.part, os.O_RDWR | os.O_CREAT, 0o600)
        self.file: IO[bytes] = os.fdopen(handle, "r+b")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self.file.close()
            raise Busy(f"Another backup is being written to {self.part}.") from None
        self.batch: list[str] = []
        self.sums, self.chain = 0, hashlib.sha256()

    def start(self) -> None:
        """Begin anew."""
        self.file.seek(0)
        self.file.truncate()
        self.sums, self.chain = 0, hashlib.sha256()

    def go_on(self, look: Callable[[Entry], None]) -> bool:
        """Keep the whole batches of an interrupted run; `look` sees their entries but objects.

        Objects come without data: they are many, and their sums are known. False: there are none.
        """
        end = 0
        seen: list[Entry] = []
        for entry, offset in self._left():
            seen.append(entry)
            if entry.name.startswith(SUMS):
                end = offset
                self.sums += 1
                self.chain.update(entry.data)
                for one in seen:
                    look(one)
                seen.clear()
        if not end:
            return False
        self.file.seek(end)
        self.file.truncate()
        return True

    def _left(self) -> Iterator[tuple[Entry, int]]:
        """Entries of the interrupted run, each with the place of its end."""
        size = os.fstat(self.file.fileno()).st_size
        self.file.seek(0)
        with suppress(Cut):
            for member in _members(self.file):
                end = _end_of(member)
                if end > size:
                    return
                data = b"" if member.name.startswith("objects/") else _content(self.file, member)
                yield Entry(member.name, data), end

    def add(self, name: str, data: bytes) -> None:
        """Write one entry."""
        self._put(name, data)
        self.batch.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")

    def seal(self) -> None:
        """End a batch: from here an interrupted backup can go on."""
        if not self.batch:
            return
        self._flush()
        self.sums += 1
        sums = "".join(self.batch).encode()
        self._put(f"{SUMS}{self.sums:06}.sha256", sums)
        self._flush()
        self.chain.update(sums)
        self.batch.clear()

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, and give the file its name; on disk when it returns."""
        self.seal()
        whole = {**manifest, "sums": {"count": self.sums, "sha256": self.chain.hexdigest()}}
        data = json.dumps(whole, indent=1).encode() + b"\n"
        self._put(MANIFEST, data)
        self._put(MANIFEST_SUM, f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode())
        self.file.write(bytes(2 * BLOCK))  # the end of a tar
        self._flush()
        self.part.rename(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def close(self) -> None:
        """Let go of the file; what is unfinished stays as .part."""
        self.file.close()

    def _put(self, name: str, data: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(data), 0o600
        self.file.write(member.tobuf(tarfile.USTAR_FORMAT))
        self.file.write(data)
        self.file.write(bytes(-len(data) % BLOCK))

    def _flush(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())


class Reader:
    """Reads an archive from front to end, as often as needed, one entry in memory."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self, prefix: str = "", until: str = "") -> Iterator[Entry]:
        """Every entry whose name begins so, in order, up to the one named `until`.

        Raises:
            Damaged: the file ends early, or is no archive.
        """
        last = "the beginning"
        try:
            with self.path.open("rb") as file:
                for member in _members(file):
                    last = member.name
                    if last == until:
                        return
                    if last.startswith(prefix):
                        yield Entry(last, _content(file, member))
        except FileNotFoundError:
            raise ArchiveError(f"There is no file {self.path}.") from None
        except Cut:
            raise Damaged(f"{self.path} is damaged or cut off at or after {last}.") from None

    def first(self) -> Entry:
        """The first entry. Raises Damaged."""
        for entry in self.entries():
            return entry
        raise Damaged(f"{self.path} is empty.")

    def checked(self) -> Iterator[Entry]:
        """Every entry once its sum was compared, the manifest last.

        Raises:
            Damaged: naming the first entry that is not as it was written.
        """
        check = Check(self.path)
        for entry in self.entries():
            yield from check.take(entry)
        check.end()


class Check:
    """Compares entries with their sums, batch by batch; what is compared is given out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.batch: list[tuple[str, str]] = []
        self.sums, self.chain = 0, hashlib.sha256()
        self.manifest: Entry | None = None
        self.whole = False

    def take(self, entry: Entry) -> Iterator[Entry]:
        """One more entry. Its data goes on before the batch is compared: keep nothing of it."""
        if self.whole:
            raise Damaged(f"{self.path}: {entry.name} stands after the end.")
        if entry.name == MANIFEST:
            self.manifest = entry
        elif entry.name == MANIFEST_SUM:
            self._end_with(entry)
        elif entry.name.startswith(SUMS):
            self._compare(entry)
        else:
            self.batch.append((entry.name, hashlib.sha256(entry.data).hexdigest()))
            yield entry

    def _compare(self, entry: Entry) -> None:
        wanted = [line.split("  ", 1) for line in entry.data.decode(errors="replace").splitlines()]
        for (name, found), (digest, told) in zip(self.batch, wanted, strict=False):
            if name != told or found != digest:
                raise Damaged(f"{self.path} is damaged: {name} is not as it was written.")
        if len(wanted) != len(self.batch):
            raise Damaged(f"{self.path} is damaged: entries before {entry.name} are missing.")
        self.batch.clear()
        self.sums += 1
        self.chain.update(entry.data)

    def _end_with(self, entry: Entry) -> None:
        if self.manifest is None:
            raise Damaged(f"{self.path} is damaged: it has no {MANIFEST}.")
        data = self.manifest.data
        if entry.data != f"{hashlib.sha256(data).hexdigest()}  {MANIFEST}\n".encode():
            raise Damaged(f"{self.path} is damaged: {MANIFEST} is not as it was written.")
        told = json.loads(data)["sums"]
        if told != {"count": self.sums, "sha256": self.chain.hexdigest()} or self.batch:
            raise Damaged(f"{self.path} is damaged: batches of entries are missing.")
        self.whole = True

    def end(self) -> None:
        """There is nothing more. Raises Damaged."""
        if not self.whole:
            last = self.batch[-1][0] if self.batch else f"batch {self.sums}"
            raise Damaged(f"{self.path} is cut off or damaged after {last}.")


def _members(file: IO[bytes]) -> Iterator[tarfile.TarInfo]:
    """The headers from here on. tarfile's own reader would remember every one of them.

    Raises:
        Cut: there is no end, or something that is no header.
    """
    while True:
        block = file.read(BLOCK)
        if block == bytes(BLOCK):
            return
        try:
            member = tarfile.TarInfo.frombuf(block, "ascii", "strict")
        except (tarfile.HeaderError, UnicodeDecodeError):
            raise Cut from None
        member.offset_data = file.tell()
        yield member
        file.seek(_end_of(member))


def _end_of(member: tarfile.TarInfo) -> int:
    return member.offset_data + member.size + -member.size % BLOCK


def _content(file: IO[bytes], member: tarfile.TarInfo) -> bytes:
    file.seek(member.offset_data)
    data = file.read(member.size)
    if len(data) != member.size:
        raise Cut
    return data
