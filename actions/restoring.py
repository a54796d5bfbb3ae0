"""Bringing a backup back, once it was looked at (`actions.inspecting`).

Objects come first: without rows they mean nothing, so a restore that was cut off is simply made
again. All rows come in one transaction, which ends only when every table, read again, gives the
digest that the backup tells.
"""

import asyncio
import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from actions.backups import AT_ONCE, CONTENTS, OBJECTS, ROWS, Tell
from actions.guards import lowered
from actions.inspecting import Known, shapes_of
from actions.reminders import quiet_deed, void
from actions.restores import last_beat, recover
from actions.statements import emptying, holding, inserting
from models.database import transaction
from models.plain import LEFT_OUT, shapes
from models.raw import Raw, alone, filled, lines, opened
from models.reads.retention import RESTORE
from models.statements import counting
from models.tables import Reminder
from store.archive import ArchiveError, Damaged, Entry, Reader
from store.outside import Outside
from store.room import FileMissing, Room

VOIDED = 100
"""Reminders at once."""
FILE_ID = re.compile("[a-z0-9]{16,32}")


class NotEmpty(ArchiveError):
    """The database holds something."""


class NotTheSame(ArchiveError):
    """What was written is not what the backup holds."""


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
        found = [await raw.rows(counting(one)) for one in await filled(raw)]
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
        await raw.run(holding(RESTORE))


async def _clear(raw: Raw) -> None:
    tables = [*LEFT_OUT, *(one.table for one in reversed(shapes()))]
    if raw.dialect != "sqlite":
        listed = ", ".join(f'"{table}"' for table in tables)
        await raw.run(f"TRUNCATE {listed}")
        return
    for table in tables:
        await raw.run(emptying(table))


async def _load_tables(raw: Raw, path: Path, known: Known, tell: Tell) -> None:
    by_name = {one.table: one for one in shapes()}
    done = 0
    for entry in Reader(path).entries(ROWS, until=CONTENTS):
        shape = by_name[entry.name.split("/")[1]]
        found = [json.loads(line) for line in entry.data.splitlines()]
        records = [shape.record(one, raw.dialect) for one in found]
        await raw.many(inserting(shape, raw.dialect), records)
        done += len(found)
        tell("rows", done, known.rows)


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
    for shape in shapes_of(known):
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
