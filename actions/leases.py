"""Leases on chats: whoever holds one is alone to send to it; a killed holder's lease runs out."""

from datetime import datetime, timedelta

from models.database import rows

LEASE = timedelta(seconds=30)
"""Longer than any series of sends that a holder makes before renewing."""


async def lease_chat(chat_id: str, holder: str, now: datetime) -> bool:
    """Take the chat, or renew one's own lease; False when somebody else holds it."""
    taken = await rows(
        "UPDATE chat SET lease_by = ?, lease_until = ? WHERE id = ? "
        "AND (lease_until IS NULL OR lease_until < ? OR lease_by = ?) RETURNING id",
        holder,
        now + LEASE,
        chat_id,
        now,
        holder,
    )
    return bool(taken)


async def release_chat(chat_id: str, holder: str) -> None:
    """Give the chat back; somebody else's lease is left alone."""
    await rows(
        "UPDATE chat SET lease_by = NULL, lease_until = NULL WHERE id = ? AND lease_by = ? "
        "RETURNING id",
        chat_id,
        holder,
    )
