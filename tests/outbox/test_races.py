"""Operators hold mails back while workers send them: each mail has one end."""

from __future__ import annotations

import asyncio

from actions.deeds import Actor
from actions.withholding import withhold
from models.tables import Event, Notice
from rules.errors import Refusal
from rules.vocabulary import ActorKind
from rules.withholding import HasLeft, LeavesNow
from tests.outbox.world import House
from tests.servers import Mailbox

MAILS = 10


async def test_a_mail_is_held_back_or_sent_and_never_both(house: House, smtp: Mailbox) -> None:
    amina = await house.person()
    owed = [(await house.owe(amina))[0] for _ in range(MAILS)]
    odile = Actor(ActorKind.OPERATOR, "odile", "Odile")

    async def hold(notice: Notice) -> Refusal | None:
        try:
            provider = house.provider.id
            await withhold(amina.id, notice.id, odile, house.clock.now, provider_id=provider)
        except Refusal as refusal:
            return refusal
        return None

    async def hold_from_the_end() -> list[Refusal | None]:
        return [await hold(one) for one in reversed(owed)]

    workers = [house.post(smtp.url, holder=f"w{number}") for number in range(2)]
    _, _, refused = await asyncio.gather(*(one.drain() for one in workers), hold_from_the_end())
    sent = {letter.id for letter in smtp.messages}
    assert len(sent) == len(smtp.messages)
    for notice, refusal in zip(reversed(owed), refused, strict=True):
        state = (await Notice.get(id=notice.id)).state
        left = any(notice.message_id in one for one in sent)
        assert (state, left) == (("void", False) if refusal is None else ("accepted", True))
        assert refusal is None or isinstance(refusal, LeavesNow | HasLeft)
    assert None in refused, "else nothing was shown"
    held = await Event.filter(kind="letter_withheld").count()
    assert held == refused.count(None) == MAILS - len(sent)
