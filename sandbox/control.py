"""The control API under `/sandbox/api`: people, their deeds, faults, and what was called."""

import asyncio
from collections.abc import Awaitable, Callable

from aiohttp import web

from sandbox import views
from sandbox.api import WORLD
from sandbox.arguments import read_request
from sandbox.deeds import DEEDS
from sandbox.delivery import Courier
from sandbox.errors import ApiError, PhoneError
from sandbox.faults import ASIDE, KINDS, Fault
from sandbox.phones import Phone
from sandbox.world import World

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
COURIER: web.AppKey[Courier] = web.AppKey("courier", Courier)
LONGEST_WAIT = 60.0
PERSON_FIELDS = ("first_name", "last_name", "username", "language_code", "phone_number")


@web.middleware
async def refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals of the control API as JSON: `{"error": …}`. Other sites may not post here."""
    if request.method != "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return web.json_response({"error": "this request comes from another site"}, status=403)
    try:
        return await handler(request)
    except PhoneError as error:
        return web.json_response({"error": error.text}, status=error.status)
    except ApiError as error:
        return web.json_response({"error": error.description}, status=error.code)


# People and bots


async def list_bots(request: web.Request) -> web.Response:
    """Every bot."""
    return web.json_response(
        [
            {"id": bot.id, "username": bot.username, "name": bot.name, "token": bot.token}
            for bot in request.app[WORLD].bots.values()
        ]
    )


async def add_bot(request: web.Request) -> web.Response:
    """Register a bot: `token`, `name`, `username`."""
    values = (await read_request(request)).values
    bot = request.app[WORLD].add_bot(values["token"], values["name"], values["username"])
    return web.json_response({"id": bot.id, "username": bot.username})


async def revoke_bot(request: web.Request) -> web.Response:
    """Revoke a bot's token, or (`revoked` false) give it back."""
    bot = request.app[WORLD].bot(request.match_info["bot"])
    bot.revoked = bool((await read_request(request)).values.get("revoked", True))
    return web.json_response({"revoked": bot.revoked})


async def repeat(request: web.Request) -> web.Response:
    """Send an update to the webhook again, `times` at once; the answers' statuses."""
    bot = request.app[WORLD].bot(request.match_info["bot"])
    values = (await read_request(request)).values
    number = int(values["update_id"]) if values.get("update_id") else None
    statuses = await request.app[COURIER].repeat(bot, number, int(values.get("times", 1)))
    return web.json_response(statuses)


async def list_people(request: web.Request) -> web.Response:
    """Everybody with a phone."""
    people = request.app[WORLD].people.values()
    return web.json_response([views.person_view(person) for person in people])


async def add_person(request: web.Request) -> web.Response:
    """Give somebody a phone."""
    values = (await read_request(request)).values
    fields = {name: values[name] for name in PERSON_FIELDS if values.get(name)}
    if "first_name" not in fields:
        raise PhoneError("a person has a first name")
    return web.json_response(views.person_view(request.app[WORLD].add_person(**fields)))


async def change_person(request: web.Request) -> web.Response:
    """Change names, number or language, or delete the account (`deactivated`)."""
    world = request.app[WORLD]
    person = world.person(int(request.match_info["person"]))
    values = (await read_request(request)).values
    for name in PERSON_FIELDS:
        if name in values:
            setattr(person, name, values[name] or None)
    person.deactivated = bool(values.get("deactivated", person.deactivated))
    for _, chat in world.chats_of(person):
        world.touch(chat)
    return web.json_response(views.person_view(person))


# Chats


def phone_of(request: web.Request) -> Phone:
    """The phone that an address names: `/{person}/{bot}`."""
    world = request.app[WORLD]
    person = world.person(int(request.match_info["person"]))
    return Phone(world, person, world.bot(request.match_info["bot"]))


async def see_chat(request: web.Request) -> web.Response:
    """The chat as the person sees it; `seen` and `timeout` wait for a change."""
    phone = phone_of(request)
    if "seen" in request.query:
        timeout = min(float(request.query.get("timeout", 20)), LONGEST_WAIT)
        await phone.chat.bell.wait(int(request.query["seen"]), timeout)
    view = views.chat_view(phone.world, phone.bot, phone.person, phone.chat)
    return web.json_response(view)


