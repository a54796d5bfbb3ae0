"""Sending documents: versions, pages, albums, repeats, and what is refused at once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions import wakes
from actions.deeds import SYSTEM, deed
from actions.documents import NoSuchDocument, remove_document
from models.tables import Candidate, DocumentVersion, Upload
from models.tables import Document as DocumentRow
from rules.statuses import Locked, SpaceClosed
from rules.uploads import EmptyFile, FileTooLarge, TooManyPages
from tests.files.conftest import House, document, history


async def test_a_first_file_makes_a_document_that_is_being_checked(
    house: House, amina: Candidate
) -> None:
    house.later(days=2)
    woken: list[str] = []
    wakes.listen(woken.append)
    got = await house.sends(amina, "diploma", house.file(name="diplome.pdf", size=1234))
    wakes.forget(woken.append)
    assert (got.version, got.files, got.began_version, got.replaced) == (1, 1, True, False)
    assert (await document(amina, "diploma")).state == "checking"
    (event,) = await history(amina, "document_added")
    assert event.after == {
        "version": 1,
        "files": 1,
        "name": "diplome.pdf",
        "claimed_size": 1234,
    }
    assert "checks" in woken
    assert (await Candidate.get(id=amina.id)).clock_start == house.now
    assert (await Upload.get()).due_at == house.now


async def test_the_same_update_twice_leaves_one_file(house: House, amina: Candidate) -> None:
    sent = house.file()
    await house.sends(amina, "diploma", sent)
    again = await house.sends(amina, "diploma", sent)
    assert (again.repeated, again.files, again.version) == (True, 1, 1)
    assert await Upload.all().count() == 1
    assert len(await history(amina)) == 1


async def test_an_album_is_one_version_in_the_order_of_its_messages(
    house: House, amina: Candidate
) -> None:
    for number in (12, 11, 13):
        house.later(seconds=4)
        sent = house.file(message_id=number, media_group="album")
        got = await house.sends(amina, "diploma", sent)
    assert (got.version, got.files, got.began_version) == (1, 3, False)
    assert await Upload.all().order_by("position").values_list("position", flat=True) == [
        11,
        12,
        13,
    ]


async def test_another_page_joins_and_another_sending_replaces(
    house: House, amina: Candidate
) -> None:
    await house.sends(amina, "diploma")
    page = await house.sends(amina, "diploma", new_version=False)
    other = await house.sends(amina, "diploma")
    assert (page.version, page.files) == (1, 2)
    assert (other.version, other.files, other.replaced) == (2, 1, True)
    assert [one.kind for one in await history(amina)] == [
        "document_added",
        "document_added",
        "document_replaced",
    ]


@pytest.mark.parametrize("state", ["validated", "rejected", "unusable"])
async def test_a_page_after_a_verdict_begins_a_version_and_keeps_the_verdict(
    house: House, amina: Candidate, state: str
) -> None:
    await house.sends(amina, "diploma")
    await DocumentRow.all().update(state=state, reason="Flou", reviewed_at=house.now)
    got = await house.sends(amina, "diploma", new_version=False)
    row = await document(amina, "diploma")
    assert (got.version, row.state, row.reason, row.reviewed_at) == (2, "checking", "", None)
    assert [(one["version"], one["state"], one["reason"]) for one in row.earlier] == [
        (1, state, "Flou")
    ]


async def test_sizes_and_pages_beyond_the_limit_are_refused_and_leave_nothing(
    house: House, amina: Candidate
) -> None:
    await house.asks("photo", max_bytes=5_000_000)
    with pytest.raises(FileTooLarge, match="20 MB at most"):
        await house.sends(amina, "diploma", house.file(size=25_000_000))
    with pytest.raises(FileTooLarge, match="5 MB at most"):
        await house.sends(amina, "photo", house.file(size=5_000_001))
    with pytest.raises(EmptyFile):
        await house.sends(amina, "diploma", house.file(size=0))
    assert await DocumentRow.all().count() == await Upload.all().count() == 0
    for _ in range(3):
        await house.sends(amina, "diploma", new_version=False)
    with pytest.raises(TooManyPages, match="3 at most"):
        await house.sends(amina, "diploma", new_version=False)
    assert await Upload.all().count() == 3


async def test_what_is_not_asked_is_refused(house: House, amina: Candidate) -> None:
    await house.asks("sirene", statuses=["independent"])
    for key in ("passport", "sirene"):
        with pytest.raises(NoSuchDocument):
            await house.sends(amina, key)


async def test_a_sent_application_is_locked_but_for_an_album_that_was_on_its_way(
    house: House, amina: Candidate
) -> None:
    await house.sends(amina, "diploma", house.file(media_group="album"))
    sent_at = house.now
    amina.status, amina.submitted_at = "submitted", house.later(seconds=5)
    await amina.save()
    with pytest.raises(Locked):
        await house.sends(amina, "diploma")
    late = house.file(media_group="album")
    assert (await house.sends(amina, "diploma", late, at=sent_at)).files == 2
    after = house.file(media_group="album")
    with pytest.raises(Locked):
        await house.sends(amina, "diploma", after, at=house.now + timedelta(seconds=1))


async def test_a_document_sent_during_a_correction_can_get_more_pages(
    house: House, amina: Candidate
) -> None:
    amina.status, amina.status_since = "to_correct", house.now
    await amina.save()
    await house.sends(amina, "diploma")
    assert (await house.sends(amina, "diploma", new_version=False)).files == 2
    await DocumentRow.all().update(state="to_review")
    assert (await house.sends(amina, "diploma")).version == 2
    await DocumentRow.all().update(state="validated", sent_at=house.now - timedelta(days=1))
    with pytest.raises(Locked):
        await house.sends(amina, "diploma")


async def test_nothing_is_taken_in_the_bin(house: House, amina: Candidate) -> None:
    await Candidate.all().update(status="binned")
    with pytest.raises(SpaceClosed):
        await house.sends(amina, "diploma")


async def test_a_removed_document_leaves_only_its_history(house: House, amina: Candidate) -> None:
    await house.sends(amina, "diploma")
    await house.sends(amina, "diploma")
    async with deed(amina.id, SYSTEM, house.now) as doing:
        assert await remove_document(doing, "diploma")
        assert not await remove_document(doing, "diploma")
    for table in (DocumentRow, DocumentVersion, Upload):
        assert await table.all().count() == 0
    (event,) = await history(amina, "document_removed")
    assert event.before["version"] == 2
