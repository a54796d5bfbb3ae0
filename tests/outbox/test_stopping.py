"""A worker that is told to end: what is in hand is finished, the rest is left as it was."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from jobs.engine import Engine
from jobs.halt import Halt
from jobs.messenger import Messenger
from jobs.pace import Pace
from jobs.queue import Ringer, serve
from models.tables import Chat, Notice
from rules.vocabulary import Channel
from sandbox.client import Phone, Sandbox
from tests.outbox.test_news import heard, said
from tests.outbox.world import House
from tests.servers import Mailbox

MAIL = (Channel.MAIL,)


async def in_hand(smtp: Mailbox) -> None:
    """Until the mail server has the whole of a mail, and has not answered."""
    async with asyncio.timeout(20):
        while not smtp.held:
            await asyncio.sleep(0.02)


async def test_the_mail_in_hand_is_finished_and_no_other_is_begun(
    house: House, smtp: Mailbox, redis_url: str
) -> None:
    person = await house.person()
    for _ in range(3):
        await house.owe(person, channels=MAIL)
    halt = Halt()
    engine = Engine({Channel.MAIL: house.post(smtp.url, halt=halt).drain}, halt)
    smtp.hold = 0.5
    ringer = Ringer(redis_url)
    arq = asyncio.create_task(serve(redis_url, engine.kinds, engine.look))
    ringer.ring(Channel.MAIL)
    await in_hand(smtp)

    engine.begin_stop()
    arq.cancel()  # its jobs with it: the work is not theirs to end
    with suppress(asyncio.CancelledError):
        await arq
    await engine.stop()
    await ringer.close()
    assert len(smtp.messages) == 1
    assert await Notice.filter(state="accepted").count() == 1
    assert await Notice.filter(state="owed", lease_by=None).count() == 2

    smtp.hold = 0
    await house.post(smtp.url).drain()
    assert len({one.id for one in smtp.messages}) == len(smtp.messages) == 3


async def test_the_message_in_hand_is_finished_and_the_chat_given_back(
    house: House, messenger: Messenger, amina: Phone, sandbox: Sandbox
) -> None:
    person = await house.person(user_id=amina.id)
    for number in range(3):
        await said(house, person, f"no {number}")
    engine = Engine({Channel.CHAT: messenger.drain}, messenger.halt)
    await sandbox.fault("delay", chat=amina.id, method="sendMessage", seconds=1)
    engine.start()
    async with asyncio.timeout(20):
        while not await Notice.filter(lease_by__not_isnull=True).exists():
            await asyncio.sleep(0.02)
    await engine.stop()
    assert len(await heard(amina)) == 1
    assert await Notice.filter(state="accepted").count() == 1
    assert not await Chat.filter(lease_by__not_isnull=True).exists()

    messenger.halt.called = False
    await messenger.drain()
    assert [one.rsplit("✉️ ", 1)[-1] for one in await heard(amina)] == ["no 0", "no 1", "no 2"]


async def test_a_chat_with_much_to_hear_lets_others_go_first(
    house: House, messenger: Messenger, amina: Phone, sandbox: Sandbox
) -> None:
    bruno = await sandbox.phone("Bruno", "Keller", language_code="fr")
    await bruno.open("douceur_bot")
    one = await house.person(user_id=amina.id)
    other = await house.person("Bruno", user_id=bruno.id)
    for number in range(8):
        await said(house, one, f"no {number}")
    await said(house, other, "vous")
    messenger.pace = Pace(per_chat=5, burst=3)
    await messenger.drain()
    assert len(await heard(bruno)) == 1, "nobody waits for somebody else's pace"
    async with asyncio.timeout(30):
        while await Notice.filter(state="owed").exists():
            house.clock.forward(seconds=1)
            await asyncio.sleep(0.2)
            await messenger.drain()
    words = [text.rsplit("✉️ ", 1)[-1] for text in await heard(amina)]
    assert words == [f"no {number}" for number in range(8)], "in order, each once"


async def test_a_chat_that_telegram_is_slow_with_holds_up_nobody(
    house: House, messenger: Messenger, amina: Phone, sandbox: Sandbox
) -> None:
    bruno = await sandbox.phone("Bruno", "Keller", language_code="fr")
    await bruno.open("douceur_bot")
    await said(house, await house.person(user_id=amina.id), "lente")
    await said(house, await house.person("Bruno", user_id=bruno.id), "vous")
    await sandbox.fault("delay", chat=amina.id, method="sendMessage", seconds=6)
    work = asyncio.create_task(messenger.drain())
    await bruno.wait_for("vous", timeout=20)
    assert await heard(amina) == [], "her message is still on its way"
    assert await work == 2
    assert len(await heard(amina)) == 1
