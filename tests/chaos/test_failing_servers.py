"""Redis, PostgreSQL, the mail server and Telegram fail while people write; nothing is lost."""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from actions.deeds import SYSTEM, deed
from models.tables import Bot, Candidate, Chat, LedgerEntry, Message, Notice
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from sandbox.client import Phone, Sandbox
from tests.chaos.site import Site, quiet, write
from tests.figures import Figures, Record
from tests.servers import Mailbox, postgres_server, redis_server

PEOPLE, TEXTS = 4, 12
FACTS = {"comment": "Merci !", "items": []}


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 150) -> float:
    """Wait for something; the seconds."""
    began = time.monotonic()
    async with asyncio.timeout(seconds):
        while not await holds():
            await asyncio.sleep(0.05)
    return time.monotonic() - began


async def missing(phones: list[Phone], texts: int) -> int:
    """Messages that people wrote and no operator will read."""
    lost = 0
    for phone in phones:
        person = await Candidate.get(telegram_id=phone.id)
        found = await Message.filter(candidate_id=person.id, operator_id=None).order_by("id")
        written = [one.text for one in found]
        assert len(set(written)) == len(written), "an effect twice"
        assert written == sorted(written, key=lambda text: int(text.split()[1])), "out of order"
        lost += texts - len(written)
    return lost


async def owe_mails(phones: list[Phone], count: int) -> None:
    """Letters that ask for corrections, to an address for each."""
    for phone in phones:
        person = await Candidate.get(telegram_id=phone.id)
        email = f"a{phone.id}@example.org"
        await Candidate.filter(id=person.id).update(email=email, status="to_correct")
        for number in range(count):
            async with deed(person.id, SYSTEM, datetime.now(UTC)) as doing:
                await doing.owe(
                    NoticeKind.CORRECTIONS, FACTS, once=str(number), channels=(Channel.MAIL,)
                )


async def nothing_owed() -> bool:
    return not await Notice.filter(state="owed").exists()


async def test_redis_absent_at_the_start_flushed_and_killed(
    site: Site, smtp: Mailbox, record_property: Record
) -> None:
    with redis_server() as redis:
        redis.kill()
        site.environment |= {"REDIS_URL": redis.url, "SMTP_URL": smtp.url}
        await site.start()
        phones = await site.visitors(PEOPLE)
        await write(phones, 0, TEXTS)
        redis.start()
        writing = asyncio.create_task(write(phones, TEXTS, TEXTS))
        await owe_mails(phones, 5)
        for _ in range(10):
            redis.flush()
            await asyncio.sleep(0.05)
        redis.kill()
        await owe_more(phones)
        await writing
        await asyncio.sleep(5)
        redis.start()
        seconds = max(await quiet(phones), await until(nothing_owed))
    sent = Counter(mail.id for mail in smtp.messages)
    lost = await missing(phones, 2 * TEXTS) + PEOPLE * 6 - len(sent)
    doubled = sum(sent.values()) - len(sent)
    Figures(kills=1, lost=lost, doubled=doubled, seconds=seconds).tell(record_property)
    assert (lost, doubled) == (0, 0)


async def owe_more(phones: list[Phone]) -> None:
    for phone in phones:
        person = await Candidate.get(telegram_id=phone.id)
        async with deed(person.id, SYSTEM, datetime.now(UTC)) as doing:
            facts = {"comment": "Encore", "items": []}
            await doing.owe(NoticeKind.CORRECTIONS, facts, once="m", channels=(Channel.MAIL,))


async def test_the_mail_server_says_later_no_hangs_up_and_is_away(
    site: Site, smtp: Mailbox, record_property: Record
) -> None:
    site.environment |= {"SMTP_URL": smtp.url}
    await site.start()
    phones = await site.visitors(PEOPLE)
    gone = f"a{phones[0].id}@example.org"
    smtp.refuse("550 no such user", gone)
    smtp.refuse("451 greylisted", times=6)
    smtp.lose_connection_after_data(2)
    await owe_mails(phones, 4)
    seconds = await until(nothing_owed, 240)
    sent = Counter(mail.id for mail in smtp.messages)
    failed = await Notice.filter(channel="mail", state="failed").count()
    accepted = await Notice.filter(channel="mail", state="accepted").count()
    doubled = sum(sent.values()) - len(sent)
    lost = PEOPLE * 4 - len(sent) - failed
    Figures(lost=lost, doubled=doubled, seconds=seconds).tell(record_property)
    assert lost == 0
    assert failed == 4, "refused for good: shown as such, not tried again"
    assert accepted == len(sent) == (PEOPLE - 1) * 4
    assert doubled <= smtp.connections_lost


