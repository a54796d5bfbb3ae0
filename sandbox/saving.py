"""The state file: the world in msgpack, so that a demo survives a restart."""

import asyncio
import contextlib
from dataclasses import fields
from pathlib import Path
from typing import Any

import msgpack

from sandbox.records import (
    Bot,
    Chat,
    ChatMessage,
    Json,
    Person,
    StoredFile,
    Update,
    Webhook,
)
from sandbox.world import World

PAUSE = 1.0
"""Seconds between two writes at least."""


def dump(world: World) -> bytes:
    """The world as bytes; presses, faults and records of calls do not outlive a run."""
    state = {
        "counters": world.counters,
        "bots": [_plain(bot) for bot in world.bots.values()],
        "people": [_plain(person) for person in world.people.values()],
        "chats": [_plain(chat) for chat in world.chats.values()],
        "files": [_plain(file) for file in world.files.values()],
    }
    packed = msgpack.packb(state)
    assert isinstance(packed, bytes)
    return packed


def _plain(value: Any) -> Any:
    """Records to maps, without their bells."""
    if hasattr(value, "__dataclass_fields__"):
        names = (f.name for f in fields(value) if f.name != "bell")
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def load(world: World, path: Path) -> None:
    """Fill the world from a file, if there is one; numbers go on above all earlier ones."""
    if not path.exists():
        return
    state = msgpack.unpackb(path.read_bytes(), strict_map_key=False)
    for saved in state["bots"]:
        bot = _bot(saved)
        world.bots[bot.token] = bot
    for saved in state["people"]:
        world.people[saved["id"]] = Person(**saved)
    for saved in state["chats"]:
        chat = _chat(saved)
        world.chats[chat.bot_id, chat.person_id] = chat
    for saved in state["files"]:
        world.keep_file(StoredFile(**saved))
    world.counters = state["counters"]
    world.raise_counters()


def _bot(saved: Json) -> Bot:
    if saved["webhook"]:
        saved["webhook"] = Webhook(**saved["webhook"])
    saved["pending"] = {number: Update(**update) for number, update in saved["pending"].items()}
    return Bot(**saved)


def _chat(saved: Json) -> Chat:
    saved["messages"] = {
        number: ChatMessage(**message) for number, message in saved["messages"].items()
    }
    chat = Chat(**saved)
    chat.bell.count = max((m.changed for m in chat.messages.values()), default=0)
    return chat


class Keeper:
    """Writes the world to its file soon after each change, and once more at the end."""

    def __init__(self, world: World, path: Path | None) -> None:
        self.world, self.path = world, path
        self.task = asyncio.create_task(self._run(path)) if path is not None else None

    async def _run(self, path: Path) -> None:
        seen = -1
        while True:
            seen = await self.world.bell.wait(seen, 3600)
            save(self.world, path)
            await asyncio.sleep(PAUSE)

    async def close(self) -> None:
        """Save for the last time."""
        if self.task is None or self.path is None:
            return
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        save(self.world, self.path)


def keep(world: World, path: Path | None) -> Keeper:
    """Start keeping; without a path nothing is written."""
    return Keeper(world, path)


def save(world: World, path: Path) -> None:
    """Write the file whole, then put it in the place of the former one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(dump(world))
    fresh.replace(path)
