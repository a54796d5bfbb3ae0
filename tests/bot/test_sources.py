"""By which way somebody came, as the link says: kept at the sign-up, counted, never trusted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from actions.deeds import Actor
from actions.erasure import erase
from actions.providers import new_link
from actions.sources import add_tag, remove_tag
from models.reads.sources import Came, came_by
from models.tables import Candidate, Provider, Tombstone
from rules.sources import payload
from rules.vocabulary import ActorKind
from tests.bot.conftest import Person, link

ODILE = Actor(ActorKind.OPERATOR, "o" * 16, "Odile")


async def tagged(provider: Provider, name: str) -> str:
    """The payload of a link with a new tag."""
    fresh = await Provider.get(id=provider.id)
    tag = await add_tag(provider.id, name, fresh.settings_version, ODILE, datetime.now(UTC))
    return payload(await link(provider), tag)


async def counted(provider: Provider) -> dict[str, Came]:
    return {one.key: one for one in await came_by(await Provider.get(id=provider.id), NOW())}


def NOW() -> datetime:  # noqa: N802  # reads as what it is
    return datetime.now(UTC)


async def test_who_comes_by_a_tag_is_counted_there(
    amina: Person, bruno: Person, douceur: Provider
) -> None:
    market = await tagged(douceur, "Marché de Noël")
    assert "Bienvenue" in (await amina.follow(market)).text
    await bruno.follow(await link(douceur))
    assert (await amina.candidate(douceur)).source == "marche-de-noel"
    assert (await bruno.candidate(douceur)).source is None
    found = await counted(douceur)
    assert found["marche-de-noel"] == Came("marche-de-noel", "Marché de Noël", 1, 0, 0)
    assert found[""].signed_up == 1


@pytest.mark.parametrize("odd", ["-unknown", "-FLYER", "-", "_flyer", "flyer", "-" + "f" * 41])
async def test_a_tag_that_is_none_lets_everybody_in(
    amina: Person, douceur: Provider, odd: str
) -> None:
    await tagged(douceur, "Flyer")
    assert "Bienvenue" in (await amina.follow((await link(douceur)) + odd)).text
    assert (await amina.candidate(douceur)).source is None


async def test_another_providers_tag_is_none(
    amina: Person, douceur: Provider, vert: Provider
) -> None:
    await tagged(vert, "Flyer")
    await amina.follow(f"{await link(douceur)}-flyer")
    assert (await amina.candidate(douceur)).source is None


async def test_coming_back_by_another_way_changes_nothing(
    amina: Person, douceur: Provider
) -> None:
    await amina.follow(await tagged(douceur, "Flyer"))
    await amina.follow(await tagged(douceur, "Market"))
    assert (await amina.candidate(douceur)).source == "flyer"
    assert await Candidate.all().count() == 1


async def test_a_renewed_link_says_so_with_a_tag_too(amina: Person, douceur: Provider) -> None:
    old = await tagged(douceur, "Flyer")
    await new_link(douceur.id, NOW())
    assert "a été remplacé" in (await amina.follow(old)).text


async def test_the_figures_outlive_the_candidate_and_the_tag(
    amina: Person, bruno: Person, douceur: Provider
) -> None:
    flyer = await tagged(douceur, "Flyer")
    await amina.follow(flyer)
    await bruno.follow(flyer)
    gone = await amina.candidate(douceur)
    await Candidate.filter(id=gone.id).update(submitted_at=NOW(), status="accepted")
    await Candidate.filter(telegram_id=bruno.phone.id).update(
        submitted_at=NOW(), admitted_at=NOW(), status="accepted"
    )
    await erase(gone.id, "own_wish", Actor(ActorKind.CANDIDATE, gone.id, ""), NOW())
    assert (await Tombstone.get()).source == "flyer"
    assert (await counted(douceur))["flyer"] == Came("flyer", "Flyer", 2, 2, 2)
    fresh = await Provider.get(id=douceur.id)
    await remove_tag(douceur.id, "flyer", fresh.settings_version, ODILE, NOW())
    assert (await counted(douceur))["flyer"] == Came("flyer", "flyer", 2, 2, 2, removed=True)


async def test_only_eight_weeks_are_counted(amina: Person, douceur: Provider) -> None:
    await amina.follow(await tagged(douceur, "Flyer"))
    await Candidate.all().update(created_at=NOW() - timedelta(weeks=9))
    assert (await counted(douceur))["flyer"].signed_up == 0
