"""Bringing a backup back: everything is checked before anything is written.

Objects come first: without rows they mean nothing, so a restore that was cut off is simply made
again. All rows come in one transaction, which ends only when every table, read again, gives the
digest that the backup tells.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from actions.backups import (
    CONTENTS,
    FORMAT,
    HEADER,
    KEY_CHECK,
    OBJECTS,
    ROWS,
    Tell,
)
from actions.guards import lowered
from actions.reminders import quiet_deed, void
from actions.restores import last_beat, recover
from actions.sealed import keys_in
from models.database import transaction
from models.plain import LEFT_OUT, Shape, Unfit, shapes
from models.raw import Raw, alone, filled, lines, of_this_release, opened
from models.reads.retention import RESTORE
from models.tables import Reminder
from store.archive import MANIFEST, ArchiveError, Damaged, Entry, Reader
from store.outside import Outside
from store.room import FileMissing, Room
from store.sealing import CannotOpen, Keyring

AT_ONCE = 8
VOIDED = 100
FILE_ID = re.compile("[a-z0-9]{16,32}")


class WrongKeys(ArchiveError):
    """ENCRYPTION_KEYS are not those of the backup."""


class NotEmpty(ArchiveError):
    """The database holds something."""


class NotTheSame(ArchiveError):
    """What was written is not what the backup holds."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a backup says of itself."""

    made_at: datetime
    tables: dict[str, Any]
    numbers: dict[str, int]
    entries: int
    files: int
    lost: int

    @property
    def rows(self) -> int:
        """How many rows it holds."""
        return sum(int(one["rows"]) for one in self.tables.values())


@dataclass(frozen=True, slots=True)
class Restored:
    """What was done."""

    rows: int
    files: int
    brought: int
    """Files that the store did not have yet."""
    erased_again: int
    knows_erasures: bool
    """Whether there is a list of those who were erased since the backup."""


def inspect(path: Path, ring: Keyring, dialect: str, tell: Tell) -> Known:
    """Read the whole backup and compare every sum; nothing is written anywhere.

    Args:
        dialect: of the database that is to hold it.

    Raises:
        ArchiveError: it cannot be restored here; the text says why.
    """
    reader = Reader(path)
    header = _header(reader)
    known = _sums(reader, tell)
    _check_rows(reader, header, known, ring, dialect, tell)
    return known


def _header(reader: Reader) -> dict[str, Any]:
    """The beginning, which says at once whether it can be restored by this release."""
    first = reader.first()
    try:
        header: dict[str, Any] = json.loads(first.data) if first.name == HEADER else {}
    except ValueError:
        raise Damaged(f"{reader.path} is damaged: {HEADER} cannot be read.") from None
    if header.get("format") is None:
        raise Damaged(f"{reader.path} is no backup of Antichambre.")
    newer = set(header.get("schema", ())) - set(of_this_release())
    if header["format"] > FORMAT or newer:
        what = f" (it has {sorted(newer)[-1]})" if newer else ""
        raise ArchiveError(
            f"{reader.path} was made by a newer release{what}: restore it with that release."
        )
    return header


def _sums(reader: Reader, tell: Tell) -> Known:
    size, done, entries = reader.path.stat().st_size, 0, 0
    for entry in reader.checked():
        done += len(entry.data)
        entries += 1
        tell("check", done, size)
    tell("check", size, size)
    for entry in reader.entries(MANIFEST):
        told = json.loads(entry.data)
        return Known(
            made_at=datetime.fromisoformat(told["made_at"]),
            tables=told["tables"],
            numbers=told["numbers"],
            entries=entries,
            files=told["objects"]["files"],
            lost=told["objects"]["lost"],
        )
    raise Damaged(f"{reader.path} is cut off.")


