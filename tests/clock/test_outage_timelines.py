"""Timelines of what only the real run knows: our own outages, the brake, a restored backup."""

from __future__ import annotations

from datetime import datetime

import pytest

from actions import brake
from actions.outages import note_bot_away, note_queue, note_started
from models.reads.retention import BRAKE
from models.tables import Bot, Candidate
from tests.clock import story
from tests.clock.world import World, new_candidate

OUTAGES = {
    # Nobody is deleted before Telegram's queue was seen empty and fifteen minutes have passed.
    "an update that waits at Telegram holds every deletion until it was taken": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-16 03:50 an update waits at Telegram
        2026-12-16 04:00 → due for 2026-12-16 J-0
        2026-12-16 09:00 Telegram's queue is empty
        2026-12-16 09:14 the run looks again
        2026-12-16 09:14 → due for 2026-12-16 J-0
        2026-12-16 09:15 the run looks again
        2026-12-16 09:15 → deleted
    """,
    "the update that waited was the candidate's act: it saves": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-16 03:50 an update waits at Telegram
        2026-12-16 04:00 → due for 2026-12-16 J-0
        2026-12-16 08:59 the candidate acts
        2026-12-16 09:00 Telegram's queue is empty
        2026-12-16 09:30 the run looks again
        2026-12-16 09:30 → counting for 2027-01-30
    """,
    "a process that has just started waits for an empty queue": """
        Réunion, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-16 03:55 the product starts
        2026-12-16 04:00 → due for 2026-12-16 J-0
        2026-12-16 04:02 Telegram's queue is empty
        2026-12-16 04:16 the run looks again
        2026-12-16 04:16 → due for 2026-12-16 J-0
        2026-12-16 04:17 the run looks again
        2026-12-16 04:17 → deleted
    """,
    "while Telegram cannot be asked reminders leave, and nobody is deleted": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-08 10:00 Telegram cannot be asked
        2026-12-09 04:00 → reminded for 2026-12-16
        2026-12-16 04:00 → due for 2026-12-16 J-0
        2026-12-20 04:00 → due for 2026-12-16 J-0
        2026-12-20 10:00 Telegram's queue is empty
        2026-12-20 10:15 the run looks again
        2026-12-20 10:15 → deleted
    """,
}

BRAKES = {
    # Over 20 people and over 20 % of the running ones: the run stops and asks an admin.
    "twenty people in a night need no word": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 10:00 19 others apply
        2026-12-16 04:00 → deleted
        2026-12-16 04:00 0 are left
    """,
    "twenty-one do: nobody is deleted before an admin agrees": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 10:00 20 others apply
        2026-12-16 04:00 → due for 2026-12-16 J-0
        2026-12-16 04:01 the brake is pulled
        2026-12-18 04:00 → due for 2026-12-16 J-0
        2026-12-18 10:00 the admin agrees
        2026-12-18 10:01 the run looks again
        2026-12-18 10:01 → deleted
        2026-12-18 10:01 0 are left
    """,
    "twenty-one of a hundred and ten are less than a fifth": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 10:00 20 others apply
        2026-12-01 10:00 89 others apply
        2026-12-16 04:00 → deleted
        2026-12-16 04:00 89 are left
    """,
    "reminders go on while the brake is pulled": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 10:00 20 others apply
        2026-11-05 10:00 1 others apply
        2026-12-16 04:01 the brake is pulled
        2026-12-18 10:00 22 are left
        2026-12-18 10:00 22 were reminded
    """,
    "somebody who acts while the brake is pulled is not deleted by the admin's word": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 10:00 20 others apply
        2026-12-16 04:01 the brake is pulled
        2026-12-17 10:00 the candidate acts
        2026-12-18 10:00 the admin agrees
        2026-12-18 10:01 the run looks again
        2026-12-18 10:01 → counting for 2027-01-31
        2026-12-18 10:01 1 are left
    """,
}

