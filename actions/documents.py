"""Documents: what a candidate sends for each type, in versions of one or several files."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from actions.deeds import Actor, Deed, deed
from actions.removals import let_go
from actions.wakes import CHECKS, wake
from models.tables import Document, DocumentVersion, Page, Upload
from rules.checklist import applies
from rules.dossier import DocumentRule, Dossier
from rules.errors import Unknown
from rules.history import EventKind
from rules.statuses import Locked, check_change
from rules.uploads import check_sent
from rules.vocabulary import DocumentState, Status, UploadState

VERDICTS = (DocumentState.VALIDATED, DocumentState.REJECTED)


class NoSuchDocument(Unknown):
    """A document that this candidate is not asked, or has not sent."""

    sentence = "This document is not asked for, or was removed. Look at your list of documents."


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file as Telegram announces it: nothing is fetched yet, nothing here is to be believed."""

    telegram_file_id: str
    message_id: int
    """Telegram's message: its number orders the files, and makes a repeat harmless."""
    bot_id: str
    """Id of the Bot row through which it came."""
    name: str = ""
    size: int | None = None
    content_type: str = ""
    media_group: str | None = None
    """Telegram's album id."""


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a sent file."""

    document_id: str
    key: str
    version: int
    files: int
    """Files of this version so far, this one included, refused ones not."""
    began_version: bool
    """It began a version; else it joined one (another page, another item of an album)."""
    replaced: bool
    """There was an earlier version."""
    repeated: bool
    """It was already there: nothing has changed."""


async def receive(
    candidate_id: str,
    key: str,
    sent: SentFile,
    actor: Actor,
    now: datetime,
    at: datetime,
    *,
    new_version: bool = True,
) -> Received:
    """Accept a file for the document `key`; a job fetches and checks it later.

    Joins the caller's transaction. A later item of an album joins the version that the album
    began. With `new_version=False` the file is another page of what was sent before, unless that
    already has a verdict or nothing of it was usable.

    Args:
        at: Telegram's date of the message; deletion counts from there.

    Raises:
        NoSuchDocument, Locked, SpaceClosed, FileTooLarge, EmptyFile, TooManyPages.
    """
    async with deed(candidate_id, actor, now) as doing:
        dossier = await doing.dossier()
        rule = _rule(dossier, key)
        document = await Document.filter(candidate_id=candidate_id, key=key).first()
        repeat = await _repeated(document, sent)
        if document is not None and repeat is not None:
            return await _received(document, repeat.version, repeated=True)
        joined = await _version_to_join(document, sent, new_version)
        _check_may_send(dossier, key, joined, sent, at)
        check_sent(rule, sent.size, await _count(joined) if joined else 0)
        document = await _opened(doing, key, document, joined, at)
        version = await _joined(joined, sent) if joined else await _begun(document, sent, at)
        await _add(doing, document, version, sent, joined is None)
        doing.restart_clock(at)
        return await _received(document, version, began=joined is None)


def _rule(dossier: Dossier, key: str) -> DocumentRule:
    rule = dossier.rule(key)
    if not isinstance(rule, DocumentRule) or not applies(dossier, rule):
        raise NoSuchDocument
    return rule


async def _opened(
    doing: Deed,
    key: str,
    document: Document | None,
    joined: DocumentVersion | None,
    at: datetime,
) -> Document:
    """The document, to review again, numbered for the version that the file joins or begins."""
    if document is None:
        return await _first(doing, key, at)
    if joined is None:
        await _next(document, at)
    else:
        await _reopen(document)
    return document


async def _begun(document: Document, sent: SentFile, at: datetime) -> DocumentVersion:
    return await DocumentVersion.create(
        document_id=document.id, number=document.version, media_group=sent.media_group, sent_at=at
    )


async def _joined(version: DocumentVersion, sent: SentFile) -> DocumentVersion:
    """The version with one file more, so that the rest of that file's album is known by it."""
    if sent.media_group is not None:
        version.media_group = sent.media_group
        await version.save()
    return version


async def _repeated(document: Document | None, sent: SentFile) -> Upload | None:
    if document is None:
        return None
    return (
        await Upload.filter(
            version__document_id=document.id,
            position=sent.message_id,
            telegram_file_id=sent.telegram_file_id,
        )
        .select_related("version")
        .first()
    )


async def _version_to_join(
    document: Document | None, sent: SentFile, new_version: bool
) -> DocumentVersion | None:
    """The open version that this file continues, if it continues one."""
    if document is None:
        return None
    current = await DocumentVersion.get(document_id=document.id, number=document.version)
    if await Upload.exists(version_id=current.id, position=sent.message_id):
        return None  # the same message number with another file: another chat, or media edited
    if sent.media_group is not None and sent.media_group == current.media_group:
        return current
    if new_version or document.state in (*VERDICTS, DocumentState.UNUSABLE):
        return None
    return current


def _check_may_send(
    dossier: Dossier, key: str, version: DocumentVersion | None, sent: SentFile, at: datetime
) -> None:
    """Refuse what is locked, but never a late item of an album that was sent in time."""
    try:
        check_change(dossier, key)
    except Locked:
        in_album = version is not None and sent.media_group is not None
        if not (in_album and _sent_in_time(dossier, at)):
            raise


