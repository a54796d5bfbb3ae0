"""A forgotten password: a mailed link, used once within an hour, lets one choose a new one."""

from datetime import datetime, timedelta

from actions.operators import give_password
from actions.passwords import check_password, hash_password
from actions.second_factor import note_everywhere
from actions.tokens import NoSuchLink, TokenKind, look, new_row, owe_link, use
from models.database import dialect, transaction
from models.reads.desks import open_memberships
from models.tables import Notice, Operator
from rules.history import ProviderEventKind
from rules.notices import NoticeKind

MAILS_A_DAY = 3
"""For one account, whoever asks."""


async def ask_reset(email: str, now: datetime) -> None:
    """Mail a link to the account of this address, if there is one; nobody is told whether.

    Without a provider that lets them in there is nothing to sign in to, so no mail leaves.
    """
    async with transaction():
        query = Operator.filter(email=email)
        if dialect() != "sqlite":  # there the whole transaction holds the write lock
            query = query.select_for_update(no_key=True)
        operator = await query.first()
        memberships = await open_memberships(operator.id if operator else "")
        if operator is None or not memberships or await _enough(operator.id, now):
            return
        row = await new_row(TokenKind.RESET, now, operator_id=operator.id)
        await owe_link(row, NoticeKind.PASSWORD_RESET, memberships[0].provider_id, now)
        await note_everywhere(ProviderEventKind.PASSWORD_RESET_ASKED, operator, now)


async def _enough(operator_id: str, now: datetime) -> bool:
    mails = Notice.filter(
        candidate_id=None,
        operator_id=operator_id,
        kind=NoticeKind.PASSWORD_RESET,
        owed_at__gt=now - timedelta(days=1),
    )
    return await mails.count() >= MAILS_A_DAY


async def reset_password(token: str, password: str, now: datetime) -> None:
    """Choose a new password by the mailed link: every session ends, the second factor stays.

    Raises:
        NoSuchLink, LinkUsed, LinkExpired, PasswordTooShort.
    """
    link = await look(token, TokenKind.RESET, now)
    if link.refusal is not None:
        raise link.refusal
    check_password(password)
    hashed = await hash_password(password)
    async with transaction():
        operator = await Operator.get_or_none(id=link.token.operator_id)
        if operator is None:
            raise NoSuchLink
        await use(link.token, now)
        await give_password(operator, hashed, now)
