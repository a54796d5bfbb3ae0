"""Documents, their versions, the files that were sent for them, and what is in the store."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.ids import new_id
from models.tables.candidates import Candidate
from models.tables.telegram import Bot


class StoredFile(Model):
    """One object of the store, its row is committed before the object is put."""

    id = fields.CharField(primary_key=True, max_length=32)
    """Random, and the object's key in the store."""
    candidate: fields.ForeignKeyNullableRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate",
        on_delete=fields.RESTRICT,
        null=True,
        related_name="files",
        db_index=True,
    )
    candidate_id: str | None
    """Empty for a removal row: nothing links it to anybody any more."""
    provider_id = fields.CharField(max_length=16, null=True)
    """Of a provider's own files: logo, examples of documents."""
    state = fields.CharField(max_length=8, default="storing")
    """`storing`, `kept`, `removing`."""
    key = fields.TextField()
    """The object's own random key, wrapped by an installation key."""
    content_type = fields.CharField(max_length=60, default="application/octet-stream")
    size = fields.IntField(default=0)
    sha256 = fields.CharField(max_length=64, default="")
    created_at = fields.DatetimeField()
    due_at = fields.DatetimeField(null=True)
    """When a removal may be carried out (after the longest lease)."""

    class Meta:
        table = "stored_file"
        indexes = (("state", "due_at"),)


class Document(Model):
    """What a candidate sent for one document type: state of the newest version."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate", on_delete=fields.RESTRICT, related_name="documents"
    )
    candidate_id: str
    key = fields.CharField(max_length=60)
    """The document type's key."""
    state = fields.CharField(max_length=10, default="checking")
    version = fields.IntField(default=1)
    sent_at = fields.DatetimeField()
    reason_key = fields.CharField(max_length=60, null=True)
    reason = fields.TextField(default="")
    """The operator's own words, or the label of the chosen reason."""
    reviewed_by: fields.ForeignKeyNullableRelation[Any] = fields.ForeignKeyField(
        "antichambre.Operator", on_delete=fields.RESTRICT, null=True, related_name="reviews"
    )
    reviewed_by_id: str | None
    reviewed_at = fields.DatetimeField(null=True)
    expires_on = fields.DateField(null=True)
    earlier = fields.JSONField[list[dict[str, Any]]](default=list)
    """Verdicts on earlier versions: `{"version", "state", "reason", "by", "at", "proof"}`."""
    proof = fields.JSONField[dict[str, Any] | None](null=True)
    """What was noted of this version when it was verified: `{"by", "at", "noted": {a key of
    rules.verifying: text}, "destroyed": whether its files are gone ("view and forget")}`."""

    class Meta:
        table = "document"
        unique_together = (("candidate_id", "key"),)
        indexes = (("expires_on",),)


class DocumentVersion(Model):
    """One sending of a document, several files in order."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    document: fields.ForeignKeyRelation[Document] = fields.ForeignKeyField(
        "antichambre.Document", on_delete=fields.RESTRICT, related_name="versions"
    )
    document_id: str
    number = fields.IntField()
    media_group = fields.CharField(max_length=64, null=True)
    """Telegram's album id: later items of the same album join this version."""
    sent_at = fields.DatetimeField()

    class Meta:
        table = "document_version"
        unique_together = (("document_id", "number"),)


class Upload(Model):
    """One sent file, and its check: fetched, identified, decoded, cleaned, stored."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    version: fields.ForeignKeyRelation[DocumentVersion] = fields.ForeignKeyField(
        "antichambre.DocumentVersion", on_delete=fields.RESTRICT, related_name="uploads"
    )
    version_id: str
    candidate_id = fields.CharField(max_length=16, db_index=True)
    bot: fields.ForeignKeyNullableRelation[Bot] = fields.ForeignKeyField(
        "antichambre.Bot", on_delete=fields.RESTRICT, null=True, related_name="uploads"
    )
    bot_id: str | None
    position = fields.BigIntField()
    """Order within the version: Telegram's message id."""
    telegram_file_id = fields.CharField(max_length=255)
    name = fields.CharField(max_length=255, default="")
    claimed_size = fields.BigIntField(null=True)
    claimed_type = fields.CharField(max_length=120, default="")
    state = fields.CharField(max_length=8, default="waiting")
    refusal = fields.CharField(max_length=40, null=True)
    """Why the check refused it: a key of rules.uploads.REFUSALS."""
    content_type = fields.CharField(max_length=60, null=True)
    sha256 = fields.CharField(max_length=64, null=True)
    """Of the original, as it was sent."""
    file: fields.ForeignKeyNullableRelation[StoredFile] = fields.ForeignKeyField(
        "antichambre.StoredFile",
        on_delete=fields.RESTRICT,
        null=True,
        related_name="uploads",
        db_index=True,
    )
    file_id: str | None
    """The cleaned file."""
    due_at = fields.DatetimeField(null=True)
    attempts = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    lease_by = fields.CharField(max_length=40, null=True)
    last_error = fields.CharField(max_length=200, default="")

    class Meta:
        table = "upload"
        unique_together = (("version_id", "position"),)
        indexes = (("state", "due_at"),)


class Page(Model):
    """One page as an image that the panel shows, with its thumbnail."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    upload: fields.ForeignKeyRelation[Upload] = fields.ForeignKeyField(
        "antichambre.Upload", on_delete=fields.RESTRICT, related_name="pages"
    )
    upload_id: str
    number = fields.IntField()
    image: fields.ForeignKeyRelation[StoredFile] = fields.ForeignKeyField(
        "antichambre.StoredFile",
        on_delete=fields.RESTRICT,
        related_name="page_images",
        db_index=True,
    )
    image_id: str
    thumbnail: fields.ForeignKeyRelation[StoredFile] = fields.ForeignKeyField(
        "antichambre.StoredFile",
        on_delete=fields.RESTRICT,
        related_name="page_thumbnails",
        db_index=True,
    )
    thumbnail_id: str
    width = fields.IntField()
    height = fields.IntField()

    class Meta:
        table = "page"
        unique_together = (("upload_id", "number"),)


class LooseMessage(Model):
    """Something sent while nothing asked for it: kept until the person says where it goes."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate", on_delete=fields.RESTRICT, related_name="loose_messages"
    )
    candidate_id: str
    message_id = fields.BigIntField()
    """Telegram's."""
    at = fields.DatetimeField(db_index=True)
    """Of no use after 14 days."""
    text = fields.TextField(default="")
    """What was typed, or the caption of the file."""
    file = fields.JSONField[dict[str, Any]](null=True)
    """`{"file_id", "media_group", "name", "size", "mime"}`; empty for a text."""
    media_group = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "loose_message"
        unique_together = (("candidate_id", "message_id"),)
