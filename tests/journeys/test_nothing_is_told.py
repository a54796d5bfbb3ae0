"""Attack A17: what people give and what opens doors is in no log, no Redis, no error page."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from actions.deeds import SYSTEM, deed
from models import database as ours
from models.tables import Candidate, JoinLink, KeptUpdate, Notice, Provider
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from sandbox.app import BotSpec, start
from sandbox.client import Phone, Sandbox
from settings import Settings
from tests import specimens
from tests.check.mailservers import PASSWORD as SMTP_PASSWORD
from tests.check.mailservers import smtp, with_login
from tests.factories import PASSWORD
from tests.journeys.people import Thumbs
from tests.journeys.product import ROOT, Product
from tests.servers import RedisServer, free_port, leashed, redis_server

pytestmark = [
    pytest.mark.journey,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
]

BOT = "douceur_bot"
TOKEN = "424242:AAE-" + "tokenmark" * 3
FIRST, LAST = "Zebulonmark", "Quarkmark"
EMAIL = "mailmark.zebulon@example.org"
PHONE = "33612345789"
HEARD = (FIRST, LAST, "mailmark", PHONE, PHONE[2:], "textmark", "filemark", "captionmark")
"""What a candidate gives."""
DOORS = (
    "tokenmark",
    SMTP_PASSWORD,
    "redismark",
    "secretmark",
    "passwordmark",
    "linkmark",
    "querymark",
)
"""What opens something, or is typed where it does."""


@dataclass
class Watched:
    """The product under watch, and all that Redis was ever told."""

    product: Product
    sandbox: Sandbox
    settings: dict[str, str]
    redis_heard: bytearray = field(default_factory=bytearray)
    error_pages: list[tuple[str, int, str]] = field(default_factory=list)

    async def ask(self, session: aiohttp.ClientSession, path: str, **form: str) -> tuple[int, str]:
        """One request; answers that are errors are kept."""
        url = f"{self.product.url}{path}"
        own = {"Origin": self.product.url, "Sec-Fetch-Site": "same-origin"}
        sent = (
            session.post(url, data=form, headers=own, allow_redirects=False)
            if form
            else session.get(url, allow_redirects=False)
        )
        async with sent as answer:
            body = await answer.text()
            if answer.status >= 400:
                self.error_pages.append((path, answer.status, body))
            return answer.status, body

    def log(self) -> str:
        """Everything that the product wrote."""
        return self.product.log.read_text(errors="replace")


@asynccontextmanager
async def watched(
    folder: Path, database: str, smtp_url: str, redis: RedisServer
) -> AsyncIterator[Watched]:
    """`antichambre run` with marked secrets, and a listener on Redis."""
    port, log = free_port(), folder / "product.log"
    async with await start(bots=[BotSpec(TOKEN, "Douceur", BOT)]) as telegram:
        settings = {
            "DATA_DIR": str(folder / "data"),
            "DATABASE_URL": database,
            "PORT": str(port),
            "DECISION_DELAY": "0",
            "TELEGRAM_TOKEN": TOKEN,
            "TELEGRAM_API_URL": telegram.url,
            "SMTP_URL": smtp_url,
            "REDIS_URL": redis.url.replace("redis://", "redis://:redismark@"),
            "SECRET_KEY": "secretmark" * 4,
            "ENCRYPTION_KEYS": "k1:c2VjcmV0bWFya3NlY3JldG1hcmtzZWNyZXRtYXJrMTI=",
        }
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        with log.open("wb") as out:
            process = subprocess.Popen(
                leashed([sys.executable, "-m", "manage", "run"]),
                cwd=ROOT,
                env={**kept, **settings},
                stdout=out,
                stderr=out,
            )
        product = Product(f"http://127.0.0.1:{port}", process, log)
        async with Sandbox(telegram.url) as sandbox:
            made = Watched(product, sandbox, settings)
            listening = asyncio.create_task(listen(redis, made.redis_heard))
            try:
                async with asyncio.timeout(60):
                    while not await sandbox.calls("setWebhook"):
                        await asyncio.sleep(0.1)
                yield made
                process.terminate()
                assert await asyncio.to_thread(process.wait, 40) == 0, made.log()
            finally:
                listening.cancel()
                await asyncio.gather(listening, return_exceptions=True)
                process.kill()
                process.wait()


async def listen(redis: RedisServer, heard: bytearray) -> None:
    """MONITOR: every command that anybody sends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", redis.port)
    try:
        writer.write(b"AUTH redismark\r\nMONITOR\r\n")
        while piece := await reader.read(65536):
            heard += piece
    finally:
        writer.close()


