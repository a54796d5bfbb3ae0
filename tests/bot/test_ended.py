"""The chat of somebody who no longer works with the provider: closed, politely."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from actions.admissions import end_admission, resume_admission
from actions.deeds import SYSTEM
from models.tables import Candidate, Event, Message, Provider, Upload
from tests.bot.conftest import Person, link
from tests.bot.journeys import submitted
from tests.bot.test_application import keep_button, set_status

CLOSED = "Vous n’intervenez plus chez Douceur & Cie, et cet espace est fermé."


UNHEARD = "Votre message n’a pas été transmis : cet espace est fermé."


async def ended(person: Person, provider: Provider, photo: Path) -> Candidate:
    """Accepted, then no longer working there."""
    await submitted(person, provider, photo)
    await set_status(person, provider, "accepted", admitted_at=datetime.now(UTC))
    candidate = await person.candidate(provider)
    await end_admission(candidate.id, SYSTEM, datetime.now(UTC), provider_id=provider.id)
    return candidate


async def test_the_space_is_closed_politely_but_for_ones_rights(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await ended(amina, douceur, photo)
    for text in ("/start", "/infos", "/documents", "/messages", "Et mes heures ?"):
        said = await amina.say(text)
        assert CLOSED in said.text
        assert "effacées 2 ans après votre dernier signe de vie" in said.text
    assert said.text.startswith(UNHEARD)
    await amina.phone.send_photo(photo)
    said = await amina.answered()
    assert said.text.startswith(UNHEARD)
    assert CLOSED in said.text
    assert await Message.all().count() == 0
    assert await Upload.all().count() == 2
    assert CLOSED in (await amina.follow(await link(douceur))).text, "the link says so too"
    assert said.labels == ["Recevoir mes données", "Effacer mes données"]
    assert CLOSED not in (await amina.say("/mesdonnees")).text
    assert "en préparation" in (await amina.press("copie de mes données")).text


async def test_a_closed_space_says_where_to_write_and_offers_nothing_that_is_shut(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await Provider.filter(id=douceur.id).update(reply_to="bonjour@douceur.example")
    await ended(amina, douceur, photo)
    assert "écrivez à bonjour@douceur.example" in (await amina.say("/start")).text
    for command in ("/aide", "/mesdonnees"):
        said = (await amina.say(command)).text
        assert "effacer" in said
        assert not any(shut in said for shut in ("Nous écrire", "Mes infos", "Documents :"))


async def test_ones_data_can_still_be_erased(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    candidate = await ended(amina, douceur, photo)
    await amina.say("/start")
    await amina.press("Effacer mes données")
    await amina.press("Effacer mon dossier")
    await amina.press("Oui, tout effacer")
    assert not await Candidate.exists(id=candidate.id)


async def test_keeping_is_an_act_in_a_closed_space_too(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    candidate = await ended(amina, douceur, photo)
    long_ago = datetime.now(UTC) - timedelta(days=725)
    await Candidate.filter(id=candidate.id).update(clock_start=long_ago, ended_at=long_ago)
    reply = await keep_button(amina)
    assert "vos données sont conservées" in reply
    assert CLOSED in reply
    assert (await amina.candidate(douceur)).clock_start > long_ago + timedelta(days=724)
    assert await Event.filter(kind="kept").count() == 1


async def test_where_nothing_is_deleted_by_itself_no_delay_is_told(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await ended(amina, douceur, photo)
    await Provider.filter(id=douceur.id).update(ended_days=0)
    said = await amina.say("/start")
    assert CLOSED in said.text
    assert "signe de vie" not in said.text
    assert "À tout moment" in said.text


async def test_the_space_opens_again_as_it_was(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    candidate = await ended(amina, douceur, photo)
    await resume_admission(candidate.id, SYSTEM, datetime.now(UTC), provider_id=douceur.id)
    assert "Vous faites partie de Douceur & Cie" in (await amina.say("/start")).text
