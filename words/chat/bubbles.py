"""Screens of the chat as HTML for a page: Telegram's few tags, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from markupsafe import Markup, escape

from words.chat.rehearsal import Turn
from words.screen import Screen

TAGS: Final = frozenset({"b", "i", "u", "s", "code", "pre", "blockquote"})
"""What our screens use of Telegram's HTML; links are shown as their words."""
OPENING: Final = Markup("<{}>")
CLOSING: Final = Markup("</{}>")


@dataclass(frozen=True, slots=True)
class Bubble:
    """One message as a page shows it: its text, and its buttons row by row."""

    text: Markup
    rows: tuple[tuple[str, ...], ...]
    keyboard: str
    """The button below the chat that shares one's own number; empty when there is none."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the bot shows for an item, and what the made-up person answers."""

    key: str
    bubbles: tuple[Bubble, ...]
    said: str


def exchanges(turns: Iterable[Turn]) -> tuple[Exchange, ...]:
    """A rehearsal, ready for a page."""
    return tuple(
        Exchange(turn.key, tuple(bubble(one) for one in turn.screens), turn.said) for turn in turns
    )


def bubble(screen: Screen) -> Bubble:
    """One screen, ready for a page."""
    rows = tuple(tuple(button.text for button in row) for row in screen.rows)
    return Bubble(_safe(screen.text), rows, screen.contact or "")


def _safe(text: str) -> Markup:
    """Telegram HTML as HTML: known tags without attributes, all the rest as text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    closing = Markup("").join(CLOSING.format(tag) for tag in reversed(reader.open))
    return Markup("").join(reader.parts) + closing


class _Reader(HTMLParser):
    """Keeps what may be kept; Telegram refuses tags that are not closed, a page must not."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Markup] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag in TAGS:
            self.open.append(tag)
            self.parts.append(OPENING.format(tag))

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.parts.append(CLOSING.format(self.open.pop()))

    def handle_data(self, data: str) -> None:
        self.parts.append(escape(data))