def _check_rows(
    reader: Reader,
    header: dict[str, Any],
    known: Known,
    ring: Keyring,
    dialect: str,
    tell: Tell,
) -> None:
    """Whether this release, these keys and this database can hold every row."""
    used, done = set[str](), 0
    by_name = {one.table: one for one in _shapes_of(known)}
    for entry in reader.entries(ROWS, until=CONTENTS):
        shape = by_name[entry.name.split("/")[1]]
        for line in entry.data.splitlines():
            try:
                used |= keys_in(shape.table, shape.check(line, dialect))
            except Unfit as problem:
                raise ArchiveError(f"This backup does not fit: {problem}.") from None
            done += 1
        tell("look", done, known.rows)
    _check_keys(header["keys"], used, ring)


def _check_keys(checks: dict[str, str], used: set[str], ring: Keyring) -> None:
    """Every key that sealed something must be here, and be the same one."""
    missing = []
    for key_id in sorted(used & set(checks)):
        try:
            ring.open(checks[key_id], KEY_CHECK)
        except CannotOpen:
            missing.append(key_id)
    if missing:
        raise WrongKeys(
            f"ENCRYPTION_KEYS lack the key {', '.join(missing)} of this backup (or have another "
            "one of that name): without it no document could be opened. Put it there first."
        )


def _shapes_of(known: Known) -> Iterator[Shape]:
    """The tables of the backup as they were then: without columns that came later."""
    by_name = {one.table: one for one in shapes()}
    strange = known.tables.keys() - by_name.keys()
    if strange:
        raise ArchiveError(f"This release has no table {sorted(strange)[0]}: use the older one.")
    for shape in shapes():
        if shape.table in known.tables:
            then = set(known.tables[shape.table]["columns"])
            yield replace(shape, columns=tuple(one for one in shape.columns if one.name in then))


async def bring_objects(room: Room, path: Path, known: Known, tell: Tell) -> int:
    """Put every object that the store has not, and read it back; how many were put.

    Raises:
        StoreDown: the same command goes on later.
        NotTheSame: the store keeps something else than it was given.
    """
    brought = done = 0
    entries = Reader(path).entries(OBJECTS)
    while some := list(islice(entries, AT_ONCE)):
        put = await asyncio.gather(*(_bring(room, entry) for entry in some))
        brought += sum(put)
        done += len(some)
        tell("files", done, known.files)
    if done != known.files:
        raise NotTheSame(f"The backup has {done} files instead of {known.files}.")
    return brought


async def _bring(room: Room, entry: Entry) -> bool:
    file_id = entry.name.removeprefix(OBJECTS)
    if not FILE_ID.fullmatch(file_id):
        raise Damaged(f"{entry.name} is no name of a file.")
    try:
        if await room.take_sealed(file_id) == entry.data:
            return False
    except FileMissing:
        pass
    await room.put_sealed(file_id, entry.data)
    if await room.take_sealed(file_id) != entry.data:
        raise NotTheSame(f"The store gives back something else for {file_id}.")
    return True


async def held(url: str) -> int:
    """How many rows a restore into this database would lose."""
    async with opened(url) as raw:
        found = [await raw.rows(f'SELECT count(*) FROM "{one}"') for one in await filled(raw)]  # noqa: S608  # our own names
        return sum(int(one[0][0]) for one in found)


async def load(url: str, path: Path, known: Known, tell: Tell, *, replacing: bool) -> None:
    """Write all rows in one transaction, compare them, and hold every clock for a word.

    Raises:
        NotEmpty: the database holds something, and is not to be replaced.
        NotTheSame: a table does not read as the backup tells; nothing was written.
    """
    async with alone(url) as raw:
        held = await filled(raw)
        if held and not replacing:
            raise NotEmpty(f"The database is not empty: it has rows in {', '.join(held[:5])}.")
        async with lowered(raw):
            await _clear(raw)
        await _load_tables(raw, path, known, tell)
        await _set_numbers(raw, known)
        await _compare(raw, known, tell)
        await raw.run(f"UPDATE provider SET clock_waits_for = '{RESTORE}'")  # noqa: S608  # ours