async def quiet(request: web.Request) -> web.Response:
    """Wait until the bot has taken every update of this chat."""
    phone = phone_of(request)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + min(float(request.query.get("timeout", 10)), LONGEST_WAIT)
    while (pending := views.pending_in(phone.bot, phone.person)) and loop.time() < deadline:
        await phone.bot.bell.wait(phone.bot.bell.count, deadline - loop.time())
    return web.json_response({"quiet": pending == 0, "pending": pending})


async def do(request: web.Request) -> web.Response:
    """One deed of a person; the answer carries the chat's version before it."""
    phone = phone_of(request)
    deed = DEEDS.get(request.match_info["deed"])
    if deed is None:
        raise PhoneError(f"there is no deed {request.match_info['deed']!r}", 404)
    found = await read_request(request)
    version = phone.chat.bell.count
    try:
        result = deed(phone, found)
        if asyncio.iscoroutine(result):
            result = await result
    except (KeyError, ValueError) as error:
        raise PhoneError(f"missing or malformed: {error}") from error
    return web.json_response({"version": version, "result": result})


# Faults, records, time


async def list_faults(request: web.Request) -> web.Response:
    """The faults that still wait for a call."""
    left = [vars(fault) for fault in request.app[WORLD].faults if fault.times]
    return web.json_response(left)


async def add_fault(request: web.Request) -> web.Response:
    """Ask for a fault; its fields are those of `Fault`, `bot` being a username or a token."""
    world = request.app[WORLD]
    values = (await read_request(request)).values
    if values.get("kind") not in KINDS + ASIDE:
        raise PhoneError(f"a fault is one of {', '.join(KINDS + ASIDE)}")
    if values.get("bot"):
        values["bot"] = world.bot(values["bot"]).token
    try:
        world.faults.append(Fault(**values))
    except TypeError as error:
        raise PhoneError(str(error)) from error
    return web.json_response({"faults": len(world.faults)})


async def clear_faults(request: web.Request) -> web.Response:
    """Work properly again."""
    request.app[WORLD].faults.clear()
    return web.json_response({})


def _records(name: str) -> tuple[Handler, Handler]:
    async def see(request: web.Request) -> web.Response:
        records = list(getattr(request.app[WORLD], name))
        for field, wanted in request.query.items():
            records = [record for record in records if str(record.get(field)) == wanted]
        return web.json_response(records)

    async def clear(request: web.Request) -> web.Response:
        getattr(request.app[WORLD], name).clear()
        return web.json_response({})

    return see, clear


async def set_clock(request: web.Request) -> web.Response:
    """Move this world's time by `offset` seconds."""
    world: World = request.app[WORLD]
    world.offset = float((await read_request(request)).values.get("offset", 0))
    return web.json_response({"now": world.now()})


def add_routes(app: web.Application) -> None:
    """The control API's addresses."""
    api = "/sandbox/api"
    see_calls, clear_calls = _records("calls")
    see_attempts, clear_attempts = _records("attempts")
    app.router.add_get(f"{api}/bots", list_bots)
    app.router.add_post(f"{api}/bots", add_bot)
    app.router.add_post(f"{api}/bots/{{bot}}/revoke", revoke_bot)
    app.router.add_post(f"{api}/bots/{{bot}}/repeat", repeat)
    app.router.add_get(f"{api}/people", list_people)
    app.router.add_post(f"{api}/people", add_person)
    app.router.add_post(f"{api}/people/{{person:\\d+}}", change_person)
    app.router.add_get(f"{api}/chats/{{person:\\d+}}/{{bot}}", see_chat)
    app.router.add_get(f"{api}/chats/{{person:\\d+}}/{{bot}}/quiet", quiet)
    app.router.add_post(f"{api}/chats/{{person:\\d+}}/{{bot}}/{{deed}}", do)
    app.router.add_get(f"{api}/faults", list_faults)
    app.router.add_post(f"{api}/faults", add_fault)
    app.router.add_delete(f"{api}/faults", clear_faults)
    app.router.add_get(f"{api}/calls", see_calls)
    app.router.add_delete(f"{api}/calls", clear_calls)
    app.router.add_get(f"{api}/attempts", see_attempts)
    app.router.add_delete(f"{api}/attempts", clear_attempts)
    app.router.add_post(f"{api}/clock", set_clock)
