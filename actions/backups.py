"""A backup: everything in the database and in the store, as it was at one moment, in one file.

Nothing is locked and nobody waits: the rows come from one snapshot, and the objects, which never
change, are those that it names. What is in the file: docs/backup.md.
"""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from models.database import released
from models.plain import Shape, shapes
from models.raw import Raw, applied, lines, next_numbers, snapshot
from models.statements import counting
from models.tables import StoredFile
from store.archive import ArchiveError, Entry, Reader, Writer
from store.room import FileMissing, Room
from store.sealing import Keyring

FORMAT = 1
HEADER = "antichambre.json"
CONTENTS = "tables.json"
ROWS = "tables/"
OBJECTS = "objects/"
LOST = "lost/"
KEY_CHECK = "key of a backup"
CHUNK = 1 << 20
"""Bytes of JSON lines in one entry, and in memory."""
AT_ONCE = 8
"""Objects in memory: they have 20 MB at most."""
BATCH = 96
"""Objects between two places from which an interrupted backup can go on."""
STALE = timedelta(days=1)
"""An interrupted backup that is older is begun anew: too much of it is gone by now."""

Tell = Callable[[str, int, int], None]
"""Progress: of what, how many are done, of how many."""


class OtherRelease(ArchiveError):
    """The database is not as this release knows it."""


@dataclass(frozen=True, slots=True)
class Place:
    """A database and its store."""

    database_url: str
    room: Room

    @property
    def mark(self) -> str:
        """The same for the same place, and telling nothing about it."""
        keys = self.room.keyring
        told = f"{self.database_url}\n{self.room.url}".encode()
        return hmac.digest(keys.keys[keys.first], told, hashlib.sha256).hex()


@dataclass(frozen=True, slots=True)
class Report:
    """What a backup holds."""

    rows: int
    files: int
    gone: int
    """Files that were erased while the backup was made."""
    lost: int
    """Files that the store should have and has not."""
    went_on: bool
    """Whether an interrupted backup was finished."""


async def back_up(place: Place, path: Path, now: datetime, tell: Tell) -> Report:
    """Write the backup; it has its name only when it is whole and on disk.

    Raises:
        ArchiveError: nothing of that name was written; the text says why.
        StoreDown: the same command goes on later.
    """
    writer = Writer(path)
    try:
        backup = Backup(place, writer, tell)
        went_on = await backup.goes_on(now)
        if not went_on:
            await backup.begin(now)
        await backup.take_objects()
        writer.finish(backup.manifest())
        return backup.report(went_on)
    finally:
        writer.close()


