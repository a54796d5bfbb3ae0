"""Several bots of one provider: a person's space follows them, whichever link they come by."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from actions.deeds import Actor
from actions.outages import deletion_allowed, note_queue, note_started
from actions.own_bots import connect_own_bot, take_back
from bot.door import Answer
from models.reads.bots import bot_of, present_bot
from models.reads.retention import retained
from models.tables import Bot, Candidate, Chat, Event, Notice, Provider
from rules.bots import BotInUse, Met, NoSuchBot
from rules.vocabulary import ActorKind
from sandbox.app import BotSpec, Server, start
from sandbox.delivery import Timing
from tests.bot.conftest import TOKEN, USERNAME, House, Person, link
from tests.bot.journeys import begin

OWN_TOKEN, OWN = "5555:AAE-own-made-up-token", "own_bot"
ODILE = Actor(ActorKind.OPERATOR, "o" * 16, "Odile")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    """A sandbox with the shared bot, and one that a provider made."""
    bots = [BotSpec(TOKEN, "Douceur", USERNAME), BotSpec(OWN_TOKEN, "Own", OWN)]
    async with await start(bots=bots, timing=Timing(0.02, 0.1, 5.0)) as running:
        yield running


async def version_of(provider: Provider) -> int:
    return (await Provider.get(id=provider.id)).settings_version


async def connect(provider: Provider, token: str = OWN_TOKEN, username: str = OWN) -> Bot:
    met = Met(int(token.partition(":")[0]), username)
    return await connect_own_bot(
        provider.id, met, token, await version_of(provider), ODILE, datetime.now(UTC)
    )


async def leave(provider: Provider, bot: Bot) -> Bot:
    version = await version_of(provider)
    return await take_back(provider.id, bot.id, version, ODILE, datetime.now(UTC))


async def by(person: Person, bot: Bot, payload: str) -> str:
    """Open a link of this bot; what it says."""
    house = replace(person.house, bot=bot, offset=0)
    await person.phone.open(bot.username, payload)
    while batch := await house.door.sender.updates(bot, house.offset, 0):
        for update in batch:
            assert await house.door.handle(bot, update) is Answer.DONE
            house.offset = update["update_id"] + 1
    return (await person.last()).text


async def test_new_people_come_by_the_own_bot_and_others_stay(
    amina: Person, bruno: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    own = await connect(douceur)
    assert (await present_bot(douceur.id)) == own
    await by(bruno, own, await link(douceur))
    assert (await bruno.candidate(douceur)).bot_id == own.id
    assert "Prénom" in (await amina.say("/infos")).text, "her chat goes on with the shared bot"
    assert (await amina.candidate(douceur)).bot_id == amina.house.bot.id


async def test_a_link_of_another_bot_brings_the_space_along(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await amina.say("Amina")
    before = await amina.candidate(douceur)
    own = await connect(douceur)
    said = await by(amina, own, await link(douceur))
    assert "Nom" in said
    assert "Prénom" not in said, "she goes on where she was"
    after = await amina.candidate(douceur)
    assert (after.id, after.bot_id, await Candidate.all().count()) == (before.id, own.id, 1)
    line = await Event.filter(kind="bot_changed").get()
    assert (line.before, line.after) == (f"@{USERNAME}", f"@{OWN}")
    left = await Chat.get(bot_id=amina.house.bot.id, user_id=amina.phone.id)
    assert left.candidate_id is None
    await by(amina, own, await link(douceur))
    assert await Event.filter(kind="bot_changed").count() == 1


async def test_what_is_owed_follows(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    candidate, now = await amina.candidate(douceur), datetime.now(UTC)
    old = await Chat.get(user_id=amina.phone.id)
    await Notice.create(
        provider_id=douceur.id,
        candidate_id=candidate.id,
        chat_id=old.id,
        channel="chat",
        kind="kept",
        unique_key="k",
        owed_at=now,
        not_before=now,
        message_id="m",
    )
    own = await connect(douceur)
    await by(amina, own, await link(douceur))
    fresh = await Chat.get(bot_id=own.id, user_id=amina.phone.id)
    assert (await Notice.get(unique_key="k")).chat_id == fresh.id


async def test_a_mailed_link_brings_the_space_along(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    candidate = await amina.candidate(douceur)
    own = await connect(douceur)
    assert "Prénom" in await by(amina, own, f"c-{candidate.id}")
    assert (await amina.candidate(douceur)).bot_id == own.id


async def test_nobody_elses_space_and_no_other_providers_moves(
    amina: Person, bruno: Person, douceur: Provider, vert: Provider
) -> None:
    await begin(amina, douceur)
    theirs = await amina.candidate(douceur)
    own = await connect(vert)
    assert "not known here" in await by(bruno, own, f"c-{theirs.id}")
    assert "n’est pas connu" in await by(amina, own, f"c-{theirs.id}")
    assert "n’est pas connu" in await by(amina, own, await link(douceur))
    assert (await amina.candidate(douceur)).bot_id == amina.house.bot.id


async def test_a_bot_taken_back_leaves_mail_and_any_link_as_ways(
    amina: Person, douceur: Provider, house: House
) -> None:
    own = await connect(douceur)
    await by(amina, own, await link(douceur))
    await by(amina, own, "")
    gone = await leave(douceur, own)
    candidate = await amina.candidate(douceur)
    assert (gone.token, (await present_bot(douceur.id)).id) == (None, house.bot.id)
    assert (await bot_of(candidate)).id == house.bot.id, "links in mails lead to the shared bot"
    assert not (await retained(candidate)).chat_reachable
    with pytest.raises(NoSuchBot):
        await leave(douceur, own)
    await amina.follow(await link(douceur))
    moved = await amina.candidate(douceur)
    assert (moved.id, moved.bot_id) == (candidate.id, house.bot.id)
    assert (await retained(moved)).chat_reachable


async def test_the_same_bot_again_opens_its_chats_again(
    amina: Person, bruno: Person, douceur: Provider
) -> None:
    own = await connect(douceur)
    for person in (amina, bruno):
        await by(person, own, await link(douceur))
    blocked = datetime(2026, 1, 1, tzinfo=UTC)
    await Chat.filter(user_id=bruno.phone.id).update(blocked_at=blocked)
    await leave(douceur, own)
    again = await connect(douceur)
    assert again.id == own.id
    assert (await Chat.get(user_id=amina.phone.id)).blocked_at is None
    assert (await Chat.get(user_id=bruno.phone.id)).blocked_at == blocked, "his own wish stays"


async def test_another_own_bot_leaves_the_first_ones_chats_open(
    amina: Person, douceur: Provider
) -> None:
    first = await connect(douceur)
    await by(amina, first, await link(douceur))
    second = await connect(douceur, "6666:AAE-made-up-second", "second_bot")
    assert (await present_bot(douceur.id)).id == second.id
    kept = await Bot.get(id=first.id)
    assert kept.token is not None
    assert kept.retired_at is not None
    assert (await bot_of(await amina.candidate(douceur))).id == first.id


async def test_a_bot_serves_one_provider(douceur: Provider, vert: Provider, house: House) -> None:
    await connect(vert)
    with pytest.raises(BotInUse):
        await connect(douceur)
    with pytest.raises(BotInUse):
        await connect(douceur, TOKEN, USERNAME)
    assert await Bot.all().count() == 2


async def test_a_bot_taken_back_holds_up_no_deletion(
    amina: Person, douceur: Provider, house: House
) -> None:
    """Nobody can act there any more, so there is no queue to wait for."""
    start_of_all = datetime(2026, 1, 1, tzinfo=UTC)
    later = datetime(2026, 1, 2, tzinfo=UTC)
    own = await connect(douceur)
    await note_started(start_of_all)
    await note_queue(house.bot.id, 0, start_of_all)
    assert not (await deletion_allowed(later))(own.id)
    await leave(douceur, own)
    assert (await deletion_allowed(later))(own.id)
    await note_queue(house.bot.id, 3, later)
    assert not (await deletion_allowed(later))(own.id)
