"""The list of candidates: search, filters, order, and pages of ten thousand people."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from actions.search import index
from models.reads.lists import PAGE, Filters, candidates
from models.tables import Answer, Candidate, Document, Provider, SearchWord
from rules.searching import query_words, words_of
from tests.factories import NOW, a_candidate, a_provider
from tests.web.conftest import Browser, Town


async def names(provider: Provider, **filters: str) -> list[str]:
    """First names on the first page."""
    page = await candidates(provider, Filters(**filters), NOW)  # type: ignore[arg-type]  # plain texts
    return [line.candidate.first_name for line in page.lines]


@pytest.fixture
async def douceur(database: str) -> Provider:
    return await a_provider()


@pytest.fixture
async def elodie(douceur: Provider) -> Candidate:
    """Somebody with accents, a double name, a phone and a SIRET."""
    person = await a_candidate(douceur, "Élodie Lefèvre-N’Diaye", email="Elodie.L@exemple.fr")
    for key, value in (("phone", "+33612345678"), ("siret", "73282932000074"), ("iban", "FR76X")):
        await Answer.create(candidate_id=person.id, key=key, value=value, answered_at=NOW)
    await index(person)
    await a_candidate(douceur, "Bruno Koffi")
    return person


@pytest.mark.parametrize(
    "query",
    [
        "élodie",
        "ELODIE",
        "elo",
        "lefevre",
        "diaye",
        "diaye elo",
        "Lefèvre-N",
        "elodie.l@exemple.fr",
        "elodie.l@",
        "06 12 34 56 78",
        "+33 6 12 34",
        "0033612345678",
        "0612.34",
        "732 829 320 00074",
        "732829320",
    ],
)
async def test_people_are_found(douceur: Provider, elodie: Candidate, query: str) -> None:
    assert await names(douceur, text=query) == ["Élodie"]


@pytest.mark.parametrize("query", ["zoe", "elo bruno", "0999", "FR76X", "%", "_", "' OR 1=1 --"])
async def test_others_are_not(douceur: Provider, elodie: Candidate, query: str) -> None:
    found = set(await names(douceur, text=query))
    assert found == (set() if query_words(query) else {"Bruno", "Élodie"})


async def test_the_index_follows_a_new_name(douceur: Provider, elodie: Candidate) -> None:
    elodie.first_name, elodie.email = "Zoé", "zoe@exemple.fr"
    await elodie.save()
    await index(elodie)
    assert await names(douceur, text="elodie lefevre") == []
    assert await names(douceur, text="zoe") == ["Zoé"]
    words = await SearchWord.filter(candidate_id=elodie.id).values_list("word", flat=True)
    assert len(words) == len(set(words))


def test_numbers_are_known_as_people_type_them() -> None:
    assert {"33612345678", "0612345678"} <= words_of([], "", ["+33612345678"])
    assert "73282932000074" in words_of([], "", ["73282932000074"])


async def test_filters_narrow(douceur: Provider) -> None:
    await a_candidate(douceur, "Amina B", "submitted", work_status="employee")
    await a_candidate(douceur, "Bruno K", "incomplete")
    await a_candidate(douceur, "Chloé M", "accepted", awaiting_reply_since=NOW)
    await a_candidate(douceur, "Djibril T", "to_correct", work_status=None)
    await a_candidate(douceur, "Élise B", "binned", awaiting_reply_since=NOW)
    assert await names(douceur, turn="operator") == ["Amina"]
    assert set(await names(douceur, turn="candidate")) == {"Bruno", "Djibril"}
    assert await names(douceur, turn="messages") == ["Chloé"]
    assert await names(douceur, status="binned") == ["Élise"]
    assert await names(douceur, work_status="employee") == ["Amina"]
    assert await names(douceur, status="nonsense", work_status="x") == await names(douceur)


async def test_whoever_waits_longest_comes_first(douceur: Provider) -> None:
    for days, name in ((1, "Amina"), (9, "Bruno"), (4, "Chloé")):
        await a_candidate(douceur, name, "submitted", since=timedelta(days=days))
    assert await names(douceur, turn="operator", sort="waiting") == ["Bruno", "Chloé", "Amina"]
    assert await names(douceur, sort="newest") == ["Amina", "Chloé", "Bruno"]


async def test_documents_to_review_are_counted(douceur: Provider) -> None:
    amina = await a_candidate(douceur, "Amina", "submitted")
    await a_candidate(douceur, "Bruno", "submitted")
    for key, state in (("sirene", "to_review"), ("sap", "to_review"), ("cv", "validated")):
        await Document.create(candidate_id=amina.id, key=key, state=state, sent_at=NOW)
    page = await candidates(douceur, Filters(), NOW)
    assert {line.name: line.to_review for line in page.lines} == {"Amina": 2, "Bruno": 0}


async def test_whoever_is_deleted_soon_is_listed(douceur: Provider) -> None:
    await a_candidate(douceur, "Amina", since=timedelta(days=44))
    await a_candidate(douceur, "Bruno", since=timedelta(days=3))
    await Provider.filter(id=douceur.id).update(
        counting_since=NOW - timedelta(days=90), reminder_days=0
    )
    await douceur.refresh_from_db()
    assert await names(douceur, turn="deletion") == ["Amina"]


@pytest.fixture
async def crowd(douceur: Provider) -> Provider:
    """Ten thousand people, many of whom came at the same moment."""
    people = [
        Candidate(
            provider_id=douceur.id,
            first_name=f"Nom{number}",
            status="submitted" if number % 3 else "incomplete",
            status_since=NOW - timedelta(minutes=number // 7),
            created_at=NOW - timedelta(minutes=number // 7),
            clock_start=NOW,
        )
        for number in range(10_000)
    ]
    await Candidate.bulk_create(people, batch_size=500)
    await SearchWord.bulk_create(
        (
            SearchWord(provider_id=douceur.id, word=f"nom{number}", candidate_id=person.id)
            for number, person in enumerate(people)
        ),
        batch_size=500,
    )
    return douceur


@pytest.mark.slow
@pytest.mark.parametrize("sort", ["newest", "waiting"])
async def test_pages_follow_each_other_without_gap_or_double(crowd: Provider, sort: str) -> None:
    seen: list[str] = []
    after, previous, pages = "", "", 0
    while True:
        page = await candidates(
            crowd,
            Filters(turn="operator", sort=sort, after=after),  # type: ignore[arg-type]  # plain text
            NOW,
        )
        seen += [line.candidate.id for line in page.lines]
        pages += 1
        if not page.next:
            previous = page.previous
            break
        after = page.next
    expected = await Candidate.filter(provider_id=crowd.id, status="submitted").count()
    assert len(seen) == len(set(seen)) == expected
    assert pages == -(-expected // PAGE)
    back = await candidates(
        crowd,
        Filters(turn="operator", sort=sort, before=previous),  # type: ignore[arg-type]  # plain text
        NOW,
    )
    last = (expected - 1) // PAGE * PAGE
    assert [line.candidate.id for line in back.lines] == seen[last - PAGE : last]


@pytest.mark.slow
async def test_searching_ten_thousand_people_finds_the_right_ones(crowd: Provider) -> None:
    found = await names(crowd, text="nom123")
    assert set(found) == {"Nom123", *(f"Nom123{n}" for n in range(10))}


async def test_the_page_leads_to_the_next_one(town: Town, browser: Browser) -> None:
    for number in range(PAGE + 3):
        await a_candidate(town.douceur, f"Nom{number:03}", since=timedelta(minutes=number + 1))
    odile = await browser(town.odile)
    first = await odile.get("/candidates")
    link = re.search(r'href="([^"]+)" rel="next"', first.text)
    assert link is not None
    second = await odile.get(link[1].replace("&amp;", "&"))
    assert second.text.count("row-link") == 3
    assert 'rel="prev"' in second.text


@pytest.mark.parametrize("cursor", ["x", "~", "2026-01-01~a", "2026-13-01T00:00:00+00:00~a", "\0"])
async def test_a_made_up_cursor_is_no_error(town: Town, browser: Browser, cursor: str) -> None:
    odile = await browser(town.odile)
    assert (await odile.get(f"/candidates?after={cursor}")).status == 200
