"""The timelines of the pure rule, told again to the real database, line by line."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from rules.vocabulary import Outcome
from tests.clock.world import World
from tests.rules.retention_story import HEADER, LINE, ZONES, _moment

Verb = Callable[[World, datetime, re.Match[str]], Awaitable[None]]

DEEDS: dict[str, Verb] = {
    r"the candidate acts": lambda w, at, m: w.act(at),
    r"the operator acts": lambda w, at, m: w.operator_acts(at),
    r"the candidate asks a question": lambda w, at, m: w.ask(at),
    r"the operator replies": lambda w, at, m: w.operator_acts(at),
    r"the candidate sends a file": lambda w, at, m: w.send_file(at),
    r"the file is checked": lambda w, at, m: w.check_file(at),
    r"a decision is pending": lambda w, at, m: w.decide(at, Outcome.REJECT, 5),
    r"the decision is undone": lambda w, at, m: w.undo(at),
    r"the candidate submits": lambda w, at, m: w.submit(at),
    r"it is sent back to correct": lambda w, at, m: w.decide(at, Outcome.REJECT),
    r"it goes to the bin": lambda w, at, m: w.decide(at, Outcome.BIN),
    r"it is accepted": lambda w, at, m: w.decide(at, Outcome.ACCEPT),
    r"the admission ends": lambda w, at, m: w.end(at),
    r"the admission goes on": lambda w, at, m: w.resume(at),
    r"the operator keeps (\d+) days": lambda w, at, m: w.keep(at, int(m[1])),
    r"the candidate blocks the bot": lambda w, at, m: w.block(at, blocked=True),
    r"the candidate unblocks the bot": lambda w, at, m: w.block(at, blocked=False),
    r"the address is removed": lambda w, at, m: w.lose_address(at),
    r"the delays become (\d+) and (\d+)": lambda w, at, m: w.configure(
        at, deletion_days=int(m[1]), reminder_days=int(m[2])
    ),
    r"the ended delay becomes (\d+)": lambda w, at, m: w.configure(at, ended_days=int(m[1])),
    r"the module is switched (on|off)": lambda w, at, m: w.configure(at, module_on=m[1] == "on"),
    r"the provider moves to (\S+)": lambda w, at, m: w.move(at, ZONES[m[1]]),
    r"a backup is restored": lambda w, at, m: w.restore(at),
    r"the operator gives the word": lambda w, at, m: w.give_word(at),
    r"the mail is (up|down|refused)": lambda w, at, m: w.set_mail(at, m[1]),
    r"the worker stops": lambda w, at, m: _worker(w, at, running=False),
    r"the worker starts": lambda w, at, m: _worker(w, at, running=True),
    r"the run is repeated": lambda w, at, m: w.run_again(at),
    r"deleted": lambda w, at, m: _is_deleted(w, at),
    r"([a-z_]+)(?: for (\S+))?(?: J-(\d+))?(?:, void: (\w+))?": lambda w, at, m: _is(w, at, m),
}


async def tell(story: str) -> World:
    """Tell a story; an AssertionError names the line that did not come true."""
    header, *lines = [line.strip() for line in story.strip().splitlines()]
    start = HEADER.fullmatch(header)
    assert start, f"not a header: {header}"
    zone = ZONES[start[1]]
    world = await World.at(_moment(start[4], zone), zone, int(start[2]), int(start[3] or 0))
    for line in lines:
        parts = LINE.fullmatch(line)
        assert parts, f"not a line: {line}"
        zone = (await world.provider()).timezone
        try:
            await _tell_line(world, _moment(parts[1], zone), parts[2].removeprefix("→ "))
        except AssertionError as wrong:
            raise AssertionError(f"{line}: {wrong}") from wrong
    return world


async def _tell_line(world: World, at: datetime, sentence: str) -> None:
    for pattern, verb in DEEDS.items():
        if match := re.fullmatch(pattern, sentence):
            await verb(world, at.astimezone(UTC), match)
            return
    raise AssertionError(f"nobody understands {sentence!r}")


async def _worker(world: World, at: datetime, *, running: bool) -> None:
    await world.advance(at)
    world.nightly = running
    if running:
        await world.run()


async def _is_deleted(world: World, at: datetime) -> None:
    """Deleted at this very minute, by the run that just passed."""
    await world.advance(at)
    assert world.deleted_at is not None, f"alive: {await world.outlook()}"
    assert world.deleted_at == at, f"deleted at {world.deleted_at}"


async def _is(world: World, at: datetime, match: re.Match[str]) -> None:
    """Alive, with this outlook."""
    await world.advance(at)
    assert world.deleted_at is None, f"deleted at {world.deleted_at}"
    found = await world.outlook()
    assert found.state == match[1], found
    if match[2]:
        assert found.deletion_date == date.fromisoformat(match[2]), found
    if match[3]:
        assert found.days_left == int(match[3]), found
    assert found.void == match[4], found


def zone_of(name: str) -> ZoneInfo:
    """A zone by the name that stories use."""
    return ZoneInfo(ZONES[name])