def _sent_in_time(dossier: Dossier, at: datetime) -> bool:
    """Whether it left the phone before the application was sent to the operator."""
    candidate = dossier.candidate
    return candidate.status is Status.SUBMITTED and (
        candidate.submitted_at is not None and at <= candidate.submitted_at
    )


async def _first(doing: Deed, key: str, at: datetime) -> Document:
    return await Document.create(
        candidate_id=doing.candidate.id, key=key, state=DocumentState.CHECKING, sent_at=at
    )


async def _next(document: Document, at: datetime) -> None:
    """Begin the next version; the verdict on the former one is kept beside it."""
    _keep_verdict(document)
    document.version += 1
    document.state = DocumentState.CHECKING
    document.sent_at = at
    await document.save()


async def _reopen(document: Document) -> None:
    """Another file joins the current version: it has to be checked, and reviewed as a whole."""
    if document.state in VERDICTS:
        _keep_verdict(document)
    document.state = DocumentState.CHECKING
    await document.save()


def _keep_verdict(document: Document) -> None:
    """Put state and verdict of the current version aside, and clear them."""
    proof = {"proof": document.proof} if document.proof else {}
    document.earlier = [*document.earlier, _verdict(document) | proof]
    document.reason_key = None
    document.reason = ""
    document.reviewed_by_id = None
    document.reviewed_at = None
    document.expires_on = None
    document.proof = None


def _verdict(document: Document) -> dict[str, Any]:
    return {
        "version": document.version,
        "state": str(document.state),
        "reason_key": document.reason_key,
        "reason": document.reason,
        "by": document.reviewed_by_id,
        "at": document.reviewed_at.isoformat() if document.reviewed_at else None,
    }


async def _add(
    doing: Deed, document: Document, version: DocumentVersion, sent: SentFile, began: bool
) -> None:
    await Upload.create(
        version_id=version.id,
        candidate_id=doing.candidate.id,
        bot_id=sent.bot_id,
        position=sent.message_id,
        telegram_file_id=sent.telegram_file_id,
        name=sent.name[:255],
        claimed_size=sent.size,
        claimed_type=sent.content_type[:120],
        due_at=doing.now,
    )
    replaced = began and document.version > 1
    after = {
        "version": document.version,
        "files": await _count(version),
        "name": sent.name[:255],
        "claimed_size": sent.size,
    }
    await doing.record(
        EventKind.DOCUMENT_REPLACED if replaced else EventKind.DOCUMENT_ADDED,
        document.key,
        before=_without_proof(document.earlier[-1]) if replaced else None,
        after=after | {"state": str(document.state)} if replaced else after,
    )
    wake(CHECKS)


def _without_proof(verdict: dict[str, Any]) -> dict[str, Any]:
    """A verdict for the journal, which has told the proof already, its numbers masked."""
    return {name: value for name, value in verdict.items() if name != "proof"}


async def _count(version: DocumentVersion) -> int:
    return await Upload.filter(version_id=version.id).exclude(state=UploadState.REFUSED).count()


async def _received(
    document: Document, version: DocumentVersion, *, began: bool = False, repeated: bool = False
) -> Received:
    return Received(
        document_id=document.id,
        key=document.key,
        version=version.number,
        files=await _count(version),
        began_version=began,
        replaced=version.number > 1,
        repeated=repeated,
    )


async def remove_document(doing: Deed, key: str) -> bool:
    """Remove a document, every version and file of it; the journal keeps that it was there.

    The caller checks that it may be removed. Returns whether there was something to remove.
    """
    document = await Document.filter(candidate_id=doing.candidate.id, key=key).first()
    if document is None:
        return False
    versions = await DocumentVersion.filter(document_id=document.id)
    uploads = await Upload.filter(version_id__in=[row.id for row in versions])
    files = await take_off_files(uploads)
    await Upload.filter(id__in=[row.id for row in uploads]).delete()
    await DocumentVersion.filter(document_id=document.id).delete()
    before = {**_verdict(document), "files": len(uploads)}
    await document.delete()
    await let_go(files, doing.now)
    await doing.record(EventKind.DOCUMENT_REMOVED, key, before=before)
    return True


async def destroy_files(doing: Deed, document: Document) -> int:
    """Destroy the content of a document, all versions: digests, verdicts and history stay.

    What Telegram keeps of it cannot be fetched again either, and a check under way ends without
    keeping anything. The caller has checked that it may go, and keeps the proof. Returns how many
    sent files there were.
    """
    uploads = await Upload.filter(version__document_id=document.id).order_by("position")
    files = await take_off_files(uploads)
    await (
        Upload.filter(id__in=[row.id for row in uploads])
        .exclude(state=UploadState.REFUSED)
        .update(state=UploadState.DESTROYED, due_at=None, lease_by=None, lease_until=None)
    )
    await Upload.filter(id__in=[row.id for row in uploads]).update(telegram_file_id="")
    await let_go(files, doing.now)
    return len(uploads)


async def take_off_files(uploads: list[Upload]) -> list[str]:
    """Detach pages and cleaned files from these uploads; gives the stored files to let go of."""
    ids = [row.id for row in uploads]
    pages = await Page.filter(upload_id__in=ids)
    await Page.filter(upload_id__in=ids).delete()
    files = [row.file_id for row in uploads if row.file_id is not None]
    await Upload.filter(id__in=ids).update(file_id=None)
    return [*files, *(one for page in pages for one in (page.image_id, page.thumbnail_id))]
