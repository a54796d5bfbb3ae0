"""Words that a provider wrote in one language only are read by everybody."""

from __future__ import annotations

import pytest

from models.tables import Answer, Candidate, Operator
from rules.catalogue import Reason
from rules.requirements import Option
from tests.composing import an_admin, publishes
from tests.factories import NOW
from tests.web.conftest import Browser, Town
from tests.web.people import amina_applies, sends


@pytest.mark.parametrize("read", ["fr", "en"])
@pytest.mark.parametrize("written", ["fr", "en"])
async def test_labels_choices_and_reasons_in_one_language_are_shown_in_every_tab(
    town: Town, browser: Browser, written: str, read: str
) -> None:
    amina = await amina_applies(town.douceur, "incomplete")
    await Candidate.filter(id=amina.id).update(language=read)
    await Operator.filter(id=town.odile.id).update(language=read)
    tools = (Option("", {written: "Sécateur"}), Option("", {written: "Tondeuse"}))
    await publishes(
        town.douceur,
        await an_admin(town.douceur, "Ophélie"),
        lambda d: d.add_own_field("tool", "choice", {written: "Outil"}, options=tools),
        lambda d: d.add_own_document(
            "badge",
            {written: "Carte de visite"},
            reasons=(Reason("", {written: "Trop floue"}, {}),),
        ),
        ask=True,
    )
    await Answer.create(candidate_id=amina.id, key="own_tool", value="secateur", answered_at=NOW)
    await sends(amina, "own_badge")
    odile = await browser(town.odile)
    path = f"/candidates/{amina.id}"
    infos = await odile.get(f"{path}?tab=infos")
    assert "Outil" in infos.text
    assert "Sécateur" in infos.text
    paper = await odile.get(f"{path}?tab=own_badge")
    assert paper.status == 200
    assert "Carte de visite" in paper.text
    assert "Trop floue" in paper.text
    for tab in ("summary", "history"):
        assert "Carte de visite" in (await odile.get(f"{path}?tab={tab}")).text
    assert "Outil" in (await odile.get("/settings/journal")).text
