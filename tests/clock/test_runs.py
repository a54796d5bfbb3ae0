"""The nightly run beside its timelines: what is said, the brake, our own outages, previews."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from actions import brake, chats, clock, reminders, restores
from actions.deeds import Actor
from actions.outages import MayDelete, deletion_allowed, note_bot_away, note_queue, note_started
from actions.updates import keep as keep_update
from models.reads.retention import settings_if, settings_of, standing_of
from models.reads.upcoming import forecast, soon, unreachable
from models.tables import (
    Bot,
    Candidate,
    ClockRun,
    Event,
    Installation,
    Notice,
    Operator,
    Provider,
    ProviderEvent,
    Reminder,
    Tombstone,
)
from rules.vocabulary import ActorKind, Channel
from tests.clock.world import World, new_candidate

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
REMIND = datetime(2026, 12, 9, 3, tzinfo=UTC)
"""04:00 in Paris on D − 7, when somebody acted last on 1 November."""
DUE = datetime(2026, 12, 16, 3, tzinfo=UTC)
"""04:00 in Paris on D."""

pytestmark = pytest.mark.usefixtures("database")


async def world(days: int = 45, remind: int = 7) -> World:
    """Amina acted last on 1 November."""
    return await World.at(START, "Europe/Paris", days, remind)


async def journal(candidate_id: str, *kinds: str) -> list[Event]:
    """Lines of these kinds, oldest first."""
    found = await Event.filter(candidate_id=candidate_id, kind__in=kinds).order_by("id")
    return list(found)


# What is said, and what it promises.


async def test_a_reminder_leaves_by_mail_and_chat_and_is_journaled() -> None:
    amina = await world()
    await amina.advance(REMIND)
    assert sorted(amina.sent) == [("chat", date(2026, 12, 16)), ("mail", date(2026, 12, 16))]
    lines = await journal(amina.candidate_id, "reminder_owed", "reminder_accepted")
    assert [one.kind for one in lines] == ["reminder_owed", "reminder_accepted"]
    assert lines[0].after == {"date": "2026-12-16", "kind": "incomplete"}
    assert lines[1].after == {"date": "2026-12-16", "by": "mail"}
    row = await Reminder.get()
    assert (row.promised, row.accepted_by, row.zone) == (
        date(2026, 12, 16),
        "mail",
        "Europe/Paris",
    )


async def test_the_chat_alone_does_not_warn_somebody_who_has_an_address() -> None:
    amina = await world()
    amina.mail = "down"
    await amina.advance(REMIND)
    assert amina.sent == [("chat", date(2026, 12, 16))]
    assert (await Reminder.get()).accepted_at is None
    shown = await standing_of(await amina.candidate(), await amina.provider(), amina.now)
    assert shown.warned is None, "the panel says: not warned yet"


async def test_a_mail_five_days_late_sends_the_chat_the_new_date_too() -> None:
    amina = await world()
    amina.mail = "down"
    late = datetime(2026, 12, 14, 14, tzinfo=UTC)
    await amina.advance(late)
    await amina.set_mail(late, "up")
    promised = date(2026, 12, 21)
    assert (await Reminder.get()).promised == promised
    assert amina.sent == [
        ("chat", date(2026, 12, 16)),
        ("mail", promised),
        ("chat", promised),
    ], "every copy on any channel says the promised date"
    await amina.deliver()
    assert len(amina.sent) == 3, "and says it once"


async def test_the_chat_alone_warns_somebody_without_an_address() -> None:
    amina = await world()
    await amina.lose_address(START)
    await amina.advance(REMIND)
    assert amina.sent == [("chat", date(2026, 12, 16))]
    assert (await Reminder.get()).accepted_by == "chat"


async def test_when_the_address_is_given_up_the_chat_copy_counts_from_that_day() -> None:
    amina = await world()
    amina.mail = "down"
    given_up = datetime(2026, 12, 12, 14, tzinfo=UTC)
    await amina.advance(given_up)
    await amina.set_mail(given_up, "refused")
    row = await Reminder.get()
    assert (row.accepted_by, row.promised) == ("chat", date(2026, 12, 19))
    assert amina.sent[-1] == ("chat", date(2026, 12, 19))


async def test_the_outbox_itself_tells_the_clock_that_an_address_was_refused() -> None:
    amina = await world()
    amina.mail = "refused"
    await amina.advance(REMIND)
    assert (await amina.candidate()).email_refused_at == REMIND
    assert (await Reminder.get()).accepted_by == "chat"


async def test_a_promise_made_after_the_candidate_acted_still_is_a_promise() -> None:
    amina = await world()
    amina.mail = "down"
    await amina.advance(REMIND)
    reminder = await Reminder.get()
    mail = await Notice.get(channel="mail")
    await Notice.filter(id=mail.id).update(
        lease_by="other", lease_until=REMIND + timedelta(minutes=5)
    )
    await amina.act(REMIND + timedelta(minutes=1))
    await amina.run_again(REMIND + timedelta(minutes=2))
    row = await Reminder.get(id=reminder.id)
    assert row.void_at is not None
    assert (await Notice.get(id=mail.id)).state == "owed", "it is being sent at this moment"
    await reminders.reminder_accepted(mail, Channel.MAIL, REMIND + timedelta(minutes=3))
    row = await Reminder.get(id=reminder.id)
    assert row.promised == date(2026, 12, 16)
    await amina.configure(REMIND + timedelta(hours=1), deletion_days=2, reminder_days=0)
    await amina.advance(DUE - timedelta(days=1))
    assert amina.deleted_at is None, "whoever was told a date gets it"


async def test_a_date_that_only_the_chat_said_is_kept_too() -> None:
    amina = await world()
    amina.mail = "down"
    await amina.advance(REMIND)
    assert amina.sent == [("chat", date(2026, 12, 16))]
    await amina.configure(REMIND + timedelta(hours=1), deletion_days=10, reminder_days=1)
    amina.mail = "up"
    await amina.advance(DUE - timedelta(days=2))
    assert amina.deleted_at is None, "whoever read a date gets it"
    await amina.advance(DUE)
    assert ("mail", date(2026, 12, 16)) in amina.sent
    assert {said for _, said in amina.sent} == {date(2026, 12, 16)}, "the mail says the same"
    assert amina.deleted_at == DUE


async def test_without_reminders_too_the_date_that_the_chat_said_is_kept() -> None:
    amina = await world()
    amina.mail = "down"
    await amina.advance(REMIND)
    await amina.configure(REMIND + timedelta(hours=1), deletion_days=10, reminder_days=0)
    await amina.advance(DUE - timedelta(minutes=1))
    assert amina.deleted_at is None
    await amina.advance(DUE)
    assert amina.deleted_at == DUE


async def test_void_copies_never_leave() -> None:
    amina = await world()
    amina.mail = "down"
    await amina.lose_address(START)
    await amina.block(START, blocked=True)
    await Candidate.filter(id=amina.candidate_id).update(email="amina@example.org")
    await amina.advance(REMIND)
    await amina.act(REMIND + timedelta(hours=1))
    amina.mail = "up"
    await amina.deliver()
    assert amina.sent == []


async def test_a_copy_that_was_lost_is_owed_again_the_next_night() -> None:
    amina = await world()
    amina.mail = "down"
    await amina.advance(REMIND)
    await Notice.filter(channel="mail").update(state="failed", settled_at=REMIND)
    amina.mail = "up"
    await amina.advance(REMIND + timedelta(days=1))
    assert amina.sent[-1][0] == "chat"
    assert ("mail", date(2026, 12, 17)) in amina.sent
    assert await Reminder.all().count() == 1, "it is the same reminder"


async def test_somebody_nothing_reaches_is_listed_and_journaled_once() -> None:
    amina = await world()
    await amina.lose_address(START)
    await amina.block(START, blocked=True)
    await amina.advance(DUE + timedelta(days=30))
    assert amina.deleted_at is None
    assert len(await journal(amina.candidate_id, "unreachable")) == 1
    listed = await unreachable(await amina.provider(), amina.now)
    assert [one.candidate.id for one in listed] == [amina.candidate_id]
    await amina.block(amina.now, blocked=False)
    await amina.advance(amina.now + timedelta(days=1))
    assert amina.sent, "reachable again: warned"


# Our own outages.


async def test_after_a_start_nobody_is_deleted_until_the_queue_was_empty_for_a_while() -> None:
    amina = await world()
    await amina.advance(DUE - timedelta(minutes=5))
    await note_started(amina.now)
    await amina.advance(DUE)
    assert amina.deleted_at is None
    assert not await ClockRun.exists(local_date=date(2026, 12, 16), finished_at__isnull=False)
    await note_queue(amina.bot.id, 0, DUE + timedelta(minutes=1))
    for minute, deleted in ((15, False), (16, True)):
        amina.now = DUE + timedelta(minutes=minute)
        await amina.run()
        assert (amina.deleted_at is not None) is deleted
    assert await ClockRun.exists(local_date=date(2026, 12, 16), finished_at__isnull=False)


async def test_an_act_that_waited_at_telegram_while_the_web_was_down_saves() -> None:
    amina = await world()
    await amina.advance(DUE - timedelta(minutes=1))
    acted = DUE - timedelta(minutes=30)
    await note_queue(amina.bot.id, 1, DUE)  # the worker is up and sees that something waits
    await amina.advance(DUE)
    assert amina.deleted_at is None
    await chats.touch(amina.candidate_id, acted)  # the web is back, with Telegram's date
    await note_queue(amina.bot.id, 0, DUE + timedelta(minutes=2))
    amina.now = DUE + timedelta(minutes=20)
    await amina.run()
    assert amina.deleted_at is None
    assert (await amina.outlook()).state == "counting"
    assert await ClockRun.exists(local_date=date(2026, 12, 16), finished_at__isnull=False)


async def test_an_update_that_hit_a_bug_of_ours_is_an_act() -> None:
    amina = await world()
    at = DUE - timedelta(hours=1)
    await amina.advance(at)
    await keep_update(amina.bot.id, 17, 1001, b"{}", "ValueError in f:1", at)
    await amina.advance(DUE)
    assert amina.deleted_at is None


async def test_a_bot_that_is_away_lets_nobody_be_deleted() -> None:
    amina = await world()
    await amina.advance(DUE - timedelta(minutes=1))
    await note_bot_away(amina.bot.id, amina.now, disconnected=True)
    await amina.advance(DUE + timedelta(hours=1))
    assert amina.deleted_at is None
    await note_queue(amina.bot.id, 0, amina.now)
    assert (await Bot.get(id=amina.bot.id)).disconnected_at is None
    amina.now += timedelta(minutes=15)
    await amina.run()
    assert amina.deleted_at is not None


async def test_an_installation_that_never_noted_a_start_deletes_nobody() -> None:
    amina = await world()
    await Installation.all().delete()
    await amina.advance(DUE + timedelta(hours=1))
    assert amina.deleted_at is None


async def test_another_bots_trouble_does_not_keep_ours_from_being_deleted() -> None:
    amina = await world()
    await Bot.create(telegram_id=4343, username="vert_bot", disconnected_at=START)
    await amina.advance(DUE)
    assert amina.deleted_at == DUE


@pytest.mark.parametrize("act", ["acts", "asks", "is accepted"])
async def test_an_act_between_the_list_and_the_deletion_saves(
    monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    amina = await world()
    await amina.advance(DUE - timedelta(minutes=1))
    look = deletion_allowed

    async def meanwhile(now: datetime) -> MayDelete:
        """Called when the run has listed whom it wants to delete."""
        acts: dict[str, dict[str, Any]] = {
            "acts": {"clock_start": now},
            "asks": {"awaiting_reply_since": now},
            "is accepted": {"status": "accepted", "admitted_at": now},
        }
        await Candidate.filter(id=amina.candidate_id).update(**acts[act])
        return await look(now)

    monkeypatch.setattr(clock, "deletion_allowed", meanwhile)
    await amina.advance(DUE)
    assert amina.deleted_at is None
    assert (await ClockRun.get(local_date=date(2026, 12, 16))).deleted == 0


# Keeping.


async def test_the_candidates_own_keep_is_an_act() -> None:
    amina = await world()
    await amina.advance(REMIND + timedelta(days=1))
    await amina.act(amina.now)
    await amina.advance(DUE)
    assert amina.deleted_at is None
    assert (await amina.outlook()).deletion_date == date(2027, 1, 24)


async def test_the_panels_header_knows_the_date_and_whether_they_were_told() -> None:
    amina = await world()
    await amina.advance(datetime(2026, 12, 11, 12, tzinfo=UTC))
    shown = await standing_of(await amina.candidate(), await amina.provider(), amina.now)
    assert (shown.outlook.deletion_date, shown.outlook.days_left) == (date(2026, 12, 16), 5)
    assert shown.warned is not None
    assert (shown.warned.on, shown.warned.by) == (date(2026, 12, 9), Channel.MAIL)


# The brake.


async def crowd(due: int, others: int) -> tuple[Provider, Bot, str]:
    """So many people due without a word on 16 December at 04:00 UTC, and so many others."""
    provider = await Provider.create(
        slug="douceur",
        name="Douceur & Cie",
        created_at=START,
        timezone="UTC",
        deletion_days=45,
        reminder_days=0,
    )
    bot = await Bot.create(telegram_id=4242, username="douceur_bot")
    await note_started(START)
    await note_queue(bot.id, 0, START)
    for number in range(due):
        await new_candidate(provider, bot, f"Due{number}", number, START)
    for number in range(others):
        await new_candidate(provider, bot, f"Other{number}", 1000 + number, FOUR)
    odile = await Operator.create(email="odile@example.org", name="Odile", created_at=START)
    return provider, bot, odile.id


FOUR = datetime(2026, 12, 16, 4, tzinfo=UTC)


async def night(provider: Provider, now: datetime) -> clock.Report:
    """One nightly run."""
    report = await clock.run(await Provider.get(id=provider.id), now, "worker-1")
    assert report is not None
    return report


async def test_more_than_twenty_and_a_fifth_at_once_stops_and_asks() -> None:
    provider, _, odile_id = await crowd(21, 80)
    report = await night(provider, FOUR)
    assert (report.braked, report.deleted) == (True, 0)
    assert (await Provider.get(id=provider.id)).clock_waits_for == "brake"
    line = await ProviderEvent.get(kind="clock_braked")
    assert line.after == {"to_delete": 21, "running": 101}
    report = await night(provider, FOUR + timedelta(days=1))
    assert (report.braked, report.deleted) == (True, 0), "it waits for a word"
    assert await ProviderEvent.filter(kind="clock_braked").count() == 1
    odile = Actor(ActorKind.OPERATOR, odile_id, "Odile")
    await brake.release_brake(provider.id, odile, FOUR + timedelta(days=1, hours=5))
    report = await night(provider, FOUR + timedelta(days=1, hours=5, minutes=1))
    assert (report.braked, report.deleted) == (False, 21)
    assert await Tombstone.all().count() == 21
    with pytest.raises(brake.ClockDoesNotWait):
        await brake.release_brake(provider.id, odile, FOUR + timedelta(days=2))


@pytest.mark.parametrize(("due", "others"), [(20, 0), (21, 84), (21, 200)])
async def test_fewer_people_or_a_smaller_share_are_deleted_without_asking(
    due: int, others: int
) -> None:
    provider, _, _ = await crowd(due, others)
    report = await night(provider, FOUR)
    assert (report.braked, report.deleted) == (False, due)


async def test_the_word_is_about_as_many_people_as_were_shown() -> None:
    provider, bot, odile_id = await crowd(30, 0)
    await night(provider, FOUR)
    odile = Actor(ActorKind.OPERATOR, odile_id, "Odile")
    await brake.release_brake(provider.id, odile, FOUR + timedelta(hours=5))
    for number in range(10):
        await new_candidate(provider, bot, f"More{number}", 2000 + number, START)
    report = await night(provider, FOUR + timedelta(hours=5, minutes=1))
    assert (report.braked, report.deleted) == (True, 0), "forty are more than thirty"


async def test_a_word_given_while_a_run_goes_on_is_not_taken_back() -> None:
    provider, _, odile_id = await crowd(30, 0)
    await night(provider, FOUR)
    before = await Provider.get(id=provider.id)
    odile = Actor(ActorKind.OPERATOR, odile_id, "Odile")
    await brake.release_brake(provider.id, odile, FOUR + timedelta(hours=5))
    report = await clock.run(before, FOUR + timedelta(hours=5, minutes=1), "worker-1")
    assert report is not None
    assert (report.braked, report.deleted) == (False, 30)


async def test_a_run_in_two_halves_does_not_pass_under_the_bar_twice() -> None:
    provider, bot, _ = await crowd(15, 0)
    assert (await night(provider, FOUR)).deleted == 15
    for number in range(15):
        await new_candidate(provider, bot, f"More{number}", 2000 + number, START)
    await ClockRun.all().update(finished_at=None)
    assert (await night(provider, FOUR + timedelta(minutes=5))).braked


async def test_reminders_do_not_wait_for_the_brake() -> None:
    provider, _, _ = await crowd(30, 0)
    await Provider.filter(id=provider.id).update(reminder_days=7, clock_waits_for="brake")
    report = await night(provider, FOUR)
    assert (report.reminded, report.deleted) == (30, 0)


# A bug of ours with one person.


async def test_somebody_who_cannot_be_judged_holds_up_nobody_else() -> None:
    provider, bot, _ = await crowd(12, 0)
    await Provider.filter(id=provider.id).update(reminder_days=7)
    odd = await new_candidate(provider, bot, "Odd", 3000, START)
    due = date(2026, 12, 16)
    broken = await Reminder.create(
        candidate_id=odd.id, clock_start=START, due=due, owed_at=START, zone="Nowhere/Atall"
    )
    report = await night(provider, FOUR)
    assert (report.reminded, report.deleted) == (12, 0)
    assert report.apart.left_out > 0
    still_open = await ClockRun.get(provider_id=provider.id, finished_at=None)
    assert still_open.local_date == due, "looked at again, and shown as late"
    assert await clock.run(provider, FOUR + timedelta(minutes=1), "worker-1") is None
    assert await clock.in_hand(FOUR + timedelta(minutes=1)) == {provider.id}, "and not before"
    assert await clock.in_hand(FOUR + clock.LATER) == set()

    await Reminder.filter(id=broken.id).update(zone="Europe/Paris")
    mended = await night(provider, FOUR + clock.LATER)
    assert mended.apart.left_out == 0
    assert await Notice.filter(candidate_id=odd.id).exists(), "warned as soon as it can be"
    assert not await ClockRun.filter(provider_id=provider.id, finished_at=None).exists()


# Restores.


async def test_after_a_restore_the_clock_waits_and_erasures_are_done_again() -> None:
    amina = await world()
    bruno = await new_candidate(await amina.provider(), amina.bot, "Bruno", 1002, START)
    assert await restores.note_restored(START, [bruno.id, "neverheardofhim"]) == 1
    assert not await Candidate.exists(id=bruno.id)
    assert (await Tombstone.get()).reason == "again"
    await amina.advance(DUE + timedelta(days=60))
    assert amina.deleted_at is None
    await amina.give_word(amina.now)
    await amina.advance(amina.now + timedelta(days=44))
    assert amina.deleted_at is None


# What is shown before it happens.


async def test_the_home_page_lists_those_who_go_within_a_week_first_the_first() -> None:
    amina = await world()
    provider = await amina.provider()
    later = START + timedelta(days=2)
    bruno = await new_candidate(provider, amina.bot, "Bruno", 1002, later)
    await new_candidate(provider, amina.bot, "Carla", 1003, START + timedelta(days=20))
    await amina.advance(datetime(2026, 12, 12, 12, tzinfo=UTC))
    listed = await soon(provider, amina.now)
    assert [one.candidate.id for one in listed] == [amina.candidate_id, bruno.id]
    assert listed[0].warned is not None
    assert await soon(provider, amina.now, limit=1) == listed[:1]


async def test_a_preview_says_what_a_change_of_settings_would_do() -> None:
    amina = await world()
    provider = await amina.provider()
    await new_candidate(provider, amina.bot, "Bruno", 1002, START - timedelta(days=30))
    held = await new_candidate(provider, amina.bot, "Carla", 1003, START - timedelta(days=30))
    await Candidate.filter(id=held.id).update(awaiting_reply_since=START)
    lost = await new_candidate(provider, amina.bot, "Dora", 1004, START - timedelta(days=30))
    await Candidate.filter(id=lost.id).update(email="", telegram_id=None)
    wanted = settings_if(provider, START, module_on=True, deletion_days=10, reminder_days=3)
    told = await forecast(provider, wanted, START)
    assert told.tonight == datetime(2026, 11, 2, 3, tzinfo=UTC)
    assert (told.reminders_tonight, told.deletions_tonight) == (1, 0)
    assert (told.held, told.unreachable) == (1, 1)
    assert told.by_date == {date(2026, 11, 5): 1, date(2026, 11, 11): 1}
    assert not told.more


async def test_a_preview_without_reminders_counts_tonights_deletions() -> None:
    amina = await world()
    provider = await amina.provider()
    await new_candidate(provider, amina.bot, "Bruno", 1002, START - timedelta(days=30))
    wanted = settings_if(provider, START, module_on=True, deletion_days=10, reminder_days=0)
    told = await forecast(provider, wanted, START)
    assert (told.reminders_tonight, told.deletions_tonight) == (0, 1)
    assert told.by_date == {date(2026, 11, 2): 1, date(2026, 11, 11): 1}


async def test_the_preview_of_tonight_is_what_tonights_run_does() -> None:
    provider, _, _ = await crowd(5, 3)
    told = await forecast(provider, settings_of(provider), FOUR - timedelta(hours=1))
    report = await night(provider, FOUR)
    assert (told.reminders_tonight, told.deletions_tonight) == (report.reminded, report.deleted)
    assert report.deleted == 5


async def test_switching_on_counts_from_the_switching() -> None:
    amina = await world(days=0, remind=0)
    provider = await amina.provider()
    now = START + timedelta(days=300)
    wanted = settings_if(provider, now, module_on=True, deletion_days=45, reminder_days=7)
    assert wanted.counting_since == now
    told = await forecast(provider, wanted, now)
    assert (told.reminders_tonight, told.deletions_tonight, told.by_date) == (0, 0, {})


async def test_another_providers_people_are_in_no_list() -> None:
    amina = await world()
    vert = await Provider.create(slug="vert", name="Vert Jardin", created_at=START)
    await amina.advance(datetime(2026, 12, 12, 12, tzinfo=UTC))
    assert await soon(vert, amina.now) == []
    assert await unreachable(vert, amina.now) == []
    assert (await forecast(vert, settings_of(vert), amina.now)).by_date == {}
