"""Checks of sent files: claimed by one worker, stored, then kept or refused; exactly once."""

import random
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from actions.apart import Apart
from actions.deeds import SYSTEM, Deed, NoSuchCandidate, deed, lock_candidate
from actions.removals import LONGEST_CHECK, let_go
from models.database import dialect, rows, transaction
from models.ids import new_id
from models.reads.files import CheckFacts, check_facts
from models.tables import Document, Page, StoredFile, Upload
from rules.checklist import document_state
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.uploads import max_pages, retry_delay
from rules.vocabulary import DocumentState, UploadState


class LeaseLost(Exception):
    """This worker no longer holds the file: too slow, or the file was removed or erased."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that one worker holds until its lease ends."""

    upload_id: str
    lease: str
    attempts: int
    """This one included."""
    facts: CheckFacts


@dataclass(frozen=True, slots=True)
class NewFile:
    """Bytes to store, not stored yet."""

    data: bytes = field(repr=False)
    content_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """One page as the panel will show it."""

    image: NewFile
    thumbnail: NewFile
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that passed: its original's type and hash, and what is kept of it."""

    content_type: str
    sha256: str
    cleaned: NewFile
    pages: tuple[NewPage, ...]

    @property
    def files(self) -> tuple[NewFile, ...]:
        """Everything to store: the cleaned file, then image and thumbnail of each page."""
        return (
            self.cleaned,
            *(one for page in self.pages for one in (page.image, page.thumbnail)),
        )


LEASE = timedelta(seconds=45)
"""How long a claim holds without `renew`: what a killed worker had is taken up after this."""

_CLAIM = """UPDATE upload SET lease_by = ?, lease_until = ?, due_at = ?, attempts = attempts + 1
WHERE id IN (
    SELECT id FROM upload WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT ?{}
) RETURNING id"""


async def claim(now: datetime, limit: int, lease: timedelta = LEASE) -> list[Claim]:
    """Take up to `limit` files that are due; nobody else gets them before the lease ends."""
    mine, until = new_id(), now + lease
    sql = _CLAIM.format("" if dialect() == "sqlite" else " FOR UPDATE SKIP LOCKED")
    async with transaction():
        taken = await rows(sql, mine, until, until, now, limit)
    uploads = await Upload.filter(id__in=[row["id"] for row in taken]).order_by("position")
    claims, apart = list[Claim](), Apart()
    for upload in uploads:
        with apart.one(upload=upload.id):  # one that cannot be read is looked at again by itself
            facts = await check_facts(upload)
            if facts is not None:
                claims.append(Claim(upload.id, mine, upload.attempts, facts))
    return claims


async def renew(claimed: Claim, now: datetime, lease: timedelta = LEASE) -> bool:
    """Hold the file for longer; False when it is no longer ours."""
    held = await Upload.filter(
        id=claimed.upload_id, lease_by=claimed.lease, state=UploadState.WAITING
    ).update(lease_until=now + lease, due_at=now + lease)
    return held > 0


async def make_places(
    claimed: Claim, files: Iterable[tuple[NewFile, str, str]], now: datetime
) -> None:
    """Commit the rows of (file, id, sealed key) before their objects are put.

    Whatever happens next, an object has a row: kept later, or removed when it was not.

    Raises:
        LeaseLost: nothing may be stored any more.
    """
    async with transaction():
        await _held(claimed)
        await StoredFile.bulk_create(
            [
                StoredFile(
                    id=file_id,
                    candidate_id=claimed.facts.candidate_id,
                    state="storing",
                    key=key,
                    content_type=new.content_type,
                    size=len(new.data),
                    sha256=new.sha256,
                    created_at=now,
                    due_at=now + 2 * LONGEST_CHECK,
                )
                for new, file_id, key in files
            ]
        )


async def keep(claimed: Claim, checked: Checked, file_ids: list[str], now: datetime) -> None:
    """The objects are put: the file counts, unless it has too many pages beside the others.

    Args:
        file_ids: of `checked.files`, in that order.

    Raises:
        LeaseLost: the stored files are left to the sweep.
    """
    async with _doing(claimed, now) as (doing, upload):
        if await _pages_of_version(upload) + len(checked.pages) > max_pages(claimed.facts.rule):
            await let_go(file_ids, now)
            await _refuse(doing, claimed, upload, "too_many_pages", checked.sha256)
            return
        settled = await StoredFile.filter(id__in=file_ids, state="storing").update(
            state="kept", due_at=None
        )
        if settled != len(file_ids):
            raise LeaseLost
        await _add_pages(upload, checked, file_ids[1:])
        upload.state = UploadState.KEPT
        upload.content_type = checked.cleaned.content_type
        upload.sha256 = checked.sha256
        upload.file_id = file_ids[0]
        await _settle(doing, upload)
        await doing.record(
            EventKind.FILE_CHECKED,
            claimed.facts.key,
            after={
                "file": upload.id,
                "name": upload.name,
                "version": claimed.facts.version,
                "type": checked.content_type,
                "pages": len(checked.pages),
                "sha256": checked.sha256,
            },
        )
        await _settle_document(doing, claimed)


