"""Mails that the panel owes, delivered by a real worker's post to a real mail server."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp.test_utils import TestClient

from jobs.post import Post
from jobs.transport import SmtpTransport
from rules.letters import Sites
from settings.parsing import smtp as parsed
from settings.reading import Settings
from tests.servers import Letter, Mailbox
from webhooks.keys import AFTERWARDS


@dataclass
class PostOffice:
    """Whatever is owed leaves when it is asked for."""

    mailbox: Mailbox
    settings: Settings
    client: TestClient[Any, Any]
    time: Callable[[], datetime]

    async def deliver(self) -> int:
        """Finish what the web process still does, then send everything that is due."""
        assert self.client.app is not None
        await self.client.app[AFTERWARDS].settled()
        post = Post(
            SmtpTransport(parsed(self.mailbox.url)),
            "robot@antichambre.example",
            Sites(self.settings.public_url),
            self.settings.secret_key,
            self.time,
            "w1",
        )
        return await post.drain()

    async def newest(self, address: str) -> Letter:
        """The last mail to this address."""
        await self.deliver()
        return self.mailbox.for_(address)[-1]

    async def link(self, address: str, word: str) -> str:
        """The path of the link in the last mail to this address."""
        return path_of(await self.newest(address), word, self.settings.public_url)


def path_of(letter: Letter, word: str, public_url: str) -> str:
    """The one link of a mail, which leads to our own configured address and nowhere else."""
    found = set(re.findall(r"https?://[^\s\"<>]+", letter.text))
    assert found == set(re.findall(r'href="(https?://[^"]+)"', letter.html))
    (link,) = found
    assert link.startswith(f"{public_url}/{word}/")
    return urlsplit(link).path
