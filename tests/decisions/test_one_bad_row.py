"""One row that cannot be worked on holds up nobody else, in the loops over what is due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from actions import restores
from actions.apart import REST, Resting
from actions.bin import empty_due
from actions.decisions import finalise_due
from actions.removals import sweep_removals
from actions.requirements.asking import finish_asking
from models import database as ours
from models.tables import Candidate, Decision, Provider, StoredFile
from rules.vocabulary import DecisionState
from store.room import Room
from store.sealing import Keyring, use_keyring
from tests.decisions.conftest import House

KEYS = Keyring({"k1": b"k" * 32})


@pytest.fixture(autouse=True)
def keys() -> None:
    """The installation's keys: a proof of erasure is sealed."""
    use_keyring(KEYS)


async def spoil(table: str, row_id: str) -> None:
    """From now on the database refuses to delete this one row: no passing trouble."""
    if ours.dialect() == "sqlite":
        await ours.rows(
            f"CREATE TRIGGER spoilt BEFORE DELETE ON {table} WHEN OLD.id = '{row_id}' "
            "BEGIN SELECT RAISE(ABORT, 'spoilt'); END"
        )
        return
    await ours.rows(
        "CREATE OR REPLACE FUNCTION spoilt() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'spoilt'; END $$"
    )
    await ours.rows(
        f"CREATE TRIGGER spoilt BEFORE DELETE ON {table} FOR EACH ROW "
        f"WHEN (OLD.id = '{row_id}') EXECUTE FUNCTION spoilt()"
    )


async def mend(table: str) -> None:
    """The row is as good as every other."""
    on = "" if ours.dialect() == "sqlite" else f" ON {table}"
    await ours.rows(f"DROP TRIGGER spoilt{on}")


async def test_a_decision_that_cannot_take_effect_holds_up_no_other(house: House) -> None:
    delay = timedelta(minutes=5)
    taken = []
    for name in ("Amina", "Bruno", "Chloé"):
        person = await house.candidate(name)
        taken.append(await house.decides(person, "accept", reason="Vue.", delay=delay))
        house.later(seconds=1)
    await Decision.filter(id=taken[0].id).update(outcome="postpone")
    house.later(hours=5)
    resting = Resting()
    assert await finalise_due(house.now, resting) == 2
    assert (await Decision.get(id=taken[0].id)).state == DecisionState.PENDING
    assert resting.those(house.now) == {taken[0].id}, "not tried again every second"
    await Decision.filter(id=taken[0].id).update(outcome="accept")
    assert await finalise_due(house.now, resting) == 0
    assert await finalise_due(house.now + REST, resting) == 1
    assert resting.those(house.now + REST) == frozenset()


async def test_somebody_who_cannot_be_erased_keeps_nobody_else_in_the_bin(house: House) -> None:
    people = [await house.candidate(name, "binned") for name in ("Amina", "Bruno", "Chloé")]
    for number, person in enumerate(people):
        due = house.now + timedelta(seconds=number)
        await Candidate.filter(id=person.id).update(erase_at=due)
    await spoil("candidate", people[0].id)
    house.later(days=3)
    assert await empty_due(house.now) == 2
    assert [one.id for one in await Candidate.all()] == [people[0].id]
    await mend("candidate")
    assert await empty_due(house.now) == 1


async def test_an_erasure_of_before_a_restore_is_tried_until_it_is_done(house: House) -> None:
    people = [await house.candidate(name) for name in ("Amina", "Bruno", "Chloé")]
    erased = sorted(one.id for one in people)
    await spoil("candidate", erased[0])
    assert await restores.recover([*erased, "neverheardofhim"], 7, house.now) == 2
    assert await restores.last_beat() == 8, "the database counts on"
    assert await restores.erase_again(erased, house.now) == (0, {erased[0]})
    await mend("candidate")
    assert await restores.erase_again({erased[0]}, house.now) == (1, frozenset())
    assert not await Candidate.exists()


async def test_a_stored_file_that_cannot_be_removed_holds_up_no_other(
    house: House, tmp_path: Path
) -> None:
    for name in ("file-a", "file-b", "file-c"):
        await StoredFile.create(
            id=name,
            state="removing",
            key="",
            content_type="image/png",
            size=1,
            sha256="",
            created_at=house.now,
            due_at=house.now,
        )
    store = Room(f"file://{tmp_path}/store", KEYS, ours.refuse_inside_transaction)
    await spoil("stored_file", "file-a")
    assert await sweep_removals(store, house.now) == 2
    await mend("stored_file")
    assert await sweep_removals(store, house.now) == 1


async def test_somebody_who_cannot_be_asked_holds_up_no_other(house: House) -> None:
    people = [await house.candidate(name, "incomplete") for name in ("Amina", "Bruno", "Chloé")]
    odd = min(one.id for one in people)
    await Candidate.filter(id=odd).update(work_status="of_tomorrow")
    version = people[0].requirements_version + 1
    await Provider.filter(id=house.provider.id).update(
        requirements_version=version, asking_up_to=version
    )
    resting = Resting()
    assert await finish_asking(house.now, resting) == 2
    assert await finish_asking(house.now, resting) == 0
    assert (await Provider.get(id=house.provider.id)).asking_up_to == version, "not over yet"
    await Candidate.filter(id=odd).update(work_status="independent")
    assert await finish_asking(house.now + REST, resting) == 1
    assert (await Provider.get(id=house.provider.id)).asking_up_to is None
