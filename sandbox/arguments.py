"""What a caller sent: JSON, form, multipart or query string, checked against the Bot API.

aiogram's method types are the table of methods and parameters. Importing them takes seconds, so
it happens once, lazily, in a thread.
"""

import asyncio
import functools
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, ClientResponse, MultipartReader, web

from sandbox.errors import ApiError, bad_request
from sandbox.records import Json

if TYPE_CHECKING:
    from pydantic import ValidationError

MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "media": "media is empty",
    "file_id": "file_id not specified",
    "action": "wrong parameter action in request",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
    "user_id": "invalid user_id specified",
}
MALFORMED = {
    "reply_markup": "object expected as reply markup",
    "commands": "expected an Array of BotCommand",
    "media": "expected an Array of InputMedia",
    "reply_parameters": "object expected as reply parameters",
    "link_preview_options": "object expected as link preview options",
    "menu_button": "menuButton must be an Object",
}
UNREADABLE = {"reply_markup": "can't parse reply keyboard markup JSON object"}
MULTIPART_LIMIT = 50 * 1024 * 1024


@dataclass
class Upload:
    """A file that came with a request."""

    filename: str
    mime_type: str
    data: bytes


@dataclass
class Arguments:
    """The raw arguments of a call."""

    values: Json
    files: dict[str, Upload]


async def read_request(request: web.Request) -> Arguments:
    """Arguments from the query string and the body of a request; a GET may have one too."""
    found = Arguments(dict(request.query), {})
    kind = request.content_type
    if request.body_exists:
        if kind == "multipart/form-data":
            try:
                await _read_multipart(await request.multipart(), found)
            except ValueError as error:
                raise bad_request("can't parse multipart body") from error
        elif kind == "application/json":
            found.values.update(_json_object(await request.read()))
        else:
            body = await request.read()
            found.values.update(parse_qsl(body.decode("utf-8", "replace"), True))
    _refuse_surrogates(found.values)
    return found


def _refuse_surrogates(values: Json) -> None:
    """JSON can carry half characters; Telegram refuses them."""
    try:
        json.dumps(values, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


async def read_reply(answer: ClientResponse) -> Arguments:
    """Arguments from the body of a webhook's answer; empty when it is no call."""
    found = Arguments({}, {})
    if answer.content_type.startswith("multipart/"):
        await _read_multipart(MultipartReader.from_response(answer), found)
    elif answer.content_type == "application/json":
        found.values.update(_json_object(await answer.read()))
    elif answer.content_type == "application/x-www-form-urlencoded":
        found.values.update(parse_qsl(await answer.text(), True))
    return found


def _json_object(body: bytes) -> Json:
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(value, dict):
        raise bad_request("object expected as parameters")
    return {key: item for key, item in value.items() if item is not None}


async def _read_multipart(reader: AsyncIterator[Any], found: Arguments) -> None:
    async for part in reader:
        if not isinstance(part, BodyPartReader) or part.name is None:
            raise bad_request("can't parse multipart body")
        data = bytes(await part.read())
        if len(data) > MULTIPART_LIMIT:
            raise ApiError(413)
        if part.filename is None:
            found.values[part.name] = data.decode("utf-8", "replace")
        else:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            found.files[part.name] = Upload(part.filename, mime_type, data)


@functools.cache
def _table() -> dict[str, Any]:
    """Every method of the Bot API: lower-case name → aiogram's type."""
    import aiogram.methods as known
    from aiogram.methods.base import TelegramMethod

    found = {}
    for name in known.__all__:
        kind = getattr(known, name)
        is_method = isinstance(kind, type) and issubclass(kind, TelegramMethod)
        if is_method and kind is not TelegramMethod:
            found[str(kind.__api_method__).lower()] = kind
    return found


async def table() -> dict[str, Any]:
    """The table of methods, loaded without blocking the loop."""
    if _table.cache_info().currsize:
        return _table()
    return await asyncio.to_thread(_table)


def checked(method: type[Any], found: Arguments) -> Json:
    """Arguments of the right names and types; anything else is refused.

    Plain values come back converted ("5" → 5), objects as the JSON that was sent.
    """
    from aiogram.types import BufferedInputFile
    from pydantic import ValidationError

    fields = method.model_fields
    uploads = set(found.files) & set(fields)
    for name in sorted(set(found.values) - set(fields)):
        raise bad_request(f'unknown parameter "{name}"')
    values = {name: _decoded(name, value, fields[name]) for name, value in found.values.items()}
    texts = {name for name, value in values.items() if isinstance(value, str)}
    named = {name for name in texts if "InputFile" in str(fields[name].annotation)}
    placeholders = {name: BufferedInputFile(b"", name) for name in uploads | named}
    try:
        model = method.model_validate(values | placeholders)
    except ValidationError as error:
        raise _refusal(error) from error
    for name in values:
        _refuse_unknown(getattr(model, name), name)
    plain = {name: _plain(getattr(model, name), values[name]) for name in values}
    return plain | {name: f"attach://{name}" for name in uploads}


def _decoded(name: str, value: Any, field: Any) -> Any:
    """A form carries objects as JSON text: read it where an object or a list is expected."""
    kinds = str(field.annotation)
    compound = any(word in kinds for word in ("aiogram.types", "list[", "Union[aiogram"))
    if isinstance(value, str) and compound and "InputFile" not in kinds:
        try:
            value = json.loads(value)
        except ValueError as error:
            text = UNREADABLE.get(name, f"can't parse {name} JSON object")
            raise bad_request(text) from error
    return _with_buttons(value) if isinstance(value, dict) else value


def _with_buttons(markup: Json) -> Json:
    """A button of a reply keyboard may be sent as its text alone."""
    rows = markup.get("keyboard")
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        return markup
    full = [[{"text": b} if isinstance(b, str) else b for b in row] for row in rows]
    return {**markup, "keyboard": full}


def _plain(converted: Any, sent: Any) -> Any:
    return converted if isinstance(converted, str | int | float | bool) else sent


def _refusal(error: "ValidationError") -> ApiError:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "parameters"
    if first["type"] == "missing" and len(first["loc"]) == 1:
        return bad_request(MISSING.get(name, f'parameter "{name}" is required'))
    if name == "reply_markup" and "keyboard" in str(first["loc"]):
        path = ".".join(str(step) for step in first["loc"][1:])
        return bad_request(f"can't parse keyboard button: {path}: {first['msg']}")
    return bad_request(MALFORMED.get(name, f"can't parse {name}: {first['msg']}"))


def _refuse_unknown(value: Any, where: str) -> None:
    """Refuse fields that the Bot API does not know, at any depth."""
    if isinstance(value, list):
        for item in value:
            _refuse_unknown(item, where)
    elif hasattr(value, "model_extra"):
        for name in value.model_extra or {}:
            raise bad_request(f'unknown field "{name}" in {where}')
        for name in type(value).model_fields:
            _refuse_unknown(getattr(value, name), f"{where}.{name}")
