"""Links: none, dead, renewed, closed, twice; coming back; several spaces."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from actions.deeds import Actor
from actions.providers import new_link
from actions.settings import Recruitment, change_recruitment
from models.tables import Answer, Candidate, Chat, Event, Notice, Provider
from rules.vocabulary import ActorKind
from tests.bot.conftest import House, Person, link
from tests.bot.journeys import begin, say_who
from words.screen import Button, Screen


async def test_without_a_link_the_way_in_is_explained(amina: Person) -> None:
    said = await amina.follow()
    assert "lien personnel" in said.text
    assert await Candidate.all().count() == 0


@pytest.mark.parametrize("text", ["Bonjour", "/infos", "/messages", "/mesdonnees", "/inconnue"])
async def test_whatever_a_visitor_writes_the_way_in_is_explained(amina: Person, text: str) -> None:
    await amina.follow()
    assert "lien personnel" in (await amina.say(text)).text


async def test_a_visitor_gets_help_and_changes_language(amina: Person) -> None:
    await amina.follow()
    assert "Demandez-lui son lien" in (await amina.say("/aide")).text
    await amina.say("/langue")
    assert "personal link" in (await amina.press("English")).text


@pytest.mark.parametrize("token", ["nothing", "c-aaaaaaaaaaaaaaaa", "c-", "c-x-email", "x" * 64])
async def test_a_dead_link_is_explained(amina: Person, token: str) -> None:
    assert "n’est pas connu" in (await amina.follow(token)).text
    assert await Candidate.all().count() == 0


async def test_a_renewed_link_says_so_politely(amina: Person, douceur: Provider) -> None:
    old = await link(douceur)
    await new_link(douceur.id, datetime.now(UTC))
    said = await amina.follow(old)
    assert "Douceur & Cie a été remplacé" in said.text
    assert await Candidate.all().count() == 0
    assert "Bienvenue" in (await amina.follow(await link(douceur))).text


async def test_a_renewed_link_still_opens_to_those_who_are_in(
    amina: Person, douceur: Provider
) -> None:
    old = await link(douceur)
    await begin(amina, douceur)
    await new_link(douceur.id, datetime.now(UTC))
    assert "Prénom" in (await amina.follow(old)).text


@pytest.mark.parametrize("own", [True, False])
async def test_closed_sign_ups_say_the_providers_sentence(
    amina: Person, douceur: Provider, own: bool
) -> None:
    words = {"fr": "Nous recrutons à nouveau en <mars>.", "en": "Back in March."}
    await Provider.filter(id=douceur.id).update(
        signups_open=False, closed_sentence=words if own else {}
    )
    said = await amina.follow(await link(douceur))
    assert ("en <mars>" if own else "ne prend pas de nouvelles candidatures") in said.text
    assert await Candidate.all().count() == 0


async def test_the_same_link_twice_makes_one_candidate_and_goes_on(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await amina.say("Amina")
    said = await amina.follow(await link(douceur))
    assert "Nom" in said.text
    assert "2/" in said.text
    assert await Candidate.all().count() == 1


async def test_the_notice_is_shown_again_until_it_was_read(
    amina: Person, douceur: Provider
) -> None:
    await amina.follow(await link(douceur))
    assert "Vos données" in (await amina.follow(await link(douceur))).text
    candidate = await amina.candidate(douceur)
    assert candidate.notice_version == 1
    assert candidate.notice_at is not None
    assert await Event.filter(kind="notice_shown").count() == 1


async def test_the_notice_stays_above_the_first_question(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    texts = [one.text for one in await amina.bot_messages()]
    assert "Vos données" in texts[0]
    assert "Prénom" in texts[1]


async def test_the_notice_changes_language_in_place(amina: Person, douceur: Provider) -> None:
    await amina.follow(await link(douceur))
    said = await amina.press("English")
    assert "Welcome to" in said.text
    assert len(await amina.bot_messages()) == 1
    assert (await amina.candidate(douceur)).language == "en"
    assert await Event.filter(kind="language_changed").count() == 1


async def test_a_notice_that_changed_is_shown_again_once(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    assert "Votre statut" in (await amina.say("/start")).text
    wanted = replace(Recruitment.of(douceur), deletion_days=30, reminder_days=7)
    odile = Actor(ActorKind.OPERATOR, "odile", "Odile")
    await change_recruitment(
        douceur.id, wanted, douceur.settings_version, odile, datetime.now(UTC)
    )
    said = await amina.say("/start")
    assert "a changé" in said.text
    assert "30 jours" in said.text
    assert "Votre statut" in (await amina.press("Continuer")).text
    assert "Votre statut" in (await amina.say("/start")).text
    shown = await Event.filter(kind="notice_shown").order_by("id")
    assert [one.after["version"] for one in shown if one.after] == [1, 2]
    assert (await amina.candidate(douceur)).notice_version == 2


async def test_start_alone_goes_back_to_where_one_was(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.say("/messages")
    assert "Votre statut" in (await amina.say("/start")).text


async def test_somebody_with_two_providers_chooses_and_always_sees_which_one(
    amina: Person, douceur: Provider, vert: Provider
) -> None:
    await begin(amina, douceur)
    await amina.say("Amina")
    await begin(amina, vert)
    asked = await amina.last()
    assert asked.text.startswith("Vert Jardin")
    assert "Prénom" in asked.text
    chooser = await amina.say("/start")
    assert chooser.labels == ["Douceur & Cie", "Vert Jardin"]
    back = await amina.press("Douceur & Cie")
    assert back.text.startswith("Douceur & Cie")
    assert "Nom" in back.text
    await amina.say("Benali")
    douce, verte = await amina.candidate(douceur), await amina.candidate(vert)
    assert (douce.last_name, verte.last_name) == ("Benali", "")


async def test_a_button_of_another_space_answers_nothing_in_this_one(
    amina: Person, douceur: Provider, vert: Provider
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    question = await amina.press("Salarié")
    assert "français couramment" in question.text
    await begin(amina, vert)
    said = await amina.press("Non", question.id)
    assert "Vert Jardin" in said.text
    assert "ne sert plus" in (await amina.phone.notices())[-1]
    there = await amina.candidate(vert)
    assert await Answer.filter(candidate_id=there.id).count() == 0
    assert await Answer.filter(key="speaks_french").count() == 0
    await amina.say("/start")
    asked = await amina.press("Douceur & Cie")
    assert "français couramment" in asked.text
    await amina.press("Oui", asked.id)
    assert (await Answer.get(key="speaks_french")).value is True


async def test_news_stay_readable_when_their_button_is_pressed(
    house: House, amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    words = "Bonjour Amina, il manque une page."
    news = Screen(words, ((Button("Aller à ma candidature", "go:next"),),))
    sent = await house.door.sender.show(house.bot, amina.phone.id, news)
    await Chat.filter(user_id=amina.phone.id).update(last_message_id=sent)
    said = await amina.press("Aller à ma candidature")
    assert "Prénom" in said.text
    assert words in [one.text for one in await amina.bot_messages()]


async def test_a_mailed_link_opens_one_item_of_ones_own_space(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    candidate = await amina.candidate(douceur)
    said = await amina.follow(f"c-{candidate.id}-first_name")
    assert "Votre réponse actuelle : Amina" in said.text
    assert "Votre statut" in (await amina.follow(f"c-{candidate.id}")).text


async def test_a_mailed_link_of_somebody_else_is_a_dead_link(
    amina: Person, bruno: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await amina.say("Amina")
    candidate = await amina.candidate(douceur)
    said = await bruno.follow(f"c-{candidate.id}-first_name")
    assert "not known here" in said.text
    assert (await bruno.chat()).candidate_id is None


async def test_one_accepted_status_is_everybodys_and_is_not_asked(
    amina: Person, douceur: Provider
) -> None:
    await Provider.filter(id=douceur.id).update(accepted_statuses=["independent"])
    await begin(amina, douceur)
    await say_who(amina)
    assert "français couramment" in (await amina.last()).text
    assert (await amina.candidate(douceur)).work_status == "independent"


async def test_with_the_module_off_the_space_opens_once_one_said_who_one_is(
    amina: Person, douceur: Provider
) -> None:
    await Provider.filter(id=douceur.id).update(module_on=False)
    await begin(amina, douceur)
    assert "1/3" in (await amina.last()).text
    await say_who(amina)
    said = await amina.last()
    assert "Votre espace chez Douceur & Cie" in said.text
    assert "Confirmez votre compte" in said.text
    assert await Notice.filter(kind="activation", channel="mail").count() == 1
    await amina.press("Renvoyer le mail")
    assert await Notice.filter(kind="activation", channel="mail").count() == 2


async def test_a_group_is_none_of_our_business(house: House, douceur: Provider) -> None:
    update = {
        "update_id": 1,
        "message": {
            "message_id": 1,
            "date": 1_700_000_000,
            "chat": {"id": -100, "type": "group", "title": "Friends"},
            "from": {"id": 5, "is_bot": False, "first_name": "Amina"},
            "text": f"/start {await link(douceur)}",
        },
    }
    await house.door.handle(house.bot, update)
    assert await Candidate.all().count() == 0
    assert await house.sandbox.calls("sendMessage") == []


async def test_nothing_is_kept_of_what_a_visitor_shares(amina: Person) -> None:
    await amina.follow()
    await amina.phone.send_contact()
    assert "lien personnel" in (await amina.answered()).text
    assert await Answer.all().count() == 0
