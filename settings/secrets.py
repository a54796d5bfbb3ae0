"""The secrets that an embedded installation makes for itself, in files that only it may read."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from settings.parsing import KEY_BYTES, encryption_keys

SIGNING_FILE = "secret_key"
KEYS_FILE = "encryption_keys"


def kept_secret_key(folder: Path) -> str:
    """The signing key of this folder, made at the first call."""
    return kept(folder / SIGNING_FILE, secrets.token_hex(32))


def kept_encryption_keys(folder: Path) -> str:
    """The encryption keys of this folder (id:base64, a line each), made at the first call."""
    return kept(folder / KEYS_FILE, new_key("k1"))


def add_encryption_key(folder: Path) -> str:
    """Put a new key first in this folder's file, which encrypts from now on; gives its id."""
    known = encryption_keys(kept_encryption_keys(folder))
    taken = {name for name, _ in known}
    name = next(f"k{number}" for number in range(1, len(known) + 2) if f"k{number}" not in taken)
    path = folder / KEYS_FILE
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    write_private(fresh, f"{new_key(name)}\n{path.read_text().strip()}")
    fresh.replace(path)
    return name


def new_key(name: str) -> str:
    """A random key as id:base64."""
    encoded = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    return f"{name}:{encoded}"


def kept(path: Path, fresh: str) -> str:
    """What the file says; `fresh` is written when there is no file yet.

    The file appears whole (a link to a finished one), so of two processes that start at once
    the second reads what the first wrote.

    Raises:
        PermissionError: when other users of the machine may read the file.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        write_private(draft, fresh)
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        raise PermissionError(f"other users may read {path}; run: chmod 600 {path}")
    return path.read_text().strip()


def write_private(path: Path, text: str) -> None:
    """A new file with mode 0600, on disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
