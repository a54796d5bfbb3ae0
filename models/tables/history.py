"""The journal, append-only by triggers, and the anonymous line that outlives a candidate."""

from tortoise import fields
from tortoise.models import Model

from models.ids import new_id
from models.json_column import AnyJSON, JSONModel


class Event(JSONModel):
    """One line of a candidate's history, never changed, deleted only with a Tombstone."""

    id = fields.BigIntField(primary_key=True)
    provider_id = fields.CharField(max_length=16)
    candidate_id = fields.CharField(max_length=16)
    at = fields.DatetimeField()
    kind = fields.CharField(max_length=40)
    actor_kind = fields.CharField(max_length=10)
    actor_id = fields.CharField(max_length=16, null=True)
    actor_name = fields.CharField(max_length=160, default="")
    subject = fields.CharField(max_length=60, null=True)
    """The field's or document type's key it is about."""
    before = AnyJSON(null=True)
    after = AnyJSON(null=True)

    class Meta:
        table = "event"
        indexes = (("candidate_id", "id"), ("provider_id", "at"))


class ProviderEvent(JSONModel):
    """One line of a provider's journal: settings, invitations, sign-ins, names no candidate."""

    id = fields.BigIntField(primary_key=True)
    provider_id = fields.CharField(max_length=16)
    at = fields.DatetimeField()
    kind = fields.CharField(max_length=40)
    actor_kind = fields.CharField(max_length=10)
    actor_id = fields.CharField(max_length=16, null=True)
    actor_name = fields.CharField(max_length=160, default="")
    subject = fields.CharField(max_length=60, null=True)
    before = AnyJSON(null=True)
    after = AnyJSON(null=True)

    class Meta:
        table = "provider_event"
        indexes = (("provider_id", "id"),)


class Tombstone(Model):
    """What stays of an erased candidate: no name, no address, never deleted."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    provider_id = fields.CharField(max_length=16, db_index=True)
    candidate_id = fields.CharField(max_length=16, unique=True)
    created_on = fields.DateField()
    submitted_on = fields.DateField(null=True)
    erased_on = fields.DateField()
    last_status = fields.CharField(max_length=12)
    reason = fields.CharField(max_length=20)
    """`bin`, `automatic`, `own_wish`, or `again` after a restored backup."""
    actor_kind = fields.CharField(max_length=10)
    source = fields.CharField(max_length=40, null=True)
    """The candidate's source tag, for the funnel."""

    class Meta:
        table = "tombstone"