async def test_telegram_asks_one_chat_then_everybody_to_wait(
    site: Site, telegram: Sandbox, record_property: Record
) -> None:
    await site.start()
    phones = await site.visitors(PEOPLE)
    await telegram.forget_records()
    slow = phones[0]
    await telegram.fault("429", chat=slow.id, method="sendMessage", retry_after=4)
    began = time.monotonic()
    await tell(phones, "un")
    for phone in phones[1:]:
        await phone.wait_for("un 5", timeout=20)
    others = time.monotonic() - began
    await slow.wait_for("un 5", timeout=30)
    calls = await telegram.calls("sendMessage", slow.id)
    refused = next(one for one in calls if one["status"] == 429)
    after = [one["time"] - refused["time"] for one in calls if one["time"] > refused["time"]]
    await telegram.fault("429", method="sendMessage", retry_after=4)
    await tell(phones, "deux")
    for phone in phones:
        await phone.wait_for("deux 5", timeout=40)
    every = await telegram.calls("sendMessage")
    everybody = next(one for one in reversed(every) if one["status"] == 429)
    chat = [one for one in every if one["chat"] == everybody["chat"]]
    again = [one["time"] - everybody["time"] for one in chat if one["time"] > everybody["time"]]
    heard = [[m.text for m in await phone.messages() if m.from_bot] for phone in phones]
    words = [f"{word} {number}" for word in ("un", "deux") for number in range(6)]
    said = [[w for text in one for w in words if w in text] for one in heard]
    lost = sum(len(set(words) - set(one)) for one in said)
    doubled = sum(len(one) - len(set(one)) for one in said)
    seconds = time.monotonic() - began
    Figures(lost=lost, doubled=doubled, seconds=seconds).tell(record_property)
    assert min(after) >= 4
    assert min(again) >= 4
    assert others < 15, "the others did not wait for that chat"
    assert said == [words] * PEOPLE, "in order, once"


async def tell(phones: list[Phone], word: str) -> None:
    """Six messages from the operator to everybody."""
    for phone in phones:
        person = await Candidate.get(telegram_id=phone.id)
        for number in range(6):
            async with deed(person.id, SYSTEM, datetime.now(UTC)) as doing:
                message = await Message.create(
                    candidate_id=person.id, text=f"{word} {number}", at=datetime.now(UTC)
                )
                facts = {"message_id": message.id}
                await doing.owe(
                    NoticeKind.MESSAGE, facts, once=str(message.id), channels=(Channel.CHAT,)
                )


async def test_telegram_breaks_in_every_way_and_a_person_blocks(
    site: Site, telegram: Sandbox, record_property: Record
) -> None:
    await site.start()
    phones = await site.visitors(PEOPLE)
    for kind, phone in zip(("502", "reset", "500", "delay"), phones, strict=True):
        await telegram.fault(kind, chat=phone.id, method="sendMessage", times=2, seconds=2)
    began = time.monotonic()
    await tell(phones, "un")
    for phone in phones:
        await phone.wait_for("un 5", timeout=150)
    seconds = time.monotonic() - began
    blocker = phones[0]
    await telegram.fault("403", chat=blocker.id, method="sendMessage")
    await telegram.forget_records()
    await tell(phones, "deux")
    for phone in phones[1:]:
        await phone.wait_for("deux 5", timeout=60)

    async def known() -> bool:
        return await Chat.filter(user_id=blocker.id, blocked_at__isnull=False).exists()

    await until(known, 30)
    tried = len(await telegram.calls("sendMessage", blocker.id))
    await telegram.revoke("douceur_bot")
    await tell(phones[1:], "trois")

    async def disconnected() -> bool:
        return await Bot.filter(disconnected_at__isnull=False).exists()

    await until(disconnected, 60)
    words = [f"{word} {number}" for word in ("un", "deux") for number in range(6)]
    heard = [[m.text for m in await phone.messages() if m.from_bot] for phone in phones[1:]]
    said = [[w for text in one for w in words if w in text] for one in heard]
    lost = sum(len(set(words) - set(one)) for one in said)
    doubled = sum(len(one) - len(set(one)) for one in said)
    Figures(lost=lost, doubled=doubled, seconds=seconds).tell(record_property)
    assert lost == 0
    assert tried == 1, "nothing more is sent to somebody who blocked the bot"


