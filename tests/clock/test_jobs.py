"""The job around the clock: its rounds, Telegram's queue, restores, and what it forgets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from actions import restores
from actions.decisions import finalise_due
from actions.deeds import SYSTEM
from actions.erasure import Reason, erase
from actions.outages import note_started
from bot.send import Sender
from jobs import clock as job
from jobs.context import Workshop
from jobs.rounds import Rounds
from models.tables import (
    Bot,
    Candidate,
    ClockRun,
    Installation,
    KeptUpdate,
    LedgerEntry,
    Notice,
    Operator,
    Provider,
    Session,
    Token,
    Tombstone,
)
from rules.vocabulary import Outcome
from sandbox.app import BotSpec, Server, start
from sandbox.client import Phone, Sandbox
from sandbox.delivery import Timing
from settings import Settings
from store.outside import Outside
from store.room import Room, StoreDown
from tests.clock.test_erasure import MARK, bytes_found, marked
from tests.clock.world import World, new_candidate

TOKEN = "424242:AAE-made-up-token"
START = datetime(2026, 11, 1, 9, tzinfo=UTC)
DUE = datetime(2026, 12, 16, 3, tzinfo=UTC)
"""04:00 in Paris on D, when somebody acted last on 1 November and nobody is warned."""
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def telegram() -> AsyncIterator[Server]:
    """A local Telegram with Douceur & Cie's bot."""
    bots = [BotSpec(TOKEN, "Douceur", "douceur_bot")]
    async with await start(bots=bots, timing=Timing(0.02, 0.1, 5.0)) as running:
        yield running


@pytest.fixture
async def workshop(telegram: Server, store: Room, tmp_path: Path) -> AsyncIterator[Workshop]:
    """A worker's workshop."""
    settings = Settings.from_environment(
        {"TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API_URL": telegram.url, "DATA_DIR": f"{tmp_path}/data"}
    )
    sender = Sender(telegram.url, TOKEN)
    yield Workshop(settings, sender)
    await sender.close()


@pytest.fixture
async def amina(database: str) -> World:
    """Amina acted last on 1 November; nobody is warned before the deletion."""
    made = await World.at(START, "Europe/Paris", 45, 0)
    await ClockRun.all().update(local_date=DUE.date() - timedelta(days=1))
    await note_started(DUE - timedelta(hours=1))
    return made


@pytest.fixture
async def phone(telegram: Server) -> AsyncIterator[Phone]:
    """Somebody's phone."""
    async with Sandbox(telegram.url) as sandbox:
        made = await sandbox.phone("Amina", "Benali")
        await made.open("douceur_bot")
        yield made


async def test_the_job_deletes_who_is_due_once_telegrams_queue_was_empty(
    amina: World, workshop: Workshop
) -> None:
    await job.run_due(workshop, DUE - 20 * MINUTE)
    assert (await Bot.get()).queue_empty_at == DUE - 20 * MINUTE
    await job.run_due(workshop, DUE - MINUTE)
    assert await Candidate.exists()
    await job.run_due(workshop, DUE)
    assert (await Tombstone.get()).reason == "automatic"


async def test_the_job_spares_who_may_have_acted_while_nobody_listened(
    amina: World, workshop: Workshop, phone: Phone
) -> None:
    await job.run_due(workshop, DUE - 20 * MINUTE)
    await phone.send("Je suis là !")
    await job.run_due(workshop, DUE)
    assert await Candidate.exists()
    assert (await Bot.get()).queue_empty_at is None
    run = await ClockRun.get(local_date=DUE.date())
    assert run.finished_at is None, "it looks again"


async def test_a_telegram_that_does_not_answer_lets_nobody_be_deleted(
    amina: World, workshop: Workshop, telegram: Server
) -> None:
    await job.run_due(workshop, DUE - 20 * MINUTE)
    async with Sandbox(telegram.url) as sandbox:
        await sandbox.fault(kind="502", method="getWebhookInfo", times=2)
        await job.run_due(workshop, DUE)
    assert await Candidate.exists()
    await job.run_due(workshop, DUE + MINUTE)
    assert await Candidate.exists(), "the queue must have been empty for a while"
    await job.run_due(workshop, DUE + 17 * MINUTE)
    assert not await Candidate.exists()


