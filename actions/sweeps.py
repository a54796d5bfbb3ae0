"""Rows that nobody needs any more: expired sessions and links, and what was told to operators."""

from datetime import datetime, timedelta

from actions.tokens import TokenKind
from models.tables import Notice, Session, Token
from rules.notices import TO_OPERATORS

LINK_REMEMBERED = timedelta(days=90)
"""How long an expired link is still recognised, to say so and offer a new one."""
INVITATION_REMEMBERED = timedelta(days=30)
"""An invitation that nobody took up holds a name and an address: it goes sooner."""
MAIL_REMEMBERED = timedelta(days=30)
"""How long we know that a mail to an operator left; it holds neither name nor address."""


async def forget_expired(now: datetime) -> None:
    """Delete expired sessions and steps, links expired long ago, old mails to operators."""
    await Session.filter(expires_at__lte=now).delete()
    await Token.filter(expires_at__lte=now - LINK_REMEMBERED).delete()
    of_operators = Token.filter(candidate_id=None)
    await of_operators.filter(kind=TokenKind.STEP, expires_at__lte=now).delete()
    await of_operators.filter(
        kind=TokenKind.INVITATION, expires_at__lte=now - INVITATION_REMEMBERED
    ).delete()
    await Notice.filter(
        candidate_id=None,
        kind__in=sorted(TO_OPERATORS),
        settled_at__lte=now - MAIL_REMEMBERED,
    ).delete()
