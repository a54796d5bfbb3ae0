"""Text with formatting: Telegram's HTML in, plain text and entities (in UTF-16 units) out."""

import re
from dataclasses import dataclass
from typing import Any

from sandbox.errors import bad_request
from sandbox.records import Json

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
SOURCE_LIMIT = 1 << 15
"""Bytes of a text before parsing."""
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]{1,8}));?")
ATTRIBUTE_NAME = re.compile(r"[^\s=>/\"']+")
NAME_TOKEN = re.compile(r"[A-Za-z0-9.-]*")
FOUND_BY_ITSELF = (
    ("bot_command", re.compile(r"(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?\b")),
    ("email", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("url", re.compile(r"(?<![\w@.])https?://[^\s<>\"«»]+[^\s<>\"«».,;:!?)]")),
    ("mention", re.compile(r"(?<![\w@.])@[A-Za-z]\w{3,31}\b")),
    ("hashtag", re.compile(r"(?<![\w#&])#\w*[^\W\d]\w*")),
)


def units(text: str) -> int:
    """Length in UTF-16 code units, as entities count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass
class _Open:
    """A start tag that waits for its end."""

    tag: str
    offset: int
    attributes: dict[str, str]


class _Html:
    """One pass over a text in Telegram's HTML; byte offsets are given in errors."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.plain: list[str] = []
        self.length = 0
        self.open: list[_Open] = []
        self.entities: list[Json] = []

    def parse(self) -> tuple[str, list[Json]]:
        at = 0
        while at < len(self.source):
            if self.source[at] == "<":
                at = self._end(at) if self.source[at + 1 : at + 2] == "/" else self._start(at)
            elif self.source[at] == "&":
                at = self._reference(at)
            else:
                at = self._text(at)
        if self.open:
            tag = self.open[-1].tag
            raise _refused(f'Can\'t find end tag corresponding to start tag "{tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return "".join(self.plain), self.entities

    def _add(self, text: str) -> None:
        self.plain.append(text)
        self.length += units(text)

    def _text(self, at: int) -> int:
        end = at
        while end < len(self.source) and self.source[end] not in "<&":
            end += 1
        self._add(self.source[at:end])
        return end

    def _reference(self, at: int) -> int:
        match = REFERENCE.match(self.source, at)
        if match:
            sixteen, ten, name = match.groups()
            code = int(sixteen, 16) if sixteen else int(ten) if ten else 0
            if name in NAMED or (0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000):
                self._add(NAMED[name] if name else chr(code))
                return match.end()
        self._add("&")
        return at + 1

    def _start(self, at: int) -> int:
        match = re.compile(r"<([^\s>]*)").match(self.source, at)
        assert match is not None
        tag, end = match.group(1).lower(), match.end()
        if end >= len(self.source):
            raise _refused(f"Unclosed start tag at byte offset {self._byte(at)}")
        if tag not in TAGS:
            raise _refused(f'Unsupported start tag "{tag}" at byte offset {self._byte(at)}')
        attributes, end = self._attributes(end, at, tag)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            where = self._byte(at)
            raise _refused(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.open.append(_Open(tag, self.length, attributes))
        return end + 1

    def _attributes(self, end: int, start: int, tag: str) -> tuple[dict[str, str], int]:
        attributes: dict[str, str] = {}
        while True:
            end = self._skip_space(end)
            if self.source[end : end + 1] == ">":
                return attributes, end
            name = ATTRIBUTE_NAME.match(self.source, end)
            if name is None:
                where = self._byte(start)
                raise _refused(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
            value, end = self._value(self._skip_space(name.end()))
            if end >= len(self.source):
                raise _refused(f"Unclosed start tag at byte offset {self._byte(start)}")
            attributes[name.group()] = value

    def _skip_space(self, at: int) -> int:
        while self.source[at : at + 1].isspace():
            at += 1
        return at

    def _value(self, at: int) -> tuple[str, int]:
        """The value after `=`, quoted or a name token, and where it ends."""
        if self.source[at : at + 1] != "=":
            return "", at
        at = self._skip_space(at + 1)
        quote = self.source[at : at + 1]
        if quote in ('"', "'"):
            end = self.source.find(quote, at + 1)
            end = len(self.source) if end < 0 else end
            return _Html(self.source[at + 1 : end]).references(), end + 1
        token = NAME_TOKEN.match(self.source, at)
        assert token is not None
        after = self.source[token.end() : token.end() + 1]
        if after and not after.isspace() and after != ">":
            raise _refused(f"Unexpected end of name token at byte offset {self._byte(at)}")
        return token.group().lower(), token.end()

    def references(self) -> str:
        """The source with only its character references read."""
        at = 0
        while at < len(self.source):
            if self.source[at] == "&":
                at = self._reference(at)
            else:
                self._add(self.source[at])
                at += 1
        return "".join(self.plain)

    def _end(self, at: int) -> int:
        where = self._byte(at)
        if not self.open:
            raise _refused(f"Unexpected end tag at byte offset {where}")
        match = re.compile(r"</([^\s>]*)\s*").match(self.source, at)
        assert match is not None
        if self.source[match.end() : match.end() + 1] != ">":
            raise _refused(f"Unclosed end tag at byte offset {where}")
        name, last = match.group(1).lower(), self.open.pop()
        if name and name != last.tag:
            raise _refused(
                f"Unmatched end tag at byte offset {where}, "
                f'expected "</{last.tag}>", found "</{name}>"'
            )
        self._close(last)
        return match.end() + 1

    def _close(self, last: _Open) -> None:
        length = self.length - last.offset
        entity: Json = {"type": TAGS[last.tag], "offset": last.offset, "length": length}
        if last.tag == "a":
            url = last.attributes.get("href") or "".join(self.plain)[-length:]
            if "://" not in url and not url.startswith("mailto:"):
                url = f"http://{url}/" if "." in url else ""
            if not url:
                return
            entity["url"] = url
        elif last.tag == "blockquote" and "expandable" in last.attributes:
            entity["type"] = "expandable_blockquote"
        elif last.tag == "tg-emoji":
            entity["custom_emoji_id"] = last.attributes.get("emoji-id", "")
        elif last.tag == "code" and self._names_language(last):
            return
        if length:
            self.entities.append(entity)

    def _names_language(self, last: _Open) -> bool:
        """`<pre><code class="language-x">` is one entity, not two."""
        language = last.attributes.get("class", "")
        if not (language.startswith("language-") and self.open and self.open[-1].tag == "pre"):
            return False
        self.open[-1].attributes["language"] = language.removeprefix("language-")
        return True

    def _byte(self, at: int) -> int:
        return len(self.source[:at].encode("utf-8", "surrogatepass"))


def _refused(reason: str) -> Exception:
    return bad_request(f"can't parse entities: {reason}")


def trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    """Text without white space around it, and its entities moved and cut accordingly."""
    lost = units(text) - units(text.lstrip())
    text = text.strip()
    total = units(text)
    kept = []
    for entity in entities:
        start = max(entity["offset"] - lost, 0)
        end = min(entity["offset"] - lost + entity["length"], total)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return text, kept


def detected(text: str, taken: list[Json]) -> list[Json]:
    """Commands, links and the like that Telegram finds by itself, outside what is taken."""
    found = list(taken)
    for kind, pattern in FOUND_BY_ITSELF:
        for match in pattern.finditer(text):
            start, length = units(text[: match.start()]), units(match.group())
            blocking = (e for e in found if e["type"] not in ("bold", "italic", "blockquote"))
            if not any(
                e["offset"] < start + length and start < e["offset"] + e["length"]
                for e in blocking
            ):
                found.append({"type": kind, "offset": start, "length": length})
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


def formatted(
    text: str, parse_mode: str | None, entities: list[Any] | None
) -> tuple[str, list[Json]]:
    """What a bot wrote, as it is stored: plain text and entities."""
    if len(text.encode()) > SOURCE_LIMIT:
        raise bad_request("text is too long")
    if entities is None and parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request("unsupported parse_mode")
        text, entities = _Html(text).parse()
    text, found = trimmed(text, list(entities or []))
    return text, detected(text, found)
