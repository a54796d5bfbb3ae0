"""What happens because time passes: reminders, deletions, sweeps of rows.

The engine calls `run_due` every second. Each round may be made twice, or by two processes at
once: the rows carry what is due, and each deed looks again under its candidate's lock. Stored
files are swept by `jobs.check`.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from actions import bin as waste
from actions import clock, loose, restores, updates
from actions.activation import remind_of_activation
from actions.apart import Apart
from actions.farewells import wipe_farewells
from actions.mornings import owe_morning
from actions.outages import note_bot_away, note_queue
from actions.own_bots import close_left_chats
from actions.renewals import ask_for_renewals
from actions.requirements.asking import finish_asking
from actions.sweeps import forget_expired
from bot.send import Disconnected, SendError
from jobs.context import Workshop
from jobs.counts import CLOCK_RUNS, DELETIONS, REMINDERS
from models.database import checkpoint
from models.reads.bots import live_bots
from models.tables import Bot, Provider, Tombstone
from rules.digest import morning
from rules.retention import local_date
from store.outside import Outside
from store.room import StoreDown, room

log = structlog.get_logger()

Round = Callable[[Workshop, datetime], Awaitable[None]]


async def run_due(workshop: Workshop, now: datetime) -> None:
    """Make every round whose time has come; a round that fails does not hold up the others."""
    failed: Exception | None = None
    for make, every in ROUNDS.items():
        if workshop.halt.called:
            break
        if workshop.rounds.due(make.__name__, every, now):
            try:
                await make(workshop, now)
            except Exception as error:  # noqa: BLE001  # raised again below, to the job's edge
                failed = failed or error
    if failed is not None:
        raise failed


async def look_at_queues(workshop: Workshop, now: datetime) -> None:
    """Ask Telegram how much waits for each bot: nobody is deleted before nothing does."""
    await close_left_chats()
    for bot in await live_bots():
        apart = Apart()
        with apart.one(bot=bot.id):
            await _look_at_queue(workshop, bot, now)
        if apart.left_out:  # what waits for it is not known
            await note_bot_away(bot.id, now)


async def _look_at_queue(workshop: Workshop, bot: Bot, now: datetime) -> None:
    try:
        pending = await workshop.sender.pending_updates(bot)
    except SendError as error:
        await note_bot_away(bot.id, now, disconnected=isinstance(error, Disconnected))
    else:
        await note_queue(bot.id, pending, now)


async def watch_for_restore(workshop: Workshop, now: datetime) -> None:
    """Notice a restored backup, else count on; keep the ids of the erased outside the database.

    Raises StoreDown: then it is not known, and nobody is deleted for now.
    """
    outside, rounds = Outside(room()), workshop.rounds
    kept = await outside.last_beat()
    if restores.is_older(await restores.last_beat(), kept):
        again = await restores.recover(await outside.erased(), kept, now)
        log.error("an older database was restored: deletion waits for a word", erased_again=again)
        rounds.noted = set()
    await outside.beat(await restores.beat())
    if not rounds.noted:
        rounds.noted = set(await outside.erased())
        rounds.back = frozenset(rounds.noted)
    if rounds.back:
        _, rounds.back = await restores.erase_again(rounds.back, now)
    ids, rounds.noted_up_to = await restores.erased_lately(rounds.noted_up_to)
    for candidate_id in ids:
        if candidate_id not in rounds.noted:
            await outside.note_erased(candidate_id)
            rounds.noted.add(candidate_id)


async def nightly(workshop: Workshop, now: datetime) -> None:
    """The run of each provider whose local 04:00 has passed."""
    taken = await clock.in_hand(now)
    due = [one for one in await clock.due_providers(now) if one.id not in taken]
    if not due:
        return
    knows = await _knows_of_restores(workshop, now)
    await look_at_queues(workshop, now)
    apart = Apart()
    for one in due:
        with apart.one(provider=one.id):
            await _night(workshop, one.id, now, deletes=knows)


async def _knows_of_restores(workshop: Workshop, now: datetime) -> bool:
    """Whether an older database would have been noticed; reminders leave all the same."""
    apart = Apart(ends_with=(StoreDown,))
    try:
        with apart.one(round="restores"):
            await watch_for_restore(workshop, now)
    except StoreDown as error:
        log.warning("store is away: nobody is deleted for now", error=str(error))
        return False
    return not apart.left_out


async def _night(workshop: Workshop, provider_id: str, now: datetime, *, deletes: bool) -> None:
    provider = await Provider.get(id=provider_id)  # as it is now, not as it was listed
    report = await clock.run(
        provider,
        now,
        workshop.holder,
        clock=workshop.clock,
        deletes=deletes,
        going=lambda: not workshop.halt.called,
    )
    if report is not None:
        _count(report)
        log.info(
            "clock run",
            provider=provider.id,
            reminded=report.reminded,
            deleted=report.deleted,
            spared=report.spared,
            left_out=report.apart.left_out,
            braked=report.braked,
        )


async def ask_requirements(workshop: Workshop, now: datetime) -> None:
    """Ask applications in progress what was published since, where an admin said so."""
    await finish_asking(now, workshop.rounds.resting)


async def ask_activation(_workshop: Workshop, now: datetime) -> None:
    """Remind accepted people who did not activate their account."""
    apart = Apart()
    for provider in await Provider.all().order_by("id"):
        with apart.one(provider=provider.id):
            await remind_of_activation(provider, now)


async def ask_renewals(workshop: Workshop, now: datetime) -> None:
    """Ask for documents that run out: once a day for each provider whose module is on."""
    done, apart = workshop.rounds.renewed, Apart()
    for provider in await Provider.filter(module_on=True).order_by("id"):
        today = local_date(now, ZoneInfo(provider.timezone))
        if done.get(provider.id) != today:
            with apart.one(provider=provider.id):
                await ask_for_renewals(provider, now)
                done[provider.id] = today


def _count(report: clock.Report) -> None:
    again = report.spared or report.apart.left_out
    outcome = "braked" if report.braked else "again" if again else "done"
    CLOCK_RUNS.labels(outcome).inc()
    REMINDERS.inc(report.reminded)
    DELETIONS.inc(report.deleted)


async def say_good_morning(workshop: Workshop, now: datetime) -> None:
    """The operators' digests, and alerts about applications that wait for too long."""
    told, apart = workshop.rounds.mornings, Apart()
    for provider in await Provider.all().order_by("id"):
        day = morning(now, ZoneInfo(provider.timezone))
        if day is not None and told.get(provider.id) != day:
            with apart.one(provider=provider.id):
                await owe_morning(provider.id, day, now)
                told[provider.id] = day


