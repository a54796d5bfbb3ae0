"""Files: the store keeps them, the disk has room, decoders are confined, viruses are found."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image

from commands.probes.kit import Finding, Kit, ok, warning, wrong
from jobs.check.opening import ROOT, Broken, CutOff, Refused, open_original
from jobs.check.scan import ScannerDown, infected
from jobs.decode.sieve import Order
from models.database import refuse_inside_transaction
from models.ids import new_file_id
from store.room import FileMissing, Room, StoreDown
from store.sealing import CannotOpen
from words.health import decimal

CONTENT = b"antichambre check"
LITTLE_SPACE = 1 << 30
NO_SPACE = 100 << 20
EICAR = ("X5O!P%@AP[4\\PZX54(P^)7CC)7}$", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*")
"""The harmless file that every scanner takes for a virus (eicar.org), in two pieces lest one finds
it here."""


async def store(kit: Kit) -> list[Finding]:
    """Put, get and delete one small encrypted object."""
    _ = kit.say
    about, folder = _("Store of files"), kit.settings.storage_url.startswith("file:")
    remedy = _("Check STORAGE_URL: address, bucket, key, and what that key may do.")
    if folder:
        remedy = _("Check that the folder of STORAGE_URL exists and that we may write there.")
    try:
        room = Room(kit.settings.storage_url, kit.ring, refuse_inside_transaction)
        file_id = new_file_id()
        key = room.new_key(file_id)
        await room.put(file_id, key, CONTENT)
        try:
            same = await room.get(file_id, key) == CONTENT
        finally:
            await room.delete(file_id)
    except (StoreDown, FileMissing, CannotOpen, OSError) as error:
        why = str(error) or type(error).__name__
        return [wrong(about, _("A small file could not be kept ({why}).", why=why), remedy)]
    if not same:
        return [wrong(about, _("It gives back something else than it was given."), remedy)]
    return [ok(about, _("A small encrypted file was kept, given back and removed."))]


async def disk(kit: Kit) -> list[Finding]:
    """Room for what comes, where it is written."""
    return await asyncio.to_thread(_disk, kit)


def _disk(kit: Kit) -> list[Finding]:
    _ = kit.say
    about, folder = _("Disk"), kit.settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(CONTENT)
    except OSError as error:
        why = error.strerror or type(error).__name__
        told = _("Nothing can be written in {folder} ({why}).", folder=folder, why=why)
        return [
            wrong(about, told, _("Give the user that runs Antichambre this folder (DATA_DIR)."))
        ]
    free = shutil.disk_usage(folder).free
    size = decimal(free / 1e9, kit.language)
    told = _("{size} GB free in {folder}.", size=size, folder=folder)
    remedy = _("Make room: when the disk is full, nothing new is taken in.")
    if free < NO_SPACE:
        return [wrong(about, told, remedy)]
    return [warning(about, told, remedy) if free < LITTLE_SPACE else ok(about, told)]


async def scanner(kit: Kit) -> list[Finding]:
    """ClamAV answers, and finds the harmless test virus."""
    _ = kit.say
    about = _("Virus scanner")
    if not kit.settings.clamd_url:
        told = _("None: documents are cleaned, but not scanned.")
        return [ok(about, told + " " + _("CLAMD_URL names one."))]
    with _file("".join(EICAR).encode()) as path:
        try:
            found = await infected(kit.settings.clamd_url, path)
        except ScannerDown as error:
            told = _("It does not answer ({why}): no document is shown.", why=error)
            return [wrong(about, told, _("Start clamd, or check CLAMD_URL."))]
    if not found:
        told = _("It answers, but does not know the test virus: it has no signatures.")
        return [wrong(about, told, _("Let freshclam fetch them."))]
    return [ok(about, _("It answers, and finds the test virus."))]


async def decoder(kit: Kit) -> list[Finding]:
    """The child process that opens files: it works, and it is locked in."""
    _ = kit.say
    about = _("Opening of files")
    image = BytesIO()
    Image.new("RGB", (320, 240), "white").save(image, "JPEG")
    with _file(image.getvalue()) as path:
        try:
            await open_original(path.parent, Order(["jpeg"], ["jpeg"], 1))
        except (Broken, CutOff, Refused) as error:
            told = _("A small picture could not be opened ({why}).", why=error)
            return [
                wrong(about, told, _("Install the product again: its libraries are incomplete."))
            ]
    refused = await _trial()
    names = {"network": _("network"), "programs": _("programs"), "memory": _("memory")}
    open_ones = ", ".join(word for name, word in names.items() if not refused.get(name))
    if open_ones:
        told = _("It works, but is not kept from: {what}.", what=open_ones)
        remedy = _("Use Linux on x86-64 or arm64, without a container that forbids seccomp.")
        return [warning(about, told, remedy)]
    told = _("It works, in a process without network, programs or much memory.")
    return [ok(about, told)]


async def _trial() -> dict[str, bool]:
    """What the confinement refuses on this machine."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",
        "-s",
        "-m",
        "jobs.decode.trial",
        env={"PYTHONPATH": str(ROOT)},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        said, _ = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    try:
        found: dict[str, bool] = json.loads(said)
    except ValueError:
        return {}
    return found


@contextmanager
def _file(content: bytes) -> Iterator[Path]:
    """A private folder with `original` in it, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="antichambre-check-") as folder:
        path = Path(folder) / "original"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        yield path
