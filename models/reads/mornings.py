"""What the operators' mails of the morning tell, read at the moment they leave."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.database import rows
from models.reads.counts import counts
from models.reads.health import failed_number
from models.reads.letters import Gone, Told
from models.reads.renewed import to_look_at
from models.reads.retention import BRAKE, RESTORE, Standing
from models.reads.settings import stopped_run
from models.reads.upcoming import soon, unreachable
from models.tables import Candidate, Membership, Notice, Provider
from rules.digest import (
    NAMED,
    NAMED_OVERDUE,
    OVERDUE,
    DeletionDay,
    Digest,
    Group,
    Person,
    Stop,
    days_waited,
    digest_key,
    morning,
    wants_digest,
)
from rules.letters import LetterFacts, Sites
from rules.notices import NoticeKind
from rules.retention import local_date
from rules.vocabulary import NoticeState, Role, Status

LOOKED_BACK = timedelta(days=30)
"""How far back the digest before is looked for; then it is forgotten (`actions.sweeps`)."""
COUNTED = 1000
"""People whose deletion is told by date; beyond, the mail says that there are more."""
STOPS: dict[str | None, Stop] = {BRAKE: "brake", RESTORE: "restore"}


async def reader(membership_id: int) -> Membership | None:
    """Whose mail of the morning it is, with provider and operator; None when they left."""
    found = Membership.filter(id=membership_id, suspended_at=None)
    return await found.select_related("provider", "operator").first()


async def morning_telling(notice: Notice, sites: Sites, now: datetime) -> Told | Gone:
    """What a mail of the morning says now, if its reader still is to get it."""
    member = await reader(notice.facts["membership"])
    if member is None:
        return Gone("the account is closed")
    tell = _overdue if notice.kind == NoticeKind.OVERDUE else _digest
    told = await tell(notice, member, now)
    if isinstance(told, Gone):
        return told
    facts = LetterFacts(
        provider=member.provider.name,
        sites=sites,
        colour=member.provider.colour,
        first_name=member.operator.name,
        **told,
    )
    return Told(facts, member.operator.language, member.operator.email)


async def _digest(notice: Notice, member: Membership, now: datetime) -> dict[str, Any] | Gone:
    if not wants_digest(member.digest, member.role):
        return Gone("not wanted any more")
    if str(morning(now, ZoneInfo(member.provider.timezone))) != notice.facts["date"]:
        return Gone("too late")
    window = await _last_digest(member, now), notice.owed_at
    found = await digest(member.provider, window, now, admin=member.role == Role.ADMIN)
    return {"digest": found} if found.tells else Gone("nothing to tell")


async def _last_digest(member: Membership, now: datetime) -> datetime:
    """When the one before was owed that arrived; at most a month ago.

    Not when it left: what was deleted in between would be told by neither. Looked for by its
    keys, for mails to operators have no index of their own.
    """
    today = local_date(now, ZoneInfo(member.provider.timezone))
    days = (today - timedelta(days=back) for back in range(LOOKED_BACK.days + 1))
    keys = [digest_key(member.id, day) for day in days]
    before = Notice.filter(unique_key__in=keys, state=NoticeState.ACCEPTED)
    last = await before.order_by("-owed_at").first()
    if last is not None:
        return last.owed_at
    return max(now - LOOKED_BACK, min(member.created_at, now - timedelta(days=1)))


async def digest(
    provider: Provider, window: tuple[datetime, datetime], now: datetime, *, admin: bool
) -> Digest:
    """What waits at a provider, what will be deleted, and how much was in (after, until]."""
    number = await counts(provider.id)
    ending = await soon(provider, now, COUNTED + 1)
    lost = await unreachable(provider, now, COUNTED + 1)
    stopped = STOPS.get(provider.clock_waits_for, "")
    run = await stopped_run(provider.id) if stopped == "brake" else None
    return Digest(
        since=local_date(window[0], ZoneInfo(provider.timezone)),
        admin=admin,
        waiting=Group(number.to_review, await _to_review(provider.id, now)),
        overdue=await _overdue_number(provider.id, now),
        messages=Group(number.messages, await _unanswered(provider.id, now)),
        ending=_by_day(ending[:COUNTED]),
        unreachable=_group(lost[:COUNTED]),
        more=max(len(ending), len(lost)) > COUNTED,
        deleted=await _deleted(provider.id, *window),
        stopped=stopped,
        to_delete=run.to_delete if run else 0,
        failed=await failed_number(provider.id),
        asking=provider.asking_up_to is not None,
    )


async def _to_review(provider_id: str, now: datetime) -> tuple[Person, ...]:
    """Whoever has waited longest."""
    query = Candidate.filter(provider_id=provider_id, status=Status.SUBMITTED)
    first = await query.order_by("status_since", "id").limit(NAMED)
    sent = await to_look_at(provider_id)
    people = Candidate.filter(provider_id=provider_id, id__in=list(sent)[:NAMED])
    found = [(one.status_since, one) for one in first]
    found += [(sent[one.id], one) for one in await people]
    found.sort(key=lambda one: (one[0], one[1].id))
    return tuple(_person(one, since, now) for since, one in found[:NAMED])


async def _unanswered(provider_id: str, now: datetime) -> tuple[Person, ...]:
    query = Candidate.filter(provider_id=provider_id, awaiting_reply_since__not_isnull=True)
    first = query.exclude(status=Status.BINNED).order_by("awaiting_reply_since", "id").limit(NAMED)
    return tuple(_person(one, one.awaiting_reply_since or now, now) for one in await first)


def _person(one: Candidate, since: datetime, now: datetime) -> Person:
    return Person(one.id, f"{one.first_name} {one.last_name}".strip(), days_waited(since, now))


def _group(found: Sequence[Standing]) -> Group:
    people = (one.candidate for one in found[:NAMED])
    named = (Person(one.id, f"{one.first_name} {one.last_name}".strip()) for one in people)
    return Group(len(found), tuple(named))


def _by_day(ending: Iterable[Standing]) -> tuple[DeletionDay, ...]:
    days: dict[date, list[Standing]] = defaultdict(list)
    for one in ending:
        if one.outlook.deletion_date is not None:
            days[one.outlook.deletion_date].append(one)
    return tuple(DeletionDay(day, _group(days[day])) for day in sorted(days))


DELETED = """
SELECT tombstone.reason AS reason, count(*) AS number
FROM provider_event JOIN tombstone ON tombstone.candidate_id = provider_event.subject
WHERE provider_event.provider_id = ? AND provider_event.kind = 'candidate_erased'
  AND provider_event.at > ? AND provider_event.at <= ?