RESTORED = {
    # After a backup everything waits for a word, from which the whole count begins again.
    "a backup restored on the last evening, the word a month later": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-12-15 20:00 a backup is restored
        2026-12-16 04:00 → held
        2027-01-15 10:00 the operator gives the word
        2027-02-22 03:59 → counting for 2027-03-01
        2027-02-22 04:00 → reminded for 2027-03-01
        2027-03-01 04:00 → deleted
    """,
}

TOLD = {
    # Whoever read a date gets it, whatever became of the settings, on whatever channel it was.
    "a date that only the chat said, then no reminders any more": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-09 05:00 the delays become 10 and 0
        2026-12-10 04:00 → counting for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
    "a date that only the chat said, then an act and shorter delays": """
        Paris, 45 days, reminder 7, first act 2026-11-01 10:00
        2026-11-01 11:00 the mail is down
        2026-12-09 05:00 the candidate acts
        2026-12-09 06:00 the delays become 3 and 1
        2026-12-12 04:00 → counting for 2026-12-16
        2026-12-13 10:00 the mail is up
        2026-12-15 04:00 → reminded for 2026-12-16
        2026-12-16 04:00 → deleted
    """,
}


async def _queue(world: World, at: datetime, pending: int) -> None:
    await world.advance(at)
    await note_queue(world.bot.id, pending, world.now)


async def _away(world: World, at: datetime) -> None:
    await world.advance(at)
    await note_bot_away(world.bot.id, world.now)


async def _start(world: World, at: datetime) -> None:
    await world.advance(at)
    await note_started(world.now)


async def _again(world: World, at: datetime) -> None:
    await world.advance(at)
    await world.run()


async def _others(world: World, at: datetime, many: int) -> None:
    await world.advance(at)
    provider, bot = await world.provider(), await Bot.get(id=world.bot.id)
    known = await Candidate.all().count()
    for number in range(known, known + many):
        await new_candidate(provider, bot, f"Other{number}", 5_000 + number, world.now)


async def _agree(world: World, at: datetime) -> None:
    await world.advance(at)
    await brake.release_brake(world.provider_id, world.odile, world.now)


async def _pulled(world: World, at: datetime) -> None:
    await world.advance(at)
    assert (await world.provider()).clock_waits_for == BRAKE


async def _left(world: World, at: datetime, many: int) -> None:
    await world.advance(at)
    assert await Candidate.all().count() == many


async def _reminded(world: World, at: datetime, many: int) -> None:
    await world.advance(at)
    assert len([channel for channel, _ in world.sent if channel == "mail"]) == many


DEEDS: dict[str, story.Verb] = {
    r"an update waits at Telegram": lambda w, at, m: _queue(w, at, 1),
    r"Telegram's queue is empty": lambda w, at, m: _queue(w, at, 0),
    r"Telegram cannot be asked": lambda w, at, m: _away(w, at),
    r"the product starts": lambda w, at, m: _start(w, at),
    r"the run looks again": lambda w, at, m: _again(w, at),
    r"(\d+) others apply": lambda w, at, m: _others(w, at, int(m[1])),
    r"the admin agrees": lambda w, at, m: _agree(w, at),
    r"the brake is pulled": lambda w, at, m: _pulled(w, at),
    r"(\d+) are left": lambda w, at, m: _left(w, at, int(m[1])),
    r"(\d+) were reminded": lambda w, at, m: _reminded(w, at, int(m[1])),
}
GROUPS = {
    "our own outages": OUTAGES,
    "the brake": BRAKES,
    "after a restore": RESTORED,
    "the dates that were told": TOLD,
}
STORIES = [
    pytest.param(lines, id=f"{rule}: {title}")
    for rule, stories in GROUPS.items()
    for title, lines in stories.items()
]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("lines", STORIES)
async def test_timeline(lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line of the story comes true."""
    monkeypatch.setattr(story, "DEEDS", DEEDS | story.DEEDS)
    await story.tell(lines)
