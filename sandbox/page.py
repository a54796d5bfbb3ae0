"""The chat page: a messenger in the browser for each of the sandbox's people."""

import asyncio
from pathlib import Path
from typing import Any

import jinja2
from aiohttp import web

from sandbox import rendering, views
from sandbox.api import WORLD
from sandbox.control import phone_of
from sandbox.errors import PhoneError
from sandbox.methods.profile import scope_key
from sandbox.phones import Phone
from sandbox.phrases import LANGUAGES, translator
from sandbox.records import Bot, Chat, Json, Person
from sandbox.world import World

HERE = Path(__file__).parent
SHOWN = 300
"""How many of the latest messages the page draws."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ACTIONS = {
    "typing": "typing…",
    "upload_photo": "sending a photo…",
    "upload_document": "sending a file…",
}
INLINE_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")

templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)
templates.filters |= {"size": rendering.size_of, "snippet": rendering.snippet}
templates.globals["local_link"] = rendering.local_link


def language_of(request: web.Request) -> str:
    """The page's language: asked, remembered, or the browser's."""
    wanted = request.query.get("lang") or request.cookies.get("lang")
    if wanted in LANGUAGES:
        return wanted
    return "fr" if request.headers.get("Accept-Language", "fr").startswith("fr") else "en"


def render(request: web.Request, name: str, **values: Any) -> web.Response:
    """A whole page."""
    lang = language_of(request)
    html = templates.get_template(name).render(
        lang=lang, t=translator(lang), sidebar=_sidebar(request), here=request.path, **values
    )
    answer = web.Response(text=html, content_type="text/html")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Referrer-Policy"] = "same-origin"
    if request.query.get("lang") in LANGUAGES:
        answer.set_cookie("lang", lang, samesite="Lax")
    return answer


def _sidebar(request: web.Request) -> list[Json]:
    """Everybody with their chats, the newest person first."""
    world = request.app[WORLD]
    rows = []
    for person in reversed(world.people.values()):
        chats = [_chat_row(person, bot, chat) for bot, chat in world.chats_of(person)]
        known = {row["bot"].id for row in chats}
        others = [bot for bot in world.bots.values() if bot.id not in known]
        rows.append({"person": person, "chats": chats, "others": others})
    return rows


def _chat_row(person: Person, bot: Bot, chat: Chat) -> Json:
    last = next(reversed(chat.messages.values()), None)
    return {
        "bot": bot,
        "href": f"/chat/{person.id}/{bot.username}",
        "last": views.message_view(last, chat) if last else None,
        "blocked": chat.blocked,
    }


async def home(request: web.Request) -> web.Response:
    """The list of chats."""
    return render(request, "home.html")


async def chat(request: web.Request) -> web.Response:
    """One person's chat with one bot."""
    phone = phone_of(request)
    return render(request, "chat.html", **_chat_values(request, phone))


async def parts(request: web.Request) -> web.Response:
    """The moving parts of the chat page, drawn anew."""
    phone = phone_of(request)
    lang = language_of(request)
    values = _chat_values(request, phone) | {"lang": lang, "t": translator(lang)}
    values |= {"sidebar": _sidebar(request), "here": request.query.get("here", "")}
    names = ("messages", "pinned", "keyboard", "bottom", "status", "sidebar")
    drawn = {name: templates.get_template(f"{name}.html").render(values) for name in names}
    view = values["view"]
    left = max(phone.chat.action_until - phone.world.now(), 0) if view["action"] else 0
    return web.json_response(
        {"parts": drawn, "notices": view["notices"], "action_left": left}
        | {"presses": _open_presses(phone)}
    )


def _open_presses(phone: Phone) -> list[str]:
    """Pressed buttons that still wait for an answer."""
    world = phone.world
    return [
        press.id
        for press in world.presses.values()
        if press.person_id == phone.person.id
        and not press.answered
        and press.expires > world.now()
    ]


def _chat_values(request: web.Request, phone: Phone) -> Json:
    view = views.chat_view(phone.world, phone.bot, phone.person, phone.chat)
    pending = {
        update.payload["message_id"]
        for update in phone.bot.pending.values()
        if update.kind == "message" and update.chat_id == phone.person.id
    }
    shown = view["messages"][-SHOWN:]
    pinned = [m for m in view["messages"] if m["pinned"]]
    return {
        "view": view,
        "items": rendering.bubbles(shown, pending),
        "top": pinned[-1] if pinned else None,
        "person": phone.person,
        "bot": phone.bot,
        "base": f"/chat/{phone.person.id}/{phone.bot.username}",
        "deeds": f"/sandbox/api/chats/{phone.person.id}/{phone.bot.username}",
        "action": ACTIONS.get(view["action"] or "", "busy…") if view["action"] else None,
        "commands": commands_for(phone),
        "description": _text(phone.bot, "description", phone.person),
    }


