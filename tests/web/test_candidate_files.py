"""Pages and files of documents: to their provider's operators, as what the check found."""

from __future__ import annotations

from models.tables import Document, DocumentType, Event, StoredFile, Upload
from store.room import Room
from tests.factories import NOW
from tests.web.conftest import Browser, Time, Town
from tests.web.people import amina_applies, sends, shows_pages


async def test_pages_are_shown_and_files_are_downloaded_with_safe_headers(
    town: Town, browser: Browser, room: Room
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    document = await Document.get(candidate_id=amina.id, key="diploma")
    first, second = await shows_pages(document, room)
    tab = (await odile.get(f"/candidates/{amina.id}?tab=diploma")).text
    assert tab.index(first) < tab.index(second)
    shown = await odile.client.get(
        f"/candidates/{amina.id}/pages/{first}", headers=odile.headers({})
    )
    assert (await shown.read())[:2] == b"\xff\xd8"
    upload = await Upload.get(version__document_id=document.id)
    kept = await odile.client.get(
        f"/candidates/{amina.id}/files/{upload.id}", headers=odile.headers({})
    )
    for answer, how in ((shown, "inline"), (kept, "attachment")):
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "image/jpeg"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Content-Disposition"].startswith(f"{how};")
        assert "scan.jpg" not in answer.headers["Content-Disposition"], "a name of ours"


async def test_a_type_that_browsers_run_is_never_shown_inline(
    town: Town, browser: Browser, room: Room
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    document = await Document.get(candidate_id=amina.id, key="diploma")
    first, _ = await shows_pages(document, room)
    await StoredFile.all().update(content_type="text/html")
    answer = await odile.client.get(
        f"/candidates/{amina.id}/pages/{first}", headers=odile.headers({})
    )
    assert answer.headers["Content-Disposition"].startswith("attachment;")


async def test_files_are_nobody_elses(town: Town, browser: Browser, room: Room) -> None:
    amina = await amina_applies(town.douceur)
    bruno = await amina_applies(town.douceur, name="Bruno Keller")
    chloe = await amina_applies(town.vert, name="Chloé Verne")
    document = await Document.get(candidate_id=amina.id, key="diploma")
    page, _ = await shows_pages(document, room)
    upload = await Upload.get(version__document_id=document.id)
    odile, victor, nobody = (
        await browser(town.odile),
        await browser(town.victor),
        await browser(),
    )
    for what in (f"pages/{page}", f"pages/{page}?small=1", f"files/{upload.id}"):
        assert (await odile.get(f"/candidates/{bruno.id}/{what}")).status == 404
        assert (await victor.get(f"/candidates/{amina.id}/{what}")).status == 404
        assert (await victor.get(f"/candidates/{chloe.id}/{what}")).status == 404
        assert (await nobody.get(f"/candidates/{amina.id}/{what}")).status == 303
    for what in ("pages/invented", "files/invented"):
        assert (await odile.get(f"/candidates/{amina.id}/{what}")).status == 404


async def test_views_of_sensitive_documents_are_journaled_once_in_ten_minutes(
    town: Town, browser: Browser, room: Room, time: Time
) -> None:
    await DocumentType.filter(key="diploma").update(sensitive=True)
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    document = await Document.get(candidate_id=amina.id, key="diploma")
    first, second = await shows_pages(document, room)
    for page in (first, second, first):
        path = f"/candidates/{amina.id}/pages/{page}"
        answer = await odile.client.get(path, headers=odile.headers({}))
        assert answer.status == 200
    (event,) = await Event.filter(kind="document_viewed")
    assert (event.subject, event.actor_name, event.at) == ("diploma", "Odile", NOW)
    path = f"/candidates/{amina.id}/pages/{first}"
    refused = await odile.get(path, **{"Sec-Fetch-Site": "cross-site"})
    assert refused.status == 403, "another site starts no view"
    other = await Document.get(candidate_id=amina.id, key="sirene_notice")
    plain, _ = await shows_pages(other, room)
    await odile.client.get(f"/candidates/{amina.id}/pages/{plain}", headers=odile.headers({}))
    assert await Event.filter(kind="document_viewed").count() == 1


async def test_a_lost_object_is_said_to_be_lost(town: Town, browser: Browser, room: Room) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    document = await Document.get(candidate_id=amina.id, key="diploma")
    page, _ = await shows_pages(document, room)
    for row in await StoredFile.all():
        await room.delete(row.id)
    assert (await odile.get(f"/candidates/{amina.id}/pages/{page}")).status == 404


async def test_earlier_versions_stay_with_their_verdict(
    town: Town, browser: Browser, room: Room
) -> None:
    amina, odile = await amina_applies(town.douceur), await browser(town.odile)
    document = await Document.get(candidate_id=amina.id, key="diploma")
    old, _ = await shows_pages(document, room)
    earlier = {
        "version": 1,
        "state": "rejected",
        "reason": "Trop sombre",
        "by": town.oscar.id,
        "at": NOW.isoformat(),
    }
    await Document.filter(id=document.id).update(version=2, earlier=[earlier])
    newer = await sends(amina, "cv")
    await newer.fetch_related("versions")
    for version in newer.versions:
        version.document_id, version.number = document.id, 2
        await version.save()
    page = (await odile.get(f"/candidates/{amina.id}?tab=diploma")).text
    assert "Trop sombre" in page
    assert "Oscar" in page
    assert old in page
