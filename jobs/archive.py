"""The copy of somebody's data: ZIP archives made from the database and the store."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import structlog

from models.database import refuse_inside_transaction
from models.reads.copy import CopiedFile, PersonalData
from store.room import FileMissing, room
from store.sealing import CannotOpen

log = structlog.get_logger()

ROOM = 20 * 1024 * 1024
"""Bytes of files in one archive: far below Telegram's 50 MB, so that one call is short."""
README = "Copie de vos données : data.json et vos documents.\n"
README += "Copy of your data: data.json and your documents.\n"
LOST = "Ce fichier ne peut plus être lu.\nThis file can no longer be read.\n"


def parts(files: Iterable[CopiedFile], room_of_one: int = ROOM) -> list[list[CopiedFile]]:
    """The files, archive by archive; there is always a first one, for the values."""
    found: list[list[CopiedFile]] = [[]]
    for file in files:
        taken = sum(one.size for one in found[-1])
        if found[-1] and taken + file.size > room_of_one:
            found.append([])
        found[-1].append(file)
    return found


async def archives(data: PersonalData, planned: list[list[CopiedFile]]) -> AsyncIterator[bytes]:
    """One ZIP after the other, one at a time in memory; the first one holds the values too.

    Raises:
        StoreDown: not at the moment.
    """
    refuse_inside_transaction("a copy of somebody's data")
    for number, files in enumerate(planned):
        values = data.values if number == 0 else None
        contents = {one.name: await _content(one) for one in files}
        yield await asyncio.to_thread(_zipped, values, contents)


async def _content(file: CopiedFile) -> bytes | None:
    """None when the store lost it: the rest of the copy is owed all the same."""
    try:
        return await room().get(file.id, file.key)
    except (FileMissing, CannotOpen) as error:
        log.error("file missing in a copy", file=file.id, error=type(error).__name__)
        return None


def _zipped(values: dict[str, object] | None, contents: dict[str, bytes | None]) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        if values is not None:
            archive.writestr("data.json", json.dumps(values, ensure_ascii=False, indent=2))
            archive.writestr("README.txt", README)
        for name, content in contents.items():
            if content is None:
                archive.writestr(f"{name}.txt", LOST)
            else:  # images and PDF are compressed already
                archive.writestr(name, content, ZIP_STORED)
    return packed.getvalue()
