"""A provider's logo: opened in the confined child, kept encrypted, shown on public pages."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pypdfium2
import pytest
from PIL import Image, ImageDraw

from actions.removals import sweep_removals
from jobs.check.pictures import logo_opener
from models.tables import Membership, Operator, Provider, ProviderEvent, StoredFile
from settings.reading import Settings
from store.room import Room
from tests.factories import NOW
from tests.web.conftest import Browser, Browsing, Client, Page, Time, Town
from webhooks.app import create_app
from webhooks.keys import LOGO_OPENER

PAGE = "/settings/company/logo"


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    """Where the web process lays what it was sent, in clear."""
    return tmp_path / "scratch"


@pytest.fixture
async def client(
    settings: Settings, time: Time, scratch: Path, room: Room, aiohttp_client: Any
) -> Client:
    """The web process, with the decoder that the serving process gives it."""
    app = create_app(settings, connects=False, clock=time)
    app[LOGO_OPENER] = logo_opener(scratch)
    made: Client = await aiohttp_client(app, cookie_jar=aiohttp.DummyCookieJar())
    return made


@pytest.fixture
async def town(town: Town) -> Town:
    await Operator.all().update(language="en")
    return town


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 300), mode: str = "RGBA") -> bytes:
    """A drawing on a transparent ground, where the format has one."""
    image = Image.new(mode, size, (0, 0, 0, 0) if mode == "RGBA" else "white")
    ImageDraw.Draw(image).ellipse((5, 5, size[0] - 5, size[1] - 5), fill="#cc3300")
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret words"
    image.save(out, kind, exif=exif)
    return out.getvalue()


async def send(person: Browsing, data: bytes, version: int = 1, name: str = "logo.png") -> Page:
    form = aiohttp.FormData()
    form.add_field("version", str(version))
    form.add_field("logo", BytesIO(data), filename=name, content_type="image/png")
    return await person.post(PAGE, form)


async def address(town: Town, browser: Browser) -> str:
    page = await (await browser()).get("/join/douceur-cie")
    return page.text.partition('<img class="logo" src="')[2].partition('"')[0]


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("JPEG", "RGB"), ("WEBP", "RGBA"), ("PNG", "P")]
)
async def test_a_logo_is_made_small_and_shown(
    town: Town, browser: Browser, kind: str, mode: str, scratch: Path
) -> None:
    data = picture(kind, mode="RGB" if mode == "P" else mode)
    if mode == "P":
        out = BytesIO()
        Image.open(BytesIO(data)).convert("P").save(out, "PNG")
        data = out.getvalue()
    page = await send(await browser(town.odile), data)
    assert (page.status, page.to) == (303, "/settings/company?saved=1#logo"), page.text
    there = await address(town, browser)
    answer = await (await browser()).client.get(there)
    body = await answer.read()
    shown = Image.open(BytesIO(body))
    assert (shown.format, shown.size) == ("PNG", (512, 171))
    assert (shown.mode == "RGBA") == (mode == "RGBA"), "what is transparent stays so"
    assert b"secret words" not in body
    assert answer.headers["Content-Type"] == "image/png"
    assert "immutable" in answer.headers["Cache-Control"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not list(scratch.glob("*")), "nothing is left in clear"


async def test_it_is_kept_encrypted_and_journaled(
    town: Town, browser: Browser, room: Room
) -> None:
    odile = await browser(town.odile)
    await send(odile, picture())
    provider = await Provider.get(id=town.douceur.id)
    row = await StoredFile.get(id=provider.logo_file_id)
    assert (row.state, row.provider_id, row.candidate_id) == ("kept", provider.id, None)
    body = await room.get(row.id, row.key)
    assert row.sha256 == hashlib.sha256(body).hexdigest()
    assert room.folder is not None
    (stored,) = (path for path in room.folder.rglob("*") if path.is_file())
    assert b"PNG" not in stored.read_bytes()
    line = await ProviderEvent.get(kind="settings_changed")
    assert (line.subject, line.before, line.after) == ("logo", {"logo": False}, {"logo": True})
    assert row.id not in await address(town, browser), "the address tells nothing of the store"


async def test_a_files_name_leads_nowhere(
    town: Town, browser: Browser, room: Room, tmp_path: Path
) -> None:
    odile = await browser(town.odile)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert (await send(odile, picture(), name="../../../../evil.php")).status == 303
    made = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    row = await StoredFile.get()
    assert [path.name for path in made] == [row.id]


async def test_another_takes_its_place_and_the_first_is_destroyed(
    town: Town, browser: Browser, room: Room
) -> None:
    odile = await browser(town.odile)
    await send(odile, picture())
    first = await address(town, browser)
    assert (await send(odile, picture(size=(200, 200)), 2)).status == 303
    second = await address(town, browser)
    assert first != second
    anybody = (await browser()).client
    assert (await anybody.get(first)).status == 404
    assert (await anybody.get(second)).status == 200
    assert await StoredFile.filter(state="removing", provider_id=None).count() == 1
    assert await sweep_removals(room, NOW + timedelta(hours=1)) == 1
    assert (await anybody.get(second)).status == 200
    gone = await odile.post(f"{PAGE}/remove", {"version": "3"})
    assert gone.status == 303
    assert await address(town, browser) == ""
    assert (await anybody.get(second)).status == 404
    assert await sweep_removals(room, NOW + timedelta(hours=1)) == 1
    assert not await StoredFile.all().exists()


def bomb() -> bytes:
    """A few bytes that would become 400 million pixels."""
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (lambda: b"", "Choose a picture"),
        (lambda: picture() + b"\0" * 2_000_000, "2 MB at most"),
        (lambda: b"\0" * 6_000_000, "2 MB at most"),
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "SVG drawings"),
        (lambda: b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg/>", "SVG drawings"),
        (lambda: b"\n <!-- x --> <SVG onload=alert(1)>", "SVG drawings"),
        (lambda: b"GIF89a" + b"\0" * 100, "not a PNG, JPEG or WebP"),
        (lambda: b"%PDF-1.7", "not a PNG, JPEG or WebP"),
        (lambda: b"MZ" + b"\0" * 500, "not a PNG, JPEG or WebP"),
        (lambda: picture()[:300], "cannot be opened"),
        (lambda: picture(size=(40, 40)), "too small"),
        (bomb, "too many pixels"),
    ],
)
async def test_what_is_no_logo_is_said_beside_the_field(
    town: Town, browser: Browser, made: Callable[[], bytes], words: str, scratch: Path
) -> None:
    page = await send(await browser(town.odile), made())
    assert page.status == 422
    assert 'id="logo-error"' in page.text
    assert words in page.text
    provider = await Provider.get(id=town.douceur.id)
    assert (provider.logo_file_id, provider.settings_version) == (None, 1)
    assert not await StoredFile.all().exists()
    assert not list(scratch.glob("*"))


async def test_the_second_admin_replaces_nothing(town: Town, browser: Browser) -> None:
    await Membership.filter(operator_id=town.oscar.id).update(role="admin")
    await send(await browser(town.odile), picture())
    oscar = await browser(town.oscar)
    late = await send(oscar, picture(), version=1)
    assert late.status == 409
    assert "Odile changed these settings" in late.text
    assert (await oscar.post(f"{PAGE}/remove", {"version": "1"})).status == 409
    assert await StoredFile.all().count() == 1


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json", 415),
        (b"nonsense", "multipart/form-data", 400),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=y", 400),
    ],
)
async def test_a_broken_form_is_refused(
    town: Town, browser: Browser, body: bytes, kind: str, status: int
) -> None:
    odile = await browser(town.odile)
    page = await odile.post(PAGE, body, **{"Content-Type": kind})
    assert page.status == status
    assert not await StoredFile.all().exists()


async def test_a_store_that_is_away_changes_nothing(
    town: Town, browser: Browser, room: Room
) -> None:
    assert room.folder is not None
    for path in room.folder.iterdir():
        path.rmdir()
    room.folder.rmdir()
    room.folder.write_text("in the way")
    page = await send(await browser(town.odile), picture())
    assert (page.status, "cannot be checked at the moment" in page.text) == (422, True)
    assert (await Provider.get(id=town.douceur.id)).logo_file_id is None
    assert await StoredFile.filter(state="storing").count() == 1, "the sweep takes it"


async def test_nothing_is_shown_under_another_name(town: Town, browser: Browser) -> None:
    await send(await browser(town.odile), picture())
    there = await address(town, browser)
    anybody = (await browser()).client
    assert (await anybody.get(there.replace("douceur-cie", "vert-jardin"))).status == 404
    assert (await anybody.get(f"/logo/nobody/{'0' * 16}.png")).status == 404


async def test_the_poster_carries_it(town: Town, browser: Browser, room: Room) -> None:
    odile = await browser(town.odile)
    path = "/settings/ecommerce/join/poster.pdf"

    async def red(client: Any) -> bool:
        answer = await client.get(path, headers=odile.headers({}))
        sheet = pypdfium2.PdfDocument(await answer.read())[0].render(scale=1).to_pil()
        colours = sheet.convert("RGB").getcolors(1_000_000) or []
        return any(red > 180 and green < 90 and blue < 60 for _, (red, green, blue) in colours)

    assert not await red(odile.client)
    await send(odile, picture())
    assert await red(odile.client)
    row = await StoredFile.get()
    await room.delete(row.id)
    assert not await red(odile.client), "a lost object costs the logo, not the poster"