async def empty_bin(_workshop: Workshop, now: datetime) -> None:
    """Erase those whose time in the bin is over."""
    await waste.empty_due(now)


async def say_farewell(_workshop: Workshop, now: datetime) -> None:
    """Wipe the farewells that were settled, or are too old."""
    await wipe_farewells(now)


async def leave_no_byte(workshop: Workshop, _now: datetime) -> None:
    """After erasures by whatever process, empty SQLite's log: deleted bytes live on in it."""
    erased = await Tombstone.all().count()
    if erased != workshop.rounds.erased and await checkpoint():
        workshop.rounds.erased = erased


async def forget(_workshop: Workshop, now: datetime) -> None:
    """Ledger, kept updates, pieces without a place, sessions and links: all have an end."""
    apart = Apart()
    for sweep in (updates.sweep, loose.sweep, forget_expired):
        with apart.one(sweep=sweep.__module__):
            await sweep(now)


ROUNDS: dict[Round, timedelta] = {
    watch_for_restore: timedelta(minutes=5),
    look_at_queues: timedelta(minutes=5),
    nightly: timedelta(seconds=30),
    ask_requirements: timedelta(seconds=2),
    say_good_morning: timedelta(minutes=1),
    ask_activation: timedelta(hours=1),
    ask_renewals: timedelta(minutes=10),
    empty_bin: timedelta(seconds=30),
    say_farewell: timedelta(seconds=30),
    leave_no_byte: timedelta(seconds=30),
    forget: timedelta(hours=1),
}
