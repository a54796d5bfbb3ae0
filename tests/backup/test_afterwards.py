"""A backup of a living installation, and what is true after it was brought back."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from actions import restores
from actions.backups import Place, back_up
from actions.deeds import SYSTEM
from actions.erasure import Reason, erase
from actions.removals import LONGEST_CHECK, sweep_removals
from models import database as db
from models.tables import (
    Candidate,
    Event,
    Installation,
    Notice,
    Provider,
    Reminder,
    Session,
    StoredFile,
    Tombstone,
)
from store.archive import Reader
from store.outside import Outside
from store.room import Room
from tests.backup.conftest import FILES, House, a_room, bring_back, save
from tests.backup.test_moves import told
from tests.clock.world import new_candidate

NOW = datetime.now(UTC)


def silent(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def kept_rows(path: Path, table: str) -> list[dict[str, object]]:
    """The rows of one table in an archive."""
    entries = Reader(path).entries(f"tables/{table}/")
    return [json.loads(line) for one in entries for line in one.data.splitlines()]


async def test_a_backup_shows_one_moment_while_others_write(house: House, tmp_path: Path) -> None:
    provider, bot = house.person.provider, house.person.bot
    stop = asyncio.Event()
    pairs = 0

    async def write() -> None:
        nonlocal pairs
        while not stop.is_set():
            async with db.transaction():
                person = await new_candidate(provider, bot, f"P{pairs}", 5000 + pairs, NOW)
                await Event.create(
                    provider_id=provider.id,
                    candidate_id=person.id,
                    at=NOW,
                    kind="pair",
                    actor_kind="system",
                )
            pairs += 1
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    while pairs < 20:
        await asyncio.sleep(0.01)
    seen = []
    for number in range(3):
        path = tmp_path / f"{number}.tar"
        await back_up(house.place, path, NOW, silent)
        people = {one["id"] for one in kept_rows(path, "candidate")}
        with_line = {
            one["candidate_id"] for one in kept_rows(path, "event") if one["kind"] == "pair"
        }
        assert people - {house.person.candidate.id} == with_line
        seen.append(len(people))
    stop.set()
    await writing
    assert 20 < seen[0] < pairs, "writing went on meanwhile"


class Erasing(Room):
    """A store whose first reader comes just before somebody is erased."""

    one_at_a_time = asyncio.Lock()

    async def take_sealed(self, file_id: str) -> bytes:
        async with self.one_at_a_time:
            person = await Candidate.first()
            if person is not None:
                await erase(person.id, Reason.OWN_WISH, SYSTEM, NOW)
                await sweep_removals(self, NOW + LONGEST_CHECK + timedelta(seconds=1))
        return await super().take_sealed(file_id)


async def test_files_erased_while_a_backup_is_made_are_not_missed(
    house: House, tmp_path: Path
) -> None:
    room = Erasing(house.settings.storage_url, house.room.keyring, db.refuse_inside_transaction)
    place = Place(house.settings.database_url, room)
    report = await back_up(place, tmp_path / "all.tar", NOW, silent)
    assert (report.files, report.gone, report.lost) == (0, FILES, 0)


async def test_files_that_the_store_has_lost_are_told_and_listed(
    house: House, tmp_path: Path
) -> None:
    lost = sorted(house.files)[3]
    await house.room.delete(lost)
    report = await back_up(house.place, tmp_path / "all.tar", NOW, silent)
    assert (report.files, report.gone, report.lost) == (FILES - 1, 0, 1)
    assert [one.name for one in Reader(tmp_path / "all.tar").entries("lost/")] == [f"lost/{lost}"]
    assert told(tmp_path / "all.tar")["objects"] == {"files": FILES - 1, "lost": 1}


async def beat(room: Room, times: int) -> None:
    """What the worker does every five minutes."""
    for _ in range(times):
        await Outside(room).beat(await restores.beat())


async def test_whoever_was_erased_since_the_backup_is_erased_again(
    house: House, tmp_path: Path
) -> None:
    bruno = await new_candidate(house.person.provider, house.person.bot, "Bruno", 4321, NOW)
    await beat(house.room, 2)
    await save(house.settings, tmp_path / "all.tar")
    amina = house.person.candidate.id
    await beat(house.room, 3)
    await erase(amina, Reason.OWN_WISH, SYSTEM, NOW)  # and no round of a worker after that
    before = await restores.last_beat()

    await bring_back(house.settings, tmp_path / "all.tar", replacing=2)
    assert not await Candidate.exists(id=amina)
    assert await Candidate.exists(id=bruno.id)
    assert (await Tombstone.get(candidate_id=amina)).reason == Reason.AGAIN
    assert not await Event.exists(candidate_id=amina)
    assert not await StoredFile.filter(candidate_id=amina).exists()
    assert not await Notice.filter(candidate_id=None, kind="erased").exists(), "told once"
    assert {one.clock_waits_for for one in await Provider.all()} == {"restore"}
    assert await restores.last_beat() > before, "time does not go back again"


async def test_the_list_of_the_erased_comes_over_from_the_store_of_before(
    house: House, same_kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await beat(house.room, 2)
    await save(house.settings, tmp_path / "all.tar")
    await Outside(house.room).note_erased(house.person.candidate.id)
    await beat(house.room, 1)
    target = house.elsewhere(same_kind, f"file://{tmp_path}/new")
    capsys.readouterr()
    await bring_back(target, tmp_path / "all.tar")
    assert "no list of who was erased" in capsys.readouterr().out
    assert await Candidate.exists(id=house.person.candidate.id)

    old = house.settings.storage_url
    await bring_back(target, tmp_path / "all.tar", replacing=2, old_store=old)
    assert "Erased again: 1" in capsys.readouterr().out
    assert not await Candidate.exists(id=house.person.candidate.id)
    assert await Outside(a_room(target)).erased() == [house.person.candidate.id]


async def test_reminders_are_void_their_copies_stay_and_nobody_is_signed_in(
    house: House, same_kind: str, tmp_path: Path
) -> None:
    bruno = await new_candidate(house.person.provider, house.person.bot, "Bruno", 4321, NOW)
    reminder = await Reminder.create(
        candidate_id=bruno.id,
        clock_start=NOW,
        due=date(2027, 1, 1),
        owed_at=NOW,
        accepted_at=NOW,
        promised=date(2027, 1, 8),
    )
    copy = await Notice.create(
        provider_id=bruno.provider_id,
        candidate_id=bruno.id,
        channel="mail",
        kind="deletion_reminder",
        facts={"reminder": reminder.id, "date": "2027-01-08", "kind": "incomplete"},
        unique_key="copy",
        owed_at=NOW,
        not_before=NOW,
        message_id="<copy@example.org>",
    )
    await Session.create(
        id="s" * 64,
        operator_id=(house.person.made["operator"]).pk,
        created_at=NOW,
        seen_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )
    await save(house.settings, tmp_path / "all.tar")
    await bring_back(house.elsewhere(same_kind, f"file://{tmp_path}/new"), tmp_path / "all.tar")
    assert not await Reminder.exists(void_at=None)
    assert (await Reminder.get(id=reminder.id)).promised == date(2027, 1, 8), "told is told"
    assert (await Notice.get(id=copy.id)).state == "void", "a copy of before never leaves"
    assert await Event.exists(candidate_id=bruno.id, kind="reminder_void")
    assert not await Session.exists()


async def test_an_installation_that_never_worked_is_warned_of_nothing(
    house: House, same_kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await Installation.filter(key=restores.BEAT).delete()
    await save(house.settings, tmp_path / "all.tar")
    capsys.readouterr()
    await bring_back(house.elsewhere(same_kind, f"file://{tmp_path}/new"), tmp_path / "all.tar")
    assert "WARNING" not in capsys.readouterr().out
