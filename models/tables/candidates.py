"""Candidates and what belongs to their application."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.ids import new_id
from models.json_column import AnyJSON, JSONModel
from models.tables.access import Operator
from models.tables.providers import Provider


class Candidate(Model):
    """A person in one provider's space, every deed locks this row first."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "antichambre.Provider", on_delete=fields.RESTRICT, related_name="candidates"
    )
    provider_id: str
    bot_id = fields.CharField(max_length=16, null=True)
    telegram_id = fields.BigIntField(null=True)
    """The Telegram account this space belongs to; empty once cut off."""
    version = fields.IntField(default=1)
    """Raised by every deed; an operator's form carries the one it was drawn from."""
    created_at = fields.DatetimeField()
    status = fields.CharField(max_length=12, default="incomplete")
    status_since = fields.DatetimeField()
    submitted_at = fields.DatetimeField(null=True)
    former_status = fields.CharField(max_length=12, null=True)
    """What restoring from the bin gives back."""
    work_status = fields.CharField(max_length=12, null=True)
    status_exempted_at = fields.DatetimeField(null=True)
    language = fields.CharField(max_length=2, default="fr")
    first_name = fields.CharField(max_length=80, default="")
    last_name = fields.CharField(max_length=80, default="")
    email = fields.CharField(max_length=254, default="")
    """Copies of the core answers, for lists and letters."""
    requirements_version = fields.IntField(default=1)
    notice_version = fields.IntField(null=True)
    notice_at = fields.DatetimeField(null=True)
    """The privacy notice that was shown."""
    unlocked = fields.JSONField[list[str]](default=list)
    """Keys that a rejection named, open to correction."""
    account_confirmed_at = fields.DatetimeField(null=True)
    email_confirmed_at = fields.DatetimeField(null=True)
    email_refused_at = fields.DatetimeField(null=True)
    email_failing_since = fields.DatetimeField(null=True)
    admitted_at = fields.DatetimeField(null=True)
    """First admission: whoever was admitted once is never deleted for an incomplete file."""
    ended_at = fields.DatetimeField(null=True)
    """When an admission ended, as the person no longer works with the provider."""
    clock_start = fields.DatetimeField()
    kept_until = fields.DateField(null=True)
    awaiting_reply_since = fields.DatetimeField(null=True)
    binned_at = fields.DatetimeField(null=True)
    erase_at = fields.DatetimeField(null=True)
    """When the bin empties itself of this candidate."""
    source = fields.CharField(max_length=40, null=True)
    operator_seen_at = fields.DatetimeField(null=True)
    """When an operator last read the messages."""

    class Meta:
        table = "candidate"
        unique_together = (("provider_id", "bot_id", "telegram_id"),)
        indexes = (
            ("provider_id", "status", "status_since"),
            ("provider_id", "status_since"),
            ("provider_id", "created_at"),
            ("provider_id", "ended_at"),
            ("erase_at",),
            ("telegram_id", "bot_id"),
        )


class Answer(JSONModel):
    """The current answer to one field, earlier ones are in the journal."""

    id = fields.BigIntField(primary_key=True)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate", on_delete=fields.RESTRICT, related_name="answers"
    )
    candidate_id: str
    key = fields.CharField(max_length=60)
    value = AnyJSON(null=True)
    """Normalised; `null` when skipped; `{"sealed": …}` for sensitive kinds."""
    answered_at = fields.DatetimeField()

    class Meta:
        table = "answer"
        unique_together = (("candidate_id", "key"),)


class Decision(Model):
    """One decision on the whole, at most one pending per candidate."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate", on_delete=fields.RESTRICT, related_name="decisions"
    )
    candidate_id: str
    operator: fields.ForeignKeyRelation[Operator] = fields.ForeignKeyField(
        "antichambre.Operator", on_delete=fields.RESTRICT, related_name="decisions"
    )
    operator_id: str
    outcome = fields.CharField(max_length=8)
    state = fields.CharField(max_length=10, default="pending")
    former_status = fields.CharField(max_length=12)
    comment = fields.TextField(default="")
    """What the candidate reads."""
    reason = fields.TextField(default="")
    """Why it was accepted although something is missing or not reviewed."""
    items = fields.JSONField[list[dict[str, Any]]](default=list)
    """What has to be corrected: `{"key", "label", "reason"}`, frozen when decided."""
    decided_at = fields.DatetimeField()
    final_at = fields.DatetimeField()

    class Meta:
        table = "decision"
        indexes = (("state", "final_at"), ("candidate_id", "state"))


class Reminder(Model):
    """A deletion reminder owed for one clock start, its promise is never broken."""

    id = fields.BigIntField(primary_key=True)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate", on_delete=fields.RESTRICT, related_name="reminders"
    )
    candidate_id: str
    clock_start = fields.DatetimeField()
    due = fields.DateField()
    owed_at = fields.DatetimeField()
    accepted_at = fields.DatetimeField(null=True)
    accepted_by = fields.CharField(max_length=8, null=True)
    """The channel whose acceptance counted first."""
    promised = fields.DateField(null=True)
    zone = fields.CharField(max_length=60, null=True)
    """The time zone in which the promise was made: the provider may move later."""
    void_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reminder"
        indexes = (("candidate_id", "void_at"),)


class Message(Model):
    """One message between candidate and operators."""

    id = fields.BigIntField(primary_key=True)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate", on_delete=fields.RESTRICT, related_name="messages"
    )
    candidate_id: str
    operator: fields.ForeignKeyNullableRelation[Operator] = fields.ForeignKeyField(
        "antichambre.Operator", on_delete=fields.RESTRICT, null=True, related_name="messages"
    )
    operator_id: str | None
    """Who wrote it; empty: the candidate."""
    text = fields.TextField()
    earlier = fields.JSONField[list[dict[str, str]]](default=list)
    """Texts before edits: `{"at", "text"}`."""
    at = fields.DatetimeField()
    edited_at = fields.DatetimeField(null=True)
    telegram_message_id = fields.BigIntField(null=True)
    delivered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "message"
        indexes = (("candidate_id", "at"),)


class Comment(Model):
    """An operator's comment on a document, for operators only."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    candidate: fields.ForeignKeyRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate", on_delete=fields.RESTRICT, related_name="comments"
    )
    candidate_id: str
    operator: fields.ForeignKeyRelation[Operator] = fields.ForeignKeyField(
        "antichambre.Operator", on_delete=fields.RESTRICT, related_name="comments"
    )
    operator_id: str
    document_key = fields.CharField(max_length=60)
    text = fields.TextField()
    at = fields.DatetimeField()
    edited_at = fields.DatetimeField(null=True)
    removed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "comment"
        indexes = (("candidate_id", "document_key"),)
