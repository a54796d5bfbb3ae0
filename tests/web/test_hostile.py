"""Requests that no browser of ours sends: an answer of 4xx, never a bug, never a long wait."""

from __future__ import annotations

import asyncio
import io
import resource
import zlib
from urllib.parse import quote

import pytest

from models.tables import Bot, Message, Session
from settings.reading import Settings
from store.room import Room
from tests.factories import PASSWORD
from tests.web.conftest import Browser, Client, Town
from tests.web.every_route import EXPECTED, OWN, ask, asked, zebulon
from tests.web.people import amina_applies

FORM = "application/x-www-form-urlencoded"
ODD = ("\0", "a\0b", "\u202e", "\ufeff", "\U0001f600", "x" * 3000, "..", "%", "'\"<>", "\x7f")


async def raw(client: Client, lines: list[bytes]) -> bytes:
    """The status line of a request sent byte by byte."""
    assert client.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(b"\r\n".join([*lines, b"Connection: close", b"", b""]))
    answer = await reader.readline()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
async def test_odd_addresses_are_never_a_bug(
    town: Town, browser: Browser, room: Room, odd: str
) -> None:
    ids = await zebulon(town, room)
    odile, anybody = await browser(town.odile), await browser()
    strange = {name: quote(odd, safe="") for name in (*ids, "token", "slug", "bot", "name")}
    for (method, path), route in EXPECTED.items():
        if "{" not in path:
            continue
        for who in (odile, anybody):
            page = await ask(who, method, path, route.forms[0], strange)
            assert page.status < 500, (method, path)
    for name in ("before", "after", "q", "tab", "kind", "done", "seen", "next", "sort", "lang"):
        for path in (OWN, OWN + "/pulse", OWN + "?tab=history&x=", "/candidates", "/login", "/"):
            mark = "&" if "?" in path else "?"
            page = await ask(odile, "GET", f"{path}{mark}{name}={strange['key']}", {}, ids)
            assert page.status < 500, (path, name)


@pytest.mark.parametrize("number", ["9" * 9, "9" * 19, "9" * 5000, "-1", "١", "1e9", "0x1"])
async def test_odd_numbers_are_never_a_bug(
    town: Town, browser: Browser, room: Room, number: str
) -> None:
    ids = await zebulon(town, room)
    odile = await browser(town.odile)
    for path in (
        OWN + "?tab=history&before=",
        OWN + "/pulse?seen=",
        "/settings/journal?before=",
        "/candidates?after=",
        "/candidates?after=0001-01-01T00:00:00%2B14:00~",
    ):
        page = await ask(odile, "GET", path + number, {}, ids)
        assert page.status == 200, path
    numbers = (
        "seen",
        "days",
        "version",
        "deletion_days",
        "reminder_days",
        "bin_days",
        "ended_days",
        "quiet_until",
    )
    for method, path, form, _ in asked("candidate", "admins"):
        if method == "POST" and not path.endswith("/erase"):
            page = await ask(odile, method, path, {**form, **dict.fromkeys(numbers, number)}, ids)
            assert page.status < 500, path


async def test_odd_words_in_forms_are_never_a_bug(
    town: Town, browser: Browser, room: Room
) -> None:
    ids = await zebulon(town, room)
    for odd in ODD:
        for method, path, form, _ in asked("all", "operators", "candidate", "admins"):
            if method == "POST" and not path.startswith("/telegram"):
                odile = await browser(town.odile)
                page = await ask(odile, method, path, dict.fromkeys(form, odd), ids)
                assert page.status < 500, (path, odd)


@pytest.mark.parametrize("header", [b"User-Agent", b"Cookie", b"Accept-Language", b"Referer"])
async def test_bytes_that_are_no_text_are_never_a_bug(
    town: Town, client: Client, header: bytes
) -> None:
    value = b"session=\xff\xfe; theme=\xff" if header == b"Cookie" else b"\xff\xfe"
    body = f"email={quote(town.odile.email)}&password={quote(PASSWORD)}".encode()
    host = f"127.0.0.1:{client.port}".encode()
    common = [b"Host: " + host, header + b": " + value]
    for path in (b"/", b"/candidates", b"/login", b"/join/douceur-cie"):
        answer = await raw(client, [b"GET " + path + b" HTTP/1.1", *common])
        assert not answer.startswith(b"HTTP/1.1 5"), (path, answer)
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    head = [
        b"POST /login HTTP/1.1",
        *common,
        b"Origin: http://" + host,
        b"Content-Type: application/x-www-form-urlencoded",
        b"Content-Length: " + str(len(body)).encode(),
        b"Connection: close",
    ]
    writer.write(b"\r\n".join([*head, b"", body]))
    assert (await reader.readline()).startswith(b"HTTP/1.1 303")
    writer.close()
    await writer.wait_closed()
    assert await Session.all().count() == 1


async def test_texts_too_long_are_refused_in_words(town: Town, browser: Browser) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    for path, name in (
        ("/messages", "text"),
        ("/documents/diploma/comments", "text"),
        ("/documents/diploma/reject", "reason"),
        ("/decision", "comment"),
    ):
        body = f"outcome=reject&mark=1.1.to_review.0.&{name}=" + "x" * 900_000
        page = await odile.post(
            f"/candidates/{amina.id}{path}", io.BytesIO(body.encode()), **{"Content-Type": FORM}
        )
        assert page.status in (413, 422), path
    assert not await Message.filter(candidate_id=amina.id).exists()


def bomb(megabytes: int) -> bytes:
    """Zeros, packed piece by piece: this process never holds them."""
    packer = zlib.compressobj(9, wbits=31)
    packed = [packer.compress(bytes(1024 * 1024)) for _ in range(megabytes)]
    return b"".join([*packed, packer.flush()])


@pytest.mark.parametrize("to", ["form", "webhook"])
async def test_a_packed_body_is_measured_unpacked(
    town: Town, client: Client, settings: Settings, to: str
) -> None:
    """A megabyte of gzip is a gigabyte of zeros."""
    bot = await Bot.get(telegram_id=424242)
    packed = bomb(400)
    assert len(packed) < 1024 * 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = await client.post(
        "/login" if to == "form" else f"/telegram/{bot.id}",
        data=io.BytesIO(packed),
        headers={
            "Content-Encoding": "gzip",
            "Content-Length": str(len(packed)),
            "Content-Type": FORM,
            "Origin": str(client.make_url("")).rstrip("/"),
            "X-Telegram-Bot-Api-Secret-Token": settings.webhook_secret(424242),
        },
    )
    assert answer.status == 413
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 * 1024, "kilobytes"