async def refuse(claimed: Claim, reason: str, now: datetime, sha256: str = "") -> None:
    """The file cannot be kept; the candidate is told why and what to do.

    Args:
        reason: a key of rules.uploads.REFUSALS.
        sha256: of the original, when it was fetched.

    Raises:
        LeaseLost: somebody else decides.
    """
    async with _doing(claimed, now) as (doing, upload):
        await _refuse(doing, claimed, upload, reason, sha256)


async def put_back(
    claimed: Claim,
    error: str,
    now: datetime,
    *,
    counts: bool = True,
    after: timedelta | None = None,
) -> None:
    """Nothing was decided: try again later, never sooner than asked.

    Args:
        error: a class or a short phrase, without addresses or tokens.
        counts: whether the attempt counts against the file; our own troubles do not.
        after: what Telegram asked for.
    """
    delay = retry_delay(claimed.attempts, random.random())  # noqa: S311 — spreads retries only
    await Upload.filter(id=claimed.upload_id, lease_by=claimed.lease, state="waiting").update(
        lease_by=None,
        lease_until=None,
        due_at=now + max(delay, after or delay),
        attempts=claimed.attempts if counts else claimed.attempts - 1,
        last_error=error[:200],
    )


@asynccontextmanager
async def _doing(claimed: Claim, now: datetime) -> AsyncIterator[tuple[Deed, Upload]]:
    """The deed that ends a check, with the file under the candidate's lock."""
    try:
        async with deed(claimed.facts.candidate_id, SYSTEM, now) as doing:
            yield doing, await _still_held(claimed)
    except NoSuchCandidate as error:
        raise LeaseLost from error


async def _held(claimed: Claim) -> None:
    """Lock the candidate and see that the file is still ours."""
    try:
        await lock_candidate(claimed.facts.candidate_id)
    except NoSuchCandidate as error:
        raise LeaseLost from error
    await _still_held(claimed)


async def _still_held(claimed: Claim) -> Upload:
    upload = await Upload.filter(
        id=claimed.upload_id, lease_by=claimed.lease, state=UploadState.WAITING
    ).first()
    if upload is None:
        raise LeaseLost
    return upload


async def _pages_of_version(upload: Upload) -> int:
    return await Page.filter(upload__version_id=upload.version_id).count()


async def _add_pages(upload: Upload, checked: Checked, file_ids: list[str]) -> None:
    await Page.bulk_create(
        [
            Page(
                upload_id=upload.id,
                number=number,
                image_id=image,
                thumbnail_id=thumbnail,
                width=page.width,
                height=page.height,
            )
            for number, (page, image, thumbnail) in enumerate(
                zip(checked.pages, file_ids[::2], file_ids[1::2], strict=True), 1
            )
        ]
    )


async def _refuse(doing: Deed, claimed: Claim, upload: Upload, reason: str, sha256: str) -> None:
    facts = claimed.facts
    upload.state = UploadState.REFUSED
    upload.refusal = reason
    upload.sha256 = sha256 or None
    await _settle(doing, upload)
    await doing.record(
        EventKind.FILE_REFUSED,
        facts.key,
        after={
            "file": upload.id,
            "name": upload.name,
            "version": facts.version,
            "refusal": reason,
            "sha256": sha256,
        },
    )
    if await _settle_document(doing, claimed):
        await doing.owe(
            NoticeKind.FILE_REFUSED,
            {
                "document": facts.key,
                "refusal": reason,
                "file": upload.name,
            },
            once=f"{facts.version_id}:{reason}",
        )


async def _settle(doing: Deed, upload: Upload) -> None:
    """Nothing is due any more; the check held the deletion clock, which starts again here."""
    doing.restart_clock()
    upload.due_at = upload.lease_until = upload.lease_by = None
    upload.last_error = ""
    await upload.save()


async def _settle_document(doing: Deed, claimed: Claim) -> bool:
    """After its last file the document has its state; False when a newer version is there."""
    document = await Document.get(id=claimed.facts.document_id)
    if document.version != claimed.facts.version:
        return False
    uploads = await Upload.filter(version_id=claimed.facts.version_id)
    state = document_state(tuple(upload.state for upload in uploads), None)
    if document.state == DocumentState.CHECKING and state is not DocumentState.CHECKING:
        document.state = state
        if not any(upload.state == UploadState.KEPT for upload in uploads):
            _as_it_was_verified(document)
        await document.save()
    return True


def _as_it_was_verified(document: Document) -> None:
    """Of a destroyed version nothing new can be read: what was said of it holds again."""
    last = document.earlier[-1] if document.earlier else {}
    proof = last.get("proof")
    if last.get("version") != document.version or not (proof and proof["destroyed"]):
        return
    document.earlier = document.earlier[:-1]
    document.state, document.proof = last["state"], proof
    document.reason_key, document.reason = last["reason_key"], last["reason"]
    document.reviewed_by_id = last["by"]
    document.reviewed_at = datetime.fromisoformat(last["at"]) if last["at"] else None
