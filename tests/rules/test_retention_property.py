"""The promises of the deletion clock, against any life that hypothesis can think of."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rules.retention import (
    Reminder,
    Retained,
    RetentionSettings,
    clock_start,
    local_date,
    outlook,
    run_moment,
    superset_bound,
)
from tests.rules.retention_world import World

BEGIN = datetime(2026, 10, 1, 9, 30, tzinfo=UTC)
FAR = timedelta(days=400)
Deed = Callable[[World, datetime, int], None]
Step = tuple[int, str, int]
"""Minutes since the step before, the deed, a number for those that take one."""


def stop_working(world: World, at: datetime) -> None:
    """Only whoever was accepted can."""
    if world.person.status == "accepted" and not world.person.ended:
        world.end(at)


LIFE: dict[str, Deed] = {
    "act": lambda w, at, n: w.act(at),
    "ask": lambda w, at, n: w.act(at, awaiting_reply=True),
    "reply": lambda w, at, n: w.act(at, awaiting_reply=False),
    "file": lambda w, at, n: w.act(at, checking_file=True),
    "checked": lambda w, at, n: w.act(at, checking_file=False),
    "pending": lambda w, at, n: w.change(at, decision_pending=True),
    "undone": lambda w, at, n: w.act(at, decision_pending=False),
    "submit": lambda w, at, n: w.act(at, status="submitted"),
    "correct": lambda w, at, n: w.act(at, status="to_correct"),
    "accept": lambda w, at, n: w.act(at, status="accepted", ever_admitted=True, ended_at=None),
    "end": lambda w, at, n: stop_working(w, at),
    "go on": lambda w, at, n: w.act(at, ended_at=None),
    "keep": lambda w, at, n: w.keep(at, w.settings.reminder_days + 1 + n),
    "block": lambda w, at, n: w.change(at, chat_reachable=False),
    "start": lambda w, at, n: w.act(at, chat_reachable=True),
    "mail down": lambda w, at, n: w.set_mail(at, "down" if w.mail != "refused" else "refused"),
    "mail up": lambda w, at, n: w.set_mail(at, "up" if w.mail != "refused" else "refused"),
    "mail refused": lambda w, at, n: w.set_mail(at, "refused"),
}
PROVIDER: dict[str, Deed] = {
    "delays": lambda w, at, n: w.configure(at, deletion_days=n + 1, reminder_days=n // 2),
    "no warning": lambda w, at, n: w.configure(at, reminder_days=0),
    "ended": lambda w, at, n: w.configure(at, ended_days=31 + n),
    "ended never": lambda w, at, n: w.configure(at, ended_days=0),
    "never": lambda w, at, n: w.configure(at, deletion_days=0),
    "off": lambda w, at, n: w.configure(at, module_on=False),
    "on": lambda w, at, n: w.configure(at, module_on=True),
    "restored": lambda w, at, n: w.configure(at, waits_for_word=True),
    "word": lambda w, at, n: w.configure(at, waits_for_word=False),
    "unblock": lambda w, at, n: w.change(at, chat_reachable=True),
    "address": lambda w, at, n: w.change(at, has_address=n % 2 == 1),
}
MACHINE: dict[str, Deed] = {
    "again": lambda w, at, n: w.run_again(at),
    "stop": lambda w, at, n: setattr(w, "nightly", False),
    "go": lambda w, at, n: setattr(w, "nightly", True),
}
ALL = LIFE | PROVIDER | MACHINE


def steps(deeds: dict[str, Deed]) -> st.SearchStrategy[list[Step]]:
    """Lives of up to two dozen steps, some minutes or some weeks apart."""
    gap = st.integers(0, 90) | st.integers(0, 60 * 24 * 20)
    return st.lists(
        st.tuples(gap, st.sampled_from(sorted(deeds)), st.integers(0, 40)), max_size=25
    )


zones = st.sampled_from(["Europe/Paris", "Indian/Reunion", "UTC", "Pacific/Noumea"])
delays = st.integers(1, 30).flatmap(lambda d: st.tuples(st.just(d), st.integers(0, d - 1)))


def begin(zone: str, delay: tuple[int, int]) -> World:
    """A world in which ended admissions fall due too."""
    world = World.at(BEGIN, zone, *delay)
    world.settings = replace(world.settings, ended_days=delay[0] + 20)
    return world


def live(world: World, life: list[Step]) -> World:
    """Live through the steps, then long enough for anything to fall due."""
    at = BEGIN
    for minutes, name, number in life:
        at += timedelta(minutes=minutes)
        ALL[name](world, at, number)
        if world.deleted_at:
            break
        check_search_finds(world)
    world.advance(at + FAR)
    return world


def check_search_finds(world: World) -> None:
    """Whoever is due for something is within the bound of the SQL search."""
    if world.outlook().state in {"due", "reminder_due"}:
        bound = superset_bound(world.settings.of(world.person), world.now)
        assert world.person.clock_start <= bound
        assert not world.person.ended or searched_by(world.person) <= bound


def searched_by(person: Retained) -> datetime:
    """The moment by which ended admissions are searched."""
    assert person.ended_at is not None
    return person.ended_at


@settings(max_examples=400, deadline=None)
@given(zones, delays, steps(ALL))
@example("UTC", (20, 10), [(60 * 24 * 12, "delays", 4)])
def test_nobody_is_deleted_against_a_promise(
    zone: str, delay: tuple[int, int], life: list[Step]
) -> None:
    world = live(begin(zone, delay), life)
    if world.deleted_at is None:
        return
    person, today = world.person, local_date(world.deleted_at, ZoneInfo(zone))
    applied = world.settings.of(person)
    counted = local_date(world.acts[-1], ZoneInfo(zone)) + timedelta(days=applied.deletion_days)
    assert world.deleted_at >= run_moment(counted, ZoneInfo(zone))
    for warned in world.warned:
        assert world.deleted_at >= run_moment(warned.promised, ZoneInfo(zone))
        assert world.local_days_since(warned.at) >= warned.days
    if world.settings.reminder_days:
        assert any(warned.at >= world.acts[-1] for warned in world.warned), "deleted unwarned"
    assert person.kept_until is None or person.kept_until <= today
    assert person.ended or person.status in {"incomplete", "to_correct"}
    assert person.ended or not person.ever_admitted
    assert not any([person.awaiting_reply, person.checking_file, person.decision_pending])
    assert applied.on
    assert not world.settings.waits_for_word


@settings(max_examples=300, deadline=None)
@given(zones, delays, steps(LIFE), st.lists(st.integers(0, 60 * 24 * 100), max_size=40))
@example("Europe/Paris", (20, 7), [(60 * 24 * 14, "keep", 0)], [60 * 24 * 16, 60 * 24 * 60])
def test_late_and_repeated_runs_never_delete_sooner(
    zone: str, delay: tuple[int, int], life: list[Step], runs: list[int]
) -> None:
    on_time = live(begin(zone, delay), life)
    late = begin(zone, delay)
    late.nightly = False
    at, timeline = BEGIN, [(BEGIN + timedelta(minutes=run), 1, "again", 0) for run in runs]
    for minutes, name, number in life:
        at += timedelta(minutes=minutes)
        timeline.append((at, 0, name, number))
    for moment, _, name, number in sorted(timeline):
        ALL[name](late, moment, number)
    if late.deleted_at is not None:
        assert on_time.deleted_at is not None
        assert late.deleted_at >= on_time.deleted_at


@settings(max_examples=200, deadline=None)
@given(zones, delays, steps(ALL))
@example("Pacific/Noumea", (1, 0), [(415, "address", 0), (415, "go", 0), (819, "go", 0)])
def test_when_nothing_is_down_the_deletion_happens_on_its_day(
    zone: str, delay: tuple[int, int], life: list[Step]
) -> None:
    """Whatever came before, from the last act on it is D at four, neither later nor never."""
    world, at = begin(zone, delay), BEGIN
    for minutes, name, number in life:
        at += timedelta(minutes=minutes)
        ALL[name](world, at, number)
    at += timedelta(minutes=1)
    world.advance(at)
    if world.deleted_at:
        return
    world.configure(
        at, module_on=True, waits_for_word=False, deletion_days=delay[0], reminder_days=delay[1]
    )
    world.nightly, world.mail = True, "up"
    world.act(
        at, status="incomplete", ever_admitted=False, ended_at=None,
        awaiting_reply=False, checking_file=False, decision_pending=False,
        has_address=True, address_refused=False, chat_reachable=True,
    )  # fmt: skip
    expected = world.outlook().deletion_date
    world.advance(at + FAR)
    assert expected
    assert world.deleted_at == run_moment(expected, ZoneInfo(zone))


moments = st.integers(0, 60 * 24 * 120).map(lambda minutes: BEGIN + timedelta(minutes=minutes))
dates = moments.map(datetime.date)
reminders = st.builds(
    Reminder, moments | st.just(BEGIN), dates, st.none() | moments, st.none() | dates
)
people = st.builds(
    Retained,
    st.sampled_from(["incomplete", "to_correct", "submitted", "accepted", "binned"]),
    st.booleans(),
    st.just(BEGIN) | moments,
    kept_until=st.none() | dates,
    awaiting_reply=st.booleans(),
    reminder=st.none() | reminders,
    has_address=st.booleans(),
    address_refused=st.booleans(),
    chat_reachable=st.booleans(),
    ended_at=st.none() | moments,
)


@settings(max_examples=500, deadline=None)
@given(zones, delays, people, moments, st.integers(1, 60 * 24 * 40))
def test_any_state_of_the_rows_has_an_outlook_that_only_time_makes_worse(
    zone: str, delay: tuple[int, int], person: Retained, now: datetime, minutes: int
) -> None:
    """Even of rows that should not exist: due stays due, was warned, and the search finds it."""
    configured = RetentionSettings(True, *delay, ZoneInfo(zone), ended_days=delay[0] + 5)
    found = outlook(configured, person, now)
    later = outlook(configured, person, now + timedelta(minutes=minutes))
    assert outlook(configured, person, now) == found
    if found.state == "due":
        assert later.state == "due"
        bound = superset_bound(configured.of(person), now)
        assert person.clock_start <= bound
        assert not person.ended or searched_by(person) <= bound
        if configured.reminder_days:
            assert person.reminder
            assert person.reminder.accepted_at
            assert person.reminder.clock_start == clock_start(configured, person)
    if found.deletion_date and later.deletion_date and found.void == later.void:
        assert later.deletion_date >= found.deletion_date
    protected = person.ever_admitted and not person.ended
    assert not protected or found.state == "not_concerned"
    if person.awaiting_reply:
        assert found.state in {"not_concerned", "held"}
    unwarned = outlook(configured, replace(person, reminder=None), now)
    assert configured.reminder_days == 0 or unwarned.state != "due"
