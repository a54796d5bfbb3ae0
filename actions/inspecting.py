"""Looking at a backup before anything is written: is it whole, and can it be restored here?"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from actions.backups import CONTENTS, FORMAT, HEADER, KEY_CHECK, ROWS, Tell
from actions.sealed import keys_in
from models.database import released
from models.plain import Shape, Unfit, shapes
from store.archive import MANIFEST, ArchiveError, Damaged, Reader
from store.sealing import CannotOpen, Keyring


class WrongKeys(ArchiveError):
    """ENCRYPTION_KEYS are not those of the backup."""


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
    newer = set(header.get("schema", ())) - set(released())
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
    by_name = {one.table: one for one in shapes_of(known)}
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


def shapes_of(known: Known) -> Iterator[Shape]:
    """The tables of the backup as they were then: without columns that came later."""
    by_name = {one.table: one for one in shapes()}
    strange = known.tables.keys() - by_name.keys()
    if strange:
        raise ArchiveError(f"This release has no table {sorted(strange)[0]}: use the older one.")
    for shape in shapes():
        if shape.table in known.tables:
            then = set(known.tables[shape.table]["columns"])
            yield replace(shape, columns=tuple(one for one in shape.columns if one.name in then))
