"""Timelines written as sentences, told to the world of the deletion clock, one line at a time.

A story is a header (zone, days, reminder, the first act) and lines "date time sentence". Times
are local in the provider's zone; 02:30b is the second 02:30 of the night on which the hour comes
back, 02:30Z is UTC. Nightly runs happen by themselves at 04:00 unless the worker stops.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from tests.rules.retention_world import World

ZONES = {
    "Paris": "Europe/Paris",
    "Réunion": "Indian/Reunion",
    "UTC": "UTC",
    "Nouméa": "Pacific/Noumea",
}
HEADER = re.compile(r"(\S+), (\d+) days?, (?:reminder (\d+)|no reminder), first act (\S+ \S+)")
LINE = re.compile(r"(\d{4}-\d\d-\d\d \S+) (.+)")

Deed = Callable[[World, datetime, re.Match[str]], None]

DEEDS: dict[str, Deed] = {
    # What the candidate and the operator do.
    r"the candidate acts|the operator acts": lambda w, at, m: w.act(at),
    r"the candidate asks a question": lambda w, at, m: w.act(at, awaiting_reply=True),
    r"the operator replies": lambda w, at, m: w.act(at, awaiting_reply=False),
    r"the candidate sends a file": lambda w, at, m: w.act(at, checking_file=True),
    r"the file is checked": lambda w, at, m: w.act(at, checking_file=False),
    r"a decision is pending": lambda w, at, m: w.change(at, decision_pending=True),
    r"the decision is undone": lambda w, at, m: w.act(at, decision_pending=False),
    r"the candidate submits": lambda w, at, m: w.act(at, status="submitted"),
    r"it is sent back to correct": lambda w, at, m: w.act(at, status="to_correct"),
    r"it goes to the bin": lambda w, at, m: w.act(at, status="binned"),
    r"it is accepted": lambda w, at, m: w.act(at, status="accepted", ever_admitted=True),
    r"the admission ends": lambda w, at, m: w.end(at),
    r"the admission goes on": lambda w, at, m: w.act(at, ended_at=None),
    r"the operator keeps (\d+) days": lambda w, at, m: w.keep(at, int(m[1])),
    r"the candidate blocks the bot": lambda w, at, m: w.change(at, chat_reachable=False),
    r"the candidate unblocks the bot": lambda w, at, m: w.change(at, chat_reachable=True),
    r"the address is removed": lambda w, at, m: w.change(at, has_address=False),
    # What the provider configures.
    r"the delays become (\d+) and (\d+)": lambda w, at, m: w.configure(
        at, deletion_days=int(m[1]), reminder_days=int(m[2])
    ),
    r"the ended delay becomes (\d+)": lambda w, at, m: w.configure(at, ended_days=int(m[1])),
    r"the module is switched (on|off)": lambda w, at, m: w.configure(at, module_on=m[1] == "on"),
    r"the provider moves to (\S+)": lambda w, at, m: w.configure(at, zone=ZoneInfo(ZONES[m[1]])),
    r"a backup is restored": lambda w, at, m: w.configure(at, waits_for_word=True),
    r"the operator gives the word": lambda w, at, m: w.configure(at, waits_for_word=False),
    # What happens to mails and machines.
    r"the mail is (up|down|refused)": lambda w, at, m: w.set_mail(at, m[1]),
    r"the worker stops": lambda w, at, m: _worker(w, at, running=False),
    r"the worker starts": lambda w, at, m: _worker(w, at, running=True),
    r"the run is repeated": lambda w, at, m: w.run_again(at),
    # What must be true.
    r"deleted": lambda w, at, m: _is_deleted(w, at),
    r"([a-z_]+)(?: for (\S+))?(?: J-(\d+))?(?:, void: (\w+))?": lambda w, at, m: _is(w, at, m),
}


def tell(story: str) -> World:
    """Tell a story; an AssertionError names the line that did not come true."""
    header, *lines = [line.strip() for line in story.strip().splitlines()]
    start = HEADER.fullmatch(header)
    assert start, f"not a header: {header}"
    zone = ZONES[start[1]]
    world = World.at(_moment(start[4], zone), zone, int(start[2]), int(start[3] or 0))
    for line in lines:
        parts = LINE.fullmatch(line)
        assert parts, f"not a line: {line}"
        try:
            _tell_line(world, _moment(parts[1], world.settings.zone.key), parts[2])
        except AssertionError as wrong:
            raise AssertionError(f"{line}: {wrong}") from wrong
    return world


def _tell_line(world: World, at: datetime, sentence: str) -> None:
    for pattern, deed in DEEDS.items():
        if match := re.fullmatch(pattern, sentence.removeprefix("→ ")):
            deed(world, at, match)
            return
    raise AssertionError(f"nobody understands {sentence!r}")


def _moment(words: str, zone: str) -> datetime:
    """Read "2026-10-25 02:30b"."""
    local = datetime.fromisoformat(words.rstrip("Zb"))
    if words.endswith("Z"):
        return local.replace(tzinfo=UTC)
    return local.replace(tzinfo=ZoneInfo(zone), fold=int(words.endswith("b"))).astimezone(UTC)


def _worker(world: World, at: datetime, *, running: bool) -> None:
    world.advance(at)
    world.nightly = running
    if running:
        world.run()


def _is_deleted(world: World, at: datetime) -> None:
    """Deleted at this very minute, by the run that just passed."""
    world.advance(at)
    assert world.deleted_at == at, f"deleted at {world.deleted_at}, outlook {world.outlook()}"


def _is(world: World, at: datetime, match: re.Match[str]) -> None:
    """Alive, with this outlook."""
    world.advance(at)
    found = world.outlook()
    assert world.deleted_at is None, f"deleted at {world.deleted_at}"
    assert found.state == match[1], found
    if match[2]:
        assert found.deletion_date == date.fromisoformat(match[2]), found
    if match[3]:
        assert found.days_left == int(match[3]), found
    assert found.void == match[4], found
