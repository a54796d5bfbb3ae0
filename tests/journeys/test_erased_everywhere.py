"""Attack A24: somebody who left marks with every feature is erased, and no mark is anywhere.

The product runs as in production. PostgreSQL's heap and log age out (docs/deletion.md), so there
the promise is about rows; on SQLite, and in every folder, it is about bytes.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from actions import comments, replies, rights
from actions.deeds import Actor
from actions.erasure import Reason, erase
from actions.farewells import FAREWELL_LASTS, wipe_farewells
from actions.removals import LONGEST_CHECK, sweep_removals
from models import database as ours
from models.tables import (
    Candidate,
    Document,
    JoinLink,
    Notice,
    Operator,
    Provider,
)
from rules.vocabulary import ActorKind
from sandbox.app import BotSpec, start
from sandbox.client import Phone, Sandbox
from settings import Settings
from store.room import Room, StoreDown
from store.sealing import Keyring, keyring, use_keyring
from tests import specimens
from tests.clock.test_erasure import bytes_found, traces
from tests.factories import PASSWORD
from tests.figures import Figures, Record
from tests.files.s3 import s3_server
from tests.journeys import applying
from tests.journeys.people import Thumbs
from tests.journeys.product import SECRETS, TOKEN, Product, running
from tests.journeys.test_nothing_is_told import listen
from tests.servers import Mailbox, redis_server

pytestmark = [pytest.mark.journey, pytest.mark.slow]
BOT = "douceur_bot"
FIRST, LAST, PHONE = "Zebulonmark", "Quarkmark", "33612345789"
EMAIL = "mailmark.zebulon@example.org"
MARKS = (FIRST, LAST, "mailmark", PHONE[2:], "textmark", "filemark", "captionmark", "replymark")
RING = Settings.from_environment(SECRETS | {"TELEGRAM_TOKEN": TOKEN}).encryption_keys
STORES = ["folder", "s3"] if "ANTICHAMBRE_CHAOS" in os.environ else ["folder"]
"""In CI the folder is enough: the product's part is the same."""


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """STORAGE_URL, and the folder where its bytes lie."""
    if request.param == "folder":
        yield f"file://{tmp_path}/store", tmp_path / "store"
        return
    with s3_server() as server:
        yield server.url(), server.folder


async def answering(url: str) -> None:
    """Wait until the store keeps something: an S3 server that has just started may not yet."""
    room = Room(url, keyring(), ours.refuse_inside_transaction)
    async with asyncio.timeout(60):
        while True:
            try:
                await room.put_sealed("0" * 32, b"first")
                return await room.delete("0" * 32)
            except StoreDown:
                await asyncio.sleep(0.5)


async def applies(sandbox: Sandbox, token: str, folder: Path) -> Phone:
    """Name, address, phone, messages, a photo, a document, an album; all of it marked."""
    handset = await sandbox.phone(FIRST, LAST, username="namemark", phone_number=PHONE)
    await handset.open(BOT, token)
    thumbs = Thumbs(handset)
    await applying.answers(thumbs, FIRST, LAST, EMAIL)
    await applying.sends_documents(thumbs, folder)
    await handset.send_photo(specimens.jpeg(folder, "filemark.jpg"), "captionmark")
    await handset.send("/messages")
    await handset.send("un textmark pour vous")
    await handset.quiet(60)
    return handset


async def is_looked_at(product: Product, person: Candidate, provider: Provider) -> None:
    """An operator reads, searches, comments, replies and exports."""
    now, odile = datetime.now(UTC), await Operator.get(name="Odile")
    actor = Actor(ActorKind.OPERATOR, str(odile.id), "Odile")
    mine = {"provider_id": str(provider.id)}
    await replies.send(person.id, "un replymark pour vous", actor, now, **mine)
    document = await Document.filter(candidate_id=person.id).first()
    assert document is not None
    await comments.add(person.id, document.key, "un textmark à moi", actor, now, **mine)
    await rights.ask_for_copy(person.id, now=now, at=now)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(product.url, cookie_jar=jar) as session:
        own = {"Origin": product.url, "Sec-Fetch-Site": "same-origin"}
        form = {"email": odile.email, "password": PASSWORD}
        async with session.post("/login", data=form, headers=own) as answer:
            assert answer.status == 200
        page = f"/candidates/{person.id}"
        for path in (f"/candidates?q={LAST}", page, f"{page}?tab=messages"):
            async with session.get(path) as answer:
                assert (answer.status, LAST in await answer.text()) == (200, True), path
        async with session.post(f"{page}/history.csv", data={}, headers=own) as answer:
            assert (answer.status, LAST in await answer.text()) == (200, True)
    async with asyncio.timeout(60):
        while await Notice.filter(kind="export", state="owed").exists():
            await asyncio.sleep(0.1)


