"""What a form carried: plain text without hidden traps, and a token against two windows."""

from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})

LINE = 18
"""Digits that the number of a journal's line may have: it is a bigint."""


@dataclass(frozen=True, slots=True)
class Form:
    """The texts of a form by name; files are not among them."""

    texts: Mapping[str, tuple[str, ...]]

    def text(self, name: str, default: str = "") -> str:
        """The (last) text of this name, trimmed."""
        return self.texts.get(name, (default,))[-1].strip()

    def all(self, name: str) -> tuple[str, ...]:
        """Every text of this name, as ticked boxes send them."""
        return self.texts.get(name, ())

    def ticked(self, name: str) -> bool:
        """Whether a box is ticked."""
        return name in self.texts

    def number(self, name: str, default: int = -1) -> int:
        """A whole number of at most nine digits; `default` when it is not one."""
        return whole(self.text(name), default)


async def read_form(request: web.Request) -> Form:
    """The request's form.

    Raises:
        web.HTTPUnsupportedMediaType: when it carries something else.
    """
    if request.content_type not in FORM_TYPES:
        raise web.HTTPUnsupportedMediaType
    try:
        sent = await request.post()
    except ValueError:  # bytes that are not the text they claim to be
        raise web.HTTPBadRequest from None
    texts: dict[str, tuple[str, ...]] = {}
    for name, value in sent.items():
        if isinstance(value, str):
            texts[name] = (*texts.get(name, ()), clean(value))
    return Form(texts)


def whole(text: str, default: int, digits: int = 9) -> int:
    """The number that `text` writes, with at most so many digits; else `default`.

    Nine digits fit every column, eighteen a bigint; Python itself refuses thousands of them.
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else default


def clean(text: str) -> str:
    """The text without NUL and lone surrogates, which databases refuse."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode().replace("\r\n", "\n")
