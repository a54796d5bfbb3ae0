"""A worker is killed while it hands mails over: what it had in hand leaves within a minute."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

from jobs.post import LINES
from models.tables import Notice
from tests.chaos.people import nothing_owed, owe_mails, owe_more, until
from tests.chaos.site import Site
from tests.figures import Figures, Record
from tests.servers import Mailbox

MINUTE = 60.0
SLACK = 60.0
"""Seconds for a busy machine on top of the promise; the figure is told, and read."""


async def test_a_worker_killed_with_a_mail_in_hand(
    site: Site, smtp: Mailbox, record_property: Record
) -> None:
    """Its lease runs out by itself; the other mails leave as soon as somebody is there."""
    site.environment |= {"SMTP_URL": f"{smtp.url}?per_minute=0"}
    await site.start()
    phones = await site.visitors(2)
    smtp.hold = 30.0
    await owe_mails(phones, 3)
    async with asyncio.timeout(SLACK):
        while smtp.held == 0:
            await asyncio.sleep(0.02)
    site.kill()
    began = time.monotonic()
    smtp.hold = 0.0
    in_hand = await Notice.filter(state="owed", lease_until__not_isnull=True).count()
    await site.start()
    others = await until(lambda: all_but(in_hand), MINUTE + SLACK)
    await until(nothing_owed, MINUTE + SLACK)
    seconds = time.monotonic() - began
    sent = Counter(mail.id for mail in smtp.messages)
    doubled = sum(sent.values()) - len(sent)
    Figures(kills=1, lost=6 - len(sent), doubled=doubled, seconds=seconds).tell(record_property)
    assert in_hand <= LINES
    assert len(sent) == 6
    assert doubled <= in_hand
    assert others < seconds < MINUTE + SLACK


async def all_but(count: int) -> bool:
    """Whether no more than so many are owed."""
    return await Notice.filter(state="owed").count() <= count


async def test_a_mail_that_nobody_was_woken_for(
    site: Site, smtp: Mailbox, record_property: Record
) -> None:
    """Owed by another process, without Redis between them."""
    site.environment |= {"SMTP_URL": f"{smtp.url}?per_minute=0"}
    await site.start()
    phones = await site.visitors(2)
    await owe_mails(phones, 1)
    await until(nothing_owed, SLACK)
    await owe_more(phones)
    await until(nothing_owed, SLACK)
    left = await Notice.filter(state="accepted", channel="mail").order_by("id")
    waited = [
        (one.settled_at - one.not_before).total_seconds() for one in left[2:] if one.settled_at
    ]
    sent = {mail.id for mail in smtp.messages}
    lost, doubled = 4 - len(sent), len(smtp.messages) - len(sent)
    Figures(lost=lost, doubled=doubled, seconds=max(waited)).tell(record_property)
    assert lost == doubled == 0
    assert 0 <= min(waited) <= max(waited) < SLACK
