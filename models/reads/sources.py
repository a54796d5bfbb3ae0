"""By which way people came: the sign-ups of eight weeks by source tag, the erased too."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.database import rows
from models.tables import Provider
from rules.retention import local_date
from rules.sources import read_tags

WEEKS = 8


@dataclass(frozen=True, slots=True)
class Came:
    """Those who came by one way, and how far they got since."""

    key: str
    """Empty: by the link without a tag."""
    name: str
    """As the provider calls it; the key itself once the tag is removed, empty without one."""
    signed_up: int = 0
    submitted: int = 0
    accepted: int = 0
    removed: bool = False
    """The tag is no longer in the provider's list."""


LIVING = (
    "SELECT source, count(*) AS signed_up, count(submitted_at) AS submitted, "
    "count(admitted_at) AS accepted FROM candidate "
    "WHERE provider_id = ? AND created_at >= ? GROUP BY source"
)
ERASED = (
    "SELECT source, count(*) AS signed_up, count(submitted_on) AS submitted, "
    "sum(CASE WHEN last_status = 'accepted' THEN 1 ELSE 0 END) AS accepted FROM tombstone "
    "WHERE provider_id = ? AND created_on >= ? GROUP BY source"
)
"""Of an erased candidate only days and the last status are known."""


async def came_by(provider: Provider, now: datetime) -> list[Came]:
    """Every tag of the provider, then removed ones that still count, then the bare link."""
    zone = ZoneInfo(provider.timezone)
    today = local_date(now, zone)
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    midnight = datetime.combine(monday, time.min, tzinfo=zone)
    found = [
        *await rows(LIVING, provider.id, midnight),
        *await rows(ERASED, provider.id, monday),
    ]
    named = {tag.key: tag.name for tag in read_tags(provider.source_tags)}
    counted = {row["source"] or "" for row in found}
    keys = [*named, *sorted(counted - {*named, ""}), ""]
    return [
        Came(
            key,
            named.get(key, key),
            signed_up=_sum(found, key, "signed_up"),
            submitted=_sum(found, key, "submitted"),
            accepted=_sum(found, key, "accepted"),
            removed=bool(key) and key not in named,
        )
        for key in keys
    ]


def _sum(found: list[dict[str, object]], key: str, column: str) -> int:
    return sum(int(str(row[column])) for row in found if (row["source"] or "") == key)