async def _clear(raw: Raw) -> None:
    tables = [*LEFT_OUT, *(one.table for one in reversed(shapes()))]
    if raw.dialect != "sqlite":
        listed = ", ".join(f'"{table}"' for table in tables)
        await raw.run(f"TRUNCATE {listed}")
        return
    for table in tables:
        await raw.run(f'DELETE FROM "{table}"')  # noqa: S608  # our own names


async def _load_tables(raw: Raw, path: Path, known: Known, tell: Tell) -> None:
    by_name = {one.table: one for one in shapes()}
    done = 0
    for entry in Reader(path).entries(ROWS, until=CONTENTS):
        shape = by_name[entry.name.split("/")[1]]
        found = [json.loads(line) for line in entry.data.splitlines()]
        await raw.many(
            _insertion(shape, raw.dialect), [shape.record(one, raw.dialect) for one in found]
        )
        done += len(found)
        tell("rows", done, known.rows)


def _insertion(shape: Shape, dialect: str) -> str:
    columns = ", ".join(f'"{name}"' for name in shape.names)
    numbers = range(1, len(shape.names) + 1)
    places = ", ".join("?" if dialect == "sqlite" else f"${number}" for number in numbers)
    return f'INSERT INTO "{shape.table}" ({columns}) VALUES ({places})'  # noqa: S608  # our own names


async def _set_numbers(raw: Raw, known: Known) -> None:
    """Rows to come get numbers that no row ever had, not even one that is gone."""
    for shape in shapes():
        last = known.numbers.get(shape.table)
        if not shape.numbered or last is None:
            continue
        if raw.dialect == "sqlite":
            await raw.run("DELETE FROM sqlite_sequence WHERE name = ?", shape.table)
            await raw.run(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", shape.table, last
            )
        else:
            await raw.rows(
                "SELECT setval(pg_get_serial_sequence($1, $2), $3)",
                f'"{shape.table}"',
                shape.key,
                last,
            )


async def _compare(raw: Raw, known: Known, tell: Tell) -> None:
    """Read every table again, as the backup did."""
    done = 0
    for shape in _shapes_of(known):
        digest, rows = hashlib.sha256(), 0
        async for line in lines(raw, shape):
            digest.update(line)
            rows += 1
        told = known.tables[shape.table]
        if (rows, digest.hexdigest()) != (told["rows"], told["sha256"]):
            raise NotTheSame(
                f"{shape.table} reads back as {rows} rows that are not the {told['rows']} of the "
                "backup; nothing was written."
            )
        done += rows
        tell("compare", done, known.rows)


async def note_old_store(room: Room, old: Room) -> None:
    """Bring the list of the erased over from the store that was used until now.

    Raises StoreDown.
    """
    ours, theirs = Outside(room), Outside(old)
    for candidate_id in await theirs.erased():
        await ours.note_erased(candidate_id)
    await ours.beat(max(await theirs.last_beat(), await ours.last_beat()))


async def settle(room: Room, known: Known, brought: int, now: datetime) -> Restored:
    """After the rows: later erasures once more, and no reminder of before counts.

    Cut off before its end, the worker does the first part by itself at its first look.
    """
    outside = Outside(room)
    kept = await outside.last_beat()
    never_worked = await last_beat() == 0
    again = await recover(await outside.erased(), kept, now)
    await _void_reminders(now)
    return Restored(
        rows=known.rows,
        files=known.files,
        brought=brought,
        erased_again=again,
        knows_erasures=kept > 0 or never_worked,
    )


async def _void_reminders(now: datetime) -> None:
    """Whoever was warned before is warned anew: nobody knows what happened in between."""
    while open_ones := await Reminder.filter(void_at=None).order_by("id").limit(VOIDED):
        for row in open_ones:
            async with transaction():
                await void(await quiet_deed(row.candidate_id, now), row, "off")
