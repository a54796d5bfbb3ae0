"""Links that the provider publishes: saved, shown in the open space only, refused, journaled."""

from __future__ import annotations

from typing import Any

from models.tables import Provider, ProviderEvent
from tests.web.conftest import Browser, Browsing, Page, Town

ADDRESS = "/settings/links"
PLANNING = "https://planning.example.org"


async def send(person: Browsing, **typed: Any) -> Page:
    return await person.post(ADDRESS, {"version": "1", **typed})


async def test_links_are_saved_in_order_and_journaled(town: Town, browser: Browser) -> None:
    odile = await browser(town.odile)
    page = await send(
        odile, label_fr_1="Mon planning", label_en_1="My planning", url_1=PLANNING, label_fr_0=""
    )
    assert page.to == f"{ADDRESS}?saved=1"
    kept = [{"label": {"fr": "Mon planning", "en": "My planning"}, "url": PLANNING}]
    assert (await Provider.get(id=town.douceur.id)).links == kept
    shown = (await odile.get(ADDRESS)).text
    assert PLANNING in shown
    line = await ProviderEvent.filter(provider_id=town.douceur.id).order_by("-id").first()
    assert line is not None
    assert (line.subject, line.before, line.after) == (
        "space_links",
        {"links": []},
        {"links": kept},
    )
    assert PLANNING in (await odile.get("/settings/journal")).text


async def test_a_bad_address_is_told_beside_it_and_nothing_typed_is_lost(
    town: Town, browser: Browser
) -> None:
    odile = await browser(town.odile)
    page = await send(odile, label_fr_0="Mon planning", url_0="planning", label_fr_2="Autre")
    assert page.status == 422
    for typed in ("Mon planning", 'value="planning"', "Autre", "https://"):
        assert typed in page.text
    assert (await Provider.get(id=town.douceur.id)).links == []


async def test_a_form_of_before_somebody_elses_change_is_told_and_kept(
    town: Town, browser: Browser
) -> None:
    odile = await browser(town.odile)
    await send(odile, label_fr_0="Mon planning", url_0=PLANNING)
    page = await send(odile, label_fr_0="Règlement", url_0="https://example.org")
    assert page.status == 409
    assert "Règlement" in page.text
    assert (await Provider.get(id=town.douceur.id)).links[0]["url"] == PLANNING
