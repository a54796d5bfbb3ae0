"""Rows that nobody needs any more: expired sessions and links."""

from datetime import datetime, timedelta

from models.tables import Session, Token

LINK_REMEMBERED = timedelta(days=90)
"""How long an expired link is still recognised, to say so and offer a new one."""


async def forget_expired(now: datetime) -> None:
    """Delete expired sessions, and links expired long ago."""
    await Session.filter(expires_at__lte=now).delete()
    await Token.filter(expires_at__lte=now - LINK_REMEMBERED).delete()
