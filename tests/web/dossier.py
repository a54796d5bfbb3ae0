"""Forms of the dossier's editor, sent as a browser sends them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from models.reads.drafts import Drafting, drafting
from models.tables import Provider
from tests.web.conftest import Browsing, Page

HOME = "/settings/recruitment/dossier"
VALUE = re.compile(r'\bvalue="([^"]*)"')


async def draft_of(provider: Provider) -> Drafting:
    """The provider's draft, read anew."""
    return await drafting(await Provider.get(id=provider.id))


async def keys(provider: Provider) -> list[str]:
    """What the draft asks, in order."""
    return [one.key for one in (await draft_of(provider)).draft.entries]


async def version(provider: Provider) -> str:
    """What a form that is drawn now carries."""
    return str((await draft_of(provider)).version)


def fields(page: Page) -> list[tuple[str, str]]:
    """The form of an item as it was drawn, every field with its value."""
    start = page.text.index('id="edit"')
    form = page.text[start : page.text.index("</form>", start)]
    return [pair for match in FIELD.finditer(form) if (pair := _pair(match)) is not None]


FIELD = re.compile(
    r"<input\b(?P<input>[^>]*)>|<textarea\b(?P<area>[^>]*)>(?P<text>.*?)</textarea>"
    r"|<select\b(?P<select>[^>]*)>(?P<options>.*?)</select>",
    re.S,
)
NAME = re.compile(r'\bname="([^"]*)"')
SELECTED = re.compile(r'<option value="([^"]*)" selected')


def _pair(match: re.Match[str]) -> tuple[str, str] | None:
    """Name and value of one field, if a browser would send it."""
    marks = match["input"] or match["area"] or match["select"]
    name = NAME.search(marks)
    if name is None:
        return None
    if match["area"] is not None:
        return unescape(name[1]), unescape(match["text"])
    if match["select"] is not None:
        chosen = SELECTED.search(match["options"])
        return unescape(name[1]), unescape(chosen[1]) if chosen else ""
    ticks = 'type="checkbox"' in marks or 'type="radio"' in marks
    if ticks and not re.search(r"\bchecked\b", marks):
        return None
    value = VALUE.search(marks)
    return unescape(name[1]), unescape(value[1]) if value else ""


def changed(drawn: list[tuple[str, str]], **changes: Any) -> list[tuple[str, str]]:
    """The same form with other values; a list ticks several, None unticks.

    Names with a colon are written with two underscores.
    """
    wanted = {name.replace("__", ":"): value for name, value in changes.items()}
    kept = [(name, value) for name, value in drawn if name not in wanted]
    for name, value in wanted.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        kept += [(name, one) for one in values]
    return kept


async def saves(person: Browsing, path: str, **changes: Any) -> Page:
    """Open the form of an item, change it, and send it."""
    address = path if path.startswith("/") else f"{HOME}/items/{path}"
    drawn = fields(await person.get(address))
    return await person.post(address, changed(drawn, **{"act": "save", **changes}))
