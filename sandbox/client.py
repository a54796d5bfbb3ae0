"""A phone for tests: `await phone.send("Bonjour")`, `await phone.press("Oui")`, `phone.last()`."""

import asyncio
import json
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp

Json = dict[str, Any]
PATIENCE = 10.0
"""Seconds that a test waits for an answer, unless it says otherwise."""


class SandboxError(Exception):
    """The sandbox refused, with the reason it gave."""


@dataclass(frozen=True)
class Message:
    """One message as the person sees it. `raw` is the Bot API's Message."""

    id: int
    from_bot: bool
    kind: str
    """text, photo, document, voice, sticker, contact, location, poll or pinned_message."""
    text: str
    """The text, or the caption of a file."""
    buttons: list[list[str]]
    edited: bool
    pinned: bool
    reaction: str
    date: int
    changed: int
    file: Json | None
    raw: Json

    @property
    def labels(self) -> list[str]:
        """The texts of all inline buttons."""
        return [label for row in self.buttons for label in row]


class Sandbox:
    """A running sandbox; use it with `async with` or close it."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Sandbox":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End the connections."""
        if self._session is not None:
            await self._session.close()

    async def call(self, verb: str, path: str, body: Any = None, **query: Any) -> Any:
        """One request to the control API; `body` is JSON or a form."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        sent = {"data": body} if isinstance(body, aiohttp.FormData) else {"json": body}
        asked = {name: str(value) for name, value in query.items() if value is not None}
        url = f"{self.base_url}/sandbox/api/{path}"
        async with self._session.request(verb, url, params=asked, **sent) as answer:
            result = await answer.json()
            if answer.status >= 400:
                raise SandboxError(result["error"])
            return result

    async def add_bot(self, token: str, name: str, username: str) -> None:
        """Register a bot."""
        await self.call("POST", "bots", {"token": token, "name": name, "username": username})

    async def revoke(self, bot: str, revoked: bool = True) -> None:
        """Revoke a bot's token (every call answers 401), or give it back."""
        await self.call("POST", f"bots/{bot}/revoke", {"revoked": revoked})

    async def repeat(self, bot: str, update_id: int | None = None, times: int = 1) -> list[int]:
        """Send an update to the webhook again, `times` at once; the answers' statuses."""
        body = {"update_id": update_id, "times": times}
        statuses: list[int] = await self.call("POST", f"bots/{bot}/repeat", body)
        return statuses

    async def phones(self) -> list["Phone"]:
        """Everybody who has a phone already."""
        return [Phone(self, person) for person in await self.call("GET", "people")]

    async def phone(
        self,
        first_name: str,
        last_name: str | None = None,
        *,
        username: str | None = None,
        language_code: str | None = "fr",
        phone_number: str | None = None,
    ) -> "Phone":
        """Give somebody a phone."""
        fields = {
            "first_name": first_name,
            "last_name": last_name,
            "username": username,
            "language_code": language_code,
            "phone_number": phone_number,
        }
        return Phone(self, await self.call("POST", "people", fields))

    async def fault(self, kind: str, **fields: Any) -> None:
        """Ask for a fault: 429 401 403 500 502 delay reset error download unheard.

        Its fields are those of `sandbox.faults.Fault`.
        """
        await self.call("POST", "faults", {"kind": kind, **fields})

    async def clear_faults(self) -> None:
        """Work properly again."""
        await self.call("DELETE", "faults")

    async def calls(self, method: str | None = None, chat: int | None = None) -> list[Json]:
        """Calls of the Bot API: time, token, method, chat, status, arguments, description."""
        found: list[Json] = await self.call("GET", "calls", None, method=method, chat=chat)
        return found

    async def attempts(self, chat: int | None = None) -> list[Json]:
        """Webhook requests: time, bot, chat, update, status (0: no answer), error."""
        found: list[Json] = await self.call("GET", "attempts", None, chat=chat)
        return found

    async def forget_records(self) -> None:
        """Empty the records of calls and of webhook requests."""
        await self.call("DELETE", "calls")
        await self.call("DELETE", "attempts")

    async def move_clock(self, offset: float) -> None:
        """Let Telegram's time be `offset` seconds from the machine's."""
        await self.call("POST", "clock", {"offset": offset})


