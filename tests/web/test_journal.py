"""The provider's journal: filtered by what, who and when, exported, and in words."""

from __future__ import annotations

import csv
from datetime import timedelta

import pytest

from models.tables import Operator, Provider, ProviderEvent
from rules.history import ProviderEventKind
from tests.factories import NOW
from tests.web.conftest import Browser, Page, Town
from words.provider_journal import GROUPS, KINDS, kinds_of

LATELY = NOW + timedelta(days=10)
HEAD = ["When", "Who", "What", "Before and after"]


async def a_line(
    provider: Provider, kind: str, who: Operator | None = None, days: int = 0
) -> None:
    await ProviderEvent.create(
        provider_id=provider.id,
        at=LATELY - timedelta(days=days),
        kind=kind,
        actor_kind="operator" if who else "system",
        actor_id=who.id if who else None,
        actor_name=who.name if who else "",
        after={"name": f"{kind} {days}"},
    )


@pytest.fixture
async def full(town: Town) -> Town:
    """Lines of several kinds, people and days; one of another provider."""
    await Operator.all().update(language="en")
    await a_line(town.douceur, "settings_changed", town.odile)
    await a_line(town.douceur, "signed_in", town.oscar, 1)
    await a_line(town.douceur, "clock_run", None, 2)
    await a_line(town.vert, "settings_changed", town.victor)
    return town


def names(page: Page) -> list[str]:
    """The facts of the lines shown, newest first; Odile's own sign-in says none."""
    cells = page.text.split('<td class="wrap full">')[1:]
    said = [cell.split("</td>")[0].removeprefix("name: ").strip() for cell in cells]
    return [one for one in said if one]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("kind=settings", ["settings_changed 0", "Douceur &amp; Cie · address: douceur-cie"]),
        ("kind=people", ["signed_in 1"]),
        ("kind=deletion", ["clock_run 2"]),
        ("kind=exports", []),
        ("who={oscar}", ["signed_in 1"]),
        ("who=system&from=2026-03-09", ["clock_run 2"]),
        ("from=2026-03-10&to=2026-03-11", ["clock_run 2", "signed_in 1"]),
        ("from=2026-03-11&to=2026-03-10", ["clock_run 2", "signed_in 1"]),
        ("to=2026-03-09", ["Douceur &amp; Cie · address: douceur-cie"]),
        ("who={victor}", []),
    ],
)
async def test_lines_are_found_by_what_who_and_when(
    full: Town, browser: Browser, query: str, shown: list[str]
) -> None:
    odile = await browser(full.odile)
    asked = query.format(oscar=full.oscar.id, victor=full.victor.id)
    assert sorted(names(await odile.get(f"/settings/journal?{asked}"))) == sorted(shown)


@pytest.mark.parametrize(
    "odd", ["kind=x", "from=2026-13-45", "to=99999-01-01", "from=0001-01-01", "to=%00", "before=x"]
)
async def test_what_makes_no_sense_leaves_nothing_out(
    full: Town, browser: Browser, odd: str
) -> None:
    page = await (await browser(full.odile)).get(f"/settings/journal?{odd}")
    assert (page.status, len(names(page))) == (200, 4)


async def test_the_export_holds_the_filtered_lines_and_is_journaled(
    full: Town, browser: Browser
) -> None:
    full.oscar.name = "=HYPERLINK(1)"
    await a_line(full.douceur, "signed_out", full.oscar, 1)
    odile = await browser(full.odile)
    page = await odile.post("/settings/journal/export", {"from": "2026-03-09"})
    assert page.answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(page.text.removeprefix("\ufeff").splitlines()))
    assert rows[0] == HEAD
    assert [row[3] for row in rows[1:]] == [
        "name: settings_changed 0",
        "name: signed_in 1",
        "name: clock_run 2",
        "name: signed_out 1",
    ]
    assert rows[4][1] == "'=HYPERLINK(1)", "no spreadsheet runs it"
    assert rows[3][:2] == ["2026-03-10 11:00:00", "the system"]
    line = await ProviderEvent.get(kind="journal_exported")
    assert (line.actor_name, line.after) == ("Odile", {"lines": 4, "from": "2026-03-09"})
    assert "from: 09/03/2026" in (await odile.get("/settings/journal?kind=exports")).text


async def test_a_french_spreadsheet_gets_its_semicolons(full: Town, browser: Browser) -> None:
    await Operator.filter(id=full.odile.id).update(language="fr")
    odile = await browser(full.odile)
    page = await odile.post("/settings/journal/export", {"who": full.oscar.id})
    rows = list(csv.reader(page.text.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert rows[0] == ["Quand", "Qui", "Quoi", "Avant et après"]
    assert len(rows) == 2
    line = await ProviderEvent.get(kind="journal_exported")
    assert line.after == {"lines": 1, "who": "Oscar"}


async def test_older_pages_keep_the_filter(full: Town, browser: Browser) -> None:
    for _ in range(60):
        await a_line(full.douceur, "signed_in", full.oscar, 3)
    odile = await browser(full.odile)
    first = await odile.get("/settings/journal?kind=people")
    address = first.text.split('href="/settings/journal?before=')[1].split('"')[0]
    second = await odile.get(f"/settings/journal?before={address.replace('&amp;', '&')}")
    assert "kind=people" in address
    assert len(names(first)) + len(names(second)) == 61


def test_every_kind_of_line_has_its_words_and_its_group() -> None:
    assert set(KINDS) == set(ProviderEventKind)
    found = [kind for group in GROUPS for kind in kinds_of(group)]
    assert sorted(found) == sorted(map(str, ProviderEventKind)), "each in one group only"
