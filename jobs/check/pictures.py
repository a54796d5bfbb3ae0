"""A picture that an administrator sends, opened in the same confined child as anybody's file."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from jobs.check.opening import Broken, CutOff, Refused, open_picture
from models.ids import new_id
from rules.logos import FORMATS, LONGEST_SIDE, REASONS, LogoNotNow, LogoUnreadable

log = structlog.get_logger()

AT_ONCE = 2
"""Decoders of one web process: they are small, and seldom."""


def logo_opener(scratch: Path) -> Callable[[bytes], Awaitable[bytes]]:
    """Gives what turns a sent picture into the PNG that is kept.

    That raises LogoNotPicture, LogoUnreadable, LogoTooSmall, LogoTooDetailed, LogoNotNow.
    """
    room = asyncio.Semaphore(AT_ONCE)

    async def open_logo(data: bytes) -> bytes:
        folder = scratch / new_id()
        async with room:
            try:
                await asyncio.to_thread(_lay, folder, data)
                return await open_picture(folder, FORMATS, LONGEST_SIDE)
            except Refused as refused:
                raise REASONS.get(refused.key, LogoUnreadable)() from None
            except CutOff:
                raise LogoUnreadable from None
            except (Broken, OSError) as error:
                log.error("decoder broken", error=type(error).__name__)
                raise LogoNotNow from None
            finally:
                await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    return open_logo


def _lay(folder: Path, data: bytes) -> None:
    folder.mkdir(mode=0o700, parents=True)
    (folder / "original").write_bytes(data)
