"""Ne pas envoyer: a mail that has not left is held back, if nobody sends it already."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from actions import outbox
from models.tables import Candidate, Event, Notice, Operator
from rules.merging import CHANGED, JOINED
from rules.notices import CHANNELS, FAREWELLS, TO_OPERATORS, NoticeKind
from rules.vocabulary import Channel
from rules.withholding import MAY_BE_WITHHELD, WITHHELD
from tests.factories import NOW, a_candidate
from tests.web.conftest import Browser, Browsing, Page, Town
from words.withdrawn import SENTENCES

HOLD, SEND = {"act": "hold"}, {"act": "send"}


@pytest.fixture
async def amina(town: Town) -> Candidate:
    await Operator.all().update(language="en")
    return await a_candidate(town.douceur, status="to_correct")


async def owed(amina: Candidate, kind: str = "corrections", **columns: object) -> Notice:
    """A mail that leaves in two minutes."""
    values: dict[str, object] = {
        "channel": "mail",
        "facts": {"comment": "", "items": []},
        "owed_at": NOW,
        "not_before": NOW + timedelta(minutes=2),
        "message_id": f"m-{kind}",
    }
    values |= {"provider_id": amina.provider_id, "candidate_id": amina.id, "kind": kind}
    return await Notice.create(unique_key=f"{amina.id}:{kind}", **{**values, **columns})


async def settle(who: Browsing, notice: Notice, form: dict[str, str]) -> Page:
    return await who.post(f"/candidates/{notice.candidate_id}/mails/{notice.id}", form)


async def history(who: Browsing, amina: Candidate) -> str:
    return (await who.get(f"/candidates/{amina.id}?tab=history")).text


async def test_a_mail_is_held_back_and_let_go_after_all(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    notice, oscar = await owed(amina), await browser(town.oscar)
    assert "Do not send" in await history(oscar, amina)
    page = await settle(oscar, notice, HOLD)
    assert (page.status, page.to) == (303, f"/candidates/{amina.id}?tab=history#letters")
    held = await Notice.get(id=notice.id)
    assert (held.state, held.last_error) == ("void", WITHHELD)
    assert await outbox.claim_mails("w1", NOW + timedelta(hours=1)) == []
    shown = await history(oscar, amina)
    assert "Do not send" not in shown
    assert "Send it after all" in shown
    await settle(oscar, notice, SEND)
    assert [one.id for one in await outbox.claim_mails("w1", NOW)] == [notice.id]
    lines = await Event.filter(candidate_id=amina.id).order_by("id")
    assert [(one.kind, one.actor_name, one.after) for one in lines] == [
        ("letter_withheld", "Oscar", {"kind": "corrections"}),
        ("letter_sent_again", "Oscar", {"kind": "corrections"}),
    ]
    assert (await Candidate.get(id=amina.id)).version == amina.version, "no form is outdated"


@pytest.mark.parametrize(
    ("state", "lease", "said"),
    [
        ("owed", NOW + timedelta(seconds=50), "being sent at this very moment"),
        ("owed", NOW - timedelta(seconds=1), "being sent at this very moment"),
        ("accepted", None, "has left in the meantime"),
        ("failed", None, "look at it again below"),
        ("void", None, "look at it again below"),
    ],
)
async def test_a_mail_that_a_worker_was_faster_with_is_not_held_back(
    town: Town,
    browser: Browser,
    amina: Candidate,
    state: str,
    lease: object,
    said: str,
) -> None:
    notice, odile = (
        await owed(amina, state=state, lease_until=lease, settled_at=NOW),
        await browser(town.odile),
    )
    page = await settle(odile, notice, HOLD)
    assert page.status == 409
    assert said in page.text
    assert "Do not send" not in page.text
    assert (await Notice.get(id=notice.id)).state == state
    assert not await Event.exists(candidate_id=amina.id)


async def test_two_operators_hold_it_back_and_one_of_them_is_told(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    notice, odile, oscar = await owed(amina), await browser(town.odile), await browser(town.oscar)
    assert (await settle(odile, notice, HOLD)).status == 303
    assert "look at it again below" in (await settle(oscar, notice, HOLD)).text
    assert (await settle(oscar, notice, SEND)).status == 303
    assert (await settle(odile, notice, SEND)).status == 409
    assert await Event.filter(candidate_id=amina.id).count() == 2


@pytest.mark.parametrize("kind", ["deletion_reminder", "final_rejection", "admission_ended"])
async def test_a_warning_and_last_words_must_leave(
    town: Town, browser: Browser, amina: Candidate, kind: str
) -> None:
    notice, odile = await owed(amina, kind), await browser(town.odile)
    assert "Do not send" not in await history(odile, amina)
    page = await settle(odile, notice, HOLD)
    assert page.status == 422
    assert "must leave" in page.text
    assert (await Notice.get(id=notice.id)).state == "owed"


async def test_news_of_the_chat_are_not_held_back(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    notice, odile = await owed(amina, channel="chat"), await browser(town.odile)
    assert "Do not send" not in await history(odile, amina)
    assert "must leave" in (await settle(odile, notice, HOLD)).text


async def test_nobody_holds_back_what_is_anothers(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    notice = await owed(amina)
    assert (await settle(await browser(town.victor), notice, HOLD)).status == 404
    bruno = await a_candidate(town.douceur, "Bruno Koffi")
    odile = await browser(town.odile)
    for wrong in (str(notice.id), "0", "9" * 16, "x"):
        page = await odile.post(f"/candidates/{bruno.id}/mails/{wrong}", HOLD)
        assert page.status == 404, wrong
    assert (await Notice.get(id=notice.id)).state == "owed"


async def test_why_a_mail_did_not_leave_is_said_in_words(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    await owed(amina, state="void", settled_at=NOW, last_error=JOINED)
    await owed(amina, "email_confirmation", state="void", last_error="something of an operator's")
    await Operator.all().update(language="fr")
    shown = await history(await browser(town.odile), amina)
    assert "dit dans un message suivant" in shown
    assert "something of" not in shown


def test_every_reason_about_a_candidate_has_its_words() -> None:
    """Some can never be seen in a history: the person, the provider or the message is gone."""
    source = Path("models/reads/letters.py").read_text()
    said = set(re.findall(r'Gone\("([^"]*)"\)', source))
    unseen = {one for one in said if one.endswith("is gone")} | {"nothing was erased"}
    missing = said - unseen - SENTENCES
    assert not missing
    assert {JOINED, CHANGED, WITHHELD} <= SENTENCES


def test_what_must_leave_is_nobodys_to_hold_back() -> None:
    assert all(Channel.MAIL in CHANNELS[kind] for kind in MAY_BE_WITHHELD)
    kept = FAREWELLS | TO_OPERATORS | {NoticeKind.DELETION_REMINDER}
    assert not MAY_BE_WITHHELD & kept
