from models.adding import AddColumn
from tortoise import migrations
from tortoise import fields


class Migration(migrations.Migration):
    dependencies = [("antichambre", "0004_source_tags")]

    initial = False

    operations = [
        AddColumn(
            model_name="Provider",
            name="asking_up_to",
            field=fields.IntField(null=True),
        ),
    ]
