"""The panel around an admission that ended: the forms, the status word, the settings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.tables import Candidate, Notice, Operator, Provider, ProviderEvent
from tests.factories import NOW, a_candidate
from tests.web.conftest import DESK, PHONE, Browser, Opens, Town
from tests.web.people import amina_applies
from tests.web.test_browser import faults
from tests.web.test_candidate_acts import fill, hidden
from tests.web.test_settings import now_is, send


@pytest.fixture(autouse=True)
async def english(town: Town) -> None:
    await Operator.all().update(language="en")


async def fatou(town: Town) -> Candidate:
    """Somebody who works for Douceur & Cie."""
    return await amina_applies(town.douceur, "accepted", name="Fatou Diop")


async def test_an_admission_ends_behind_a_fold_that_says_what_it_does(
    town: Town, browser: Browser
) -> None:
    person, oscar = await fatou(town), await browser(town.oscar)
    page = " ".join((await oscar.get(f"/candidates/{person.id}")).text.split())
    assert "Fatou no longer works with you…" in page
    assert "Everything is deleted on Wednesday, 1 March 2028" in page
    assert "They are warned 7 days before." in page
    sent = await fill(oscar, person, "summary", "/end")
    assert (sent.status, sent.to) == (303, f"/candidates/{person.id}")
    page = " ".join((await oscar.get(sent.to)).text.split())
    assert "no longer works with you since 02/03/2026" in page
    assert "Fatou works with us again" in page
    assert 'value="reject"' not in page, "nothing is to be decided"
    waiting = await Notice.filter(candidate_id=person.id, kind="admission_ended")
    assert {one.not_before for one in waiting} == {NOW + timedelta(minutes=5)}


async def test_deleting_sooner_promises_a_mail_only_where_one_leaves(
    town: Town, browser: Browser
) -> None:
    person, odile = await fatou(town), await browser(town.odile)
    await fill(odile, person, "summary", "/end")
    await Notice.filter(candidate_id=person.id).update(state="sent")
    own = f"/candidates/{person.id}"
    page = (await odile.get(own)).text
    assert "A mail and the chat say that the file will be deleted." in page
    assert f'formaction="{own}/preview"' in page
    assert "can be undone until then" in page
    shown = await odile.post(f"{own}/preview", await hidden(odile, own, "/decision"))
    assert "votre dossier va être supprimé" in shown.text
    await Candidate.filter(id=person.id).update(email="")
    page = (await odile.get(own)).text
    assert "No mail leaves: there is no address." in page
    assert "/preview" not in page


async def test_it_is_undone_on_the_same_page(town: Town, browser: Browser) -> None:
    person, odile = await fatou(town), await browser(town.odile)
    await fill(odile, person, "summary", "/end")
    assert (await fill(odile, person, "summary", "/resume")).status == 303
    assert (await Candidate.get(id=person.id)).ended_at is None
    assert await Notice.filter(candidate_id=person.id, state="owed").count() == 0
    history = (await odile.get(f"/candidates/{person.id}?tab=history&kind=decisions")).text
    assert "no longer works with you: space closed" in history
    assert "works with you again: space open" in history


async def test_the_second_operator_is_told_who_did_it(town: Town, browser: Browser) -> None:
    person, odile, oscar = await fatou(town), await browser(town.odile), await browser(town.oscar)
    data = await hidden(odile, f"/candidates/{person.id}", "/end")
    await fill(oscar, person, "summary", "/end")
    late = await odile.post(f"/candidates/{person.id}/end", data)
    assert late.status == 409
    assert "Oscar" in late.text


async def test_why_it_cannot_end_now_is_said_and_the_fold_stays_open(
    town: Town, browser: Browser
) -> None:
    person, odile = await fatou(town), await browser(town.odile)
    await Candidate.filter(id=person.id).update(awaiting_reply_since=NOW)
    refused = await fill(odile, person, "summary", "/end")
    assert refused.status == 422
    assert "A message awaits a reply" in refused.text
    assert '<details class="ending" open>' in refused.text


async def test_they_can_be_deleted_sooner_and_read_no_refusal(
    town: Town, browser: Browser
) -> None:
    person, odile = await fatou(town), await browser(town.odile)
    await fill(odile, person, "summary", "/end")
    path = f"/candidates/{person.id}"
    shown = await odile.post(f"{path}/preview", {"outcome": "bin"})
    assert "votre dossier va être supprimé" in shown.text
    data = await hidden(odile, path, "/decision")
    assert data["outcome"] == "bin"
    assert (await odile.post(f"{path}/decision", data)).status == 303
    page = (await odile.get(path)).text
    assert "The candidate has seen nothing yet." in page, "it waits, and can be undone"


async def test_the_list_tells_them_apart(town: Town, browser: Browser) -> None:
    await a_candidate(town.douceur, "Awa Sow", "accepted")
    await a_candidate(town.douceur, "Lea Roy", "accepted", ended_at=NOW - timedelta(days=9))
    odile = await browser(town.odile)
    ended = (await odile.get("/candidates?status=ended")).text
    assert "Lea Roy" in ended
    assert "Awa Sow" not in ended
    accepted = (await odile.get("/candidates?status=accepted")).text
    assert "Awa Sow" in accepted
    assert "Lea Roy" not in accepted
    everybody = (await odile.get("/candidates")).text
    assert everybody.count("No longer works with you</span>") == 1


async def test_a_shorter_delay_is_shown_first_then_journaled(town: Town, browser: Browser) -> None:
    long_ago = NOW - timedelta(days=200)
    await Provider.filter(id=town.douceur.id).update(counting_since=long_ago)
    await a_candidate(
        town.douceur, "Lea Roy", "accepted", since=timedelta(days=150), ended_at=long_ago
    )
    odile = await browser(town.odile)
    shown = await send(odile, ended_days="100", reminder_days="0")
    assert "<strong>1</strong>" in shown.text, "she would be deleted in the next run"
    assert 'name="ended_days" value="100"' in shown.text
    assert (await now_is(town)).ended_days is None
    assert (await send(odile, ended_days="100", confirmed="yes")).status == 303
    assert (await now_is(town)).ended_days == 100
    assert (await now_is(town)).counting_since == long_ago, "it ran already"
    line = await ProviderEvent.get(kind="settings_changed")
    assert (line.before, line.after) == ({"ended_days": 730}, {"ended_days": 100})
    assert "end of an admission" in (await odile.get("/settings/journal")).text


async def test_from_never_the_days_count_from_the_change(town: Town, browser: Browser) -> None:
    await Provider.filter(id=town.douceur.id).update(
        ended_days=0, counting_since=NOW - timedelta(days=200)
    )
    odile = await browser(town.odile)
    await send(odile, ended_days="100", confirmed="yes")
    assert (await now_is(town)).counting_since == NOW


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("window", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_folds_are_accessible(
    town: Town, opens: Opens, scheme: str, window: dict[str, int]
) -> None:
    person, gone = await fatou(town), await fatou(town)
    await Candidate.filter(id=gone.id).update(ended_at=NOW)
    page = await opens(town.odile, color_scheme=scheme, viewport=window)
    for one in (person, gone):
        await page.goto(f"/candidates/{one.id}")
        await page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        await page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        assert await faults(page) == []
