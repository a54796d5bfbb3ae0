"""What all screens share: rendering, the provider's name on top, marks and words of states."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape

from rules.checklist import Item, ItemState
from rules.place import Place
from rules.statuses import is_open
from words.language import pick, translate
from words.screen import Button, Screen
from words.templates import render

Row = tuple[Button, ...]
MOST = 3_900
"""Characters of one message; Telegram takes 4,096 after parsing."""

WIDE_GAP = re.compile(r"\n{3,}")

MARKS = {
    ItemState.MISSING: "⚪",
    ItemState.SKIPPED: "⚪",
    ItemState.GIVEN: "✅",
    ItemState.VALIDATED: "✅",
    ItemState.CHECKING: "🕓",
    ItemState.TO_REVIEW: "🕓",
    ItemState.UNMET: "❌",
    ItemState.REJECTED: "❌",
    ItemState.UNUSABLE: "❌",
}


def speaker(place: Place) -> Callable[..., str]:
    """`_` for one place: an English sentence in the chat's language, plain text."""
    return partial(translate, place.language)


def draw(place: Place, template: str, /, *rows: Row, **values: object) -> Screen:
    """One screen from `templates/chat/<template>.html`; empty rows are left out."""
    drawn = render(f"chat/{template}.html", place.language, place=place, **values)
    text = WIDE_GAP.sub("\n\n", drawn).strip()
    return Screen(headed(place, text), tuple(row for row in rows if row))


def headed(place: Place, text: str) -> str:
    """With the provider's name on top, when there are several spaces to confuse."""
    if place.several and place.dossier is not None:
        return f"<i>{escape(place.dossier.policy.name, quote=False)}</i>\n\n{text}"
    return text


def noted(screen: Screen, note: str) -> Screen:
    """The screen below a line of plain text."""
    return (
        replace(screen, text=f"{escape(note, quote=False)}\n\n{screen.text}") if note else screen
    )


def label(place: Place, item: Item) -> str:
    """The provider's words for an item."""
    return pick(item.rule.label, place.language)


def titled(place: Place, words: str) -> str:
    """A label before its value: with a colon, unless it is a question."""
    _ = speaker(place)
    return words if words.endswith("?") else _("{label}:", label=words)


def cut(text: str, room: int) -> str:
    """At most `room` characters, on one line's end with an ellipsis."""
    return text if len(text) <= room else f"{text[: room - 1].rstrip()}…"


def state_word(place: Place, item: Item) -> str:
    """The state of an item in one or two words."""
    _ = speaker(place)
    if item.state is ItemState.MISSING and not item.rule.required:
        return _("optional")
    return {
        ItemState.MISSING: _("to send") if item.is_document else _("to answer"),
        ItemState.SKIPPED: _("left out"),
        ItemState.GIVEN: _("noted"),
        ItemState.UNMET: _("condition not met"),
        ItemState.CHECKING: _("file being checked"),
        ItemState.TO_REVIEW: _("received, to be reviewed"),
        ItemState.VALIDATED: _("validated"),
        ItemState.REJECTED: _("refused, to send again"),
        ItemState.UNUSABLE: _("unreadable, to send again"),
    }[item.state]


def write_to_us(place: Place) -> Button:
    """The way to the operator, on nearly every screen."""
    _ = speaker(place)
    return Button(_("✉️ Write to us"), "go:messages")


def my_space(place: Place) -> Button:
    """Back to where one was."""
    _ = speaker(place)
    opened = place.dossier is not None and is_open(place.dossier)
    text = _("‹ Back to my space") if opened else _("‹ Back to my application")
    return Button(text, "go:next")
