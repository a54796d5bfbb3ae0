"""The figures of the panel's top bar, and what is wrong with the installation."""

from dataclasses import dataclass
from datetime import datetime

from models.database import rows
from models.reads.renewed import SENT_SINCE
from rules.history import AWAITED


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits for an operator."""

    to_review: int = 0
    """Applications, and accepted people who sent a new document."""
    messages: int = 0
    bot_refused: bool = False
    """Telegram refuses the installation's bot: its candidates cannot be reached by chat."""
    own_bot_refused: bool = False
    """The same of a bot of the provider's own: an administrator can give its new token."""


COUNTS = f"""
SELECT
  (SELECT count(*) FROM candidate WHERE provider_id = ? AND status = 'submitted') AS to_review,
  (SELECT count(DISTINCT document.candidate_id) {SENT_SINCE}
     AND document.state = 'to_review') AS renewed,
  (SELECT count(*) FROM candidate WHERE provider_id = ? AND awaiting_reply_since IS NOT NULL
     AND status <> 'binned') AS messages,
  (SELECT count(*) FROM bot WHERE disconnected_at IS NOT NULL AND provider_id IS NULL) AS refused,
  (SELECT count(*) FROM bot WHERE disconnected_at IS NOT NULL AND provider_id = ?
     AND token IS NOT NULL) AS own_refused
"""  # noqa: S608 — constants


async def counts(provider_id: str) -> Counts:
    """Applications and messages that wait at this provider."""
    (row,) = await rows(COUNTS, *[provider_id] * 4)
    refused, own_refused = bool(row["refused"]), bool(row["own_refused"])
    return Counts(row["to_review"] + row["renewed"], row["messages"], refused, own_refused)


MAILS_SINCE = """
SELECT count(*) AS number FROM event WHERE provider_id = ? AND at > ? AND kind = 'mail_sent'
"""


async def mails_since(provider_id: str, moment: datetime) -> int:
    """Mails to this provider's candidates that were accepted since, by whichever worker."""
    (found,) = await rows(MAILS_SINCE, provider_id, moment)
    number: int = found["number"]
    return number


AWAITED_SINCE = f"""
SELECT count(DISTINCT candidate_id) AS number FROM event
WHERE provider_id = ? AND at > ? AND kind IN ({", ".join("?" for _ in AWAITED)})
"""  # noqa: S608 — question marks


async def awaited_since(provider_id: str, moment: datetime) -> int:
    """How many people did what operators wait for after this moment."""
    (found,) = await rows(AWAITED_SINCE, provider_id, moment, *sorted(AWAITED))
    number: int = found["number"]
    return number
