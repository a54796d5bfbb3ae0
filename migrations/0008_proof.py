"""What stays of a document that was looked at and destroyed."""

import functools
from json import dumps, loads

from models.adding import AddColumn
from tortoise import fields, migrations


class Migration(migrations.Migration):
    """A column that is empty for every document there is."""

    dependencies = [("antichambre", "0007_documents_to_look_at")]

    initial = False

    operations = [
        AddColumn(
            model_name="Document",
            name="proof",
            field=fields.JSONField(
                null=True, encoder=functools.partial(dumps, separators=(",", ":")), decoder=loads
            ),
        ),
    ]
