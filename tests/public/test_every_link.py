"""Every kind of link that candidates are mailed, walked the same way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from actions.reminders import owe, quiet_deed
from actions.tokens import OF_NOTICE, issue_for
from models.database import transaction
from models.reads.retention import standing_of
from models.tables import Candidate, Event, Notice, Token
from rules.letters import LetterFacts
from rules.notices import TO_OPERATORS, NoticeKind
from rules.vocabulary import Channel
from tests.outbox.world import SECRET, SITES, House
from tests.web.conftest import Browser, Time
from tests.web.rows import everything
from words.letters import PAGES, link


@dataclass(frozen=True)
class Walk:
    """One kind: whose link it is, what the page is called, and what a press changes."""

    person: dict[str, Any]
    event: str
    days: int
    """How long the link works."""


ADMITTED = {"status": "accepted"}
WALKS: dict[NoticeKind, Walk] = {
    NoticeKind.ACTIVATION: Walk(ADMITTED, "account_confirmed", 30),
    NoticeKind.ACTIVATION_AGAIN: Walk(ADMITTED, "account_confirmed", 30),
    NoticeKind.EMAIL_CONFIRMATION: Walk({}, "email_confirmed", 7),
    NoticeKind.DELETION_REMINDER: Walk({"status": "incomplete"}, "kept", 60),
}
KINDS = sorted(WALKS)


def test_every_kind_of_mailed_link_is_walked() -> None:
    assert set(WALKS) == set(PAGES) == set(OF_NOTICE) - TO_OPERATORS


async def mailed(house: House, kind: NoticeKind) -> tuple[Candidate, str]:
    """Whom it was mailed to, and where the link leads."""
    person = await house.person(**WALKS[kind].person)
    if kind is NoticeKind.DELETION_REMINDER:
        house.clock.forward(days=40)
        async with transaction():
            doing = await quiet_deed(person.id, house.clock.now)
            await owe(doing, await standing_of(doing.candidate, doing.provider, doing.now))
        notice = await Notice.get(candidate_id=person.id, channel=Channel.MAIL)
    else:
        (notice,) = await house.owe(person, kind, {}, channels=(Channel.MAIL,))
    token = await issue_for(notice, SECRET, person.email, house.clock.now)
    facts = LetterFacts(provider="", sites=SITES, token=token)
    return person, link(kind, facts).removeprefix(SITES.public_url)


async def events(person: Candidate, kind: NoticeKind) -> int:
    """How often the press has acted."""
    return await Event.filter(candidate_id=person.id, kind=WALKS[kind].event).count()


@pytest.mark.parametrize("kind", KINDS)
async def test_scanners_that_look_change_nothing(
    house: House, browser: Browser, time: Time, kind: NoticeKind
) -> None:
    _, path = await mailed(house, kind)
    time.now, before = house.clock.now, await everything()
    visitor = await browser()
    for _ in range(2):
        page = await visitor.get(path)
        assert page.status == 200
        assert page.text.split("<main")[1].count("<form") == 1
        head = await visitor.client.head(path, allow_redirects=False)
        assert head.status == 200
        assert head.headers["Cache-Control"] == "no-store"
    for more in ("?utm_source=scanner", "/again"):
        await visitor.get(path + more)
        await visitor.client.head(path + more)
    assert await everything() == before


@pytest.mark.parametrize("kind", KINDS)
async def test_the_first_press_acts_and_the_second_one_does_not(
    house: House, browser: Browser, time: Time, kind: NoticeKind
) -> None:
    person, path = await mailed(house, kind)
    time.now = house.clock.now
    visitor = await browser()
    assert (await visitor.post(path)).to == path
    assert await events(person, kind) == 1
    used = (await Token.get()).used_at
    assert used == time.now
    time.now += timedelta(hours=1)
    assert (await visitor.post(path)).to == path
    assert await events(person, kind) == 1
    assert (await Token.get()).used_at == used
    assert (await visitor.get(path)).status == 200, "it says what is true now"


@pytest.mark.parametrize("kind", KINDS)
async def test_an_expired_one_does_nothing_and_mails_another_three_times_a_day(
    house: House, browser: Browser, time: Time, kind: NoticeKind
) -> None:
    person, path = await mailed(house, kind)
    visitor = await browser()
    if kind is NoticeKind.DELETION_REMINDER:  # its 60 days are longer than the deletion takes
        await Token.all().update(expires_at=house.clock.now)
    else:
        house.clock.forward(days=WALKS[kind].days)
    time.now = house.clock.now
    await visitor.post(path)
    assert await events(person, kind) == 0
    assert f'action="{path}/again"' in (await visitor.get(path)).text
    before = await Notice.filter(channel="mail").count()
    for _ in range(3):
        assert (await visitor.post(path + "/again")).to == f"{path}?sent=1"
    refused = await visitor.post(path + "/again")
    assert (refused.status, "demain" in refused.text) == (422, True)
    fresh = await Notice.filter(channel="mail").order_by("id").offset(before)
    assert len(fresh) == 3
    token = await issue_for(fresh[0], SECRET, person.email, time.now)
    assert (await visitor.post(path.rsplit("/", 1)[0] + f"/{token}")).status == 303
    assert await events(person, kind) == 1, "the new one works"
