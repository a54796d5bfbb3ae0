"""Source tags: by which way somebody came (a flyer, a market, a colleague), said by their link.

A tag travels behind the link's token in Telegram's start parameter, which takes 64 characters of
A-Z a-z 0-9 _ - (Telegram, "Deep linking"): 22 of the token, a hyphen, at most 24 of the tag.
"""

import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from rules.answers.tidy import fold, line
from rules.errors import Refusal, Unknown

TOKEN = 22
"""Characters of a link's token: 16 random bytes as base64 without padding."""
LONGEST_KEY = 24
LONGEST_NAME = 40
MOST = 30
"""Tags of one provider: more are not read by anybody."""

_KEY = re.compile(f"[a-z0-9-]{{1,{LONGEST_KEY}}}")
Rows = Sequence[Mapping[str, str]]
"""Tags as the provider's row keeps them: `{"key", "name"}`."""


class TagNameNeeded(Refusal):
    """A tag without a name, or with one that fits nowhere."""

    sentence = "Write where people will find this link, {limit} characters at most."


class TagTaken(Refusal):
    """Two tags of the same name could not be told apart."""

    sentence = "“{name}” is in the list already."


class TooManyTags(Refusal):
    """More tags than anybody reads."""

    sentence = "There are {limit} already. Remove one that is of no use any more."


class NoSuchTag(Unknown):
    """A tag that was never made, or is removed already."""

    sentence = "This one is not in the list any more."


@dataclass(frozen=True, slots=True)
class Tag:
    """One way by which people come."""

    key: str
    """What the link carries."""
    name: str
    """What the provider calls it."""


def read_tags(rows: Rows | None) -> tuple[Tag, ...]:
    """The provider's tags, in the order in which they were made."""
    return tuple(Tag(one["key"], one["name"]) for one in rows or ())


def tag_of(key: str, tags: Collection[Tag]) -> Tag | None:
    """The provider's tag of this key: whatever else a link carries counts for nothing."""
    if not _KEY.fullmatch(key):
        return None
    return next((tag for tag in tags if tag.key == key), None)


def with_tag(tags: Sequence[Tag], name: str) -> tuple[Tag, ...]:
    """The list with a new tag at its end.

    Raises:
        TagNameNeeded, TagTaken, TooManyTags, and what tidying a line raises (InvalidAnswer).
    """
    tidy = line(name)
    if not 0 < len(tidy) <= LONGEST_NAME:
        raise TagNameNeeded(limit=LONGEST_NAME)
    if fold(tidy) in {fold(tag.name) for tag in tags}:
        raise TagTaken(name=tidy)
    if len(tags) >= MOST:
        raise TooManyTags(limit=MOST)
    return (*tags, Tag(_new_key(tidy, {tag.key for tag in tags}), tidy))


def without_tag(tags: Sequence[Tag], key: str) -> tuple[Tag, ...]:
    """The list without a tag.

    Raises:
        NoSuchTag.
    """
    if key not in {tag.key for tag in tags}:
        raise NoSuchTag
    return tuple(tag for tag in tags if tag.key != key)


def _new_key(name: str, taken: Collection[str]) -> str:
    """`marche-de-noel` for “Marché de Noël”; with a number when another tag has it."""
    words = "".join(sign if sign.isalnum() and sign.isascii() else " " for sign in fold(name))
    plain = "-".join(words.split())[: LONGEST_KEY - 3].strip("-") or secrets.token_hex(4)
    return next(
        key
        for key in (plain, *(f"{plain}-{number}" for number in range(2, MOST + 3)))
        if key not in taken
    )


def payload(token: str, tag: Tag | None = None) -> str:
    """What a deep link carries: the token, and by which way the person came."""
    return f"{token}-{tag.key}" if tag else token


def split_payload(text: str) -> tuple[str, str]:
    """(token, key of a tag or "") of a deep link; nothing of it is to be trusted."""
    token, rest = text[:TOKEN], text[TOKEN:]
    return token, rest.removeprefix("-") if rest.startswith("-") else ""
