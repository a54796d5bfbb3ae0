"""The file room: a folder or an S3-compatible store behind four verbs, every object encrypted.

An object's name is random and says nothing. Its content is nonce + AES-256-GCM under a key of its
own; the key, sealed by the installation's keyring, stands in the file's row. Losing either side
loses the file; stealing one gives nothing.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import obstore
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from store.sealing import NONCE, CannotOpen, Keyring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from obstore.store import ClientConfig, RetryConfig

TOP = "files"
RETRIES: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=30)}
CLIENT: "ClientConfig" = {"timeout": timedelta(seconds=60), "connect_timeout": "5s"}


class StoreDown(Exception):
    """The store does not work at the moment: try later."""


class FileMissing(Exception):
    """No object of this name: it was deleted, or the store lost it."""


class Room:
    """One store and the keys to what it holds."""

    def __init__(self, url: str, keyring: Keyring, guard: Callable[[str], None]) -> None:
        """Open a store, whatever its state: only using it fails.

        Args:
            url: file:///folder, s3://key:secret@host/bucket?region=… or s3+http://…
            guard: raises inside a transaction (models.database.refuse_inside_transaction).
        """
        self.url, self.keyring, self.guard = url, keyring, guard
        self.store, self.folder = _store(url)

    def new_key(self, file_id: str) -> str:
        """A fresh key for this file, sealed: what its row keeps."""
        return self.keyring.seal(secrets.token_bytes(32), file_purpose(file_id))

    def reseal(self, file_id: str, key: str) -> str:
        """The same key of a file, sealed by the first of the installation's keys.

        Raises:
            CannotOpen: the key that sealed it is no longer in the ring.
        """
        return self.keyring.reseal(key, file_purpose(file_id))

    async def put(self, file_id: str, key: str, data: bytes) -> None:
        """Encrypt and store; on a folder, on disk when it returns.

        Raises:
            StoreDown: not stored, or not known to be.
        """
        self.guard("store put")
        cipher = AESGCM(self.keyring.open(key, file_purpose(file_id)))
        nonce = secrets.token_bytes(NONCE)
        box = await asyncio.to_thread(cipher.encrypt, nonce, data, file_id.encode())
        await self.put_sealed(file_id, nonce + box)

    async def get(self, file_id: str, key: str) -> bytes:
        """The content of a stored file.

        Raises:
            FileMissing: there is no such object.
            CannotOpen: it was changed, or its key is of another installation.
            StoreDown: not at the moment.
        """
        self.guard("store get")
        cipher = AESGCM(self.keyring.open(key, file_purpose(file_id)))
        box = await self.take_sealed(file_id)
        try:
            return await asyncio.to_thread(
                cipher.decrypt, box[:NONCE], box[NONCE:], file_id.encode()
            )
        except (InvalidTag, ValueError) as error:
            raise CannotOpen(file_id) from error

    async def take_sealed(self, file_id: str) -> bytes:
        """The object as it lies there, encrypted: for a backup.

        Raises FileMissing, StoreDown.
        """
        self.guard("store get")
        with failures():
            found = await obstore.get_async(self.store, _path(file_id))
            return bytes(await found.bytes_async())

    async def put_sealed(self, file_id: str, box: bytes) -> None:
        """Store an object that is encrypted already; on a folder, on disk when it returns.

        Raises StoreDown.
        """
        self.guard("store put")
        with failures():
            await obstore.put_async(self.store, _path(file_id), box)
            if self.folder is not None:
                await asyncio.to_thread(_settle, self.folder / _path(file_id))

    async def delete(self, file_id: str) -> None:
        """Remove the object; fine when there is none."""
        self.guard("store delete")
        try:
            with failures():
                await obstore.delete_async(self.store, _path(file_id))
        except FileMissing:
            return

    async def list(self, older_than: datetime) -> AsyncIterator[list[str]]:
        """Ids of stored objects that were last written before, some hundreds at a time."""
        self.guard("store list")
        with failures():
            async for batch in obstore.list(self.store, prefix=TOP, chunk_size=500):
                yield [
                    one["path"].rpartition("/")[2]
                    for one in batch
                    if one["last_modified"] < older_than
                ]

    async def tidy(self, older_than: datetime) -> int:
        """Remove what a killed writer left half written in a folder; how many pieces went."""
        self.guard("store tidy")
        if self.folder is None:
            return 0
        with failures():
            return await asyncio.to_thread(_remove_halves, self.folder, older_than)


def _remove_halves(folder: Path, older_than: datetime) -> int:
    """obstore writes into `name#1`, then renames; such names are in no list."""
    gone = 0
    for path in folder.glob(f"{TOP}/*/*#*"):
        if path.stat().st_mtime < older_than.timestamp():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _path(file_id: str) -> str:
    return f"{TOP}/{file_id[:2]}/{file_id}"


def file_purpose(file_id: str) -> str:
    """What a file's key is sealed for: it opens no other file."""
    return f"file:{file_id}"


@contextmanager
def failures() -> "Iterator[None]":
    """The store's errors as ours; their texts may hold addresses and keys, so they stay behind."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileMissing from error
    except (BaseError, OSError) as error:
        raise StoreDown(type(error).__name__) from None


def _store(url: str) -> tuple[ObjectStore, Path | None]:
    parts = urlsplit(url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder), folder
    bucket, _, prefix = parts.path.strip("/").partition("/")
    secure = parts.scheme == "s3"
    host = parts.netloc.rpartition("@")[2]
    store = S3Store(
        bucket,
        prefix=prefix or None,
        endpoint=f"{'https' if secure else 'http'}://{host}",
        access_key_id=unquote(parts.username or ""),
        secret_access_key=unquote(parts.password or ""),
        region=parse_qs(parts.query).get("region", ["us-east-1"])[0],
        virtual_hosted_style_request=False,
        client_options={**CLIENT, "allow_http": not secure},
        retry_config=RETRIES,
    )
    return store, None


def _settle(path: Path) -> None:
    """Have a written file survive a power cut: its bytes, then its name."""
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


_room: Room | None = None


def use_room(room: Room) -> None:
    """Give this process its store, once, at start."""
    global _room
    _room = room


def has_room() -> bool:
    """Whether this process was given its store."""
    return _room is not None


def room() -> Room:
    """The store of this process."""
    if _room is None:
        raise RuntimeError("no store: call store.room.use_room at start")
    return _room
