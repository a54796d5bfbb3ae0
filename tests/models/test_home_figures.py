"""The weeks' figures of the home page, counted from the journal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from models.reads.home import funnel, home
from models.reads.upcoming import unreachable
from models.tables import Event, Provider
from tests.factories import a_candidate, a_provider

NOW = datetime(2026, 3, 4, 10, tzinfo=UTC)
"""A Wednesday."""
MONDAY = datetime(2026, 3, 1, 23, tzinfo=UTC)
"""The first moment of this week in Paris."""


async def note(provider: Provider, who: str, kind: str, at: datetime) -> None:
    """One line of the journal."""
    await Event.create(
        provider_id=provider.id, candidate_id=who, at=at, kind=kind, actor_kind="candidate"
    )


async def test_each_person_counts_once_a_week_of_the_providers_zone(database: str) -> None:
    douceur, vert = await a_provider(), await a_provider("Vert Jardin")
    for at in (MONDAY, MONDAY + timedelta(hours=5), NOW):
        await note(douceur, "amina", "signed_up", at)
    await note(douceur, "bruno", "signed_up", MONDAY)
    await note(douceur, "bruno", "signed_up", MONDAY - timedelta(seconds=1))
    await note(douceur, "bruno", "signed_up", MONDAY - timedelta(weeks=7))
    await note(douceur, "bruno", "signed_up", MONDAY - timedelta(weeks=7, seconds=1))
    await note(vert, "chloe", "accepted", NOW)
    found = await funnel(douceur, NOW)
    assert found.signed_up == (1, 0, 0, 0, 0, 0, 1, 2)
    assert found.accepted == (0,) * 8
    assert found.median_wait is None


async def test_the_median_wait_goes_from_the_last_sending_to_its_decision(database: str) -> None:
    douceur = await a_provider()
    start = NOW - timedelta(days=10)
    for who, hours in (("amina", 4), ("bruno", 10), ("chloe", 30)):
        await note(douceur, who, "submitted", start)
        await note(douceur, who, "decided", start + timedelta(hours=hours))
    await note(douceur, "amina", "submitted", start + timedelta(hours=10))
    await note(douceur, "amina", "decided", start + timedelta(hours=11))
    await note(douceur, "amina", "decided", start + timedelta(hours=12))
    found = await funnel(douceur, NOW)
    assert found.median_wait == timedelta(hours=7)
    assert found.submitted == (0, 0, 0, 0, 0, 3, 0, 0)


async def test_the_home_page_shows_the_eight_that_wait_longest(database: str) -> None:
    douceur = await a_provider()
    for days in range(1, 12):
        await a_candidate(douceur, f"Amina{days}", "submitted", since=timedelta(days=days))
    shown = (await home(douceur, NOW)).queue
    assert [one.name for one in shown] == [f"Amina{days}" for days in range(11, 3, -1)]


async def test_the_home_page_counts_whom_nothing_can_reach(database: str) -> None:
    douceur = await a_provider(now=NOW - timedelta(days=200))
    for name, email in (("Amina", ""), ("Bruno", "bruno@example.org"), ("Chloé", "")):
        await a_candidate(douceur, name, since=timedelta(days=60), now=NOW, email=email)
    found = await home(douceur, NOW)
    named = {one.candidate.first_name for one in await unreachable(douceur, NOW)}
    assert named == {"Amina", "Chloé"}
    assert found.unreachable == 2
    assert [one.candidate.first_name for one in found.ending] == ["Bruno"]
