"""Opening a fetched file in a child process of its own, and reading what it made of it."""

import asyncio
import hashlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path, PurePath
from typing import Any

from actions.checks import Checked, NewFile, NewPage
from jobs.decode.sieve import TYPES, Order
from models.database import refuse_inside_transaction
from rules.dossier import DocumentRule
from rules.uploads import REFUSALS, max_pages

ROOT = Path(__file__).parents[2]
WALL = 20.0
"""Seconds on the clock for one file, and for each page that it may have:"""
WALL_PER_PAGE = 1.0
SAID_AT_MOST = 64 * 1024
LARGEST = 64 * 1024 * 1024

SUFFIXES = {
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".png": "png",
    ".webp": "webp",
    ".heic": "heic",
    ".heif": "heic",
    ".pdf": "pdf",
}


class Refused(Exception):
    """The file cannot be kept; `key` is one of rules.uploads.REFUSALS."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class CutOff(Exception):
    """The child was killed from outside, or out of time: perhaps not the file's fault."""


class SymlinkFound(Exception):
    """The child left a link where a file should be."""


class Broken(Exception):
    """The child could not even start: the installation is at fault, never the file."""


def order_for(rule: DocumentRule, name: str, claimed_type: str) -> Order:
    """What the child has to know."""
    claims = {SUFFIXES.get(PurePath(name).suffix.lower()), TYPES.get(claimed_type.lower())}
    return Order(
        claims=sorted(one for one in claims if one is not None),
        formats=list(rule.formats),
        max_pages=max_pages(rule),
    )


async def open_original(folder: Path, order: Order) -> Checked:
    """Have the child open `folder/original`; everything that is kept of it, in memory.

    Raises:
        Refused, CutOff, Broken.
    """
    result = await _obeyed(folder, order)
    try:
        return await asyncio.to_thread(_read, folder, result)
    except (KeyError, TypeError, ValueError, FileNotFoundError, SymlinkFound) as error:
        raise Refused("unreadable") from error  # a decoder that no longer obeys


async def open_picture(folder: Path, formats: Sequence[str], side: int) -> bytes:
    """Have the child open `folder/original` as a picture to show; the PNG that it made.

    Raises:
        Refused, CutOff, Broken.
    """
    await _obeyed(folder, Order(claims=[], formats=list(formats), max_pages=1, picture=side))
    try:
        made = await asyncio.to_thread(_new_file, folder / "clean", "image/png")
    except (FileNotFoundError, SymlinkFound) as error:
        raise Refused("unreadable") from error
    return made.data


async def _obeyed(folder: Path, order: Order) -> dict[str, Any]:
    """What the child says after its work."""
    refuse_inside_transaction("child process")
    (folder / "order.json").write_text(json.dumps(asdict(order)))
    code, said = await _run(folder, WALL + WALL_PER_PAGE * order.max_pages)
    result = _result(code, said)
    if "no_space" in result:
        raise Broken("no space left on the disk")
    if "refused" in result:
        raise Refused(result["refused"] if result["refused"] in REFUSALS else "unreadable")
    return result


def _result(code: int, said: bytes) -> dict[str, Any]:
    if code == -signal.SIGKILL:
        raise CutOff("decoder killed")
    ready, _, rest = said.partition(b"\n")
    if ready != b"ready":
        raise Broken(f"the decoder does not start: exit {code}")
    if code != 0:
        raise Refused("unreadable")
    try:
        result = json.loads(rest)
    except ValueError:
        result = None
    if not isinstance(result, dict):
        raise Refused("unreadable")
    return result


async def _run(folder: Path, seconds: float) -> tuple[int, bytes]:
    """Exit code and output; whatever happens here, the child ends."""
    async with _child(folder) as child:
        assert child.stdout is not None
        try:
            async with asyncio.timeout(seconds):
                said = await child.stdout.read(SAID_AT_MOST)
                while piece := await child.stdout.read(SAID_AT_MOST):
                    said = (said + piece)[:SAID_AT_MOST]
                return await child.wait(), said
        except TimeoutError:
            raise CutOff("decoder out of time") from None


@asynccontextmanager
async def _child(folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-s",
        "-m",
        "jobs.decode",
        str(folder),
        cwd=folder,
        env={"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()


def _read(folder: Path, result: dict[str, Any]) -> Checked:
    kind = str(result["type"])
    cleaned = "application/pdf" if kind == "pdf" else "image/jpeg"
    types = {name: mime for mime, name in TYPES.items() if mime != "image/apng"}
    return Checked(
        content_type=types[kind],
        sha256=sha256_of(folder / "original"),
        cleaned=_new_file(folder / "clean", cleaned),
        pages=tuple(
            NewPage(
                image=_new_file(folder / f"page-{number}", "image/jpeg"),
                thumbnail=_new_file(folder / f"thumb-{number}", "image/jpeg"),
                width=int(width),
                height=int(height),
            )
            for number, (width, height) in enumerate(result["pages"], 1)
        ),
    )


def _new_file(path: Path, content_type: str) -> NewFile:
    """What the child wrote, but never through a link that it made."""
    if path.is_symlink():
        raise SymlinkFound
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as file:
        data = file.read(LARGEST)
    return NewFile(data, content_type, hashlib.sha256(data).hexdigest())


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
