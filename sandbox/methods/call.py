"""One call of the Bot API."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.arguments import Upload
from sandbox.records import Bot, Json
from sandbox.world import World


@dataclass
class Call:
    """Who calls, with which checked arguments and files."""

    world: World
    bot: Bot
    args: Json
    files: dict[str, Upload]


@dataclass
class Answer:
    """A result that comes with a description, as those of setWebhook do."""

    result: Any
    description: str


Handler = Callable[[Call], Awaitable[Any]]
