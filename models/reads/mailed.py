"""Who a mailed link belongs to, for the page that it opens."""

from dataclasses import dataclass
from datetime import date, datetime

from models.reads.bots import bot_of
from models.reads.retention import Standing, standing_of
from models.tables import Candidate, Provider, Token
from rules.statuses import closed
from rules.vocabulary import RUNNING, Status


@dataclass(frozen=True, slots=True)
class Mailed:
    """The candidate behind a link, as far as the page says anything about them."""

    provider: Provider
    candidate_id: str
    language: str
    address: str
    """The known address, to be shown hidden."""
    bot: str
    """Username of the candidate's bot, empty when there is none."""
    closed: bool
    account_confirmed: bool
    email_confirmed: bool
    running: bool
    """It is the candidate's turn."""
    ended: bool
    """They no longer work with the provider."""
    deleted_on: date | None
    """When the application would be deleted without news; only a date that binds us."""
    warned: bool
    """The time for a reminder has come: a new one can be asked for."""


async def mailed(token: Token, now: datetime) -> Mailed | None:
    """Whose link it is; None when they are gone."""
    candidate = await Candidate.get_or_none(id=token.candidate_id).select_related("provider")
    if candidate is None:
        return None
    bot = await bot_of(candidate)
    standing = await standing_of(candidate, candidate.provider, now)
    return Mailed(
        provider=candidate.provider,
        candidate_id=candidate.id,
        language=candidate.language,
        address=candidate.email,
        bot=bot.username if bot else "",
        closed=closed(candidate.status, candidate.ended_at),
        account_confirmed=candidate.account_confirmed_at is not None,
        email_confirmed=candidate.email_confirmed_at is not None,
        running=candidate.status in RUNNING,
        ended=candidate.status == Status.ACCEPTED and candidate.ended_at is not None,
        deleted_on=_bound(standing),
        warned=standing.outlook.state in ("reminder_due", "reminder_owed", "reminded", "due"),
    )


def _bound(standing: Standing) -> date | None:
    """The date, when it was promised: one that changed settings could bring nearer is not told."""
    day, person = standing.outlook.deletion_date, standing.retained
    promised = [one for one in (person.kept_until, person.latest_promise) if one is not None]
    return day if day is not None and promised and day <= max(promised) else None
