"""Random identifiers for everything that may stand in an address."""

import secrets

ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH = 16


def new_id() -> str:
    """16 characters of 31: 79 bits of randomness, no look-alikes, safe in URLs and callbacks."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def new_file_id() -> str:
    """The id of a stored file, which is also its object's name in the store."""
    return new_id() + new_id()


def is_id(text: str) -> bool:
    """Whether it may be an id: anything else, whoever made it up, names nobody."""
    return len(text) == LENGTH and text.isascii() and text.isalnum()
