"""Whether the button that shares one's phone number lies below a chat."""

from models.adding import AddColumn
from tortoise import fields, migrations


class Migration(migrations.Migration):
    """Empty is no: at worst the button stays until the next question about a phone."""

    dependencies = [("antichambre", "0009_french_since")]

    initial = False

    operations = [
        AddColumn(model_name="Chat", name="contact_shown", field=fields.BooleanField(null=True)),
    ]
