"""Messages as HTML: entities, days, albums. All text is escaped here or by the templates."""

from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from sandbox.records import Json

SIMPLE = {
    "bold": ("<strong>", "</strong>"),
    "italic": ("<em>", "</em>"),
    "underline": ("<u>", "</u>"),
    "strikethrough": ("<s>", "</s>"),
    "code": ("<code>", "</code>"),
    "pre": ("<pre>", "</pre>"),
    "blockquote": ("<blockquote>", "</blockquote>"),
    "expandable_blockquote": ("<blockquote>", "</blockquote>"),
    "hashtag": ('<span class="link">', "</span>"),
    "spoiler": ('<span class="spoiler" role="button" tabindex="0">', "</span>"),
}
BLOCKS = {"pre", "blockquote", "expandable_blockquote"}
"""Shown on lines of their own: the line break behind one is not one more."""
TELEGRAM_HOSTS = ("t.me", "telegram.me")


def marked_up(text: str, entities: list[Json]) -> Markup:
    """A text with its entities as HTML."""
    data = text.encode("utf-16-le", "surrogatepass")
    ordered = sorted(entities, key=lambda e: (e["offset"], -e["length"]))
    return Markup("").join(_pieces(data, 0, len(data) // 2, ordered))


def _slice(data: bytes, start: int, end: int) -> str:
    return data[start * 2 : end * 2].decode("utf-16-le", "replace")


def _pieces(data: bytes, start: int, end: int, entities: list[Json]) -> list[Markup]:
    """Plain parts and entities between two places; entities inside an entity go with it."""
    pieces: list[Markup] = []
    at, left = start, list(entities)
    while left:
        entity = left.pop(0)
        first, last = entity["offset"], min(entity["offset"] + entity["length"], end)
        if first < at or last <= first:
            continue
        inside = [e for e in left if e["offset"] < last]
        left = [e for e in left if e["offset"] >= last]
        pieces.append(escape(_slice(data, at, first)))
        inner = Markup("").join(_pieces(data, first, last, inside))
        pieces.append(_wrapped(entity, inner, _slice(data, first, last)))
        ends_its_line = entity["type"] in BLOCKS and _slice(data, last, last + 1) == "\n"
        at = last + ends_its_line
    pieces.append(escape(_slice(data, at, end)))
    return pieces


def _wrapped(entity: Json, inner: Markup, text: str) -> Markup:
    kind = entity["type"]
    if kind in SIMPLE:
        before, after = SIMPLE[kind]
        return Markup(before) + inner + Markup(after)  # noqa: S704  # constants of this module
    if kind == "bot_command":
        button = Markup('<button type="button" class="link" data-command="{}">{}</button>')
        return button.format(text, inner)
    address = {"text_link": entity.get("url", ""), "url": text, "email": f"mailto:{text}"}
    if kind in address and urlsplit(address[kind]).scheme in ("http", "https", "mailto", "tg"):
        link = Markup('<a href="{}" target="_blank" rel="noopener">{}</a>')
        return link.format(local_link(address[kind]), inner)
    return inner


def local_link(url: str) -> str:
    """Links to Telegram open in the sandbox."""
    parts = urlsplit(url)
    if parts.hostname in TELEGRAM_HOSTS:
        return f"/t.me{parts.path}" + (f"?{parts.query}" if parts.query else "")
    return url


def snippet(view: Json) -> str:
    """One line about a message, for lists."""
    signs = {
        "photo": "📷",
        "document": "📄",
        "voice": "🎤",
        "contact": "👤",
        "location": "📍",
        "poll": "📊",
        "pinned_message": "📌",
    }
    if view["kind"] == "sticker":
        return str(view["raw"]["sticker"]["emoji"])
    if view["kind"] == "document" and not view["text"]:
        return f"📄 {view['raw']['document'].get('file_name', '')}"
    line = " ".join([signs.get(view["kind"], ""), view["text"]]).strip()
    return line if len(line) <= 120 else f"{line[:119]}…"


def bubbles(messages: list[Json], pending: set[int]) -> list[Json]:
    """What the template draws, oldest first: days, and messages with albums put together."""
    items: list[Json] = []
    day = ""
    for _, group in groupby(messages, key=lambda m: m["raw"].get("media_group_id") or m["id"]):
        members = list(group)
        first = members[0]
        moment = datetime.fromtimestamp(first["date"], UTC).astimezone()
        if moment.strftime("%Y-%m-%d") != day:
            day = moment.strftime("%Y-%m-%d")
            items.append({"day": moment, "key": f"day-{day}", "changed": 0})
        items.append(_bubble(members, moment, pending))
    return items


def _bubble(members: list[Json], moment: datetime, pending: set[int]) -> Json:
    first = members[0]
    raw: dict[str, Any] = first["raw"]
    entities = raw.get("entities") or raw.get("caption_entities") or []
    waiting = any(member["id"] in pending for member in members)
    return {
        "key": f"m{first['id']}",
        "changed": f"{max(m['changed'] for m in members)}-{len(members)}-{waiting:d}",
        "message": first,
        "members": members,
        "moment": moment,
        "html": marked_up(first["text"], entities),
        "rows": raw.get("reply_markup", {}).get("inline_keyboard", []),
        "waiting": waiting,
        "reply": raw.get("reply_to_message"),
    }


def size_of(count: float) -> str:
    """A file's size in words."""
    for unit in ("B", "KB", "MB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"