async def goes(person: Candidate) -> None:
    """Erased; then the last words leave."""
    await erase(person.id, Reason.OWN_WISH, Actor(ActorKind.CANDIDATE), datetime.now(UTC))
    async with asyncio.timeout(60):
        while await Notice.filter(kind="erased", state="owed").exists():
            await asyncio.sleep(0.1)


async def time_passes(store_url: str) -> int:
    """What the worker does in the hour and the days after; how many objects are left."""
    later = datetime.now(UTC) + LONGEST_CHECK + timedelta(seconds=1)
    room = Room(store_url, keyring(), ours.refuse_inside_transaction)
    await sweep_removals(room, later)
    await wipe_farewells(later + FAREWELL_LASTS)
    assert await ours.checkpoint()
    return len([name async for names in room.list(later + timedelta(days=1)) for name in names])


async def test_a_marked_candidate_is_erased_everywhere(
    database: str,
    backend: str,
    douceur: Provider,
    smtp: Mailbox,
    store: tuple[str, Path],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    record_property: Record,
) -> None:
    use_keyring(Keyring(dict(RING)))
    originals = tmp_path_factory.mktemp("phone")
    scratch, (url, behind), heard = tmp_path / "tmp", store, bytearray()
    scratch.mkdir()
    await answering(url)
    with redis_server() as redis:
        listening = asyncio.create_task(listen(redis, heard))
        async with await start(bots=[BotSpec(TOKEN, "Douceur", BOT)]) as telegram:
            environment = {
                "DATABASE_URL": database,
                "REDIS_URL": redis.url,
                "SMTP_URL": smtp.url,
                "TELEGRAM_API_URL": telegram.url,
                "STORAGE_URL": url,
                "TMPDIR": str(scratch),
            }
            async with running(tmp_path, **environment) as product, Sandbox(telegram.url) as box:
                link = await JoinLink.get(provider_id=douceur.id)
                while not await box.calls("setWebhook"):
                    await asyncio.sleep(0.05)
                handset = await applies(box, link.token, originals)
                person = await Candidate.get(email=EMAIL)
                await is_looked_at(product, person, douceur)
                marks = (*MARKS, "namemark", str(handset.id))
                before = await traces(person.id, marks)
                assert backend != "sqlite" or bytes_found(tmp_path, *marks), "the search is blind"
                began = datetime.now(UTC)
                await goes(person)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    objects = await time_passes(url)
    left = await traces(person.id, marks)
    pixels = (originals / "photo.jpg").read_bytes()[2_000:2_032].hex()
    places = [behind, tmp_path / "data", scratch, *([tmp_path] if backend == "sqlite" else [])]
    if backend == "sqlite":
        await ours.close()
    found = [one for place in places for one in bytes_found(place, *marks)]
    clear = [one for one in files_of(tmp_path) if pixels in one.read_bytes().hex()]
    told = [mark for mark in marks if mark.encode() in heard or mark in product.log.read_text()]
    Figures(
        seconds=(datetime.now(UTC) - began).total_seconds(),
        remark=f"{len(before)} traces before; then {len(left)} in rows, "
        f"{len(found) + len(clear)} in files, {len(told)} in Redis and log",
    ).tell(record_property)
    assert len(before) > 30, "the marks are nearly nowhere"
    assert left == found == clear == told == []
    assert b"look" in heard, "Redis was heard"
    assert objects == 0
    assert [path for path in files_of(scratch) if "valkey" not in path.name] == []


def files_of(folder: Path) -> list[Path]:
    """Every file below."""
    return [path for path in folder.rglob("*") if path.is_file()]
