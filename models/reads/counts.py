"""The figures of the panel's top bar, and what is wrong with the installation."""

from dataclasses import dataclass

from models.database import rows


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits for an operator."""

    to_review: int = 0
    messages: int = 0
    bot_refused: bool = False
    """Telegram refuses the bot's token: no candidate can be reached by chat."""


COUNTS = """
SELECT
  (SELECT count(*) FROM candidate WHERE provider_id = ? AND status = 'submitted') AS to_review,
  (SELECT count(*) FROM candidate WHERE provider_id = ? AND awaiting_reply_since IS NOT NULL
     AND status <> 'binned') AS messages,
  (SELECT count(*) FROM bot WHERE disconnected_at IS NOT NULL
     AND (provider_id = ? OR provider_id IS NULL)) AS refused
"""


async def counts(provider_id: str) -> Counts:
    """Applications and messages that wait at this provider."""
    (row,) = await rows(COUNTS, provider_id, provider_id, provider_id)
    return Counts(row["to_review"], row["messages"], bool(row["refused"]))
