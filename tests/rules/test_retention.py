"""The deletion clock: what one outlook says, and the small rules around it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rules.retention import (
    MAX_DAYS,
    DelayOutOfRange,
    Hold,
    KeepOutOfRange,
    Reminder,
    ReminderNotBeforeDeletion,
    Retained,
    RetentionSettings,
    accept_reminder,
    check_delays,
    clock_start,
    date_to_say,
    keep,
    local_date,
    outlook,
    owe_reminder,
    promised_date,
    remind_date,
    superset_bound,
)

PARIS = ZoneInfo("Europe/Paris")
SETTINGS = RetentionSettings(module_on=True, deletion_days=45, reminder_days=7, zone=PARIS)
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
DUE = date(2026, 12, 16)
BRUNO = Retained("incomplete", ever_admitted=False, clock_start=START, has_address=True)
WARNED = Reminder(START, DUE, datetime(2026, 12, 9, 3, tzinfo=UTC), DUE, PARIS)


def test_an_outlook_carries_all_that_the_panel_shows() -> None:
    found = outlook(
        SETTINGS, replace(BRUNO, reminder=WARNED), datetime(2026, 12, 11, 8, tzinfo=UTC)
    )
    assert (found.state, found.deletion_date, found.days_left) == ("reminded", DUE, 5)
    assert (found.due, found.remind_on) == (DUE, date(2026, 12, 9))
    assert found.clock_start == START
    assert not found.reminder_void


def test_days_left_never_go_below_zero() -> None:
    found = outlook(SETTINGS, replace(BRUNO, reminder=WARNED), datetime(2027, 2, 1, tzinfo=UTC))
    assert (found.state, found.days_left) == ("due", 0)


def test_an_unreachable_person_has_a_due_date_but_is_told_none() -> None:
    lost = replace(BRUNO, has_address=False, chat_reachable=False)
    found = outlook(SETTINGS, lost, datetime(2027, 2, 1, tzinfo=UTC))
    assert (found.state, found.due) == ("unreachable", DUE)
    assert found.deletion_date is None
    assert found.days_left is None


@pytest.mark.parametrize("hold", ["awaiting_reply", "checking_file", "decision_pending"])
def test_each_hold_is_named_and_shows_no_date(hold: Hold) -> None:
    held = replace(BRUNO, **{hold: True}, reminder=WARNED)  # type: ignore[arg-type]  # the holds
    found = outlook(SETTINGS, held, datetime(2026, 12, 20, tzinfo=UTC))
    assert (found.state, found.holds, found.void) == ("held", (hold,), "off")
    assert found.deletion_date is None


def test_several_holds_are_all_named() -> None:
    held = replace(BRUNO, awaiting_reply=True, checking_file=True, decision_pending=True)
    found = outlook(replace(SETTINGS, waits_for_word=True), held, START)
    assert found.holds == ("awaiting_reply", "checking_file", "decision_pending", "restored")


@pytest.mark.parametrize(
    "half", [replace(WARNED, accepted_at=None), replace(WARNED, promised=None)]
)
def test_half_an_acceptance_warns_nobody(half: Reminder) -> None:
    torn = replace(BRUNO, reminder=half)
    assert outlook(SETTINGS, torn, datetime(2027, 2, 1, tzinfo=UTC)).state == "reminder_owed"


def test_a_promise_without_acceptance_goes_when_reminders_are_switched_off() -> None:
    torn = replace(BRUNO, reminder=replace(WARNED, accepted_at=None))
    found = outlook(replace(SETTINGS, reminder_days=0), torn, START)
    assert (found.state, found.void) == ("counting", "no_reminder")


def test_somebody_admitted_is_safe_even_with_an_open_promise() -> None:
    admitted = replace(BRUNO, ever_admitted=True, status="to_correct", reminder=WARNED)
    found = outlook(SETTINGS, admitted, datetime(2030, 1, 1, tzinfo=UTC))
    assert (found.state, found.void) == ("not_concerned", "off")


def test_the_clock_starts_at_the_later_of_act_and_switching_on() -> None:
    later = START + timedelta(days=3)
    assert clock_start(SETTINGS, BRUNO) == START
    assert clock_start(replace(SETTINGS, counting_since=later), BRUNO) == later
    assert clock_start(replace(SETTINGS, counting_since=START - timedelta(1)), BRUNO) == START


def test_without_reminders_there_is_no_day_of_reminding() -> None:
    assert remind_date(replace(SETTINGS, reminder_days=0), BRUNO) is None


def test_the_reminder_that_is_owed_remembers_what_it_was_owed_for() -> None:
    assert owe_reminder(SETTINGS, BRUNO) == Reminder(START, DUE, zone=PARIS)


def test_only_the_first_acceptance_fixes_the_date() -> None:
    first = accept_reminder(
        SETTINGS, owe_reminder(SETTINGS, BRUNO), WARNED.accepted_at or START, DUE
    )
    assert first == WARNED
    again = datetime(2026, 12, 14, 3, tzinfo=UTC)
    assert accept_reminder(SETTINGS, first, again, date(2026, 12, 21)) == WARNED


def test_delays_shortened_while_the_mail_travels_do_not_break_what_it_says() -> None:
    shorter = replace(SETTINGS, deletion_days=10, reminder_days=0)
    sent = datetime(2026, 12, 13, 3, tzinfo=UTC)
    person = replace(BRUNO, reminder=owe_reminder(SETTINGS, BRUNO))
    said = date_to_say(SETTINGS, person, sent)
    accepted = accept_reminder(shorter, owe_reminder(SETTINGS, BRUNO), sent, said)
    assert said == accepted.promised == date(2026, 12, 20)
    person = replace(BRUNO, reminder=accepted)
    assert outlook(shorter, person, datetime(2026, 12, 20, 2, 59, tzinfo=UTC)).state == "reminded"
    assert outlook(shorter, person, datetime(2026, 12, 20, 3, tzinfo=UTC)).state == "due"


def test_every_copy_says_the_promised_date() -> None:
    warned = replace(BRUNO, reminder=replace(WARNED, promised=date(2026, 12, 20)))
    for day in (10, 15, 19):
        assert date_to_say(SETTINGS, warned, datetime(2026, 12, day, tzinfo=UTC)).day == 20


@pytest.mark.parametrize(
    ("accepted_at", "promised"),
    [
        ("2026-12-09T03:00+00:00", "2026-12-16"),  # on the day: the announced date
        ("2026-12-08T12:00+00:00", "2026-12-16"),  # before it: never sooner than D
        ("2026-12-09T22:59+00:00", "2026-12-16"),  # 23:59 in Paris
        ("2026-12-09T23:00+00:00", "2026-12-17"),  # midnight in Paris
        ("2027-03-01T10:00+00:00", "2027-03-08"),  # months late: R + x
    ],
)
def test_the_promise_is_the_later_of_the_due_date_and_x_days_after_acceptance(
    accepted_at: str, promised: str
) -> None:
    found = promised_date(DUE, 7, datetime.fromisoformat(accepted_at), PARIS)
    assert found == date.fromisoformat(promised)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without zone"):
        local_date(datetime(2026, 1, 1), PARIS)


@pytest.mark.parametrize(("days", "remind"), [(0, 0), (0, 9), (1, 0), (45, 44), (MAX_DAYS, 7)])
def test_delays_that_make_sense_are_taken(days: int, remind: int) -> None:
    check_delays(days, remind)


@pytest.mark.parametrize(("days", "remind"), [(-1, 0), (45, -1), (MAX_DAYS + 1, 0), (0, 9999)])
def test_delays_out_of_range_are_refused(days: int, remind: int) -> None:
    with pytest.raises(DelayOutOfRange, match="3650"):
        check_delays(days, remind)


@pytest.mark.parametrize(("days", "remind"), [(7, 7), (7, 8), (1, 1)])
def test_the_reminder_must_come_after_the_first_day(days: int, remind: int) -> None:
    with pytest.raises(ReminderNotBeforeDeletion, match=f"at most {days - 1} days"):
        check_delays(days, remind)


def test_keeping_counts_from_today() -> None:
    assert keep(date(2026, 12, 15), 8, 7) == date(2026, 12, 23)
    assert keep(date(2026, 12, 15), 1, 0) == date(2026, 12, 16)


@pytest.mark.parametrize(("days", "remind"), [(7, 7), (0, 0), (-3, 0), (MAX_DAYS + 1, 7)])
def test_keeping_needs_room_for_a_reminder(days: int, remind: int) -> None:
    with pytest.raises(KeepOutOfRange, match=f"between {remind + 1} and 3650"):
        keep(date(2026, 12, 15), days, remind)


def test_the_bound_of_the_search_is_a_day_wider_than_needed() -> None:
    now = datetime(2026, 12, 9, 3, tzinfo=UTC)
    # 38 days before 9 December is 1 November; it ends at midnight in Paris; one day more.
    assert superset_bound(SETTINGS, now) == datetime(2026, 11, 2, 23, tzinfo=UTC)


@pytest.mark.parametrize("off", [{"module_on": False}, {"deletion_days": 0}])
def test_the_search_finds_nobody_while_the_deletion_is_off(off: dict[str, int]) -> None:
    settings = replace(SETTINGS, **off)  # type: ignore[arg-type]  # a bool or an int
    assert superset_bound(settings, START) < datetime(1970, 1, 1, tzinfo=UTC)
    assert outlook(settings, BRUNO, START).state == "off"
