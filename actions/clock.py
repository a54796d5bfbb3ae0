"""The nightly run of the deletion clock: reminders, deletions, and when to stop.

One ClockRun row per provider and local date. A run holds it under a lease, so a killed one is
taken up again; that two work at once harms nobody all the same, because each person is decided
on again under their own lock, in a transaction of their own, by `rules.retention`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tortoise.expressions import F, Q

from actions import reminders
from actions.apart import Apart
from actions.brake import must_stop
from actions.deeds import SYSTEM, Deed, NoSuchCandidate
from actions.erasure import Reason, erase_held, hold
from actions.outages import MayDelete, deletion_allowed
from actions.provider_journal import record
from models.database import rows, transaction
from models.reads.due import People, below, with_open_reminder
from models.reads.retention import Standing, settings_of, standing_of, standings
from models.tables import Candidate, ClockRun, Event, Provider, Reminder
from rules.history import EventKind, ProviderEventKind
from rules.retention import RetentionSettings, run_is_due

LEASE = timedelta(seconds=45)
"""After that a run that stopped without a word is taken up again."""
RENEWAL = timedelta(seconds=10)
"""A run that goes on renews its lease this often."""

AGAIN = timedelta(minutes=1)
"""When a run looks again that had to spare people for now, see `actions.outages`."""

LATER = timedelta(minutes=10)
"""When a run looks again that had to leave people out, because of a bug of ours."""

TO_DECIDE = frozenset({"reminder_due", "reminder_owed", "unreachable"})
"""States of people whom the run looks at under their lock, besides those who are due."""


@dataclass(slots=True)
class Report:
    """What one run did."""

    reminded: int = 0
    deleted: int = 0
    spared: int = 0
    """Due, but what waits at Telegram is not known yet: the run looks again in a minute."""
    braked: bool = False
    apart: Apart = field(default_factory=Apart)
    """Counts those who were left out: the night stays open until they are worked on too."""
    _due: dict[str, bool] = field(default_factory=dict, repr=False)
    """Who is due; True: an admission that ended."""

    @property
    def wanted(self) -> People:
        """How many are due, of either kind."""
        ended = sum(self._due.values())
        return People(len(self._due) - ended, ended)


class Lost(Exception):
    """The lease ran out, and somebody else works on this night."""


@dataclass(slots=True)
class Watch:
    """Keeps the lease of a night while its run goes on."""

    night: ClockRun
    by: str
    clock: Callable[[], datetime]
    renewed_at: datetime
    going: Callable[[], bool] = lambda: True

    async def keep(self) -> None:
        """Called before each person; raises Lost when the night is not ours to go on with.

        It is somebody else's by now, or this process ends and gives it back.
        """
        at = self.clock()
        if not self.going():
            mine = ClockRun.filter(id=self.night.id, lease_by=self.by, finished_at=None)
            await mine.update(lease_by=None, lease_until=None)
            raise Lost
        if at - self.renewed_at < RENEWAL:
            return
        mine = ClockRun.filter(id=self.night.id, lease_by=self.by, finished_at=None)
        if not await mine.update(lease_until=at + LEASE):
            raise Lost
        self.renewed_at = at


async def due_providers(now: datetime) -> list[Provider]:
    """Providers whose run for this local date, or the latest that was missed, is owed."""
    found = await rows(
        "SELECT provider_id, CAST(MAX(local_date) AS VARCHAR(10)) AS day FROM clock_run "
        "WHERE finished_at IS NOT NULL GROUP BY provider_id"
    )
    last = {one["provider_id"]: datetime.fromisoformat(one["day"]).date() for one in found}
    return [
        one
        for one in await Provider.all().order_by("id")
        if run_is_due(now, ZoneInfo(one.timezone), last.get(one.id)) is not None
    ]


async def in_hand(now: datetime) -> set[str]:
    """Ids of the providers whose run somebody works on, or that waits a while to look again."""
    open_runs = ClockRun.filter(finished_at=None, lease_until__gt=now)
    return {one.provider_id for one in await open_runs}


async def run(
    provider: Provider,
    now: datetime,
    by: str,
    *,
    clock: Callable[[], datetime] | None = None,
    deletes: bool = True,
    going: Callable[[], bool] = lambda: True,
) -> Report | None:
    """The nightly run of one provider, if it is due and nobody else is at it (else None).

    Args:
        now: also the moment as of which everybody is judged, however long the run takes.
        by: who runs it, for the lease.
        clock: tells when the lease has to be renewed; None: the run is over before that.
        deletes: False: nobody may be deleted for now, whoever is due is spared.
        going: False: the process ends; the night is given back before the next person.
    """
    night = await _claim(provider, now, by)
    if night is None:
        return None
    watch = Watch(night, by, clock or (lambda: now), now, going)
    report = Report()
    try:
        await _remind(watch, provider, now, report)
        await _delete(watch, provider, now, report, deletes=deletes)
    except Lost:
        return None
    await _finish(night, provider, now, report)
    return report


async def _claim(provider: Provider, now: datetime, by: str) -> ClockRun | None:
    """Lease the run that is due, made when new."""
    done = ClockRun.filter(provider_id=provider.id, finished_at__isnull=False)
    last = await done.order_by("-local_date").first()
    day = run_is_due(now, ZoneInfo(provider.timezone), last.local_date if last else None)
    if day is None:
        return None
    new = ClockRun(provider_id=provider.id, local_date=day, started_at=now)
    await ClockRun.bulk_create([new], ignore_conflicts=True)
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    taken = await ClockRun.filter(
        free, provider_id=provider.id, local_date=day, finished_at=None
    ).update(lease_by=by, lease_until=now + LEASE)
    return await ClockRun.get(provider_id=provider.id, local_date=day) if taken else None


async def _finish(night: ClockRun, provider: Provider, now: datetime, report: Report) -> None:
    """Close the run, or have it looked at again when it had to spare somebody."""
    if report.spared or report.apart.left_out:
        again = AGAIN if report.spared else LATER
        await ClockRun.filter(id=night.id).update(lease_until=now + again)
        return
    async with transaction():
        closed = await ClockRun.filter(id=night.id, finished_at=None).update(
            finished_at=now, lease_by=None, lease_until=None
        )
        told = await ClockRun.get(id=night.id)
        if closed and (told.reminded or told.deleted):
            after = {"date": str(told.local_date), "reminded": told.reminded}
            after["deleted"] = told.deleted
            await record(provider.id, ProviderEventKind.CLOCK_RUN, None, "", now, after=after)


# Reminders: void ones are closed, due ones owed. They need not wait for anything.


async def _remind(watch: Watch, provider: Provider, now: datetime, report: Report) -> None:
    settings = settings_of(provider)
    async for batch in with_open_reminder(provider.id):
        await _look_at(watch, await _judged(batch, settings, now, report), now, report)
    async for batch in below(provider.id, settings, now):
        found = await _judged(batch, settings, now, report)
        unwarned = [one for one in found if one.retained.reminder is None]
        await _look_at(watch, unwarned, now, report)
        due = [one for one in found if one.outlook.state == "due"]
        report._due |= {one.candidate.id: one.retained.ended for one in due}


async def _judged(
    batch: Sequence[Candidate], settings: RetentionSettings, now: datetime, report: Report
) -> list[Standing]:
    """What awaits each of a batch; one by one where the batch as a whole cannot be judged."""
    whole, found = Apart(), list[Standing]()
    with whole.one(batch_from=batch[0].id):
        found = await standings(batch, settings, now)
    if not whole.left_out:
        return found
    for one in batch:
        with report.apart.one(candidate=one.id):
            found += await standings([one], settings, now)
    return found


async def _look_at(watch: Watch, found: list[Standing], now: datetime, report: Report) -> None:
    for one in found:
        await watch.keep()
        if one.outlook.reminder_void or one.outlook.state in TO_DECIDE:
            with report.apart.one(candidate=one.candidate.id):
                report.reminded += await _decide(one.candidate.id, now)


async def _decide(candidate_id: str, now: datetime) -> bool:
    """Do what is due for one person, but the deletion; True when a reminder was owed."""
    async with transaction():
        try:
            doing = await reminders.quiet_deed(candidate_id, now)
        except NoSuchCandidate:
            return False
        standing = await standing_of(doing.candidate, doing.provider, now)
        row = await reminders.open_reminder(candidate_id)
        if row is not None and standing.outlook.void is not None:
            await reminders.void(doing, row, standing.outlook.void)
            row = None
        state = standing.outlook.state
        if state == "reminder_due":
            await reminders.owe(doing, standing)
            return True
        if state == "reminder_owed" and row is not None:
            await _push(doing, row, standing)
        elif state == "unreachable":
            await _note_unreachable(doing, standing)
    return False


async def _push(doing: Deed, row: Reminder, standing: Standing) -> None:
    """A reminder that nobody accepted yet: count what was accepted, owe again what was lost."""
    if not await reminders.weigh(doing, row):
        await reminders.owe_lost_copies(doing, row, standing)


async def _note_unreachable(doing: Deed, standing: Standing) -> None:
    """Say it once in the journal for each start of the clock; the lists show it as it is."""
    since = standing.outlook.clock_start or doing.candidate.clock_start
    known = Event.filter(
        candidate_id=doing.candidate.id, kind=EventKind.UNREACHABLE, at__gte=since
    )
    if not await known.exists():
        await doing.record(EventKind.UNREACHABLE)


# Deletions.


async def _delete(
    watch: Watch, provider: Provider, now: datetime, report: Report, *, deletes: bool
) -> None:
    if not report._due:
        return
    if not deletes:
        report.spared = len(report._due)
        return
    night = watch.night
    if await must_stop(night, provider, report.wanted, now):
        report.braked = True
        return
    allowed = await deletion_allowed(now)
    for candidate_id in report._due:
        await watch.keep()
        with report.apart.one(candidate=candidate_id):
            deleted = await _delete_if_due(night, candidate_id, now, allowed)
            report.spared += deleted is None
            report.deleted += bool(deleted)


async def _delete_if_due(
    night: ClockRun, candidate_id: str, now: datetime, allowed: MayDelete
) -> bool | None:
    """Delete one person, judged again under their lock; None when it must not be yet."""
    async with transaction():
        try:
            held = await hold(candidate_id)
        except NoSuchCandidate:
            return False
        standing = await standing_of(held.candidate, held.provider, now)
        if standing.outlook.state != "due" or held.provider.clock_waits_for is not None:
            return False
        if not allowed(held.candidate.bot_id):
            return None
        await erase_held(held, Reason.AUTOMATIC, SYSTEM, now)
        await ClockRun.filter(id=night.id).update(deleted=F("deleted") + 1)
        return True
