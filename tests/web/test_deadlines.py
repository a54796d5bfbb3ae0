"""Échéances: what runs out at this provider, in order, and whether people were asked."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from models.reads.counts import counts
from models.reads.deadlines import deadlines
from models.reads.mornings import digest
from models.tables import Candidate, Document, Notice, Operator, Provider
from tests.factories import NOW, a_candidate
from tests.web.conftest import Browser, Town

TODAY = NOW.date()
KEY = "training_certificate"


async def valid(person: Candidate, days: int, key: str = KEY, **columns: object) -> Document:
    """A validated document that expires in so many days."""
    facts: dict[str, object] = {"state": "validated", "sent_at": NOW, "reviewed_at": NOW}
    ends = TODAY + timedelta(days=days)
    return await Document.create(
        candidate_id=person.id, key=key, expires_on=ends, **(facts | columns)
    )


async def told(document: Document, provider: Provider, *channels: str, state: str) -> None:
    """They were asked for a new one two days ago."""
    asked = {"document": document.id, "version": 1, "expires_on": str(document.expires_on)}
    for channel in channels:
        await Notice.create(
            provider_id=provider.id,
            candidate_id=document.candidate_id,
            channel=channel,
            kind="document_expires",
            facts={"asked": [asked]},
            unique_key=f"{document.id}:{channel}",
            state=state,
            owed_at=NOW,
            not_before=NOW,
            settled_at=NOW - timedelta(days=2),
            message_id="m",
        )


@pytest.fixture
async def amina(town: Town) -> Candidate:
    """Amina, who works for Douceur & Cie."""
    await Operator.all().update(language="fr")
    return await a_candidate(town.douceur, "Amina Benali", "accepted")


def rows_of(text: str) -> list[str]:
    """The lines of the table, as words."""
    found = re.findall(r"<tr>.*?</tr>", text.split("<tbody>")[-1], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", one).split()) for one in found]


async def test_the_first_that_expires_comes_first_with_how_long_is_left(
    town: Town, amina: Candidate, browser: Browser
) -> None:
    for days, key in ((90, "cv"), (0, KEY), (-40, "diploma"), (12, "sirene_notice"), (91, "x")):
        await valid(amina, days, key)
    page = await (await browser(town.oscar)).get("/deadlines")
    lines = rows_of(page.text)
    assert [re.findall(r"expirée|dernier jour|dans \d+ jours", one)[0] for one in lines] == [
        "expirée",
        "dernier jour",
        "dans 12 jours",
        "dans 90 jours",
    ]
    assert "Attestation de formation" in lines[1]
    assert "02/03/2026" in lines[1]
    assert f'href="/candidates/{amina.id}?tab={KEY}"' in page.text


async def test_only_what_is_valid_of_those_who_work_here_is_listed(
    town: Town, amina: Candidate, browser: Browser
) -> None:
    await valid(amina, 5, "cv", state="to_review")
    for status in ("incomplete", "submitted", "to_correct", "binned"):
        await valid(await a_candidate(town.douceur, f"Bruno {status}", status), 5)
    gone = await a_candidate(town.douceur, "Denis Ended", "accepted", ended_at=NOW)
    await valid(gone, 5)
    chloe = await a_candidate(town.vert, "Chloé Martin", "accepted")
    await valid(chloe, 5)
    page = await (await browser(town.odile)).get("/deadlines")
    assert "Rien n’expire dans les 90 prochains jours" in page.text
    assert "Chloé" not in page.text
    assert len(rows_of((await (await browser(town.victor)).get("/deadlines")).text)) == 1


async def test_it_says_whether_they_were_asked_and_how(
    town: Town, amina: Candidate, browser: Browser
) -> None:
    both, chat, failed, _ = [
        await valid(amina, days, key)
        for days, key in ((20, KEY), (21, "diploma"), (9, "sap_declaration"), (60, "cv"))
    ]
    await told(both, town.douceur, "mail", "chat", state="accepted")
    await told(chat, town.douceur, "chat", state="accepted")
    await told(failed, town.douceur, "mail", state="failed")
    lines = rows_of((await (await browser(town.odile)).get("/deadlines")).text)
    assert "sera demandée le 08/03/2026" in lines[0], "three days before"
    assert "demandée il y a 2 jours , mail et conversation" in lines[1]
    assert "demandée il y a 2 jours , conversation seule" in lines[2]
    assert "sera demandée le 01/04/2026" in lines[3], "thirty days before"
    await Document.filter(id=both.id).update(version=2)
    lines = rows_of((await (await browser(town.odile)).get("/deadlines")).text)
    assert "demandée il y a" not in lines[1], "that was about the former one"


async def test_pages_follow_each_other_and_miss_nobody(town: Town, amina: Candidate) -> None:
    for number in range(7):
        await valid(amina, number // 3, f"k{number}")
    seen: list[str] = []
    after = ""
    for _ in range(4):
        found = await deadlines(town.douceur, NOW, after, size=2)
        seen += [one.key for one in found.lines]
        after = found.next
    assert sorted(seen) == [f"k{number}" for number in range(7)]
    assert after == ""
    ends = [int(one[1]) // 3 for one in seen]
    assert ends == sorted(ends)


@pytest.mark.parametrize(
    "after", ["~", "x~y", "2026-02-30~a", "2026-03-02~", "9999-12-31~zz", "%00~%00", "a" * 4000]
)
async def test_an_invented_cursor_harms_nobody(
    town: Town, amina: Candidate, browser: Browser, after: str
) -> None:
    await valid(amina, 3)
    page = await (await browser(town.odile)).get(f"/deadlines?after={after}")
    assert page.status == 200
    assert ("C’est tout." in page.text) == after.startswith("9999")


async def test_deletions_to_come_stand_below(
    town: Town, amina: Candidate, browser: Browser
) -> None:
    bruno = await a_candidate(
        town.douceur, "Bruno Koffi", "incomplete", since=timedelta(days=44), admitted_at=None
    )
    await Provider.filter(id=town.douceur.id).update(reminder_days=0, counting_since=None)
    page = await (await browser(town.odile)).get("/deadlines")
    assert "Bientôt supprimés" in page.text
    assert f"/candidates/{bruno.id}" in page.text


async def test_the_candidates_page_says_until_when_a_document_is_valid(
    town: Town, amina: Candidate, browser: Browser
) -> None:
    await valid(amina, 20)
    await valid(amina, -1, "diploma")
    page = " ".join(
        (await (await browser(town.odile)).get(f"/candidates/{amina.id}")).text.split()
    )
    assert "valable jusqu’au 22/03/2026" in page
    assert "expiré</strong> valable jusqu’au 01/03/2026" in page
    assert date(2026, 3, 1) == TODAY - timedelta(days=1)


async def sent(person: Candidate, key: str, state: str, days_ago: int) -> Document:
    """A document that was sent after the acceptance."""
    at = NOW - timedelta(days=days_ago)
    return await Document.create(
        candidate_id=person.id, key=key, state=state, sent_at=at, version=2
    )


async def test_a_new_document_of_somebody_accepted_is_seen_wherever_the_operator_looks_for_work(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    await Candidate.filter(id=amina.id).update(status_since=NOW - timedelta(days=30))
    await sent(amina, KEY, "to_review", 2)
    odile, victor = await browser(town.odile), await browser(town.victor)
    here = f"/candidates/{amina.id}?tab={KEY}"
    for path in ("/", "/deadlines"):
        assert here in (await odile.get(path)).text, path
        assert amina.id not in (await victor.get(path)).text, path
    listed = (await odile.get("/candidates?turn=operator")).text
    assert amina.id in listed
    assert "à vous : 1 pièce" in listed.replace("\u00a0", " ").replace("\u202f", " ")
    assert (await counts(town.douceur.id)).to_review == 1
    assert (await counts(town.vert.id)).to_review == 0
    window = (NOW - timedelta(days=1), NOW)
    waiting = (await digest(town.douceur, window, NOW, admin=True)).waiting
    (person,) = waiting.people
    assert (waiting.number, person.candidate_id, person.days) == (1, amina.id, 2)


async def test_what_was_left_unreviewed_when_accepting_is_not_new(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    await Candidate.filter(id=amina.id).update(status_since=NOW)
    await sent(amina, KEY, "to_review", 2)
    assert (await counts(town.douceur.id)).to_review == 0
    assert amina.id not in (await (await browser(town.odile)).get("/deadlines")).text


async def test_a_refused_one_stays_listed_until_another_comes(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    await Candidate.filter(id=amina.id).update(status_since=NOW - timedelta(days=30))
    refused = await sent(amina, KEY, "rejected", 5)
    odile = await browser(town.odile)
    assert "refusée, une autre est attendue" in (await odile.get("/deadlines")).text
    assert (await counts(town.douceur.id)).to_review == 0, "it is the person's turn"
    assert amina.id not in (await odile.get("/candidates?turn=operator")).text
    await Document.filter(id=refused.id).update(state="validated")
    assert "une autre est attendue" not in (await odile.get("/deadlines")).text


async def test_who_no_longer_works_here_has_nothing_to_be_reviewed(
    town: Town, browser: Browser, amina: Candidate
) -> None:
    since = NOW - timedelta(days=30)
    await Candidate.filter(id=amina.id).update(status_since=since, ended_at=NOW)
    await sent(amina, KEY, "to_review", 2)
    assert (await counts(town.douceur.id)).to_review == 0
    assert (
        amina.id not in (await (await browser(town.odile)).get("/candidates?turn=operator")).text
    )
