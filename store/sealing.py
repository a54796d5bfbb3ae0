"""Sealing of small values: AES-256-GCM under the installation's keys, the key's id in each value.

The first key seals, all of them open, so keys can be rotated without a break.
"""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BOT_TOKEN = "bot token"  # noqa: S105  # the purpose under which tokens of bots are sealed
NONCE = 12
"""Bytes of nonce before the ciphertext (NIST SP 800-38D)."""


class CannotOpen(Exception):
    """A sealed value that none of the keys opens: a key is missing, or it was changed."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The installation's keys by id, 32 bytes each; the first one seals."""

    keys: Mapping[str, bytes]

    @property
    def first(self) -> str:
        """Id of the key that seals."""
        return next(iter(self.keys))

    def seal(self, value: bytes, purpose: str) -> str:
        """`keyid.base64`; `purpose` is authenticated: a value can't be moved elsewhere."""
        nonce = secrets.token_bytes(NONCE)
        box = AESGCM(self.keys[self.first]).encrypt(nonce, value, purpose.encode())
        return f"{self.first}.{urlsafe_b64encode(nonce + box).decode()}"

    def open(self, sealed: str, purpose: str) -> bytes:
        """The value of `seal`.

        Raises:
            CannotOpen: unknown key, other purpose, or changed.
        """
        key_id, _, box = sealed.partition(".")
        try:
            raw = urlsafe_b64decode(box)
            return AESGCM(self.keys[key_id]).decrypt(raw[:NONCE], raw[NONCE:], purpose.encode())
        except (KeyError, ValueError, InvalidTag) as error:
            raise CannotOpen(purpose) from error

    def reseal(self, sealed: str, purpose: str) -> str:
        """The same value, sealed by the first key. Raises CannotOpen."""
        return self.seal(self.open(sealed, purpose), purpose)

    def seal_text(self, value: str, purpose: str) -> str:
        """`seal` for text."""
        return self.seal(value.encode(), purpose)

    def open_text(self, sealed: str, purpose: str) -> str:
        """`open` for text."""
        return self.open(sealed, purpose).decode()


def key_of(sealed: str) -> str:
    """Id of the key that sealed a value; empty for what is no sealed value."""
    key_id, dot, _box = sealed.partition(".")
    return key_id if dot else ""


_keyring: Keyring | None = None


def use_keyring(keyring: Keyring) -> None:
    """Give this process its keys, once, at start."""
    global _keyring
    _keyring = keyring


def keyring() -> Keyring:
    """The keys of this process."""
    if _keyring is None:
        raise RuntimeError("no keys: call store.sealing.use_keyring at start")
    return _keyring
