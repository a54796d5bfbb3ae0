"""Telegram's side: bots, chats, the ledger of updates, updates kept after a bug."""

from tortoise import fields
from tortoise.models import Model

from models.ids import new_id
from models.tables.candidates import Candidate
from models.tables.providers import Provider


class Bot(Model):
    """A bot, shared by all providers or one provider's own."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    telegram_id = fields.BigIntField(unique=True)
    username = fields.CharField(max_length=64)
    token = fields.TextField(null=True)
    """Encrypted; empty for the shared bot, whose token is a setting."""
    provider: fields.ForeignKeyNullableRelation[Provider] = fields.ForeignKeyField(
        "antichambre.Provider", on_delete=fields.RESTRICT, null=True, related_name="bots"
    )
    provider_id: str | None
    not_before = fields.DatetimeField(null=True)
    """Telegram asked this bot to be silent until then (retry_after)."""
    disconnected_at = fields.DatetimeField(null=True)
    """Telegram refused its token (401)."""
    queue_empty_at = fields.DatetimeField(null=True)
    """When Telegram's queue for it was last seen empty since the last start."""
    last_update_at = fields.DatetimeField(null=True)
    """When Telegram last told how many updates wait for it: for people to read."""
    retired_at = fields.DatetimeField(null=True)
    """The provider took its own bot back: no link leads to it any more."""

    class Meta:
        table = "bot"


class Chat(Model):
    """A private chat of one Telegram user with one bot, locked before its candidate."""

    id = fields.CharField(primary_key=True, max_length=16, default=new_id)
    bot: fields.ForeignKeyRelation[Bot] = fields.ForeignKeyField(
        "antichambre.Bot", on_delete=fields.RESTRICT, related_name="chats"
    )
    bot_id: str
    user_id = fields.BigIntField()
    """Telegram's user id, also the id of the private chat."""
    candidate: fields.ForeignKeyNullableRelation[Candidate] = fields.ForeignKeyField(
        "antichambre.Candidate", on_delete=fields.RESTRICT, null=True, related_name="current_in"
    )
    candidate_id: str | None
    """The space that this person is in now; one person may have several."""
    language = fields.CharField(max_length=2, default="fr")
    asking = fields.CharField(max_length=120, default="")
    """What the chat waits for, as `step` or `step:argument`; see rules/asking.py."""
    username = fields.CharField(max_length=64, null=True)
    display_name = fields.CharField(max_length=160, default="")
    blocked_at = fields.DatetimeField(null=True)
    not_before = fields.DatetimeField(null=True)
    lease_until = fields.DatetimeField(null=True)
    lease_by = fields.CharField(max_length=40, null=True)
    card_message_id = fields.BigIntField(null=True)
    card_shown = fields.IntField(default=0)
    """The candidate's version that the card on the phone shows."""
    card_digest = fields.CharField(max_length=64, null=True)
    last_message_id = fields.BigIntField(null=True)
    """Newest message seen in the chat: the card is sent again when it is far up."""
    screen_message_id = fields.BigIntField(null=True)
    """The last screen that the door showed, never a notice or the card: it may be drawn again."""
    contact_shown = fields.BooleanField(null=True)
    """The button that shares one's phone number lies below the chat."""
    created_at = fields.DatetimeField()

    class Meta:
        table = "chat"
        unique_together = (("bot_id", "user_id"),)
        indexes = (("candidate_id",),)


class LedgerEntry(Model):
    """An update that was handled: no payload, gone after 7 days (Telegram keeps 24 h)."""

    id = fields.BigIntField(primary_key=True)
    bot: fields.ForeignKeyRelation[Bot] = fields.ForeignKeyField(
        "antichambre.Bot", on_delete=fields.RESTRICT, related_name="ledger"
    )
    bot_id: str
    update_id = fields.BigIntField()
    chat_user_id = fields.BigIntField(null=True)
    received_at = fields.DatetimeField(db_index=True)
    answered_at = fields.DatetimeField(null=True)

    class Meta:
        table = "ledger_entry"
        unique_together = (("bot_id", "update_id"),)


class KeptUpdate(Model):
    """An update that hit a bug, encrypted, replayed by hand, useless after 14 days."""

    id = fields.BigIntField(primary_key=True)
    bot: fields.ForeignKeyRelation[Bot] = fields.ForeignKeyField(
        "antichambre.Bot", on_delete=fields.RESTRICT, related_name="kept_updates"
    )
    bot_id: str
    update_id = fields.BigIntField()
    user_id = fields.BigIntField(null=True, db_index=True)
    payload = fields.TextField()
    error = fields.CharField(max_length=200)
    """The exception's class and place, never its text."""
    kept_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = "kept_update"
        unique_together = (("bot_id", "update_id"),)