def commands_for(phone: Phone) -> list[Json]:
    """The commands that this person sees: the closest scope and language first."""
    scopes: list[Json] = [
        {"type": "chat", "chat_id": phone.person.id},
        {"type": "all_private_chats"},
        {"type": "default"},
    ]
    for scope in scopes:
        for language in (phone.person.language_code or "", ""):
            found = phone.bot.commands.get(scope_key(scope, language))
            if found:
                return found
    return []


def _text(bot: Bot, name: str, person: Person) -> str:
    own = bot.texts.get(f"{name}:{person.language_code or ''}")
    return own or bot.texts.get(f"{name}:", "")


async def events(request: web.Request) -> web.StreamResponse:
    """A line whenever something changed (server-sent events)."""
    bell = request.app[WORLD].bell
    answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    answer.headers["Cache-Control"] = "no-store"
    await answer.prepare(request)
    seen = bell.count
    try:
        await answer.write(b"retry: 500\n: hello\n\n")
        while True:
            count = await bell.wait(seen, 15)
            line = f"data: {count}\n\n" if count != seen else ": still here\n\n"
            seen = count
            await answer.write(line.encode())
            await asyncio.sleep(0.03)
    except ConnectionError:
        return answer


async def link(request: web.Request) -> web.Response:
    """What `https://t.me/<bot>?start=…` would show: who opens it?"""
    world = request.app[WORLD]
    payload = request.query.get("start", "")
    bot = _linked_bot(world, request.match_info["bot"])
    status = 200 if bot else 404
    answer = render(
        request, "link.html", bot=bot, payload=payload, asked=request.match_info["bot"]
    )
    answer.set_status(status)
    return answer


def _linked_bot(world: World, name: str) -> Bot | None:
    try:
        return world.bot(name)
    except PhoneError:
        return None


async def follow(request: web.Request) -> web.Response:
    """Somebody chosen, or new, opens the link: the chat shows Start."""
    world = request.app[WORLD]
    form = await request.post()
    bot = world.bot(request.match_info["bot"])
    person = _chosen(world, form)
    Phone(world, person, bot).follow_link(str(form.get("start", "")) or None)
    raise web.HTTPSeeOther(f"/chat/{person.id}/{bot.username}")


async def create(request: web.Request) -> web.Response:
    """A new person; their chat with the first bot opens."""
    world = request.app[WORLD]
    person = _chosen(world, await request.post())
    bot = next(iter(world.bots.values()), None)
    raise web.HTTPSeeOther(f"/chat/{person.id}/{bot.username}" if bot else "/")


def _chosen(world: World, form: Any) -> Person:
    if form.get("person"):
        return world.person(int(str(form["person"])))
    names = ("first_name", "last_name", "language_code", "phone_number")
    fields = {name: str(form.get(name, "")).strip() for name in names}
    if not fields["first_name"]:
        raise PhoneError("a person has a first name")
    return world.add_person(**{name: value for name, value in fields.items() if value})


async def file(request: web.Request) -> web.Response:
    """A file that people sent or received; only pictures are shown in place."""
    stored = request.app[WORLD].files.get(request.match_info["file_id"])
    if stored is None:
        raise web.HTTPNotFound
    inline = stored.mime_type in INLINE_TYPES
    answer = web.Response(
        body=stored.data,
        content_type=(stored.mime_type if inline else None) or "application/octet-stream",
    )
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    if not inline:
        answer.headers["Content-Disposition"] = "attachment"
    return answer


def add_routes(app: web.Application) -> None:
    """The page's addresses."""
    app.router.add_get("/", home)
    app.router.add_post("/people", create)
    app.router.add_get("/chat/{person:\\d+}/{bot}", chat)
    app.router.add_get("/chat/{person:\\d+}/{bot}/parts", parts)
    app.router.add_get("/events", events)
    app.router.add_get("/t.me/{bot}", link)
    app.router.add_post("/t.me/{bot}", follow)
    app.router.add_get("/sandbox/files/{file_id}", file)
    app.router.add_static("/static", HERE / "static")
