"""Checking what a provider uploads, while it waits: the same decoders as for candidates' files."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from actions.checks import NewFile
from actions.requirements.examples import NotCheckedNow
from jobs.check.opening import Broken, CutOff, Refused, open_original, order_for
from jobs.check.scan import ScannerDown, infected
from models.ids import new_id
from rules.uploads import EXAMPLE, refusal
from settings import Settings

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Examiner:
    """Opens uploaded files in a child process, one at a time."""

    settings: Settings
    _one: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))

    async def examine(self, data: bytes, name: str, content_type: str) -> NewFile:
        """The cleaned file: an image as JPEG, or a PDF without anything that runs.

        Raises:
            UploadRefused: the file is at fault.
            NotCheckedNow: it is not; another try may do.
        """
        try:
            async with self._one, _folder(self.settings.data_dir / "scratch") as folder:
                return await self._opened(folder, data, name, content_type)
        except Refused as refused:
            raise refusal(refused.key, EXAMPLE) from refused
        except (Broken, CutOff, ScannerDown) as error:
            log.warning("example not checked", error=str(error))
            raise NotCheckedNow from error

    async def _opened(self, folder: Path, data: bytes, name: str, content_type: str) -> NewFile:
        if not data:
            raise Refused("empty")
        if len(data) > EXAMPLE.max_bytes:
            raise Refused("too_large")
        original = folder / "original"
        await asyncio.to_thread(original.write_bytes, data)
        if self.settings.clamd_url and await infected(self.settings.clamd_url, original):
            raise Refused("infected")
        checked = await open_original(folder, order_for(EXAMPLE, name, content_type))
        return checked.cleaned


@asynccontextmanager
async def _folder(scratch: Path) -> AsyncIterator[Path]:
    """A private folder for one file in clear, gone afterwards."""
    folder = scratch / new_id()
    folder.mkdir(mode=0o700, parents=True)
    try:
        yield folder
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
