"""The Bot API's door: tokens, faults, arguments, answers, downloads."""

import asyncio
import re
from typing import Any

from aiohttp import ClientResponse, web

from sandbox import arguments
from sandbox.arguments import Arguments
from sandbox.errors import ApiError
from sandbox.faults import Fault
from sandbox.methods import HANDLERS, Call
from sandbox.methods.call import Answer
from sandbox.records import Bot, Json
from sandbox.world import World

WORLD: web.AppKey[World] = web.AppKey("world", World)
TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
NOT_FROM_REPLY = ("setwebhook", "deletewebhook", "close", "logout")
PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
NOT_FOUND = {"ok": False, "error_code": 404, "description": "Not Found"}


async def method(request: web.Request) -> web.StreamResponse:
    """`/bot{token}/{method}`, by GET or POST."""
    world = request.app[WORLD]
    token, name = request.match_info["token"], request.match_info["method"]
    if not TOKEN.fullmatch(token):
        return web.json_response(NOT_FOUND, status=404)
    record: Json = {"time": world.now(), "token": token, "method": name, "status": 0}
    try:
        found = await arguments.read_request(request)
        record["chat"] = _chat_number(found.values)
        record["arguments"] = _short(found.values)
        answer = await _answer(world, request, token, name, found, record["chat"])
    except ApiError as error:
        record["description"] = error.description
        answer = web.json_response(error.body(), status=error.code)
    record["status"] = answer.status if answer is not None else 0
    world.calls.append(record)
    return answer if answer is not None else _cut(request)


async def _answer(
    world: World, request: web.Request, token: str, name: str, found: Arguments, chat: int | None
) -> web.StreamResponse | None:
    """The answer to one call; None when the connection is to be cut."""
    bot = world.bots.get(token)
    if bot is None or bot.revoked:
        raise ApiError(401)
    fault = await _fault(world, token, name, chat, after=False)
    if fault is not None:
        return fault.response
    result = await run(world, bot, name, found)
    fault = await _fault(world, token, name, chat, after=True)
    if fault is not None:
        return fault.response
    if isinstance(result, Answer):
        body = {"ok": True, "result": result.result, "description": result.description}
        return web.json_response(body)
    return web.json_response({"ok": True, "result": result})


async def run(world: World, bot: Bot, name: str, found: Arguments) -> Any:
    """Check the arguments of a call and carry it out."""
    kind = (await arguments.table()).get(name.lower())
    if kind is None:
        raise ApiError(404)
    handler = HANDLERS.get(name.lower())
    if handler is None:
        raise ApiError(501, f"the sandbox does not play {name}")
    args = arguments.checked(kind, found)
    return await handler(Call(world, bot, args, found.files))


async def run_reply(world: World, bot: Bot, answer: ClientResponse) -> None:
    """Carry out the method that a webhook's answer asks for, if any; its result is lost."""
    record: Json = {"time": world.now(), "token": bot.token, "method": "", "reply": True}
    try:
        found = await arguments.read_reply(answer)
        name = str(found.values.pop("method", "")).lower()
        if not name or name in NOT_FROM_REPLY or name.startswith("get"):
            return
        record |= {"method": name, "chat": _chat_number(found.values), "status": 200}
        await run(world, bot, name, found)
    except ApiError as error:
        record |= {"status": error.code, "description": error.description}
    world.calls.append(record)


class _Hit:
    """The response that a fault gives; None inside means a cut connection."""

    def __init__(self, response: web.StreamResponse | None) -> None:
        self.response = response


async def _fault(
    world: World, token: str, name: str, chat: int | None, after: bool
) -> _Hit | None:
    fault = next((f for f in world.faults if f.matches(token, name, chat, after)), None)
    if fault is None:
        return None
    fault.spend()
    if fault.kind == "delay":
        await asyncio.sleep(fault.seconds)
        return None
    if fault.kind == "reset":
        return _Hit(None)
    if fault.kind == "502":
        return _Hit(web.Response(text=PROXY_PAGE, status=502, content_type="text/html"))
    raise _refusal(fault)


def _refusal(fault: Fault) -> ApiError:
    if fault.kind == "429":
        wait = fault.retry_after
        return ApiError(429, f"retry after {wait}", retry_after=wait)
    if fault.kind == "403":
        return ApiError(403, fault.description or "bot was blocked by the user")
    if fault.kind == "error" and fault.migrate_to:
        return ApiError(fault.code, fault.description, migrate_to_chat_id=fault.migrate_to)
    if fault.kind == "error":
        return ApiError(fault.code, fault.description)
    return ApiError(int(fault.kind), fault.description)


def _cut(request: web.Request) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response(status=500)


def _chat_number(values: Json) -> int | None:
    try:
        return int(values["chat_id"])
    except (KeyError, TypeError, ValueError):
        return None


def _short(values: Json) -> Json:
    return {name: value for name, value in values.items() if len(str(value)) <= 10_000}


async def download(request: web.Request) -> web.StreamResponse:
    """`/file/bot{token}/{path}`: the bytes of a file."""
    world = request.app[WORLD]
    bot = world.bots.get(request.match_info["token"])
    if bot is None or bot.revoked:
        return web.json_response(ApiError(401).body(), status=401)
    for fault in world.faults:
        if fault.hits("download", bot.token):
            fault.spend()
            return web.json_response(NOT_FOUND, status=404)
    stored = world.paths.get((bot.id, request.match_info["path"]))
    if stored is None:
        return web.json_response(NOT_FOUND, status=404)
    return web.Response(body=stored.data, content_type="application/octet-stream")


def add_routes(app: web.Application) -> None:
    """The Bot API's addresses."""
    app.router.add_route("*", "/bot{token:[^/]*}/{method:[^/]*}", method)
    app.router.add_get("/file/bot{token:[^/]*}/{path:.+}", download)
