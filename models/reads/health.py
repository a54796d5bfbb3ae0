"""What is late at one provider and why: read for the health page, nothing of other providers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

from models.database import rows
from models.tables import Bot, ClockRun, Installation, Notice, Provider
from rules.notices import KNOWN_KINDS
from rules.retention import run_is_due, run_moment
from rules.vocabulary import Channel, NoticeState

WORKER_SEEN = "worker_seen"
"""Key of the installation's fact {"at"}: when a worker last said that it lives."""
MAIL_SERVER = "mail_server"
"""Key of {"since", "error"}: the mail server is away; {} since it took a mail again."""
WORKER_SILENT = timedelta(minutes=2)
"""After that no worker runs; each says every 15 seconds that it does."""
ON_TIME = timedelta(minutes=2)
"""What waits for less is on its way."""
HEARD = timedelta(minutes=12)
"""Two questions to Telegram in vain, and a bit."""
RUN_LATE = timedelta(hours=1)
"""A nightly run that is due for less is at work."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one queue, and the last trouble of its oldest entry."""

    number: int = 0
    since: datetime | None = None
    """When the oldest fell due."""
    error: str = ""
    """What the other side said when it was last tried; empty when it was not."""

    def late(self, now: datetime) -> bool:
        """Whether the oldest waits for longer than is usual."""
        return self.since is not None and now - self.since > ON_TIME


@dataclass(frozen=True, slots=True)
class BotState:
    """The bot through which this provider's candidates are reached."""

    username: str
    refused_since: datetime | None
    """Telegram refuses its token."""
    silent_until: datetime | None
    """Telegram asked it to be silent."""
    heard_at: datetime | None
    """When Telegram last answered for it; a worker asks every five minutes."""

    def unheard(self, now: datetime) -> bool:
        """Whether Telegram owes us an answer for too long."""
        return self.heard_at is None or now - self.heard_at > HEARD


@dataclass(frozen=True, slots=True)
class Night:
    """The nightly run of the deletion clock."""

    last: datetime | None
    """When it last ended."""
    reminded: int
    deleted: int
    due_since: datetime | None
    """When the run that is owed now fell due; None: none is."""
    stopped: Literal["brake", "restore"] | None
    """It waits for an administrator's word."""
    on: bool
    """The module is on, and so is automatic deletion."""


@dataclass(frozen=True, slots=True)
class Health:
    """What the health page tells of the database's side."""

    mail: Waiting
    chat: Waiting
    unknown: int
    """Messages of kinds that only a newer release knows, which sends them."""
    files: Waiting
    decisions: Waiting
    """Those whose delay is over."""
    bin: Waiting
    """People whose time in the bin is over."""
    bot: BotState | None
    night: Night
    worker_seen: datetime | None
    mail_away_since: datetime | None
    mail_error: str
    failed: int
    """Messages that were given up for good, and that nobody has settled yet."""

    def worker_runs(self, now: datetime) -> bool:
        """Whether somebody does the work that waits."""
        return self.worker_seen is not None and now - self.worker_seen < WORKER_SILENT


async def health(provider: Provider, now: datetime) -> Health:
    """Everything at once."""
    facts = await installation_facts()
    away = facts.get(MAIL_SERVER) or {}
    return Health(
        mail=await _owed(provider.id, Channel.MAIL, now),
        chat=await _owed(provider.id, Channel.CHAT, now),
        unknown=await _unknown(provider.id),
        files=await _files(provider.id),
        decisions=await _due(DECISIONS, provider.id, now),
        bin=await _due(BIN, provider.id, now),
        bot=await _bot(provider.id),
        night=await _night(provider, now),
        worker_seen=_moment((facts.get(WORKER_SEEN) or {}).get("at")),
        mail_away_since=_moment(away.get("since")),
        mail_error=away.get("error", ""),
        failed=await failed_number(provider.id),
    )


async def installation_facts() -> dict[str, Any]:
    """What the workers noted of the installation, by key."""
    found = await Installation.filter(key__in=[WORKER_SEEN, MAIL_SERVER])
    return {one.key: one.value for one in found}


OWED = f"""
SELECT count(*) AS number, min(coalesce(failing_since, not_before)) AS since FROM notice
WHERE provider_id = ? AND channel = ? AND state = 'owed' AND kind IN ({KNOWN_KINDS})
  AND (not_before <= ? OR failing_since IS NOT NULL)
"""  # noqa: S608  # the names of our own kinds
UNKNOWN = f"""
SELECT count(*) AS number FROM notice
WHERE provider_id = ? AND state = 'owed' AND kind NOT IN ({KNOWN_KINDS})
"""  # noqa: S608  # the names of our own kinds
OWED_TROUBLE = """
SELECT last_error FROM notice
WHERE provider_id = ? AND channel = ? AND state = 'owed' AND failing_since IS NOT NULL
ORDER BY failing_since, id LIMIT 1
"""


async def _owed(provider_id: str, channel: Channel, now: datetime) -> Waiting:
    """Due by now, or put off because it failed; a decision's delay is not lateness."""
    (found,) = await rows(OWED, provider_id, channel, now)
    trouble = await rows(OWED_TROUBLE, provider_id, channel) if found["number"] else []
    error = trouble[0]["last_error"] if trouble else ""
    return Waiting(found["number"], moment_of(found["since"]), error)