async def test_a_deployment_under_load_answers_everything(
    site: Site, telegram: Sandbox, record_property: Record
) -> None:
    await site.start()
    phones = await site.visitors(PEOPLE)
    slowest = 0.0
    for turn in range(3):
        writing = asyncio.create_task(write(phones, turn * TEXTS, TEXTS))
        await asyncio.sleep(0.4)
        code, seconds = await site.stop()
        slowest = max(slowest, seconds)
        assert code == 0, site.log.read_text(errors="replace")[-3_000:]
        await site.start()
        await writing
    after = await quiet(phones)
    lost = await missing(phones, 3 * TEXTS)
    statuses = Counter(one["status"] for one in await telegram.attempts())
    waiting = await LedgerEntry.filter(answered_at=None).count()
    Figures(kills=0, lost=lost + waiting, doubled=0, seconds=max(after, slowest)).tell(
        record_property
    )
    assert lost == waiting == 0
    assert slowest <= 30
    assert set(statuses) <= {200, 503, 0}, statuses


@pytest.mark.skipif(
    os.environ.get("ANTICHAMBRE_TEST_DB") != "postgres", reason="SQLite is no server"
)
async def test_postgresql_is_killed_while_people_write(
    telegram: Sandbox, tmp_path: Path, record_property: Record
) -> None:
    """Asked by asyncpg alone: this process's own database is another one."""
    with postgres_server() as server:
        link = await asyncpg.connect(server.url)
        await link.execute("CREATE DATABASE chaos")
        await link.close()
        url = server.database("chaos")
        site = Site(tmp_path, telegram, "", {"DATABASE_URL": url})
        for command in (("migrate",), ("provider", "add", "Douceur & Cie")):
            assert await asyncio.to_thread(site.launch(*command).wait, 60) == 0
        site.link = (await ask(url, "SELECT token FROM join_link"))[0]["token"]
        try:
            kills, downs = await kill_postgres(site, server.kill, server.start)
        finally:
            site.kill()
        found = await ask(
            url,
            "SELECT candidate_id, text, COUNT(*) AS n FROM message GROUP BY candidate_id, text",
        )
    statuses = Counter(one["status"] for one in await telegram.attempts())
    lost = PEOPLE * TEXTS * kills - len(found)
    doubled = sum(one["n"] for one in found) - len(found)
    Figures(kills=kills, lost=lost, doubled=doubled, seconds=max(downs)).tell(record_property)
    assert (lost, doubled) == (0, 0)
    assert set(statuses) <= {200, 503, 0}, statuses
    assert statuses[503], "it was really away"


async def kill_postgres(
    site: Site, kill: Callable[[], None], start: Callable[[], None]
) -> tuple[int, list[float]]:
    """Three times; how long after each return everything was taken."""
    await site.start()
    phones = await site.visitors(PEOPLE)
    downs = []
    for turn in range(3):
        writing = asyncio.create_task(write(phones, turn * TEXTS, TEXTS))
        await asyncio.sleep(0.5)
        await asyncio.to_thread(kill)
        await asyncio.sleep(3)
        await asyncio.to_thread(start)
        await writing
        downs.append(await quiet(phones))
    return len(downs), downs


async def ask(url: str, sql: str) -> list[asyncpg.Record]:
    link = await asyncpg.connect(url)
    try:
        return list(await link.fetch(sql))
    finally:
        await link.close()
