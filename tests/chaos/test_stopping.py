"""SIGTERM with mails in hand: finished or given back, in time, and nothing twice."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from models.tables import Notice
from tests.chaos.people import nothing_owed, owe_mails, until
from tests.chaos.site import Site
from tests.figures import Figures, Record
from tests.servers import Mailbox

STOPS = 3
MAILS = 30
LONG = 120


@pytest.mark.parametrize("hold", [1.0, 6.0], ids=["a slow server", "a very slow server"])
async def test_a_worker_that_is_stopped_finishes_the_mail_in_hand(
    site: Site, smtp: Mailbox, hold: float, record_property: Record
) -> None:
    site.environment |= {"SMTP_URL": f"{smtp.url}?per_minute=0"}
    await site.start()
    phones = await site.visitors(2)
    await owe_mails(phones, MAILS)
    slowest, leased = 0.0, 0
    for _ in range(STOPS):
        smtp.hold, smtp.held = hold, 0

        async def in_hand() -> bool:
            return smtp.held > 0

        await until(in_hand, LONG)
        code, seconds = await site.stop()
        assert code == 0, site.log.read_text(errors="replace")[-3_000:]
        slowest = max(slowest, seconds)
        leased += await Notice.filter(state="owed", lease_by__not_isnull=True).count()
        await site.start()
    smtp.hold = 0
    await until(nothing_owed, LONG)
    await asyncio.sleep(1)
    sent = Counter(one.id for one in smtp.messages)
    doubled = sum(sent.values()) - len(sent)
    lost = await Notice.filter(channel="mail").exclude(state="accepted").count()
    Figures(
        lost=lost,
        doubled=doubled,
        seconds=slowest,
        remark=f"{STOPS} stops, each with a mail in hand; leases left: {leased}",
    ).tell(record_property)
    assert (lost, doubled, leased) == (0, 0, 0)
    assert slowest < 30
