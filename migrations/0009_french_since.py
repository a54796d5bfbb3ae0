"""From which requirements version on fluent French is required."""

from models.adding import AddColumn
from tortoise import fields, migrations


class Migration(migrations.Migration):
    """Empty for every provider there is: it holds for everybody, as before."""

    dependencies = [("antichambre", "0008_proof")]

    initial = False

    operations = [
        AddColumn(model_name="Provider", name="french_since", field=fields.IntField(null=True)),
    ]
