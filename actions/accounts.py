"""What mailed links do: activate the account, confirm an address, keep the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from actions.application import MAILS_A_DAY, EnoughMails, NothingToConfirm, act, resend_activation
from actions.deeds import Actor, Deed, NoSuchCandidate, deed
from actions.reminders import open_reminder
from actions.tokens import LinkExpired, NoSuchLink, TokenKind, address_mark, look, use
from models.reads.retention import outlook_of
from models.tables import Candidate, Token
from rules.history import EventKind
from rules.notices import NoticeKind
from rules.quiet import ASKED
from rules.statuses import SpaceClosed, closed
from rules.vocabulary import RUNNING, ActorKind, Channel, Status


@asynccontextmanager
async def _followed(
    token: str, kind: TokenKind, now: datetime
) -> AsyncIterator[tuple[Deed, Token]]:
    """A deed of the candidate that a link belongs to; the link is used up with it.

    Raises:
        NoSuchLink, LinkUsed, LinkExpired, SpaceClosed.
    """
    link = await look(token, kind, now)
    if link.refusal is not None:
        raise link.refusal
    try:
        async with act(link.token.candidate_id or "", now, now) as doing:
            if _is_closed_to(kind, doing.candidate):
                raise SpaceClosed
            await use(link.token, now)
            yield doing, link.token
    except NoSuchCandidate:
        raise NoSuchLink from None


def _is_closed_to(kind: TokenKind, candidate: Candidate) -> bool:
    """After the end of an admission one may still ask to be kept, and nothing else."""
    if kind is TokenKind.KEEP:
        return candidate.status == Status.BINNED
    return closed(candidate.status, candidate.ended_at)


async def activate(token: str, now: datetime) -> None:
    """Confirm the account by the mailed link: the only way, and it proves the address too.

    Raises:
        NoSuchLink, LinkUsed, LinkExpired, SpaceClosed.
    """
    async with _followed(token, TokenKind.ACTIVATION, now) as (doing, row):
        _check_address(doing, row)
        _confirm_address(doing)
        if doing.candidate.account_confirmed_at is None:
            doing.candidate.account_confirmed_at = now
            await doing.record(EventKind.ACCOUNT_CONFIRMED)
            await doing.owe(NoticeKind.ACCOUNT_CONFIRMED, once="link")


async def confirm_email(token: str, now: datetime) -> None:
    """Confirm that the address is the candidate's; the account is another matter.

    Raises:
        NoSuchLink, LinkUsed, LinkExpired, SpaceClosed.
    """
    async with _followed(token, TokenKind.CONFIRM_EMAIL, now) as (doing, row):
        _check_address(doing, row)
        if _confirm_address(doing):
            await doing.record(EventKind.EMAIL_CONFIRMED)


async def keep(token: str, now: datetime) -> None:
    """Keep the application, by the link in the reminder: an act, deletion counts from it.

    The page then says a date: it binds like one that an operator chose.

    Raises:
        NoSuchLink, LinkUsed, LinkExpired, SpaceClosed.
    """
    async with _followed(token, TokenKind.KEEP, now) as (doing, row):
        await doing.record(EventKind.KEPT, after={"by": "mail"})
        candidate = doing.candidate
        if candidate.status in RUNNING or candidate.ended_at is not None:
            day = (await outlook_of(candidate, doing.provider, now)).deletion_date
            if day is not None:
                candidate.kept_until = max(day, candidate.kept_until or day)
            await doing.owe(NoticeKind.KEPT, once=f"link:{row.id}")


def _check_address(doing: Deed, row: Token) -> None:
    """A link proves only the address that it was sent to."""
    if row.facts.get("address") != address_mark(doing.candidate.email):
        raise LinkExpired


def _confirm_address(doing: Deed) -> bool:
    """Whether the address was not confirmed before."""
    if doing.candidate.email_confirmed_at is not None:
        return False
    doing.candidate.email_confirmed_at = doing.now
    return True


async def another_link(token: str, kind: TokenKind, now: datetime) -> None:
    """Mail a new link to the known address, in place of one that no longer works.

    Raises:
        NoSuchLink, NothingToConfirm, EnoughMails.
    """
    link = await look(token, kind, now)
    candidate_id = link.token.candidate_id or ""
    try:
        if kind is TokenKind.ACTIVATION:
            await resend_activation(candidate_id, now=now, at=now)
            return
        # Asking for a mail is no act: it would void the very reminder that is mailed.
        async with deed(candidate_id, Actor(ActorKind.CANDIDATE, candidate_id), now) as doing:
            await (_mail_reminder if kind is TokenKind.KEEP else _mail_confirmation)(doing)
    except NoSuchCandidate:
        raise NoSuchLink from None


async def _mail_confirmation(doing: Deed) -> None:
    if doing.candidate.email_confirmed_at is not None or not doing.candidate.email:
        raise NothingToConfirm
    await _mail_again(doing, NoticeKind.EMAIL_CONFIRMATION, {})


async def _mail_reminder(doing: Deed) -> None:
    """The reminder once more, while it still warns of something."""
    reminder = await open_reminder(doing.candidate.id)
    outlook = await outlook_of(doing.candidate, doing.provider, doing.now)
    if reminder is None or outlook.deletion_date is None or not doing.candidate.email:
        raise NothingToConfirm
    date = outlook.deletion_date.isoformat()
    facts = {"reminder": reminder.id, "date": date, ASKED: True}
    await _mail_again(doing, NoticeKind.DELETION_REMINDER, facts)


async def _mail_again(doing: Deed, kind: NoticeKind, facts: dict[str, object]) -> None:
    day = doing.now.astimezone(ZoneInfo(doing.provider.timezone)).date()
    for number in range(MAILS_A_DAY):
        once = f"again:{day}:{number}"
        if await doing.owe(kind, facts, once=once, channels=(Channel.MAIL,)):
            return
    raise EnoughMails
