"""The provider's own wording of the mails."""

from tortoise import fields
from tortoise.models import Model

from models.tables.providers import Provider


class MailText(Model):
    """One mail as a provider rewrote it in one language, absent: the product's own text."""

    id = fields.IntField(primary_key=True)
    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "antichambre.Provider", on_delete=fields.RESTRICT, related_name="mail_texts"
    )
    provider_id: str
    name = fields.CharField(max_length=40)
    """Which mail, see rules.mails.MailName."""
    language = fields.CharField(max_length=2)
    subject = fields.TextField()
    body = fields.TextField()
    """Plain paragraphs with tags, see docs/mails.md."""
    version = fields.IntField(default=1)
    """The change that wrote it, counted in the journal: two admins never overwrite each other."""
    changed_at = fields.DatetimeField()

    class Meta:
        table = "mail_text"
        unique_together = (("provider_id", "name", "language"),)
