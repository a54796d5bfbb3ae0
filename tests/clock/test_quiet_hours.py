"""Reminders and the night: they leave in the morning, and nobody is deleted any sooner."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from models.tables import Notice, Provider
from tests.clock.world import World

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> datetime:
    """A moment on the clocks of Paris."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=PARIS).astimezone(UTC)


@pytest.fixture
async def world(database: str) -> World:
    """Amina acts on 1 November at 10:00: D is 16 December, the reminder is owed on the 9th."""
    made = await World.at(at("11-01 10:00"), "Europe/Paris", 45, 7)
    await made.configure(made.now, quiet_from=20, quiet_until=8)
    return made


async def told(world: World, moment: str) -> list[tuple[str, date]]:
    """What was told by then, when the worker looks at the outbox at that moment."""
    await world.advance(at(moment))
    await world.deliver()
    return sorted(world.sent)


def both(day: int) -> list[tuple[str, date]]:
    return [("chat", date(2026, 12, day)), ("mail", date(2026, 12, day))]


async def test_what_the_night_owes_leaves_in_the_morning_with_the_same_date(world: World) -> None:
    assert await told(world, "12-09 04:00") == []
    assert (await world.outlook()).state == "reminder_owed"
    assert set(await Notice.all().values_list("not_before", flat=True)) == {at("12-09 08:00")}
    assert await told(world, "12-09 07:59") == []
    assert await told(world, "12-09 08:00") == both(16)
    await world.advance(at("12-16 03:59"))
    assert world.deleted_at is None
    await world.advance(at("12-16 04:00"))
    assert world.deleted_at == at("12-16 04:00")


async def test_a_late_run_in_the_evening_reminds_the_next_morning_of_a_later_date(
    world: World,
) -> None:
    """R is the date on which it left, and nobody has less than x days from then on."""
    await world.advance(at("12-08 12:00"))
    world.nightly = False
    await world.advance(at("12-09 21:00"))
    world.nightly = True
    await world.run()
    assert world.sent == []
    assert await told(world, "12-10 08:00") == both(17)
    await world.advance(at("12-17 03:59"))
    assert world.deleted_at is None, "on the 16th the promise was the 17th"
    await world.advance(at("12-17 04:00"))
    assert world.deleted_at == at("12-17 04:00")


async def test_a_reminder_that_was_held_up_does_not_leave_at_night(world: World) -> None:
    await world.set_mail(at("12-09 07:00"), "down")
    world.nightly = False
    assert await told(world, "12-09 19:59") == [("chat", date(2026, 12, 16))]
    world.mail = "up"
    assert await told(world, "12-10 03:00") == [("chat", date(2026, 12, 16))]
    mail = await Notice.get(channel="mail")
    assert mail.not_before == at("12-10 08:00")
    assert mail.attempts == 1, "the night is no attempt"
    await world.advance(at("12-10 08:00"))
    await world.deliver()
    assert world.sent[-2:] == [("mail", date(2026, 12, 17)), ("chat", date(2026, 12, 17))]


async def test_hours_that_changed_since_count_when_it_would_leave(world: World) -> None:
    await world.advance(at("12-09 05:00"))
    await world.configure(at("12-09 06:00"), quiet_until=10)
    assert await told(world, "12-09 08:30") == []
    assert await told(world, "12-09 10:00") == both(16)


async def test_a_provider_without_quiet_hours_reminds_at_night(world: World) -> None:
    await world.configure(at("12-01 12:00"), quiet_from=8, quiet_until=8)
    assert await told(world, "12-09 04:00") == both(16)


async def test_days_of_4xx_end_an_address_although_nobody_tries_it_at_night(world: World) -> None:
    world.mail = "busy"
    await world.advance(at("12-09 08:00"))
    for day in (9, 10, 11):
        for hour in (8, 12, 16, 19):
            await told(world, f"12-{day:02} {hour:02}:00")
            assert (await world.candidate()).email_refused_at is None
        assert await told(world, f"12-{day:02} 23:00") == both(16)[:1]
    await told(world, "12-12 08:00")
    assert (await world.candidate()).email_refused_at == at("12-12 08:00")


@pytest.mark.parametrize(("back", "refused"), [("12-10 21:00", False), ("12-09 21:00", True)])
async def test_a_day_on_which_we_were_away_proves_nothing_however_quiet_its_nights_are(
    world: World, back: str, refused: bool
) -> None:
    """We come back at night, when it is put off: that we were away must not be forgotten."""
    world.mail = "busy"
    for hour in ("08:00", "12:00"):
        await told(world, f"12-09 {hour}")
    world.nightly = False
    await told(world, back)
    for hour in ("12-10 08:00", "12-10 16:00", "12-11 08:00", "12-11 16:00", "12-12 08:00"):
        if hour > back:
            await told(world, hour)
    assert ((await world.candidate()).email_refused_at is not None) == refused


async def test_the_quiet_hours_are_those_of_the_providers_own_town(world: World) -> None:
    await Provider.filter(id=world.provider_id).update(timezone="Indian/Reunion")
    assert await told(world, "12-09 04:59") == [], "07:59 there"
    assert await told(world, "12-09 05:00") == both(16)