async def test_no_marker_leaves(database: str, douceur: Provider, tmp_path: Path) -> None:
    link = await JoinLink.get(provider_id=douceur.id)
    with smtp(**with_login()) as mailbox, redis_server() as redis:
        redis.kill()
        redis.start("--requirepass", "redismark")
        url = f"smtp://post:{SMTP_PASSWORD}@127.0.0.1:{mailbox.port}"
        async with watched(tmp_path, database, url, redis) as place:
            mailbox.refuse(
                f"451 <{EMAIL}> greylisted linkmarklinkmarklinkmarklinkmarklinkmark", times=1
            )
            zebulon = await applies(place, link.token, tmp_path)
            await meets_faults(place, zebulon, tmp_path)
            await is_looked_for(place)
            await meets_a_bug(place, zebulon)
            await is_refused_a_mail()
        seen = place.log()
        for word in ("update failed", "database unavailable"):
            assert word in seen, "the story went wrong where it should have"
        secret = Settings.from_environment(place.settings).webhook_secret(424242)
        markers = (*HEARD, *DOORS, secret, link.token, PASSWORD)
        assert [word for word in markers if word in seen] == []
        heard = place.redis_heard.decode(errors="replace")
        assert "look" in heard, "wakes were heard"
        assert [word for word in markers if word in heard] == []
        assert {status for _, status, _ in place.error_pages} >= {401, 404, 422, 503}
        told = [
            (path, status, word)
            for path, status, body in place.error_pages
            for word in (*DOORS, secret, FIRST, PHONE)
            if word in body and word != "querymark"
        ]
        assert told == []
        errors = [one.last_error for one in await Notice.all()]
        assert [word for word in markers if any(word in error for error in errors)] == []


async def applies(place: Watched, token: str, folder: Path) -> Phone:
    """Name, address, phone, a message, files: all of it marked."""
    handset = await place.sandbox.phone(FIRST, LAST, phone_number=PHONE)
    await handset.open(BOT, token)
    thumbs = Thumbs(handset)
    await thumbs.hears("Bienvenue")
    await thumbs.presses("Commencer", then="Prénom")
    await thumbs.writes(FIRST, then="Nom")
    await thumbs.writes(LAST, then="Adresse e-mail")
    await thumbs.writes(EMAIL, then="statut")
    await handset.send("/messages")
    await handset.send("un textmark pour vous")
    await handset.send_contact()
    await handset.send_photo(specimens.jpeg(folder, "filemark.jpg"), "captionmark")
    await handset.send_document(specimens.jpeg(folder, "filemark2.jpg"))
    await handset.quiet(60)
    assert await Candidate.exists(email=EMAIL)
    return handset


async def meets_faults(place: Watched, handset: Phone, folder: Path) -> None:
    """Telegram fails in every way while the candidate goes on."""
    for kind in ("502", "429", "500", "reset", "download"):
        await place.sandbox.fault(kind, times=2)
    for number in range(3):
        await handset.send(f"textmark {number}")
    await handset.send_photo(specimens.jpeg(folder, "filemark3.jpg"))
    await asyncio.sleep(2)
    await place.sandbox.clear_faults()
    await place.sandbox.fault("403", times=1)
    await handset.send("encore un textmark")
    await asyncio.sleep(1)
    await place.sandbox.clear_faults()
    await handset.quiet(60)


async def is_looked_for(place: Watched) -> None:
    """Strangers and an operator, with secrets in addresses and forms."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        await place.ask(session, "/nowhere/linkmark?q=querymark")
        for path in ("activate", "keep", "confirm", "reset", "invited"):
            await place.ask(session, f"/{path}/linkmark{'x' * 30}")
        await place.ask(session, "/login", email=EMAIL, password="passwordmark")
        await place.ask(session, "/telegram/nobody", update="textmark")
        signed = {"email": "odile@douceur-cie.example", "password": PASSWORD}
        status, _ = await place.ask(session, "/login", **signed)
        assert status == 303
        status, body = await place.ask(session, f"/candidates?q={LAST.lower()}")
        assert (status, LAST in body) == (200, True)
        await place.ask(session, "/candidates/0000000000000000?q=querymark")


async def is_refused_a_mail() -> None:
    """The mail server's answer holds the address and something like a token."""
    person = await Candidate.get(email=EMAIL)
    async with deed(person.id, SYSTEM, datetime.now(UTC)) as doing:
        await doing.owe(NoticeKind.EMAIL_CONFIRMATION, once="1", channels=(Channel.MAIL,))
    async with asyncio.timeout(40):
        while not any(one.last_error for one in await Notice.filter(channel="mail")):
            await asyncio.sleep(0.2)


async def meets_a_bug(place: Watched, handset: Phone) -> None:
    """A table is gone: the door keeps the update, the panel says that it cannot."""
    await handset.send("/messages")
    await handset.quiet(60)
    await ours.rows("ALTER TABLE message RENAME TO gone")
    try:
        await handset.send("le dernier textmark")
        async with asyncio.timeout(20):
            while not await KeptUpdate.exists():
                await asyncio.sleep(0.1)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            signed = {"email": "odile@douceur-cie.example", "password": PASSWORD}
            await place.ask(session, "/login", **signed)
            person = await Candidate.get(email=EMAIL)
            await place.ask(session, f"/candidates/{person.id}?tab=messages&q=querymark")
    finally:
        with suppress(Exception):
            await ours.rows("ALTER TABLE gone RENAME TO message")
