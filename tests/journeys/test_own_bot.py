"""A provider gets its own bot while the product runs: new people come by it, nobody is lost."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from models.tables import Bot, Candidate, JoinLink, Provider
from tests.journeys.conftest import USERNAME
from tests.journeys.people import Thumbs, Town

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.slow]
TOKEN, OWN = "5555:AAE-own-made-up-token", "douceur_own_bot"


async def test_a_bot_of_ones_own_from_botfather_to_the_first_candidate(
    town: Town, douceur: Provider
) -> None:
    link = await JoinLink.get(provider_id=douceur.id)
    bruno = await town.thumbs("Bruno", link.token)
    await bruno.hears("Bienvenue")
    await town.sandbox.add_bot(TOKEN, "Douceur", OWN)

    odile = await town.desk("Odile", "douceur-cie")
    await odile.page.goto("/settings/ecommerce/join")
    await odile.page.get_by_label("Un nouvel endroit").fill("Marché de Noël")
    await odile.page.get_by_role("button", name="Ajouter").click()
    await odile.page.goto("/settings/bot")
    await odile.page.get_by_label("Jeton du bot").fill(TOKEN)
    await odile.page.get_by_role("button", name="Connecter ce bot").click()
    await expect(odile.page.get_by_role("status")).to_contain_text(f"@{OWN} est connecté")
    await odile.look("own bot")

    visitor = await town.browser(town.panel)
    await visitor.goto("/join/douceur-cie?s=marche-de-noel")
    button = visitor.get_by_role("link", name="Continuer dans Telegram")
    await expect(button).to_have_attribute("href", re.compile(f"{OWN}.start={link.token}-marche"))
    handset = await town.sandbox.phone("Amina")
    await handset.open(OWN, f"{link.token}-marche-de-noel")
    await Thumbs(handset).hears("Bienvenue")

    own = await Bot.get(username=OWN)
    amina = await Candidate.get(telegram_id=handset.id)
    assert (amina.bot_id, amina.source) == (own.id, "marche-de-noel")
    shared = await Bot.get(username=USERNAME)
    assert (await Candidate.get(telegram_id=bruno.handset.id)).bot_id == shared.id
    await bruno.presses("Commencer", "Prénom")

    await odile.page.goto("/settings/bot")
    await odile.page.get_by_role("link", name="Le reprendre…").click()
    await expect(odile.page.get_by_text("1 personne écrit à ce bot")).to_be_visible()
    await odile.page.get_by_role("button", name="Reprendre le bot").click()
    await expect(odile.page.get_by_role("status")).to_contain_text("Le bot a été repris")
    await handset.open(USERNAME, link.token)
    await Thumbs(handset).hears("Prénom")
    assert await Candidate.filter(provider_id=douceur.id).count() == 2
    assert (await Candidate.get(id=amina.id)).bot_id == shared.id
