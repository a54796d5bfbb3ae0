"""The nightly run and people whose admission ended: what is said, the brake, lists, the cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from actions import clock
from actions.outages import note_queue, note_started
from models.database import dialect, rows, transaction
from models.reads.due import ENDED_HERE, below
from models.reads.retention import settings_if, settings_of
from models.reads.upcoming import forecast, soon, unreachable
from models.tables import (
    Bot,
    Candidate,
    ClockRun,
    Event,
    Notice,
    Provider,
    ProviderEvent,
    Tombstone,
)
from rules.vocabulary import Outcome
from tests.clock.world import World, new_candidate

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
FOUR = datetime(2026, 12, 16, 4, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("database")


async def left(days: int = 90) -> World:
    """Amina was accepted on 1 November and stopped on 1 December."""
    amina = await World.at(START, "Europe/Paris", 45, 7)
    await amina.configure(START, ended_days=days)
    await amina.decide(START, Outcome.ACCEPT)
    await amina.end(datetime(2026, 12, 1, 9, tzinfo=UTC))
    return amina


async def test_the_reminder_says_that_they_work_there_no_more() -> None:
    amina = await left()
    await amina.advance(datetime(2027, 2, 22, 4, tzinfo=UTC))
    assert sorted(amina.sent) == [("chat", date(2027, 3, 1)), ("mail", date(2027, 3, 1))]
    line = await Event.get(kind="reminder_owed")
    assert line.after == {"date": "2027-03-01", "kind": "ended"}
    told = await Notice.filter(kind="deletion_reminder").values_list("facts", flat=True)
    assert {one["kind"] for one in told} == {"ended"}


@pytest.mark.parametrize("reminder_days", [7, 0])
async def test_a_shorter_delay_deletes_nobody_before_the_date_that_the_end_told(
    reminder_days: int,
) -> None:
    amina = await left()
    await amina.configure(amina.now, reminder_days=reminder_days, ended_days=30)
    told = await Notice.filter(kind="admission_ended", state="accepted")
    assert {(one.channel, one.facts["date"]) for one in told} == {
        ("mail", "2027-03-01"),
        ("chat", "2027-03-01"),
    }
    assert (await amina.outlook()).deletion_date == date(2027, 3, 1)
    await amina.advance(datetime(2027, 3, 1, 2, 59, tzinfo=UTC))
    assert amina.deleted_at is None
    await amina.advance(datetime(2027, 3, 1, 3, tzinfo=UTC))
    assert amina.deleted_at is not None


async def test_a_shorter_keep_deletes_nobody_before_the_date_that_an_earlier_one_told() -> None:
    amina = await World.at(START, "Europe/Paris", 45, 7)
    await amina.advance(datetime(2026, 12, 10, 9, tzinfo=UTC))
    await amina.keep(amina.now, 90)
    assert (await Notice.get(kind="kept")).facts["until"] == "2027-03-10"
    await amina.keep(amina.now + timedelta(days=1), 10)
    await amina.advance(datetime(2027, 3, 10, 2, 59, tzinfo=UTC))
    assert amina.deleted_at is None
    await amina.advance(datetime(2027, 3, 10, 3, tzinfo=UTC))
    assert amina.deleted_at is not None


async def test_what_stays_of_them_is_the_anonymous_line() -> None:
    amina = await left()
    await amina.advance(datetime(2027, 3, 1, 4, tzinfo=UTC))
    grave = await Tombstone.get()
    assert (grave.reason, grave.last_status) == ("automatic", "accepted")
    assert not await Candidate.exists(id=amina.candidate_id)


async def test_home_lists_and_previews_foretell_them() -> None:
    amina = await left()
    await amina.advance(datetime(2027, 2, 23, 9, tzinfo=UTC))
    provider = await amina.provider()
    (found,) = await soon(provider, amina.now)
    assert found.outlook.deletion_date == date(2027, 3, 1)
    assert found.warned is not None
    now = settings_of(provider)
    assert (await forecast(provider, now, amina.now)).by_date == {date(2027, 3, 1): 1}
    never = settings_if(
        provider, amina.now, module_on=True, deletion_days=45, reminder_days=7, ended_days=0
    )
    assert (await forecast(provider, never, amina.now)).by_date == {}
    assert never.counting_since == now.counting_since
    await amina.block(amina.now, blocked=True)
    await amina.act(amina.now)
    await amina.lose_address(amina.now)
    await amina.advance(amina.now + timedelta(days=100))
    (lost,) = await unreachable(provider, amina.now)
    assert lost.candidate.id == amina.candidate_id


async def crowd(applying: tuple[int, int], ended: tuple[int, int]) -> Provider:
    """(due, others) of either kind on 16 December at 04:00 UTC, without reminders."""
    provider = await Provider.create(
        slug="douceur",
        name="Douceur & Cie",
        created_at=START,
        timezone="UTC",
        deletion_days=45,
        reminder_days=0,
        ended_days=45,
    )
    bot = await Bot.create(telegram_id=4242, username="douceur_bot")
    await note_started(START)
    await note_queue(bot.id, 0, START)
    numbers = iter(range(10_000))
    for kind, people in enumerate((applying, ended)):
        for since, count in zip((START, FOUR), people, strict=True):
            for _ in range(count):
                number = next(numbers)
                one = await new_candidate(provider, bot, f"P{number}", number, since)
                if kind:
                    await Candidate.filter(id=one.id).update(
                        status="accepted", admitted_at=since, ended_at=since
                    )
    return provider


@pytest.mark.parametrize(
    ("applying", "ended", "stops"),
    [
        ((0, 0), (20, 0), False),
        ((0, 0), (21, 0), True),
        ((0, 0), (21, 84), False),
        ((21, 0), (0, 200), True),  # years of ended admissions do not hide the applications
        ((0, 200), (21, 0), True),  # nor the other way round
        ((15, 0), (15, 0), False),
    ],
)
async def test_the_brake_measures_each_kind_against_its_own(
    applying: tuple[int, int], ended: tuple[int, int], stops: bool
) -> None:
    provider = await crowd(applying, ended)
    told = await forecast(provider, settings_of(provider), FOUR - timedelta(hours=1))
    assert told.stops is stops
    report = await clock.run(provider, FOUR, "worker-1")
    assert report is not None
    assert report.braked is stops
    assert report.deleted == (0 if stops else applying[0] + ended[0])
    assert await ProviderEvent.filter(kind="clock_braked").exists() is stops


async def test_a_run_in_two_halves_knows_of_which_kind_it_deleted() -> None:
    provider = await crowd((0, 30), (15, 0))
    first = await clock.run(provider, FOUR, "worker-1")
    assert first is not None
    assert first.deleted == 15
    long_ago = START - timedelta(days=1)
    some = await Candidate.filter(status="incomplete").limit(6).values_list("id", flat=True)
    await Candidate.filter(id__in=some).update(clock_start=long_ago)
    await ClockRun.all().update(finished_at=None)
    second = await clock.run(provider, FOUR + timedelta(minutes=5), "worker-1")
    assert second is not None
    assert (second.braked, second.deleted) == (False, 6), "six of thirty, not twenty-one"


async def test_who_still_works_there_is_never_even_read() -> None:
    provider = await crowd((0, 0), (3, 4))
    bot = await Bot.get()
    for number in range(20):
        one = await new_candidate(provider, bot, f"Works{number}", 5_000 + number, START)
        await Candidate.filter(id=one.id).update(status="accepted", admitted_at=START)
    found = [
        one async for batch in below(provider.id, settings_of(provider), FOUR) for one in batch
    ]
    assert len(found) == 3
    plan = "EXPLAIN QUERY PLAN " if dialect() == "sqlite" else "EXPLAIN "
    asked = plan + f"SELECT id {ENDED_HERE} AND ended_at >= ? AND ended_at < ? ORDER BY ended_at"
    async with transaction():
        if dialect() != "sqlite":
            await rows("SET LOCAL enable_seqscan = off")
        told = str(await rows(asked, provider.id, START, FOUR))
    assert "ended_at" in told, "by the index on it"
    assert "SCAN candidate" not in told
    assert "Seq Scan" not in told
