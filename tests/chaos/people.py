"""What people do in the scenarios, and what became of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import asyncpg

from actions.deeds import SYSTEM, deed
from models.tables import Candidate, Message, Notice
from rules.notices import NoticeKind
from rules.vocabulary import Channel
from sandbox.client import Phone

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


async def taken_twice(phones: list[Phone]) -> int:
    """Messages that stand in the panel more often than they were written."""
    twice = 0
    for phone in phones:
        person = await Candidate.get(telegram_id=phone.id)
        found = await Message.filter(candidate_id=person.id, operator_id=None)
        twice += len(found) - len({one.text for one in found})
    return twice


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


async def owe_more(phones: list[Phone]) -> None:
    for phone in phones:
        person = await Candidate.get(telegram_id=phone.id)
        async with deed(person.id, SYSTEM, datetime.now(UTC)) as doing:
            facts = {"comment": "Encore", "items": []}
            await doing.owe(NoticeKind.CORRECTIONS, facts, once="m", channels=(Channel.MAIL,))


async def nothing_owed() -> bool:
    return not await Notice.filter(state="owed").exists()


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


async def ask(url: str, sql: str) -> list[asyncpg.Record]:
    link = await asyncpg.connect(url)
    try:
        return list(await link.fetch(sql))
    finally:
        await link.close()