class Phone:
    """One person. `open` chooses the bot; every deed after it goes to that chat."""

    def __init__(self, sandbox: Sandbox, person: Json) -> None:
        self.sandbox = sandbox
        self.id: int = person["id"]
        self.first_name: str = person["first_name"]
        self.phone_number: str = person["phone_number"]
        self.bot = ""
        self._mark = 0

    async def open(self, bot: str, start: str | None = None) -> None:
        """Follow `t.me/<bot>?start=<start>` and press Start; `bot` is a username or a token."""
        self.bot = bot
        await self._do("open", {"start": start})
        await self._do("start")

    async def look(self, bot: str) -> None:
        """Switch to the chat with a bot without sending anything."""
        self.bot = bot
        await self.view()

    async def send(self, text: str, *, reply_to: int | None = None) -> int:
        """Write; the number of the (last) message."""
        sent = await self._do("text", {"text": text, "reply_to": reply_to})
        return int(sent[-1]["message_id"])

    async def press(self, button: str, message_id: int | None = None) -> Json:
        """Press a button by its text or a part of it; a link comes back as `{"url": …}`."""
        result: Json = await self._do("press", {"button": button, "message_id": message_id})
        return result

    async def send_photo(self, path: Path | str, caption: str = "") -> int:
        """Send a picture as a photo."""
        return int((await self._do("photo", _form([path], caption=caption)))["message_id"])

    async def send_document(
        self,
        path: Path | str,
        caption: str = "",
        *,
        name: str | None = None,
        mime_type: str | None = None,
        size: int | None = None,
    ) -> int:
        """Send a file as it is; name, type and size may lie."""
        form = _form([path], name=name, mime_type=mime_type, caption=caption, size=size)
        return int((await self._do("document", form))["message_id"])

    async def send_album(
        self,
        paths: list[Path | str],
        caption: str = "",
        *,
        gap: float = 0.0,
        as_files: bool = False,
    ) -> list[int]:
        """Send 2 to 10 files as one album, `gap` seconds between two updates."""
        extra = {"gap": str(gap)} | ({"as_files": "1"} if as_files else {})
        sent = await self._do("album", _form(paths, caption=caption, extra=extra))
        return [int(message["message_id"]) for message in sent]

    async def send_contact(self, of: "Phone | None" = None) -> int:
        """Share one's own number, or another person's."""
        return int((await self._do("contact", {"of": of.id if of else None}))["message_id"])

    async def send_voice(self) -> int:
        """Send a voice message."""
        return int((await self._do("voice"))["message_id"])

    async def send_sticker(self, emoji: str = "👍") -> int:
        """Send a sticker."""
        return int((await self._do("sticker", {"emoji": emoji}))["message_id"])

    async def send_location(self, latitude: float = 48.8566, longitude: float = 2.3522) -> int:
        """Send a place."""
        place = {"latitude": latitude, "longitude": longitude}
        return int((await self._do("location", place))["message_id"])

    async def send_poll(self, question: str, options: list[str]) -> int:
        """Send a poll."""
        poll = {"question": question, "options": options}
        return int((await self._do("poll", poll))["message_id"])

    async def edit(self, message_id: int, text: str) -> None:
        """Change an own message."""
        await self._do("edit", {"message_id": message_id, "text": text})

    async def delete(self, message_id: int) -> None:
        """Take a message out of the chat; the bot is not told."""
        await self._do("delete", {"message_id": message_id})

    async def block(self) -> None:
        """Stop the bot."""
        await self._do("block")

    async def unblock(self) -> None:
        """Let the bot write again."""
        await self._do("unblock")

    async def change(self, **fields: Any) -> None:
        """Change `language_code`, names or number, or delete the account (`deactivated`)."""
        await self.sandbox.call("POST", f"people/{self.id}", fields)

    # Seeing

    async def view(self, seen: int | None = None, timeout: float = 0.0) -> Json:
        """The whole chat; with `seen`, after it has changed or `timeout` is over."""
        query = {"seen": seen, "timeout": timeout} if seen is not None else {}
        view: Json = await self.sandbox.call("GET", self._path(), None, **query)
        return view

    async def messages(self) -> list[Message]:
        """Every message of the chat, oldest first."""
        return [_message(one) for one in (await self.view())["messages"]]

    async def last(self) -> Message:
        """The last message from the bot."""
        said = [message for message in await self.messages() if message.from_bot]
        if not said:
            raise SandboxError("the bot has not said anything")
        return said[-1]

    async def keyboard(self) -> list[list[str]]:
        """The labels of the keyboard below the chat; empty when there is none."""
        rows = ((await self.view())["keyboard"] or {}).get("keyboard", [])
        return [[b if isinstance(b, str) else b["text"] for b in row] for row in rows]

    async def notices(self) -> list[str]:
        """What pressed buttons made pop up."""
        return [notice["text"] for notice in (await self.view())["notices"]]

    async def download(self, file_id: str) -> bytes:
        """The bytes of a file that the person can see."""
        assert self.sandbox._session is not None
        url = f"{self.sandbox.base_url}/sandbox/files/{file_id}"
        async with self.sandbox._session.get(url) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def wait_for(self, text: str, timeout: float = PATIENCE) -> Message:
        """The bot's message with this text, written or edited since the last deed."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        view = await self.view()
        while True:
            news = [_message(one) for one in view["messages"] if one["changed"] > self._mark]
            said = [message for message in news if message.from_bot]
            for message in reversed(said):
                if text in message.text:
                    return message
            left = deadline - loop.time()
            if left <= 0:
                heard = [message.text for message in said]
                raise SandboxError(f"{text!r} was not said in {timeout} s, but {heard}")
            view = await self.view(seen=view["version"], timeout=left)

    async def wait_until(
        self, holds: Callable[[list[Message]], bool], timeout: float = PATIENCE
    ) -> list[Message]:
        """The chat's messages as soon as a condition on them holds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        view = await self.view()
        while True:
            messages = [_message(one) for one in view["messages"]]
            if holds(messages):
                return messages
            left = deadline - loop.time()
            if left <= 0:
                texts = [message.text for message in messages[-5:]]
                raise SandboxError(f"it did not happen in {timeout} s; last: {texts}")
            view = await self.view(seen=view["version"], timeout=left)

    async def quiet(self, timeout: float = PATIENCE) -> None:
        """Wait until the bot has taken every update of this chat."""
        answer = await self.sandbox.call("GET", f"{self._path()}/quiet", None, timeout=timeout)
        if not answer["quiet"]:
            raise SandboxError(f"{answer['pending']} updates are still waiting")

    def _path(self) -> str:
        if not self.bot:
            raise SandboxError("open a chat first")
        return f"chats/{self.id}/{self.bot}"

    async def _do(self, deed: str, body: Any = None) -> Any:
        if isinstance(body, dict):
            body = {key: value for key, value in body.items() if value is not None}
        answer = await self.sandbox.call("POST", f"{self._path()}/{deed}", body or {})
        self._mark = answer["version"]
        return answer["result"]


def _message(view: Json) -> Message:
    return Message(**view)


def _form(
    paths: list[Path | str],
    *,
    caption: str = "",
    name: str | None = None,
    mime_type: str | None = None,
    size: int | None = None,
    extra: dict[str, str] | None = None,
) -> aiohttp.FormData:
    form = aiohttp.FormData({"caption": caption, **(extra or {})})
    for number, path in enumerate(map(Path, paths)):
        guess = mime_type or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        form.add_field(
            f"file{number}",
            BytesIO(path.read_bytes()),  # aiohttp warns about large plain bytes
            filename=name or path.name,
            content_type=guess,
        )
    if size is not None:
        form.add_field("sizes", json.dumps([size]))
    return form