async def _unknown(provider_id: str) -> int:
    (found,) = await rows(UNKNOWN, provider_id)
    number: int = found["number"]
    return number


DECISIONS = """
SELECT count(*) AS number, min(decision.final_at) AS since
FROM decision JOIN candidate ON candidate.id = decision.candidate_id
WHERE candidate.provider_id = ? AND decision.state = 'pending' AND decision.final_at <= ?
"""
BIN = """
SELECT count(*) AS number, min(erase_at) AS since FROM candidate
WHERE provider_id = ? AND status = 'binned' AND erase_at <= ?
"""


async def _due(sql: str, provider_id: str, now: datetime) -> Waiting:
    (found,) = await rows(sql, provider_id, now)
    return Waiting(found["number"], moment_of(found["since"]))


FILES = """
SELECT upload.last_error AS error, version.sent_at AS since, count(*) OVER () AS number
FROM upload JOIN candidate ON candidate.id = upload.candidate_id
JOIN document_version version ON version.id = upload.version_id
WHERE upload.state = 'waiting' AND candidate.provider_id = ?
ORDER BY version.sent_at, upload.id LIMIT 1
"""


async def _files(provider_id: str) -> Waiting:
    found = await rows(FILES, provider_id)
    if not found:
        return Waiting()
    return Waiting(found[0]["number"], moment_of(found[0]["since"]), found[0]["error"])


async def _bot(provider_id: str) -> BotState | None:
    """The provider's own bot, else the shared one."""
    own = await Bot.filter(provider_id=provider_id, retired_at=None).first()
    bot = own or await Bot.filter(provider_id=None).first()
    if bot is None:
        return None
    return BotState(bot.username, bot.disconnected_at, bot.not_before, bot.last_update_at)


async def _night(provider: Provider, now: datetime) -> Night:
    done = ClockRun.filter(provider_id=provider.id, finished_at__isnull=False)
    last = await done.order_by("-local_date").first()
    zone = ZoneInfo(provider.timezone)
    day = run_is_due(now, zone, last.local_date if last else None)
    due = max(run_moment(day, zone), provider.created_at) if day else None
    waits = provider.clock_waits_for
    return Night(
        last=last.finished_at if last else None,
        reminded=last.reminded if last else 0,
        deleted=last.deleted if last else 0,
        due_since=due if due is not None and now - due > RUN_LATE else None,
        stopped="brake" if waits == "brake" else "restore" if waits == "restore" else None,
        on=provider.module_on and provider.deletion_days > 0,
    )


# Messages that were given up -------------------------------------------------------------------

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that was refused for good."""

    id: int
    kind: str
    channel: str
    candidate_id: str | None
    name: str
    """Of the candidate or the operator; empty: erased since."""
    settled_at: datetime | None
    attempts: int
    error: str
    can_go: bool
    """Whether it may be sent again: its person is still there, and has not blocked the bot."""


FAILED = """
SELECT notice.id, notice.kind, notice.channel, notice.candidate_id, notice.settled_at,
  notice.attempts, notice.last_error AS error, candidate.first_name, candidate.last_name,
  operator.name AS operator, chat.blocked_at
FROM notice LEFT JOIN candidate ON candidate.id = notice.candidate_id
LEFT JOIN operator ON operator.id = notice.operator_id
LEFT JOIN chat ON chat.id = notice.chat_id
WHERE notice.provider_id = ? AND notice.state = 'failed'
ORDER BY notice.settled_at DESC, notice.id DESC LIMIT ?
"""
FAILED_NUMBER = """
SELECT count(*) AS number FROM notice
WHERE provider_id = ? AND state = 'failed'
"""


async def failed_number(provider_id: str) -> int:
    """How many messages of this provider were refused for good and wait for somebody."""
    (found,) = await rows(FAILED_NUMBER, provider_id)
    number: int = found["number"]
    return number


async def failed_notices(provider_id: str) -> tuple[Failed, ...]:
    """The newest of them."""
    return tuple(_failed(one) for one in await rows(FAILED, provider_id, SHOWN))


async def failed_before(provider_id: str, notice_id: int | None, limit: int) -> list[int]:
    """Ids of messages that were refused for good, newest first, from before `notice_id` on."""
    query = Notice.filter(provider_id=provider_id, state=NoticeState.FAILED)
    if notice_id is not None:
        query = query.filter(id__lt=notice_id)
    found = await query.order_by("-id").limit(limit).values_list("id", flat=True)
    return [int(str(one)) for one in found]


def _failed(row: dict[str, Any]) -> Failed:
    name = f"{row['first_name'] or ''} {row['last_name'] or ''}".strip()
    return Failed(
        id=row["id"],
        kind=row["kind"],
        channel=row["channel"],
        candidate_id=row["candidate_id"] if row["first_name"] is not None else None,
        name=name or row["operator"] or "",
        settled_at=moment_of(row["settled_at"]),
        attempts=row["attempts"],
        error=row["error"],
        can_go=row["blocked_at"] is None
        and (row["first_name"] is not None or row["operator"] is not None),
    )


def moment_of(value: Any) -> datetime | None:
    """A moment from a column of a raw query: SQLite gives text, PostgreSQL a datetime."""
    if value is None or isinstance(value, datetime):
        return value
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
