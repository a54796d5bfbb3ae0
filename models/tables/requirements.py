"""What a provider asks: fields and document types, superseded under their key, never edited."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.defaults import usual_formats, usual_remind_days
from models.ids import new_id
from models.tables.providers import Provider


class RequirementRow(Model):
    """Columns that fields and document types share."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    key = fields.CharField(max_length=60)
    label = fields.JSONField[dict[str, str]]()
    help = fields.JSONField[dict[str, str]](default=dict)
    required = fields.BooleanField(default=True)
    statuses = fields.JSONField[list[str]](default=list)
    """Work statuses concerned; empty: all."""
    stage = fields.CharField(max_length=12, default="application")
    position = fields.IntField()
    condition = fields.JSONField[dict[str, Any]](null=True)
    """`{"key": …, "equals": [values]}`: asked only when that answer is one of them."""
    since = fields.IntField(default=1)
    until = fields.IntField(null=True)
    """Requirements versions between which it holds: since ≤ version < until."""
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        abstract = True


class Field(RequirementRow):
    """One question."""

    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "antichambre.Provider", on_delete=fields.RESTRICT, related_name="fields"
    )
    provider_id: str
    kind = fields.CharField(max_length=20)
    core = fields.BooleanField(default=False)
    choices = fields.JSONField[list[dict[str, Any]]](default=list)
    """`{"key": …, "label": {"fr", "en"}}`."""
    limits = fields.JSONField[dict[str, Any]](default=dict)
    must_be = fields.JSONField[list[Any]](null=True)
    """Condition of admission: the answers that meet it."""
    unmet = fields.JSONField[dict[str, str]](default=dict)
    """The provider's sentence for those who do not meet it."""

    class Meta:
        table = "field"
        unique_together = (("provider_id", "key", "since"),)


class DocumentType(RequirementRow):
    """One document to send."""

    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "antichambre.Provider", on_delete=fields.RESTRICT, related_name="document_types"
    )
    provider_id: str
    formats = fields.JSONField[list[str]](default=usual_formats)
    max_pages = fields.IntField(default=10)
    max_bytes = fields.IntField(default=20_000_000)
    asks_expiry = fields.BooleanField(default=False)
    validity_days = fields.IntField(null=True)
    remind_days = fields.JSONField[list[int]](default=usual_remind_days)
    view_and_forget = fields.BooleanField(default=False)
    sensitive = fields.BooleanField(default=False)
    """Each view of it is journaled."""
    reasons = fields.JSONField[list[dict[str, Any]]](default=list)
    """Rejection reasons: `{"key", "label": {…}, "advice": {…}}`."""
    example_file_id = fields.CharField(max_length=16, null=True)
    """Never filled: too short for a stored file's id. Read `example_id`."""
    example_id = fields.CharField(max_length=32, null=True)
    """StoredFile of a made-up example, shown to the candidate."""

    class Meta:
        table = "document_type"
        unique_together = (("provider_id", "key", "since"),)


class RequirementsDraft(Model):
    """What an admin is composing: nobody is asked it before it is published."""

    id = fields.IntField(primary_key=True)
    provider: fields.OneToOneRelation[Provider] = fields.OneToOneField(
        "antichambre.Provider", on_delete=fields.RESTRICT, related_name="draft"
    )
    provider_id: str
    base = fields.IntField()
    """The requirements version that it was begun from."""
    version = fields.IntField(default=1)
    """Raised by each change: two admins never overwrite each other."""
    content = fields.JSONField[dict[str, Any]]()
    """The whole of what would be asked: `{"fields": […], "documents": […]}` of plain columns."""
    changed_at = fields.DatetimeField()
    changed_by = fields.CharField(max_length=160, default="")

    class Meta:
        table = "requirements_draft"
