"""Échéances: what runs out at this provider, in order, and whether people were asked."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest

from models.reads.deadlines import deadlines
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
    assert [re.search(r"expirée|dernier jour|dans \d+ jours", one)[0] for one in lines] == [  # type: ignore[index]  # each line has one
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