async def test_a_store_that_does_not_answer_puts_the_deletion_off(
    amina: World, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await job.run_due(workshop, DUE - 20 * MINUTE)

    async def away(_: Outside) -> int:
        raise StoreDown

    with monkeypatch.context() as broken:
        broken.setattr(Outside, "last_beat", away)
        with pytest.raises(StoreDown):
            await job.run_due(workshop, DUE)
    assert await Candidate.exists()
    await job.run_due(workshop, DUE + MINUTE)
    assert not await Candidate.exists()


async def test_a_store_that_does_not_answer_holds_up_no_reminder(
    amina: World, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Provider.all().update(reminder_days=7)
    person = await Candidate.get()
    bruno = await new_candidate(await amina.provider(), amina.bot, "Bruno", 1002, START)
    await job.run_due(workshop, DUE - 20 * MINUTE)

    async def away(_: Outside) -> int:
        raise StoreDown

    with monkeypatch.context() as broken:
        broken.setattr(Outside, "last_beat", away)
        with pytest.raises(StoreDown):  # the round that looks at the store says so
            await job.run_due(workshop, DUE)
    assert await Notice.filter(kind="deletion_reminder", candidate_id=bruno.id).exists()
    assert await Candidate.exists(id=person.id)


async def test_a_decision_that_became_final_with_an_empty_bin_is_carried_out(
    amina: World, workshop: Workshop
) -> None:
    await amina.configure(START, bin_days=0)
    await amina.decide(START, Outcome.BIN, 5)
    assert await finalise_due(START + 4 * MINUTE) == 0
    await job.run_due(workshop, START + 4 * MINUTE)
    assert (await amina.candidate()).status == "incomplete"
    assert await finalise_due(START + 5 * MINUTE) == 1
    await job.run_due(workshop, START + 5 * MINUTE)
    assert (await Tombstone.get()).last_status == "binned"
    kinds = {one.kind for one in await Notice.all()}
    assert "final_rejection" in kinds, "it still leaves"


async def test_a_round_that_fails_does_not_hold_up_the_others(
    amina: World, workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await amina.configure(START, bin_days=0)
    await amina.decide(START, Outcome.BIN)

    async def away(_: Outside) -> int:
        raise StoreDown

    monkeypatch.setattr(Outside, "last_beat", away)
    with pytest.raises(StoreDown):
        await job.run_due(workshop, START + MINUTE)
    assert await Tombstone.exists()


async def test_what_has_an_end_is_forgotten(amina: World, workshop: Workshop) -> None:
    now = START + timedelta(days=100)
    bot, odile = amina.bot, await Operator.get()
    old, new = now - timedelta(days=8), now - timedelta(days=6)
    for number, at in ((1, old), (2, new)):
        await LedgerEntry.create(bot_id=bot.id, update_id=number, received_at=at)
    for number, days in ((1, 15), (2, 13)):
        await KeptUpdate.create(
            bot_id=bot.id,
            update_id=number,
            payload="",
            error="",
            kept_at=now - timedelta(days=days),
        )
    for name, end in (("gone", now), ("here", now + MINUTE)):
        await Session.create(
            id=name, operator_id=odile.id, created_at=old, seen_at=old, expires_at=end
        )
    for name, days in (("gone", 90), ("here", 89)):
        end = now - timedelta(days=days)
        await Token.create(digest=name, kind="reset", created_at=end, expires_at=end)
    await job.forget(workshop, now)
    assert [one.update_id for one in await LedgerEntry.all()] == [2]
    assert [one.update_id for one in await KeptUpdate.all()] == [2]
    assert [one.id for one in await Session.all()] == ["here"]
    assert [one.digest for one in await Token.all()] == ["here"]


async def test_after_an_erasure_the_job_leaves_no_byte_in_the_log(
    database: str, workshop: Workshop, tmp_path: Path, backend: str
) -> None:
    person = await marked()
    await erase(person.candidate.id, Reason.AGAIN, SYSTEM, START)
    await job.run_due(workshop, START)
    await job.run_due(workshop, START + MINUTE)
    if backend == "sqlite":
        assert bytes_found(tmp_path, MARK) == []
    assert workshop.rounds.erased == 1


# Restores.


async def go_back_in_time() -> None:
    """What the restored backup says: three beats only."""
    await Installation.filter(key=restores.BEAT).update(value={"number": 3})


async def test_a_restored_database_is_noticed_and_the_erased_are_erased_again(
    amina: World, workshop: Workshop, store: Room
) -> None:
    bruno = await new_candidate(await amina.provider(), amina.bot, "Bruno", 1002, START)
    await erase(bruno.id, Reason.OWN_WISH, SYSTEM, START)
    for number in range(5):
        await job.watch_for_restore(workshop, START + number * MINUTE)
    assert await Outside(store).erased() == [bruno.id]
    await go_back_in_time()
    await Candidate.create(
        id=amina.candidate_id[::-1],
        provider_id=amina.provider_id,
        created_at=START,
        status_since=START,
        clock_start=START,
    )
    await Outside(store).note_erased(amina.candidate_id[::-1])
    await job.watch_for_restore(workshop, START + timedelta(hours=1))
    assert (await amina.provider()).clock_waits_for == "restore"
    assert not await Candidate.exists(id=amina.candidate_id[::-1])
    assert await Candidate.exists(id=amina.candidate_id)
    await Provider.all().update(clock_waits_for=None)
    await job.watch_for_restore(workshop, START + timedelta(hours=2))
    assert (await amina.provider()).clock_waits_for is None, "noticed once"


async def test_a_restored_database_deletes_nobody_that_night(
    amina: World, workshop: Workshop
) -> None:
    for number in range(5):
        await job.watch_for_restore(workshop, START + number * MINUTE)
    await job.look_at_queues(workshop, DUE - 20 * MINUTE)
    await go_back_in_time()
    await job.nightly(workshop, DUE)
    assert await Candidate.exists()


async def test_a_new_database_beside_an_old_store_is_no_restore(
    amina: World, workshop: Workshop, store: Room
) -> None:
    await Outside(store).beat(700)
    await job.watch_for_restore(workshop, START)
    assert (await amina.provider()).clock_waits_for is None


async def test_two_workers_beating_at_once_are_no_restore(
    amina: World, workshop: Workshop, store: Room
) -> None:
    first = await restores.beat()
    second = await restores.beat()
    await Outside(store).beat(second)
    await Outside(store).beat(first)
    await job.watch_for_restore(workshop, START)
    assert (await amina.provider()).clock_waits_for is None


def test_a_round_is_due_at_once_then_after_its_time_and_when_time_went_back() -> None:
    rounds = Rounds()
    assert rounds.due("a", MINUTE, START)
    assert not rounds.due("a", MINUTE, START + timedelta(seconds=59))
    assert rounds.due("b", MINUTE, START), "each by itself"
    assert rounds.due("a", MINUTE, START + MINUTE)
    assert rounds.due("a", MINUTE, START - timedelta(hours=1))
