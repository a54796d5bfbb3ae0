from models.adding import AddColumn
from tortoise import migrations
import functools
from json import dumps, loads
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("antichambre", "0003_provider_rules")]

    initial = False

    operations = [
        AddColumn(
            model_name="Provider",
            name="source_tags",
            field=fields.JSONField(
                null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
            ),
        ),
    ]
