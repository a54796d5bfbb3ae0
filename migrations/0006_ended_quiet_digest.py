from models.adding import AddColumn
from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields
from tortoise.indexes import Index


class Migration(migrations.Migration):
    dependencies = [("antichambre", "0005_asking_up_to")]

    initial = False

    operations = [
        AddColumn(
            model_name="Candidate",
            name="ended_at",
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddIndex(
            model_name="Candidate",
            index=Index(fields=["provider_id", "ended_at"]),
        ),
        ops.AddIndex(
            model_name="Document",
            index=Index(fields=["expires_on"]),
        ),
        AddColumn(
            model_name="Membership",
            name="digest",
            field=fields.BooleanField(null=True),
        ),
        AddColumn(
            model_name="Provider",
            name="ended_days",
            field=fields.IntField(null=True),
        ),
        AddColumn(
            model_name="Provider",
            name="quiet_from",
            field=fields.IntField(null=True),
        ),
        AddColumn(
            model_name="Provider",
            name="quiet_until",
            field=fields.IntField(null=True),
        ),
    ]
