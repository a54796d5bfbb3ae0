"""Another Bot API server, small and strict: it shares nothing with the sandbox."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

USER = {"id": 77_001, "is_bot": False, "first_name": "Amina", "language_code": "fr"}
ME = {"id": 515151, "is_bot": True, "first_name": "Other", "username": "other_bot"}


@dataclass
class OtherServer:
    """Knows one bot and one person; answers a dozen methods, and remembers what was asked."""

    token: str
    port: int = 0
    webhook: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)
    waiting: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1000))

    async def call(self, request: web.Request) -> web.Response:
        """POST /bot<token>/<method>."""
        method, sent = request.match_info["method"], dict(request.query)
        if request.content_type == "application/json":
            sent |= await request.json()
        else:
            sent |= {name: str(value) for name, value in (await request.post()).items()}
        self.asked.append(method)
        answer = getattr(self, f"on_{method.lower()}", None)
        if request.match_info["token"] != self.token or answer is None:
            refused = {"ok": False, "error_code": 404, "description": "Not Found"}
            return web.json_response(refused, status=404)
        return web.json_response({"ok": True, "result": await answer(sent)})

    async def download(self, request: web.Request) -> web.Response:
        """GET /file/bot<token>/<path>."""
        content = self.files.get(request.match_info["path"].removeprefix("photos/"))
        if request.match_info["token"] != self.token or content is None:
            raise web.HTTPNotFound
        return web.Response(body=content)

    async def on_getfile(self, sent: dict[str, str]) -> Any:
        size = len(self.files[sent["file_id"]])
        return {
            "file_id": sent["file_id"],
            "file_unique_id": f"u{sent['file_id']}",
            "file_size": size,
            "file_path": f"photos/{sent['file_id']}",
        }

    async def on_getme(self, sent: dict[str, str]) -> Any:
        return ME

    async def on_setwebhook(self, sent: dict[str, str]) -> Any:
        self.webhook = sent
        return True

    async def done(self, sent: dict[str, str]) -> Any:
        return True

    on_deletewebhook = on_setmycommands = on_answercallbackquery = on_sendchataction = done
    on_pinchatmessage = on_deletemessage = done

    async def on_sendmessage(self, sent: dict[str, str]) -> Any:
        self.said.append({"message_id": next(self.numbers), **sent})
        return self.message(self.said[-1]["message_id"], sent["text"], ME)

    async def on_editmessagetext(self, sent: dict[str, str]) -> Any:
        self.said.append(sent)
        return self.message(int(sent["message_id"]), sent["text"], ME)

    async def on_getupdates(self, sent: dict[str, str]) -> Any:
        offset = int(sent.get("offset", 0))
        self.waiting = [one for one in self.waiting if one["update_id"] >= offset]
        for _ in range(int(float(sent.get("timeout", 0)) * 20)):
            if self.waiting:
                break
            await asyncio.sleep(0.05)
        return self.waiting

    def message(self, number: int, text: str, by: dict[str, Any]) -> dict[str, Any]:
        """A Message of the private chat."""
        chat = {"id": USER["id"], "type": "private", "first_name": "Amina"}
        at = int(time.time())
        return {"message_id": number, "date": at, "chat": chat, "from": by, "text": text}

    async def writes(self, text: str) -> None:
        """Amina writes."""
        await self.deliver(message=self.message(next(self.numbers), text, USER))

    async def sends_photo(self, content: bytes, *, caption: str = "") -> None:
        """Amina sends a picture, of which Telegram makes a small one besides."""
        number = next(self.numbers)
        sizes = []
        for name, width in (("small", 90), ("large", 1280)):
            file_id = f"{name}{number}"
            self.files[file_id] = content
            sizes.append(
                {
                    "file_id": file_id,
                    "file_unique_id": f"u{file_id}",
                    "width": width,
                    "height": width,
                    "file_size": len(content),
                }
            )
        message = self.message(number, "", USER) | {"photo": sizes, "caption": caption}
        del message["text"]
        await self.deliver(message=message)

    async def presses(self, button: str) -> None:
        """Amina presses a button of the last message that has one of this name."""
        for said in reversed(self.said):
            rows = json.loads(said.get("reply_markup") or "{}").get("inline_keyboard", [])
            for key in itertools.chain.from_iterable(rows):
                if button in key["text"]:
                    shown = self.message(int(said["message_id"]), said["text"], ME)
                    query = {"id": str(next(self.numbers)), "from": USER, "message": shown}
                    query |= {"chat_instance": "1", "data": key["callback_data"]}
                    await self.deliver(callback_query=query)
                    return
        raise AssertionError(f"no button {button!r} in {self.said[-1]}")

    async def deliver(self, **update: Any) -> None:
        """By the webhook when there is one, else with the next getUpdates."""
        whole = {"update_id": next(self.numbers), **update}
        if not self.webhook:
            self.waiting.append(whole)
            return
        secret = {"X-Telegram-Bot-Api-Secret-Token": self.webhook["secret_token"]}
        url = self.webhook["url"]
        async with aiohttp.request("POST", url, json=whole, headers=secret) as answer:
            assert answer.status == 200

    async def hears(self, text: str) -> None:
        """The bot says so, sooner or later."""
        limit = time.monotonic() + 20
        while not any(text in said["text"].replace("\u00a0", " ") for said in self.said[-3:]):
            assert time.monotonic() < limit, [said["text"] for said in self.said[-3:]]
            await asyncio.sleep(0.02)


@asynccontextmanager
async def other_server(token: str) -> AsyncIterator[OtherServer]:
    """Serve it on a free port."""
    server = OtherServer(token)
    app = web.Application()
    app.router.add_post("/bot{token}/{method}", server.call)
    app.router.add_get("/file/bot{token}/{path:.+}", server.download)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.port = runner.addresses[0][1]
    try:
        yield server
    finally:
        await runner.cleanup()