GROUP BY tombstone.reason
"""


async def _deleted(provider_id: str, after: datetime, until: datetime) -> dict[str, int]:
    """By the journal, which knows the hour; the anonymous lines know the reason."""
    found = await rows(DELETED, provider_id, after, until)
    return {one["reason"]: one["number"] for one in found}


async def _overdue_number(provider_id: str, now: datetime) -> int:
    return await Candidate.filter(
        provider_id=provider_id, status=Status.SUBMITTED, status_since__lte=now - OVERDUE
    ).count()


async def overdue_between(provider_id: str, after: datetime | None, until: datetime) -> Group:
    """Whoever sent their application in (after, until] and still waits, the oldest first."""
    query = Candidate.filter(
        provider_id=provider_id, status=Status.SUBMITTED, status_since__lte=until
    )
    if after is not None:
        query = query.filter(status_since__gt=after)
    first = await query.order_by("status_since", "id").limit(NAMED_OVERDUE)
    people = (_person(one, one.status_since, until + OVERDUE) for one in first)
    return Group(await query.count(), tuple(people))


async def _overdue(notice: Notice, member: Membership, now: datetime) -> dict[str, Any] | Gone:
    """However late it leaves: this is told once for each application."""
    if member.role != Role.ADMIN:
        return Gone("not an administrator any more")
    after, until = (notice.facts[name] for name in ("after", "until"))
    found = await overdue_between(
        member.provider_id,
        datetime.fromisoformat(after) if after else None,
        datetime.fromisoformat(until),
    )
    return {"overdue": found} if found.number else Gone("decided meanwhile")
