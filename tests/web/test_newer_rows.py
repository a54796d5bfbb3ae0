"""F23: pages of this release over rows that a newer one has written."""

from __future__ import annotations

import pytest

from actions.provider_journal import record
from models.tables import Decision, Document, Event, Notice, Operator, ProviderEvent, Upload
from rules.history import ProviderEventKind
from tests.factories import NOW
from tests.web.conftest import Browser, Town
from tests.web.people import amina_applies

TOMORROW = "of_tomorrow"
NEWER = f"known to a newer version only ({TOMORROW})"


@pytest.mark.parametrize(("channel", "decision"), [("mail", "lunar"), ("chat", "pending")])
async def test_every_page_answers_over_rows_of_a_newer_release(
    town: Town, browser: Browser, channel: str, decision: str
) -> None:
    await Operator.all().update(language="en")
    amina = await amina_applies(town.douceur)
    for number, state in enumerate(("owed", "failed")):
        await Notice.create(
            provider_id=town.douceur.id,
            candidate_id=amina.id,
            channel=channel,
            kind=TOMORROW,
            state=state,
            unique_key=f"k{number}",
            message_id=f"m{number}",
            owed_at=NOW,
            not_before=NOW,
        )
    await Event.create(
        provider_id=town.douceur.id,
        candidate_id=amina.id,
        kind=TOMORROW,
        actor_kind="moon",
        at=NOW,
        after={"moon": ["full"]},
    )
    await Decision.create(
        candidate_id=amina.id,
        operator_id=town.odile.id,
        outcome="moon",
        state=decision,
        former_status="submitted",
        decided_at=NOW,
        final_at=NOW,
    )
    await record(town.douceur.id, ProviderEventKind.CLOCK_RUN, None, "", NOW)
    await ProviderEvent.create(
        provider_id=town.douceur.id, kind=TOMORROW, actor_kind="moon", actor_name="", at=NOW
    )
    await Document.filter(candidate_id=amina.id).update(state=TOMORROW[:10])
    await Upload.filter(candidate_id=amina.id).update(state=TOMORROW[:8])
    odile = await browser(town.odile)
    for tab in ("summary", "infos", "messages", "history", "diploma"):
        page = await odile.get(f"/candidates/{amina.id}?tab={tab}")
        assert page.status == 200, tab
    taken = await odile.post(f"/candidates/{amina.id}/history.csv", {})
    assert (taken.status, NEWER in taken.text) == (200, True)
    history = await odile.get(f"/candidates/{amina.id}?tab=history")
    assert history.text.count(NEWER) >= 3, "the line, and both messages"
    for address in ("/", "/candidates", "/settings/journal", "/settings/health"):
        page = await odile.get(address)
        assert page.status == 200, address
    assert NEWER in page.text, "the one that was given up"
    journal = await odile.get("/settings/journal")
    assert NEWER in journal.text
    taken = await odile.post("/settings/journal/export", {})
    assert (taken.status, NEWER in taken.text) == (200, True)
