"""Who was erased stands outside the database as soon as the erasure is committed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from actions import outside, restores
from actions.bin import empty_due
from actions.deeds import SYSTEM
from actions.erasure import Reason, erase, erase_held, hold
from models import database as ours
from models.tables import Candidate, Tombstone
from store.outside import Outside
from store.room import Room, use_room
from store.sealing import Keyring
from tests.clock.world import World, new_candidate

NOW = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
async def amina(database: str) -> World:
    """Amina, at Douceur & Cie."""
    return await World.at(NOW, "Europe/Paris", 45, 0)


async def test_an_erasure_is_noted_when_it_is_over_not_five_minutes_later(
    amina: World, store: Room
) -> None:
    """As in a web process, where no worker's round is ever made."""
    bruno = await new_candidate(await amina.provider(), amina.bot, "Bruno", 1002, NOW)
    await Candidate.filter(id=bruno.id).update(status="binned", erase_at=NOW)
    await erase(amina.candidate_id, Reason.OWN_WISH, SYSTEM, NOW)
    assert await Outside(store).erased() == [amina.candidate_id]
    assert await empty_due(NOW) == 1
    assert set(await Outside(store).erased()) == {amina.candidate_id, bruno.id}


async def test_an_erasure_that_rolls_back_is_noted_nowhere(amina: World, store: Room) -> None:
    async def erase_and_fail() -> None:
        async with ours.transaction():
            await erase_held(await hold(amina.candidate_id), Reason.OWN_WISH, SYSTEM, NOW)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        await erase_and_fail()
    assert await Candidate.exists(id=amina.candidate_id)
    assert await Outside(store).erased() == []


async def test_a_store_that_is_away_holds_up_no_erasure(
    amina: World, keys: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outside, "PATIENCE", 0.5)
    url = "s3+http://a:b@127.0.0.1:9/bucket"
    use_room(Room(url, keys, ours.refuse_inside_transaction))
    began = time.monotonic()
    await erase(amina.candidate_id, Reason.OWN_WISH, SYSTEM, NOW + timedelta(hours=1))
    assert time.monotonic() - began < 5
    assert not await Candidate.exists(id=amina.candidate_id)
    assert (await Tombstone.get()).candidate_id == amina.candidate_id
    ids, _ = await restores.erased_lately(0)
    assert ids == [amina.candidate_id], "the worker's round finds it there"
