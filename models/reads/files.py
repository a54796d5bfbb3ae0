"""Sent files: what the check has to know, and what a provider's operators may open."""

from dataclasses import dataclass, field
from datetime import datetime

from models.reads.requirements import document_rules
from models.tables import (
    Candidate,
    Document,
    DocumentVersion,
    Page,
    StoredFile,
    Upload,
)
from rules.dossier import DocumentRule, Dossier
from rules.vocabulary import UploadState, known


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """A file to check, and the rules of its document."""

    candidate_id: str
    provider_id: str
    document_id: str
    key: str
    rule: DocumentRule
    version: int
    version_id: str
    bot_id: str | None
    telegram_file_id: str
    name: str
    claimed_type: str


@dataclass(frozen=True, slots=True)
class StoredFileRef:
    """A file that may be taken from the store, after access was checked."""

    id: str
    key: str = field(repr=False)
    """Sealed: for store.room().get(id, key)."""
    content_type: str
    """Found by the check, never what was claimed."""
    size: int
    sha256: str
    candidate_id: str
    document_key: str
    name: str
    """As it was sent: for people, never for a path."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    """One page that can be shown."""

    id: str
    number: int
    """From 1, within its file."""
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class UploadFacts:
    """One sent file."""

    id: str
    name: str
    state: UploadState
    refusal: str | None
    """A key of rules.uploads.REFUSALS."""
    content_type: str | None
    sha256: str | None
    claimed_size: int | None
    attempts: int
    last_error: str
    has_file: bool
    """Its cleaned file is in the store."""
    pages: tuple[PageFacts, ...]


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """One sending of a document."""

    number: int
    sent_at: datetime
    current: bool
    uploads: tuple[UploadFacts, ...]
    """In the order in which they were sent."""


async def check_facts(upload: Upload) -> CheckFacts | None:
    """What the check of this file has to know; None when it was removed meanwhile."""
    version = await DocumentVersion.get_or_none(id=upload.version_id)
    document = await Document.get_or_none(id=version.document_id) if version else None
    candidate = await Candidate.get_or_none(id=upload.candidate_id)
    if version is None or document is None or candidate is None:
        return None
    rules = await document_rules(candidate.provider_id, candidate.requirements_version)
    usual = DocumentRule(key=document.key, label={}, formats=("jpeg", "png", "heic", "pdf"))
    return CheckFacts(
        candidate_id=candidate.id,
        provider_id=candidate.provider_id,
        document_id=document.id,
        key=document.key,
        rule=next((rule for rule in rules if rule.key == document.key), usual),
        version=version.number,
        version_id=version.id,
        bot_id=upload.bot_id,
        telegram_file_id=upload.telegram_file_id,
        name=upload.name,
        claimed_type=upload.claimed_type,
    )


async def page_image(
    provider_id: str, page_id: str, *, thumbnail: bool = False
) -> StoredFileRef | None:
    """The image of a page, or its thumbnail; None when it is not this provider's."""
    page = (
        await Page.filter(
            id=page_id, upload__version__document__candidate__provider_id=provider_id
        )
        .select_related("image", "thumbnail", "upload__version__document")
        .first()
    )
    if page is None:
        return None
    return _reference(page.thumbnail if thumbnail else page.image, page.upload)


async def cleaned_file(provider_id: str, upload_id: str) -> StoredFileRef | None:
    """What is kept of a sent file; None when nothing is, or it is not this provider's."""
    upload = (
        await Upload.filter(id=upload_id, version__document__candidate__provider_id=provider_id)
        .select_related("file", "version__document")
        .first()
    )
    if upload is None or upload.file is None:
        return None
    return _reference(upload.file, upload)


def _reference(stored: StoredFile, upload: Upload) -> StoredFileRef | None:
    if stored.state != "kept":
        return None
    return StoredFileRef(
        id=stored.id,
        key=stored.key,
        content_type=stored.content_type,
        size=stored.size,
        sha256=stored.sha256,
        candidate_id=upload.candidate_id,
        document_key=upload.version.document.key,
        name=upload.name,
    )


async def versions_of(provider_id: str, document_id: str) -> tuple[VersionFacts, ...]:
    """Every sending of a document, newest first; empty when it is not this provider's."""
    document = await Document.filter(id=document_id, candidate__provider_id=provider_id).first()
    if document is None:
        return ()
    versions = await DocumentVersion.filter(document_id=document.id).order_by("-number")
    uploads = await Upload.filter(version__document_id=document.id).order_by("position")
    pages = await Page.filter(upload__version__document_id=document.id).order_by("number")
    return tuple(
        VersionFacts(
            number=version.number,
            sent_at=version.sent_at,
            current=version.number == document.version,
            uploads=tuple(
                _upload_facts(upload, [one for one in pages if one.upload_id == upload.id])
                for upload in uploads
                if upload.version_id == version.id
            ),
        )
        for version in versions
    )


def _upload_facts(upload: Upload, pages: list[Page]) -> UploadFacts:
    return UploadFacts(
        id=upload.id,
        name=upload.name,
        state=known(UploadState, upload.state, UploadState.WAITING),
        refusal=upload.refusal,
        content_type=upload.content_type,
        sha256=upload.sha256,
        claimed_size=upload.claimed_size,
        attempts=upload.attempts,
        last_error=upload.last_error,
        has_file=upload.file_id is not None,
        pages=tuple(PageFacts(one.id, one.number, one.width, one.height) for one in pages),
    )


async def uploads_of(provider_id: str, document_id: str) -> tuple[UploadFacts, ...]:
    """The files of the newest version."""
    versions = await versions_of(provider_id, document_id)
    return versions[0].uploads if versions else ()


async def example_file(dossier: Dossier | None, rule: DocumentRule) -> tuple[str, str, str] | None:
    """Id, sealed key and ending of a document's example; None when there is none."""
    if dossier is None or not rule.example_id:
        return None
    provider_id = dossier.candidate.provider_id
    row = await StoredFile.get_or_none(id=rule.example_id, provider_id=provider_id, state="kept")
    if row is None:
        return None
    return row.id, row.key, "pdf" if row.content_type == "application/pdf" else "jpg"


async def provider_file(provider_id: str, file_id: str) -> StoredFile | None:
    """A file of the provider's own; None when it is not (or no longer) one."""
    return await StoredFile.get_or_none(id=file_id, provider_id=provider_id, state="kept")
