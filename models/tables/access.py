"""Operators, their membership, sessions, and the tokens in mailed links."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.ids import new_id
from models.tables.providers import Provider


class Operator(Model):
    """A person who uses the panel, at one provider or several."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    email = fields.CharField(max_length=254, unique=True)
    """Lower case."""
    name = fields.CharField(max_length=160)
    password_hash = fields.CharField(max_length=255, null=True)
    language = fields.CharField(max_length=2, default="fr")
    totp_secret = fields.TextField(null=True)
    totp_last_used = fields.BigIntField(null=True)
    single_keys = fields.BooleanField(default=True)
    """One-letter shortcuts, which can be turned off (WCAG 2.1.4)."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "operator"


class Membership(Model):
    """An operator's role at one provider."""

    id = fields.IntField(primary_key=True)
    provider: fields.ForeignKeyRelation[Provider] = fields.ForeignKeyField(
        "antichambre.Provider", on_delete=fields.RESTRICT, related_name="memberships"
    )
    provider_id: str
    operator: fields.ForeignKeyRelation[Operator] = fields.ForeignKeyField(
        "antichambre.Operator", on_delete=fields.RESTRICT, related_name="memberships"
    )
    operator_id: str
    role = fields.CharField(max_length=8, default="reviewer")
    created_at = fields.DatetimeField()
    suspended_at = fields.DatetimeField(null=True)
    digest = fields.BooleanField(null=True)
    """Whether the morning's digest is mailed to them; empty: to admins only."""

    class Meta:
        table = "membership"
        unique_together = (("provider_id", "operator_id"),)


class Session(Model):
    """A signed-in browser, the row dies at sign-out, so a stolen cookie dies with it."""

    id = fields.CharField(primary_key=True, max_length=64)
    """SHA-256 of the cookie's secret."""
    operator: fields.ForeignKeyRelation[Operator] = fields.ForeignKeyField(
        "antichambre.Operator", on_delete=fields.RESTRICT, related_name="sessions"
    )
    operator_id: str
    provider_id = fields.CharField(max_length=16, null=True)
    """The provider whose space is shown."""
    created_at = fields.DatetimeField()
    seen_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    user_agent = fields.CharField(max_length=200, default="")

    class Meta:
        table = "session"


class Token(Model):
    """A mailed link: single use, expiring, only its SHA-256 is kept."""

    id = fields.BigIntField(primary_key=True)
    digest = fields.CharField(max_length=64, unique=True)
    kind = fields.CharField(max_length=20)
    """`activation`, `keep`, `confirm_email`, `invitation`, `reset`."""
    provider_id = fields.CharField(max_length=16, null=True)
    candidate_id = fields.CharField(max_length=16, null=True, db_index=True)
    operator_id = fields.CharField(max_length=16, null=True)
    facts = fields.JSONField[dict[str, Any]](default=dict)
    created_at = fields.DatetimeField()
    expires_at = fields.DatetimeField(db_index=True)
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "token"


class RecoveryCode(Model):
    """One way in without the second factor, used once."""

    id = fields.IntField(primary_key=True)
    operator: fields.ForeignKeyRelation[Operator] = fields.ForeignKeyField(
        "antichambre.Operator", on_delete=fields.RESTRICT, related_name="recovery_codes"
    )
    operator_id: str
    digest = fields.CharField(max_length=64)
    """SHA-256 of the code, which is long and random."""
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = "recovery_code"
        unique_together = (("operator_id", "digest"),)