class Backup:
    """One backup being written."""

    def __init__(self, place: Place, writer: Writer, tell: Tell) -> None:
        self.place, self.writer, self.tell = place, writer, tell
        self.header: dict[str, Any] = {}
        self.contents: dict[str, Any] = {}
        self.last_object = ""
        self.files = self.lost = 0

    async def goes_on(self, now: datetime) -> bool:
        """Whether an interrupted backup of the same place is there, with all its rows."""
        if not await asyncio.to_thread(self.writer.go_on, self._look) or not self.contents:
            return False
        fresh = now - datetime.fromisoformat(self.header["made_at"]) < STALE
        same = self.header["place"] == self.place.mark and self.header["format"] == FORMAT
        return fresh and same and self.header["schema"] == list(released())

    def _look(self, entry: Entry) -> None:
        """One entry of the interrupted backup."""
        if entry.name == HEADER:
            self.header = json.loads(entry.data)
        elif entry.name == CONTENTS:
            self.contents = json.loads(entry.data)
        elif entry.name.startswith(OBJECTS):
            self.files += 1
            self.last_object = entry.name.removeprefix(OBJECTS)
        elif entry.name.startswith(LOST):
            self.lost += 1
            self.last_object = entry.name.removeprefix(LOST)

    async def begin(self, now: datetime) -> None:
        """Write all rows of one snapshot."""
        self.writer.start()
        self.last_object, self.files, self.lost = "", 0, 0
        async with snapshot(self.place.database_url) as raw:
            schema = await applied(raw)
            if schema != list(released()):
                raise OtherRelease(
                    "The database does not have the schema of this release: make the backup with "
                    "the release that uses it."
                )
            self.header = {
                "format": FORMAT,
                "made_at": now.isoformat(),
                "schema": schema,
                "place": self.place.mark,
                "keys": key_checks(self.place.room.keyring),
            }
            self._add_json(HEADER, self.header)
            self.contents = await self._take_rows(raw)
        self._add_json(CONTENTS, self.contents)
        self.writer.seal()

    async def _take_rows(self, raw: Raw) -> dict[str, Any]:
        total, done = await _count(raw), 0
        found: dict[str, Any] = {}
        for shape in shapes():
            rows, digest = await self._take_table(raw, shape)
            found[shape.table] = {
                "rows": rows,
                "sha256": digest,
                "columns": list(shape.names),
            }
            done += rows
            self.tell("rows", done, total)
        kept = await raw.rows("SELECT count(*) FROM stored_file WHERE state = 'kept'")
        numbers = await next_numbers(raw)
        return {"tables": found, "numbers": numbers, "files": int(kept[0][0])}

    async def _take_table(self, raw: Raw, shape: Shape) -> tuple[int, str]:
        """Write one table in pieces; how many rows, and the SHA-256 of all its lines."""
        digest, rows, part = hashlib.sha256(), 0, 0
        chunk = bytearray()
        async for line in lines(raw, shape):
            digest.update(line)
            chunk += line
            rows += 1
            if len(chunk) >= CHUNK:
                part += 1
                self.writer.add(f"{ROWS}{shape.table}/{part:06}.jsonl", bytes(chunk))
                chunk.clear()
        if chunk:
            self.writer.add(f"{ROWS}{shape.table}/{part + 1:06}.jsonl", bytes(chunk))
        self.writer.seal()
        return rows, digest.hexdigest()

    async def take_objects(self) -> None:
        """Write every object that the rows name, encrypted as it is."""
        waiting = (one for one in self._named() if one > self.last_object)
        while some := list(islice(waiting, AT_ONCE)):
            for file_id, box in zip(
                some, await asyncio.gather(*map(self._fetch, some)), strict=True
            ):
                if box is not None:
                    self.files += 1
                    self.writer.add(f"{OBJECTS}{file_id}", box)
                elif await StoredFile.exists(id=file_id, state="kept"):
                    self.lost += 1
                    self.writer.add(f"{LOST}{file_id}", b"")
            if len(self.writer.batch) >= BATCH:
                self.writer.seal()
            self.tell("files", self.files + self.lost, self.contents["files"])

    def _named(self) -> Iterator[str]:
        """Ids of the files that the written rows name, in order."""
        written = Reader(self.writer.part).entries(f"{ROWS}stored_file/", until=CONTENTS)
        for entry in written:
            for row in map(json.loads, entry.data.splitlines()):
                if row["state"] == "kept":
                    yield row["id"]

    async def _fetch(self, file_id: str) -> bytes | None:
        try:
            return await self.place.room.take_sealed(file_id)
        except FileMissing:
            return None

    def _add_json(self, name: str, value: Any) -> None:
        self.writer.add(name, json.dumps(value, indent=1).encode() + b"\n")

    def manifest(self) -> dict[str, Any]:
        """What the end of the archive says of it."""
        objects = {"files": self.files, "lost": self.lost}
        return {**self.header, **self.contents, "objects": objects}

    def report(self, went_on: bool) -> Report:
        """For people."""
        rows = sum(one["rows"] for one in self.contents["tables"].values())
        gone = self.contents["files"] - self.files - self.lost
        return Report(rows, self.files, gone, self.lost, went_on)


def key_checks(ring: Keyring) -> dict[str, str]:
    """By key, a value that only this key opens: a restore tries its own keys on them."""
    return {
        key_id: Keyring({key_id: key}).seal(b"", KEY_CHECK) for key_id, key in ring.keys.items()
    }


async def _count(raw: Raw) -> int:
    total = 0
    for shape in shapes():
        found = await raw.rows(counting(shape.table))
        total += int(found[0][0])
    return total
