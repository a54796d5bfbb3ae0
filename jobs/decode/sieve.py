"""What a file really is, by its content; and the words that the child and its parent share."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import filetype

TYPES = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/apng": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "application/pdf": "pdf",
}
"""The formats that are opened at all, by the type that their content shows."""

HEAD = 8192


class Refused(Exception):
    """The file is not kept; `key` is one of rules.uploads.REFUSALS."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Order:
    """What the parent asks for."""

    claims: list[str]
    """Formats that the file's name and announced type speak of."""
    formats: list[str]
    """Formats that the document accepts."""
    max_pages: int
    picture: int = 0
    """Not 0: no document but a picture to show, whose longer side has so many pixels at most."""


@dataclass(frozen=True, slots=True)
class Result:
    """A file that was opened, cleaned and drawn."""

    type: str
    pages: list[tuple[int, int]] = field(default_factory=list)
    """Width and height of each page image, in pixels."""

    def said(self) -> dict[str, Any]:
        """As it is told to the parent."""
        return {"type": self.type, "pages": self.pages}


def kind_of(path: Path, order: Order) -> str:
    """The format of a file, one that the document accepts.

    Raises:
        Refused: empty, unknown_type, not_what_it_says, wrong_type.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise Refused("empty")
    kind = TYPES.get(filetype.guess_mime(head) or "")
    if kind is None:
        raise Refused("not_what_it_says" if order.claims else "unknown_type")
    if kind not in order.formats:
        raise Refused("wrong_type")
    return kind
