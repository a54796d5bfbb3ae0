"""Passwords: argon2id in a thread, two at a time, so that a flood of sign-ins costs no memory."""

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.database import refuse_inside_transaction
from rules.errors import Refusal

SHORTEST = 12
"""Characters; length is what counts (NIST SP 800-63B), so nothing else is asked."""
LONGEST = 1000

_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)  # RFC 9106, second choice
_two_at_once = asyncio.Semaphore(2)
NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$PrLUJPnRgRI6m2GI3VGG1A"
    "$oZEuM5goORqReDm9M79jqW5TGz0kI1plgifuNsAoy2U"
)
"""Verified when the account is unknown: both answers take the same time."""


class PasswordTooShort(Refusal):
    """A new password with too few characters."""

    sentence = "Choose a password of at least {shortest} characters: a few words are fine."


def check_password(password: str) -> None:
    """Raise PasswordTooShort unless `password` may be a new one."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordTooShort(shortest=SHORTEST)


async def hash_password(password: str) -> str:
    """The argon2 hash to keep; takes about 50 ms of a thread."""
    refuse_inside_transaction("argon2")
    async with _two_at_once:
        return await asyncio.to_thread(_hasher.hash, password)


async def right_password(kept: str | None, password: str) -> bool:
    """Whether it is the password behind `kept`; as long a wait when there is none."""
    refuse_inside_transaction("argon2")
    async with _two_at_once:
        right = await asyncio.to_thread(_verified, kept or NOBODYS, password[:LONGEST])
    return right and kept is not None


def _verified(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False
