"""Fetching a sent file from Telegram: getFile, then its download. The token is never told.

aiohttp's errors carry the address, and the address carries the token: their texts stay here.
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp

from models.database import refuse_inside_transaction

TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=30)
PIECE = 256 * 1024


class NotNow(Exception):
    """A passing trouble: try later. Its text names no address.

    retry_after: seconds that Telegram asked for.
    """

    def __init__(self, why: str, retry_after: int | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class TokenRefused(Exception):
    """Telegram does not know this bot (any more)."""


class Unavailable(Exception):
    """Telegram has no such file, or not at the moment: it says both with the same words."""


class TooBig(Exception):
    """Larger than Telegram gives bots, or than it was announced to be."""


async def fetch(
    session: aiohttp.ClientSession,
    api_url: str,
    token: str,
    file_id: str,
    target: Path,
    limit: int,
) -> None:
    """Write the file `file_id` into `target`, at most `limit` bytes.

    Raises:
        NotNow, TokenRefused, Unavailable, TooBig.
    """
    refuse_inside_transaction("Telegram")
    try:
        found = await _get_file(session, f"{api_url}/bot{token}/getFile", file_id)
        if found.get("file_size", 0) > limit:
            raise TooBig
        path = found.get("file_path")
        if not path:
            raise Unavailable
        await _download(session, f"{api_url}/file/bot{token}/{quote(path)}", target, limit)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise NotNow(type(error).__name__) from None


async def _get_file(session: aiohttp.ClientSession, url: str, file_id: str) -> dict[str, Any]:
    async with session.post(url, json={"file_id": file_id}, timeout=TIMEOUT) as answer:
        status, body = answer.status, await answer.read()
    try:
        said = json.loads(body)
        description = str(said.get("description", ""))
    except (ValueError, AttributeError):  # HTML of a proxy
        raise NotNow(f"getFile {status}") from None
    if said.get("ok"):
        result: dict[str, Any] = said["result"]
        return result
    if status == 400:
        raise TooBig if "too big" in description else Unavailable
    if status in (401, 404):
        raise TokenRefused
    raise NotNow(f"getFile {status}", said.get("parameters", {}).get("retry_after"))


async def _download(session: aiohttp.ClientSession, url: str, target: Path, limit: int) -> None:
    written = 0
    async with session.get(url, timeout=TIMEOUT, allow_redirects=False) as answer:
        if answer.status == 401:
            raise TokenRefused
        if answer.status == 404:
            raise Unavailable
        if answer.status != 200:
            raise NotNow(f"download {answer.status}")
        with target.open("wb") as file:
            async for piece in answer.content.iter_chunked(PIECE):
                written += len(piece)
                if written > limit:
                    raise TooBig
                file.write(piece)
