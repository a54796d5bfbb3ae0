"""Facts of the whole installation, and the nightly runs of the clock."""

from tortoise import fields
from tortoise.models import Model

from models.json_column import AnyJSON, JSONModel
from models.tables.providers import Provider


class Installation(JSONModel):
    """One fact by name: `demo`, `started`, `worker_seen`…"""

    key = fields.CharField(primary_key=True, max_length=40)
    value = AnyJSON(null=True)

    class Meta:
        table = "installation"


class ClockRun(Model):
    """The nightly run of one provider for one local date."""

    id = fields.BigIntField(primary_key=True)
    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "antichambre.Provider", on_delete=fields.RESTRICT, related_name="clock_runs"
    )
    provider_id: str
    local_date = fields.DateField()
    started_at = fields.DatetimeField()
    finished_at = fields.DatetimeField(null=True)
    reminded = fields.IntField(default=0)
    deleted = fields.IntField(default=0)
    braked = fields.BooleanField(default=False)
    to_delete = fields.IntField(default=0)
    """How many people it stopped before; the admin's word is about that number."""
    released_at = fields.DatetimeField(null=True)
    """When an admin let a braked run go on."""
    lease_until = fields.DatetimeField(null=True)
    lease_by = fields.CharField(max_length=40, null=True)

    class Meta:
        table = "clock_run"
        unique_together = (("provider_id", "local_date"),)
