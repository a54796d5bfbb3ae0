"""Documents that are looked at, then destroyed: what goes, what stays, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from actions import checks, documents, removals, reviews
from actions.deeds import Actor
from models.reads.candidate_tabs import papers
from models.reads.copy import personal_data
from models.tables import (
    Candidate,
    Document,
    DocumentType,
    DocumentVersion,
    Event,
    Page,
    StoredFile,
    Upload,
)
from rules.verifying import AlreadyDestroyed, NothingVerified
from rules.vocabulary import ActorKind
from tests.decisions.conftest import House, again, lines

NOTED = {"holder": "", "number": "880692310285"}


async def forgets(house: House, key: str = "sirene") -> None:
    """The provider looks at this document and destroys it."""
    await DocumentType.filter(key=key).update(view_and_forget=True)
    house.provider.settings_version += 1
    await house.provider.save(update_fields=["settings_version"])


async def kept_files(house: House, person: Candidate, key: str = "sirene") -> list[str]:
    """Give its only file a cleaned copy and a page, as the check would; ids of what is stored."""
    upload = await Upload.get(version__document__key=key, candidate_id=person.id)
    stored = [
        await StoredFile.create(
            id=f"{key}{number}{person.id}",
            candidate_id=person.id,
            state="kept",
            key="sealed",
            sha256="digest",
            created_at=house.now,
        )
        for number in range(3)
    ]
    await Upload.filter(id=upload.id).update(file_id=stored[0].id, sha256="original")
    await Page.create(
        upload_id=upload.id,
        number=1,
        image_id=stored[1].id,
        thumbnail_id=stored[2].id,
        width=10,
        height=10,
    )
    return [one.id for one in stored]


async def verifies(house: House, person: Candidate, key: str = "sirene") -> None:
    """Odile validates it, and notes whose it is and its number."""
    judged = await house.judged(person, key)
    await reviews.validate(judged, house.actor(), house.now, noted=NOTED)


async def test_the_files_go_and_the_proof_stays(house: House) -> None:
    await forgets(house)
    amina = await house.candidate()
    stored = await kept_files(house, amina)
    await verifies(house, amina)

    row = await Document.get(candidate_id=amina.id, key="sirene")
    odile = house.staff["Odile"].id
    assert row.state == "validated"
    assert row.proof == {
        "by": odile,
        "at": house.now.isoformat(),
        "noted": NOTED,
        "destroyed": True,
    }
    assert await Page.all().count() == 0
    upload = await Upload.get(version__document_id=row.id)
    assert (upload.state, upload.file_id, upload.telegram_file_id) == ("gone", None, "")
    assert upload.sha256 == "original", "what it was can still be proved"
    left = await StoredFile.filter(id__in=stored)
    assert {(one.state, one.candidate_id, one.key) for one in left} == {("removing", None, "")}
    (proof,) = (await papers(house.provider.id, amina.id, "sirene")).proofs
    assert (proof.by, proof.noted, proof.destroyed) == ("Odile", NOTED, True)


async def test_the_journal_tells_it_without_the_number(house: House) -> None:
    await forgets(house)
    amina = await house.candidate()
    await verifies(house, amina)
    assert await lines(amina) == ["document_validated", "document_destroyed"]
    told = await Event.filter(candidate_id=amina.id).values_list("after", flat=True)
    assert "•••• 0285" in str(told)
    assert NOTED["number"] not in str(told)


async def test_nothing_is_destroyed_without_a_proof(house: House) -> None:
    await forgets(house)
    amina = await house.candidate()
    await kept_files(house, amina)
    nothing: tuple[dict[str, str] | None, ...] = (None, {})
    for noted in nothing:
        judged = await house.judged(amina, "sirene")
        with pytest.raises(NothingVerified):
            await reviews.validate(judged, house.actor(), house.now, noted=noted)
    assert await StoredFile.filter(state="kept").count() == 3
    assert await lines(amina) == []


async def test_a_destroyed_document_is_neither_validated_again_nor_reopened(house: House) -> None:
    await forgets(house)
    amina = await house.candidate()
    await verifies(house, amina)
    with pytest.raises(AlreadyDestroyed):
        await verifies(house, amina)
    judged = await house.judged(amina, "sirene")
    with pytest.raises(AlreadyDestroyed):
        await reviews.withdraw_verdict(judged, house.actor(), house.now)


async def test_rejected_it_is_sent_again_and_the_proof_goes_to_the_former_version(
    house: House,
) -> None:
    await forgets(house)
    amina = await house.candidate(status="incomplete")
    await verifies(house, amina)
    judged = await house.judged(amina, "sirene")
    await reviews.reject(judged, house.actor(), house.now, reason="Un autre nom")
    row = await Document.get(candidate_id=amina.id, key="sirene")
    assert row.proof is not None
    assert row.proof["destroyed"], "a rejection brings no file back"
    with pytest.raises(AlreadyDestroyed):
        await verifies(house, amina)

    house.later(hours=1)
    sent = documents.SentFile(telegram_file_id="new", message_id=99, bot_id=house.bot.id)
    actor = Actor(ActorKind.CANDIDATE, amina.id, "Amina")
    await documents.receive(amina.id, "sirene", sent, actor, house.now, house.now)
    row = await Document.get(id=row.id)
    assert row.version == 2
    assert row.proof is None
    assert row.earlier[-1]["proof"]["noted"] == NOTED
    replaced = await Event.filter(candidate_id=amina.id).order_by("-id").first()
    assert replaced is not None
    assert "proof" not in str(replaced.before), "numbers are masked in the journal"

    (claimed,) = await checks.claim(house.now, 10)
    assert claimed.facts.telegram_file_id == "new", "nothing of the former one is fetched again"


async def test_a_version_under_check_keeps_nothing_once_its_document_is_destroyed(
    house: House,
) -> None:
    await forgets(house)
    amina = await house.candidate()
    row = await Document.get(candidate_id=amina.id, key="sirene")
    late = await Upload.create(
        version_id=(await Upload.get(version__document_id=row.id)).version_id,
        candidate_id=amina.id,
        bot_id=house.bot.id,
        position=2,
        telegram_file_id="late",
        due_at=house.now,
    )
    (claimed,) = await checks.claim(house.now, 10)
    await verifies(house, amina)
    with pytest.raises(checks.LeaseLost):
        await checks.refuse(claimed, "unreadable", house.now)
    assert not await checks.renew(claimed, house.now)
    assert (await Upload.get(id=late.id)).state == "gone"
    assert await checks.claim(house.now + timedelta(days=1), 10) == []


async def test_a_late_page_that_cannot_be_read_leaves_the_verdict_as_it_was(
    house: House,
) -> None:
    await forgets(house)
    amina = await house.candidate(status="incomplete")
    row = await Document.get(candidate_id=amina.id, key="sirene")
    await DocumentVersion.filter(document_id=row.id).update(media_group="album")
    await verifies(house, amina)
    sent = documents.SentFile(
        telegram_file_id="late", message_id=2, bot_id=house.bot.id, media_group="album"
    )
    actor = Actor(ActorKind.CANDIDATE, amina.id, "Amina")
    await documents.receive(amina.id, "sirene", sent, actor, house.now, house.now)
    assert (await Document.get(id=row.id)).state == "checking"
    (claimed,) = await checks.claim(house.now, 10)
    await checks.refuse(claimed, "unreadable", house.now)
    after = await Document.get(id=row.id)
    assert (after.state, after.version, after.earlier) == ("validated", 1, [])
    assert after.proof is not None
    assert after.proof["noted"] == NOTED
    assert after.reviewed_by_id == house.staff["Odile"].id


async def test_what_was_validated_before_the_provider_forgets_can_be_destroyed(
    house: House,
) -> None:
    amina = await house.candidate()
    stored = await kept_files(house, amina)
    await house.validates(amina, "sirene")
    await forgets(house)
    await verifies(house, amina)
    assert await StoredFile.filter(id__in=stored, state="kept").count() == 0


async def test_of_a_document_that_stays_the_notes_go_with_the_verdict(house: House) -> None:
    amina = await house.candidate()
    stored = await kept_files(house, amina)
    await verifies(house, amina)
    row = await Document.get(candidate_id=amina.id, key="sirene")
    assert row.proof is not None
    assert not row.proof["destroyed"]
    assert await StoredFile.filter(id__in=stored, state="kept").count() == 3
    judged = await house.judged(amina, "sirene")
    await reviews.withdraw_verdict(judged, house.actor(), house.now)
    assert (await Document.get(id=row.id)).proof is None


async def test_its_expiry_is_still_counted(house: House) -> None:
    await DocumentType.filter(key="insurance").update(view_and_forget=True)
    amina = await house.candidate(status="accepted")
    await house.sent(amina, "insurance")
    judged = await house.judged(amina, "insurance")
    day = date(2027, 3, 2)
    await reviews.validate(judged, house.actor(), house.now, expires_on=day, noted=NOTED)
    judged = await house.judged(amina, "insurance")
    later = day + timedelta(days=30)
    await reviews.set_expiry(judged, house.actor(), house.now, expires_on=later)
    assert (await Document.get(key="insurance")).expires_on == later


async def test_the_copy_of_ones_data_says_what_was_verified_and_names_no_operator(
    house: House,
) -> None:
    await forgets(house)
    amina = await house.candidate()
    await verifies(house, amina)
    copied = await personal_data(await again(amina))
    (told,) = [one for one in copied.values["documents"] if one["key"] == "sirene"]
    assert told["verified"]["noted"] == NOTED
    assert house.staff["Odile"].id not in str(copied.values)
    assert copied.files == ()


async def test_what_is_let_go_is_removed_from_the_store_by_the_sweep(house: House) -> None:
    await forgets(house)
    amina = await house.candidate()
    stored = await kept_files(house, amina)
    await verifies(house, amina)
    after = house.now + removals.LONGEST_CHECK + timedelta(seconds=1)
    due = await StoredFile.filter(state="removing", due_at__lte=after)
    assert sorted(one.id for one in due) == sorted(stored)
