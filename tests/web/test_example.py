"""The example of a document: uploaded, cleaned, encrypted, served, replaced and let go."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from actions.removals import sweep_removals
from actions.requirements import discard_draft
from jobs.check.examples import Examiner
from models.reads.drafts import drafting
from models.tables import DocumentType, Provider, StoredFile
from settings.reading import Settings
from store.room import FileMissing, Room
from tests import specimens
from tests.composing import an_admin, compose, publishes
from tests.factories import NOW
from tests.web.conftest import Browser, Browsing, Client, Page, Time, Town
from webhooks.app import create_app
from webhooks.keys import EXAMINER

HOME = "/settings/recruitment/dossier"
ITEM = f"{HOME}/items/diploma"


def a_photo() -> bytes:
    """A JPEG with a place in its metadata."""
    out, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "45.7640N 4.8357E"
    Image.new("RGB", (400, 300), "white").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture
async def client(settings: Settings, time: Time, room: Room, aiohttp_client: Any) -> Client:
    """A web process that can check files."""
    app = create_app(settings, connects=False, clock=time)
    app[EXAMINER] = Examiner(settings).examine
    made: Client = await aiohttp_client(app, cookie_jar=aiohttp.DummyCookieJar())
    return made


@pytest.fixture
async def odile(town: Town, browser: Browser) -> Browsing:
    """Odile and her browser, in French."""
    return await browser(town.odile)


async def uploads(
    who: Browsing, data: bytes, name: str = "exemple.jpg", kind: str = "image/jpeg", **more: Any
) -> Page:
    """Send a file with the version of now, as the page of the item would."""
    form = aiohttp.FormData()
    provider = await Provider.get(slug="douceur-cie")
    form.add_field("version", str(more.get("version", (await drafting(provider)).version)))
    form.add_field("act", more.get("act", "keep"))
    form.add_field("file", BytesIO(data), filename=name, content_type=kind)
    return await who.post(ITEM + "/example", form)


async def test_an_example_is_cleaned_kept_in_the_draft_and_shown_once_published(
    town: Town, odile: Browsing, room: Room
) -> None:
    page = await uploads(odile, a_photo())
    assert (page.status, page.to) == (303, f"{ITEM}#example")
    (row,) = await StoredFile.all()
    assert (row.state, row.provider_id, row.candidate_id) == ("kept", town.douceur.id, None)
    kept = await room.get(row.id, row.key)
    assert b"45.7640N" not in kept
    assert (await DocumentType.get(key="diploma", provider_id=town.douceur.id)).example_id is None
    assert "Voir l’exemple" in (await odile.get(ITEM)).text
    await publishes(town.douceur, await an_admin(town.douceur, "Ophélie"))
    shown = await DocumentType.get(key="diploma", provider_id=town.douceur.id)
    assert shown.example_id == row.id
    assert (await Provider.get(id=town.douceur.id)).requirements_version == 1, "it helps, at once"


async def test_it_is_served_to_admins_of_its_provider_only_and_harmlessly(
    town: Town, odile: Browsing, browser: Browser, tmp_path: Path
) -> None:
    armed = specimens.armed_pdf(tmp_path).read_bytes()
    await uploads(odile, armed, "exemple.pdf", "application/pdf")
    answer = await odile.client.get(ITEM + "/example", headers=odile.headers({}))
    assert answer.status == 200
    assert answer.content_type == "application/pdf"
    assert b"JavaScript" not in await answer.read()
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    victor = await browser(town.victor)
    assert (await victor.get(ITEM + "/example")).status == 404


@pytest.mark.parametrize(
    ("data", "name", "kind", "said"),
    [
        (b"", "x.jpg", "image/jpeg", "vide"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.svg", "image/svg+xml", "ne peut pas"),
        (b"<script>alert(1)</script>", "x.jpg", "image/jpeg", ""),
        (b"MZ" + b"\0" * 500, "x.pdf", "application/pdf", ""),
        (b"\xff\xd8\xff" + b"x" * 5_000_001, "x.jpg", "image/jpeg", "5 Mo"),
        (b"x" * 7_000_000, "x.jpg", "image/jpeg", "5 Mo"),
    ],
    ids=["empty", "svg", "html", "program", "above 5 MB", "above the request"],
)
async def test_what_is_no_example_is_refused_beside_the_field(
    odile: Browsing, data: bytes, name: str, kind: str, said: str
) -> None:
    page = await uploads(odile, data, name, kind)
    assert page.status == 422
    assert 'id="example-error"' in page.text
    assert said in page.text
    assert await StoredFile.all().count() == 0


async def test_from_an_older_draft_nothing_is_overwritten(town: Town, odile: Browsing) -> None:
    await compose(
        town.douceur, await an_admin(town.douceur, "Ophélie"), lambda d: d.archive("phone")
    )
    page = await uploads(odile, a_photo(), version=0)
    assert page.status == 409
    assert "Ophélie" in page.text
    assert await StoredFile.filter(state="kept").count() == 0


async def test_a_replaced_removed_or_discarded_example_is_let_go_of(
    town: Town, odile: Browsing, room: Room
) -> None:
    await uploads(odile, a_photo())
    (first,) = await StoredFile.all()
    sealed = first.key
    await uploads(odile, a_photo())
    assert (await StoredFile.get(id=first.id)).state == "removing"
    await sweep_removals(room, NOW + timedelta(hours=1))
    with pytest.raises(FileMissing):
        await room.get(first.id, sealed)
    await uploads(odile, b"", act="remove")
    assert await StoredFile.filter(state="kept").count() == 0
    await uploads(odile, a_photo())
    ophelie = await an_admin(town.douceur, "Ophélie")
    found = await drafting(await Provider.get(id=town.douceur.id))
    await discard_draft(town.douceur.id, found.version, ophelie, NOW)
    assert await StoredFile.filter(state="kept").count() == 0


async def test_what_a_version_shows_is_kept_while_another_is_composed(
    town: Town, odile: Browsing
) -> None:
    ophelie = await an_admin(town.douceur, "Ophélie")
    await uploads(odile, a_photo())
    await publishes(town.douceur, ophelie)
    await uploads(odile, a_photo())
    assert await StoredFile.filter(state="kept").count() == 2
    await publishes(town.douceur, ophelie)
    assert await StoredFile.filter(state="kept").count() == 1
    row = await DocumentType.get(key="diploma", provider_id=town.douceur.id)
    assert await StoredFile.exists(id=row.example_id, state="kept")


async def test_an_unknown_document_and_a_question_have_no_example(odile: Browsing) -> None:
    for key in ("nothing", "phone"):
        assert (await odile.get(f"{HOME}/items/{key}/example")).status == 404
        page = await odile.post(f"{HOME}/items/{key}/example", {"version": "0", "act": "remove"})
        assert page.status == 404
