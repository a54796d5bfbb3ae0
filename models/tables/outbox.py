"""What is owed to somebody: notices, kept from the moment they are owed until accepted."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.tables.telegram import Chat


class Notice(Model):
    """One message owed, keeps its kind and facts, never rendered text (but the farewell)."""

    id = fields.BigIntField(primary_key=True)
    provider_id = fields.CharField(max_length=16)
    candidate_id = fields.CharField(max_length=16, null=True)
    """Empty for a farewell, and for mails to operators."""
    operator_id = fields.CharField(max_length=16, null=True)
    chat: fields.ForeignKeyNullableRelation[Chat] = fields.ForeignKeyField(
        "antichambre.Chat", on_delete=fields.RESTRICT, null=True, related_name="notices"
    )
    chat_id: str | None
    channel = fields.CharField(max_length=8)
    kind = fields.CharField(max_length=40)
    facts = fields.JSONField[dict[str, Any]](default=dict)
    unique_key = fields.CharField(max_length=120, unique=True)
    """Owed once: the same deed repeated owes nothing more."""
    state = fields.CharField(max_length=8, default="owed")
    owed_at = fields.DatetimeField()
    not_before = fields.DatetimeField()
    attempts = fields.IntField(default=0)
    lease_until = fields.DatetimeField(null=True)
    lease_by = fields.CharField(max_length=40, null=True)
    settled_at = fields.DatetimeField(null=True)
    """When it was accepted, failed for good or became void."""
    failing_since = fields.DatetimeField(null=True)
    last_error = fields.CharField(max_length=300, default="")
    """The other side's answer, without addresses or tokens."""
    message_id = fields.CharField(max_length=120)
    """One Message-ID for ever: a double is recognised by the mailbox."""
    address = fields.TextField(null=True)
    rendered = fields.TextField(null=True)
    """Farewell only, both sealed: wiped when settled or after 72 hours."""
    wipe_at = fields.DatetimeField(null=True)

    class Meta:
        table = "notice"
        indexes = (
            ("state", "channel", "not_before"),
            ("chat_id", "state", "id"),
            ("candidate_id", "id"),
        )
