"""The mail server and Telegram fail, and the product is deployed, while people write."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from typing import Any

from models.tables import Bot, Chat, LedgerEntry, Notice
from sandbox.client import Sandbox
from tests.chaos.people import (
    PEOPLE,
    TEXTS,
    missing,
    nothing_owed,
    owe_mails,
    taken_twice,
    tell,
    until,
)
from tests.chaos.site import PATIENCE, Site, quiet, write
from tests.figures import Figures, Record
from tests.servers import Mailbox

WAIT = 7
"""Seconds that Telegram asks for."""
LONG = 240.0
"""Seconds for several tries by schedule, on a busy machine too."""


async def test_the_mail_server_says_later_no_hangs_up_and_is_away(
    site: Site, smtp: Mailbox, record_property: Record
) -> None:
    site.environment |= {"SMTP_URL": f"{smtp.url}?per_minute=0"}
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
    await telegram.fault("429", chat=slow.id, method="sendMessage", retry_after=WAIT)
    began = time.monotonic()
    await tell(phones, "un")
    for phone in phones[1:]:
        await phone.wait_for("un 5", timeout=PATIENCE)
    others = time.monotonic() - began
    await slow.wait_for("un 5", timeout=PATIENCE)
    took = time.monotonic() - began
    calls = await telegram.calls("sendMessage", slow.id)
    refused = next(one for one in calls if one["status"] == 429)
    after = [one["time"] - refused["time"] for one in calls if one["time"] > refused["time"]]
    await telegram.fault("429", method="sendMessage", retry_after=WAIT)
    await tell(phones, "deux")
    for phone in phones:
        await phone.wait_for("deux 5", timeout=PATIENCE)
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
    remark = f"asked for {WAIT} s; called again after {min(after + again):.1f} s at the earliest"
    Figures(lost=lost, doubled=doubled, seconds=seconds, remark=remark).tell(record_property)
    assert min(after) >= WAIT
    assert min(again) >= WAIT
    assert others < took, "the others did not wait for that chat"
    assert said == [words] * PEOPLE, "in order, once"


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
        await phone.wait_for("un 5", timeout=LONG)
    seconds = time.monotonic() - began
    blocker = phones[0]
    await telegram.fault("403", chat=blocker.id, method="sendMessage")
    await telegram.forget_records()
    await tell(phones, "deux")
    for phone in phones[1:]:
        await phone.wait_for("deux 5", timeout=LONG)

    async def known() -> bool:
        return await Chat.filter(user_id=blocker.id, blocked_at__isnull=False).exists()

    await until(known, LONG)
    tried = len(await telegram.calls("sendMessage", blocker.id))
    await telegram.revoke("douceur_bot")
    await tell(phones[1:], "trois")

    async def disconnected() -> bool:
        return await Bot.filter(disconnected_at__isnull=False).exists()

    await until(disconnected, LONG)
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
    doubled = await taken_twice(phones)
    lost = await missing(phones, 3 * TEXTS)
    attempts = await telegram.attempts()
    statuses, cut = Counter(one["status"] for one in attempts), await cut_off(attempts)
    waiting = await LedgerEntry.filter(answered_at=None).count()
    answers = ", ".join(
        f"{count} × {status or 'not accepted'}" for status, count in statuses.items()
    )
    Figures(
        lost=lost + waiting,
        doubled=doubled,
        seconds=max(after, slowest),
        remark=f"stopped within {slowest:.1f} s; answered {answers}; cut off in hand: {cut}",
    ).tell(record_property)
    assert lost == waiting == 0
    assert cut == 0, "what is in hand is finished, and answered"
    assert slowest <= 30
    assert set(statuses) <= {200, 0}, "what was accepted is answered, and not with an error"


async def cut_off(attempts: list[dict[str, Any]]) -> int:
    """Updates that were taken in hand, but whose answer was not the one that Telegram got."""
    rows = await LedgerEntry.all()
    taken = {row.update_id: row.received_at.timestamp() for row in rows}
    answered = [one for one in attempts if one["status"] == 200]
    return sum(taken[one["update"]["update_id"]] < one["time"] for one in answered)
