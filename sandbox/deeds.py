"""The deeds of a person, as the control API names them."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from sandbox.arguments import Arguments
from sandbox.errors import PhoneError
from sandbox.phones import Attachment, Phone
from sandbox.records import Json

Deed = Callable[[Phone, Arguments], Any]


def _files(found: Arguments) -> list[Attachment]:
    sizes = json.loads(found.values.get("sizes", "[]"))
    files = [Attachment(file.data, file.filename, file.mime_type) for file in found.files.values()]
    for file, size in zip(files, sizes, strict=False):
        file.size = size
    if not files:
        raise PhoneError("there is no file")
    return files


def _caption(found: Arguments) -> str:
    return str(found.values.get("caption", ""))


def _open(phone: Phone, found: Arguments) -> None:
    phone.follow_link(found.values.get("start") or None)


def _photo(phone: Phone, found: Arguments) -> Json:
    return phone.photo(_files(found)[0], _caption(found))


def _document(phone: Phone, found: Arguments) -> Json:
    return phone.document(_files(found)[0], _caption(found))


async def _album(phone: Phone, found: Arguments) -> list[Json]:
    """Several files as one album, `gap` seconds apart; files that are no pictures as documents."""
    files, sent = _files(found), []
    if not 2 <= len(files) <= 10:
        raise PhoneError("an album has 2 to 10 files")
    group = phone.group()
    as_files = bool(found.values.get("as_files"))
    pictures = not as_files and all(f.mime_type.startswith("image/") for f in files)
    for number, file in enumerate(files):
        if number:
            await asyncio.sleep(float(found.values.get("gap", 0)))
        send = phone.photo if pictures else phone.document
        sent.append(send(file, "" if number else _caption(found), group))
    return sent


def _contact(phone: Phone, found: Arguments) -> Json:
    other = found.values.get("of")
    return phone.contact(phone.world.person(int(other)) if other else None)


def _voice(phone: Phone, found: Arguments) -> Json:
    file = _files(found)[0] if found.files else Attachment(b"OggS" + bytes(2000), "voice.oga")
    return phone.voice(file, int(found.values.get("duration", 3)))


def _location(phone: Phone, found: Arguments) -> Json:
    values = found.values
    return phone.location(
        float(values.get("latitude", 48.8566)), float(values.get("longitude", 2.3522))
    )


def _poll(phone: Phone, found: Arguments) -> Json:
    return phone.poll(found.values["question"], list(found.values["options"]))


def _text(phone: Phone, found: Arguments) -> list[Json]:
    reply_to = found.values.get("reply_to")
    return phone.text(str(found.values["text"]), int(reply_to) if reply_to else None)


def _press(phone: Phone, found: Arguments) -> Json:
    values = found.values
    if "row" in values:
        return phone.press_at(int(values["message_id"]), int(values["row"]), int(values["column"]))
    message_id = values.get("message_id")
    number = int(message_id) if message_id else None
    return phone.press(str(values["button"]), number, bool(values.get("below")))


DEEDS: dict[str, Deed] = {
    "open": _open,
    "start": lambda phone, found: phone.start(),
    "text": _text,
    "photo": _photo,
    "document": _document,
    "album": _album,
    "contact": _contact,
    "voice": _voice,
    "sticker": lambda phone, found: phone.sticker(str(found.values.get("emoji", "👍"))),
    "location": _location,
    "poll": _poll,
    "edit": lambda p, found: p.edit(int(found.values["message_id"]), str(found.values["text"])),
    "delete": lambda phone, found: phone.delete(int(found.values["message_id"])),
    "press": _press,
    "block": lambda phone, found: phone.block(),
    "unblock": lambda phone, found: phone.unblock(),
}
