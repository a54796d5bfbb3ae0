"""The companies that recruit, with the settings of their recruitment module."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.defaults import both_statuses
from models.ids import new_id


class Provider(Model):
    """One company, every other table leads back to one."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    slug = fields.CharField(max_length=60, unique=True)
    name = fields.CharField(max_length=120)
    colour = fields.CharField(max_length=7, default="#0f766e")
    language = fields.CharField(max_length=2, default="fr")
    timezone = fields.CharField(max_length=60, default="Europe/Paris")
    reply_to = fields.CharField(max_length=254, null=True)
    created_at = fields.DatetimeField()

    module_on = fields.BooleanField(default=True)
    signups_open = fields.BooleanField(default=True)
    closed_sentence = fields.JSONField[dict[str, str]](default=dict)
    accepted_statuses = fields.JSONField[list[str]](default=both_statuses)
    french_required = fields.BooleanField(default=False)
    french_since = fields.IntField(null=True)
    """Requirements version from which that holds: those who signed up before it are not held to
    it. Empty: it holds for everybody."""
    deletion_days = fields.IntField(default=45)
    reminder_days = fields.IntField(default=7)
    counting_since = fields.DatetimeField(null=True)
    """When the module or deletion was last switched on: nobody's clock starts before."""
    bin_days = fields.IntField(default=7)
    ended_days = fields.IntField(null=True)
    """Days from the end of an admission to the deletion; 0: never; empty: `rules.retention`'s."""
    quiet_from = fields.IntField(null=True)
    """Local hour from which no reminder leaves; empty: `rules.quiet`'s."""
    quiet_until = fields.IntField(null=True)
    """Local hour from which reminders leave again."""
    privacy_version = fields.IntField(default=1)
    requirements_version = fields.IntField(default=1)
    asking_up_to = fields.IntField(null=True)
    """Requirements version that applications in progress are being brought to; empty: none is."""
    settings_version = fields.IntField(default=1)
    """Raised by each change of settings: two admins never overwrite each other."""
    touched_at = fields.DatetimeField(null=True, db_index=True)
    """Last change anywhere in this provider; live pages look at it."""
    clock_waits_for = fields.CharField(max_length=20, null=True)
    """Why automatic deletion waits for an admin's word: `brake` or `restore`."""
    links = fields.JSONField[list[dict[str, Any]]](default=list)
    """Links that the open space shows: `{"label": {"fr", "en"}, "url"}`."""
    declared_activities = fields.JSONField[list[str]](null=True)
    """Activities that the provider declared: they permit catalogue items blocked otherwise."""
    sender_name = fields.CharField(max_length=120, null=True)
    """Who the mails come from, the provider's name by default."""
    signature = fields.JSONField[dict[str, str]](null=True)
    """Last lines of every mail, by language."""
    logo_file_id = fields.CharField(max_length=32, null=True)
    """StoredFile of the logo on public pages."""
    source_tags = fields.JSONField[list[dict[str, str]]](null=True)
    """Ways by which people come, as the provider named them: `{"key", "name"}`, in order."""

    class Meta:
        table = "provider"


class JoinLink(Model):
    """A deep link's token, only the newest works, the older ones say so politely."""

    id = fields.IntField(primary_key=True)
    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "antichambre.Provider", on_delete=fields.RESTRICT, related_name="join_links"
    )
    provider_id: str
    token = fields.CharField(max_length=40, unique=True)
    created_at = fields.DatetimeField()
    renewed_at = fields.DatetimeField(null=True)
    """Set when a newer link took its place."""

    class Meta:
        table = "join_link"
