"""The figures of the panel's top bar."""

from dataclasses import dataclass

from models.database import rows


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits for an operator."""

    to_review: int = 0
    messages: int = 0


COUNTS = """
SELECT
  (SELECT count(*) FROM candidate WHERE provider_id = ? AND status = 'submitted') AS to_review,
  (SELECT count(*) FROM candidate WHERE provider_id = ? AND awaiting_reply_since IS NOT NULL
     AND status <> 'binned') AS messages
"""


async def counts(provider_id: str) -> Counts:
    """Applications and messages that wait at this provider."""
    (row,) = await rows(COUNTS, provider_id, provider_id)
    return Counts(to_review=row["to_review"], messages=row["messages"])
