"""What waits in the whole installation: numbers and ages, for metrics and `antichambre check`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.database import rows
from models.reads.health import (
    MAIL_SERVER,
    WORKER_SEEN,
    WORKER_SILENT,
    installation_facts,
    moment_of,
)
from models.tables import Provider
from rules.notices import KNOWN_KINDS
from rules.retention import run_is_due
from rules.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: what waits, what of it is due, and since when the oldest is."""

    waiting: int = 0
    due: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Backlog:
    """Everything that waits, of all providers together."""

    notices: Mapping[str, Queue]
    """By channel."""
    failed: Mapping[str, int]
    """Messages refused for good and not settled, by channel."""
    unknown: int
    """Messages owed of kinds that only a newer release knows."""
    files: Queue
    decisions: Queue
    kept_updates: int
    """Kept after a fault of ours."""
    nights_due: int
    """Providers whose nightly run is owed."""
    bots_refused: int
    worker_seen: datetime | None
    mail_away: bool

    def worker_runs(self, now: datetime) -> bool:
        """Whether somebody does the work."""
        return self.worker_seen is not None and now - self.worker_seen < WORKER_SILENT

    def oldest(self) -> datetime | None:
        """Since when the oldest of all is due."""
        queues = (*self.notices.values(), self.files, self.decisions)
        return min((one.since for one in queues if one.since is not None), default=None)


async def backlog(now: datetime) -> Backlog:
    """Look at every queue; a handful of queries by index, whatever the number of candidates."""
    facts = await installation_facts()
    seen = (facts.get(WORKER_SEEN) or {}).get("at")
    return Backlog(
        notices=await _notices(now),
        failed=await _failed(),
        unknown=await _number(UNKNOWN),
        files=_queue((await rows(FILES, now))[0]),
        decisions=_queue((await rows(DECISIONS, now, now))[0]),
        kept_updates=await _number("SELECT count(*) AS number FROM kept_update"),
        nights_due=await _nights_due(now),
        bots_refused=await _number(BOTS_REFUSED),
        worker_seen=datetime.fromisoformat(seen) if seen else None,
        mail_away=bool(facts.get(MAIL_SERVER)),
    )


NOTICES = f"""
SELECT channel, count(*) AS waiting,
  sum(CASE WHEN not_before <= ? OR failing_since IS NOT NULL THEN 1 ELSE 0 END) AS due,
  min(CASE WHEN not_before <= ? OR failing_since IS NOT NULL
    THEN coalesce(failing_since, not_before) END) AS since
FROM notice WHERE state = 'owed' AND kind IN ({KNOWN_KINDS}) GROUP BY channel
"""  # noqa: S608  # the names of our own kinds
UNKNOWN = f"""
SELECT count(*) AS number FROM notice WHERE state = 'owed' AND kind NOT IN ({KNOWN_KINDS})
"""  # noqa: S608  # the names of our own kinds
FAILED = """
SELECT channel, count(*) AS number FROM notice
WHERE state = 'failed' GROUP BY channel
"""
FILES = """
SELECT count(*) AS waiting,
  coalesce(sum(CASE WHEN upload.due_at <= ? THEN 1 ELSE 0 END), 0) AS due,
  min(version.sent_at) AS since
FROM upload JOIN document_version version ON version.id = upload.version_id
WHERE upload.state = 'waiting'
"""
DECISIONS = """
SELECT count(*) AS waiting, coalesce(sum(CASE WHEN final_at <= ? THEN 1 ELSE 0 END), 0) AS due,
  min(CASE WHEN final_at <= ? THEN final_at END) AS since
FROM decision WHERE state = 'pending'
"""
BOTS_REFUSED = """
SELECT count(*) AS number FROM bot WHERE disconnected_at IS NOT NULL AND retired_at IS NULL
"""


async def _notices(now: datetime) -> dict[str, Queue]:
    found = {one["channel"]: _queue(one) for one in await rows(NOTICES, now, now)}
    return {str(channel): found.get(channel, Queue()) for channel in Channel}


async def _failed() -> dict[str, int]:
    found = {one["channel"]: one["number"] for one in await rows(FAILED)}
    return {str(channel): found.get(channel, 0) for channel in Channel}


def _queue(row: Mapping[str, object]) -> Queue:
    waiting, due = row["waiting"], row["due"]
    assert isinstance(waiting, int)
    return Queue(waiting, int(str(due)), moment_of(row["since"]))


async def _number(sql: str) -> int:
    (found,) = await rows(sql)
    number: int = found["number"]
    return number


LAST_NIGHTS = """
SELECT provider_id, CAST(max(local_date) AS VARCHAR(10)) AS day FROM clock_run
WHERE finished_at IS NOT NULL GROUP BY provider_id
"""
LATE_RUN = timedelta(hours=1)


async def _nights_due(now: datetime) -> int:
    """Providers whose run of an hour ago is still owed."""
    last = {
        one["provider_id"]: datetime.fromisoformat(one["day"]).date()
        for one in await rows(LAST_NIGHTS)
    }
    before = now - LATE_RUN
    return sum(
        run_is_due(before, ZoneInfo(one.timezone), last.get(one.id)) is not None
        for one in await Provider.filter(created_at__lte=before)
    )
