"""Questions: wrong answers, buttons, going back, changing, skipping, conditions."""

from __future__ import annotations

import pytest

from models.tables import Answer, Candidate, Event, Field, KeptUpdate, Notice, Provider
from store.sealing import keyring
from tests.bot.conftest import House, Person, link
from tests.bot.journeys import answer_the_rest, begin, say_who

WRONG = [
    ("first_name", "   .", None),
    ("email", "amina", "@"),
    ("email", "amina@gmail", "après le signe @"),
    ("email", "amina@@example.org", "@"),
    ("work_status", "patron", "Indépendant"),
    ("speaks_french", "peut-être", "oui ou par non"),
    ("phone", "bonjour", "06 12 34 56 78"),
    ("phone", "06 12", "trop court"),
    ("postal_code", "00000", None),
    ("may_work_in_france", "4", "n’est pas dans la liste"),
    ("activities", "pilote", "pilote"),
    ("siret", "123", None),
]


async def at_question(person: Person, provider: Provider, key: str) -> None:
    """Begin, and open this question by its link."""
    await begin(person, provider)
    candidate = await person.candidate(provider)
    if key == "siret":
        await Candidate.filter(id=candidate.id).update(work_status="independent")
    await person.follow(f"c-{candidate.id}-{key}")


@pytest.mark.parametrize(("key", "typed", "says"), WRONG)
async def test_a_wrong_answer_is_explained_and_asked_again(
    amina: Person, douceur: Provider, key: str, typed: str, says: str | None
) -> None:
    await at_question(amina, douceur, key)
    before = (await amina.bot_messages())[-1].text
    said = (await amina.say(typed)).text
    if key == "phone":
        said = (await amina.bot_messages())[-2].text
    assert said.startswith("⚠️")
    assert says is None or says in said
    if key != "phone":
        assert said.endswith(before)
    assert await Answer.all().count() == 0


async def test_a_wrong_answer_is_explained_in_english_too(
    bruno: Person, douceur: Provider
) -> None:
    await bruno.follow(await link(douceur))
    await bruno.press("Start")
    await bruno.say("Bruno")
    await bruno.say("Keller")
    assert "An e-mail address has an @ sign" in (await bruno.say("bruno")).text


async def test_what_was_typed_is_never_markup(amina: Person, douceur: Provider) -> None:
    await at_question(amina, douceur, "activities")
    said = await amina.say("<b>pilote</b> & co")
    assert "<b>pilote</b> & co" in said.text


async def test_choices_may_be_typed(amina: Person, douceur: Provider) -> None:
    await at_question(amina, douceur, "activities")
    await amina.say("jardinage, 8")
    answer = await Answer.get(key="activities")
    assert answer.value == ["gardening", "tutoring"]


async def test_ticks_are_kept_and_can_be_taken_back(amina: Person, douceur: Provider) -> None:
    await at_question(amina, douceur, "activities")
    await amina.press("Jardinage")
    await amina.press("Soutien")
    said = await amina.press("Jardinage")
    assert "☑ Soutien scolaire" in said.labels
    assert "☐ Jardinage" in said.labels
    assert await Answer.all().count() == 0
    await amina.press("Valider (1)")
    assert (await Answer.get(key="activities")).value == ["tutoring"]


async def test_nothing_ticked_is_no_answer(amina: Person, douceur: Provider) -> None:
    await at_question(amina, douceur, "activities")
    assert (await amina.press("Valider")).text.startswith("⚠️ Cette réponse est nécessaire")


async def test_ones_own_contact_answers_the_phone_question(
    amina: Person, douceur: Provider
) -> None:
    await at_question(amina, douceur, "phone")
    assert await amina.phone.keyboard() == [["📱 Partager mon numéro"]]
    await amina.phone.send_contact()
    await amina.answered()
    assert (await Answer.get(key="phone")).value == "+" + amina.phone.phone_number.lstrip("+")
    assert await amina.phone.keyboard() == []


async def test_somebody_elses_contact_is_refused(
    amina: Person, bruno: Person, douceur: Provider
) -> None:
    await bruno.follow()
    await at_question(amina, douceur, "phone")
    await amina.phone.send_contact(bruno.phone)
    await amina.answered()
    texts = [one.text for one in await amina.bot_messages()]
    assert any("contact de quelqu’un d’autre" in text for text in texts[-3:])
    assert await Answer.all().count() == 0
    assert await amina.phone.keyboard() == [["📱 Partager mon numéro"]]


async def test_going_back_shows_the_answer_and_keeps_it(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    said = await amina.press("Retour")
    assert "Votre réponse actuelle : amina@example.org" in said.text
    assert "Votre statut" in (await amina.press("Garder cette réponse")).text


async def test_an_answer_is_changed_from_the_list_and_the_journal_keeps_both(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.say("/infos")
    await amina.press("✏️ Nom")
    said = await amina.say("Benhali")
    assert "✅ Nom : Benhali" in said.text
    assert "Votre statut" in said.text
    event = await Event.get(kind="answer_changed")
    assert (event.subject, event.before, event.after) == ("last_name", "Benali", "Benhali")
    assert event.actor_kind == "candidate"
    assert (await amina.candidate(douceur)).last_name == "Benhali"


async def test_the_same_answer_again_is_no_event(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.say("/infos")
    await amina.press("✏️ Nom")
    await amina.say("Benali")
    assert await Event.filter(kind="answer_changed").count() == 0


async def test_the_list_has_pages(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    assert "(1/2)" in (await amina.say("/infos")).text
    second = await amina.press("Suivant")
    assert "(2/2)" in second.text
    assert "Précédent" in " ".join(second.labels)


async def test_an_optional_question_can_be_skipped_and_answered_later(
    amina: Person, douceur: Provider
) -> None:
    await Field.filter(key="phone", provider_id=douceur.id).update(required=False)
    await at_question(amina, douceur, "phone")
    asked = (await amina.bot_messages())[-2]
    await amina.press("Passer", asked.id)
    assert (await Answer.get(key="phone")).value is None
    assert await Event.filter(kind="answer_skipped", subject="phone").count() == 1
    assert "non renseigné" in (await amina.say("/infos")).text


async def test_a_required_question_has_no_skip_button(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    assert "Passer" not in (await amina.last()).labels


async def test_a_new_address_has_to_prove_itself_again(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    candidate = await amina.candidate(douceur)
    await Candidate.filter(id=candidate.id).update(
        email_confirmed_at=candidate.created_at,
        email_refused_at=candidate.created_at,
        email_failing_since=candidate.created_at,
    )
    assert await Notice.all().count() == 0
    await amina.say("/infos")
    await amina.press("Adresse e-mail")
    said = await amina.say("benali@example.org")
    assert "Un mail part à cette adresse" in said.text
    candidate = await amina.candidate(douceur)
    assert candidate.email == "benali@example.org"
    assert candidate.email_confirmed_at is None
    assert candidate.email_refused_at is None
    assert candidate.email_failing_since is None
    assert await Notice.filter(kind="email_confirmation", channel="mail").count() == 1


async def test_a_condition_that_is_not_met_is_told_at_once_and_the_questions_stop(
    amina: Person, douceur: Provider
) -> None:
    await Provider.filter(id=douceur.id).update(french_required=True)
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    said = await amina.press("Non")
    assert "il faut parler français couramment" in said.text
    assert said.labels == ["Corriger ma réponse", "✉️ Nous écrire", "Effacer mon dossier"]
    assert "✅" not in said.text
    assert "il faut parler français" in (await amina.say("/start")).text
    await amina.press("Corriger ma réponse")
    await amina.press("Oui")
    assert "Téléphone" in (await amina.bot_messages())[-2].text


async def test_a_status_that_is_no_longer_accepted_is_told(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    await Provider.filter(id=douceur.id).update(accepted_statuses=["independent"])
    said = await amina.say("/start")
    assert "n’est plus accepté chez Douceur & Cie" in said.text
    asked = await amina.press("Corriger")
    assert "Salarié" not in asked.labels
    await amina.press("Indépendant")
    assert (await amina.candidate(douceur)).work_status == "independent"


@pytest.mark.parametrize(
    ("kind", "typed", "kept", "mask"),
    [
        ("iban", "FR76 3000 6000 0112 3456 7890 189", "FR7630006000011234567890189", "•••• 0189"),
        ("nir", "2 55 08 14 168 025 38", "255081416802538", "•••• 2538"),
    ],
)
async def test_a_sensitive_answer_is_sealed_and_told_masked(
    amina: Person, douceur: Provider, kind: str, typed: str, kept: str, mask: str
) -> None:
    await Field.filter(key="postal_code", provider_id=douceur.id).update(kind=kind)
    await at_question(amina, douceur, "postal_code")
    said = await amina.say(typed)
    assert mask in said.text
    row = await Answer.get(key="postal_code")
    assert row.value["masked"] == mask
    purpose = f"answer:{row.candidate_id}:postal_code"
    assert keyring().open_text(row.value["sealed"], purpose) == kept
    event = await Event.get(kind="answer_given")
    assert event.after == mask
    assert mask in (await amina.say("/infos")).text


async def test_a_button_of_an_answered_question_changes_the_answer(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.say("indépendant")
    asked = await amina.last()
    await amina.say("oui")
    await amina.press("Non", asked.id)
    assert (await Answer.get(key="speaks_french")).value is False


async def test_an_old_button_asks_again_before_it_changes_the_status(
    amina: Person, douceur: Provider
) -> None:
    """Another status means other documents: one press far up is not enough."""
    await begin(amina, douceur)
    await say_who(amina)
    asked = await amina.last()
    await amina.say("indépendant")
    said = await amina.press("Salarié", asked.id)
    assert "Votre réponse actuelle : Indépendant" in said.text
    assert (await amina.candidate(douceur)).work_status == "independent"
    assert "Votre statut : Salarié" in (await amina.press("Salarié")).text
    assert (await amina.candidate(douceur)).work_status == "employee"
    again = await amina.press("Salarié", asked.id)
    assert "actuelle" not in again.text, "a double click is no question"


async def test_an_old_button_says_that_it_is_of_no_use_and_shows_where_one_is(
    house: House, amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    asked = await amina.last()
    for number, data in enumerate(
        (
            "pick:gone:x",
            "skip:first_name:",
            "tick:first_name:x",
            "pick:first_name:x",
            "unknown",
            "ticked:first_name",
            "go:nowhere",
            "lang:xx",
            "space:aaaa",
            "doc:gone",
            "more:gone",
            "put:aaaa:cv",
            "tell:aaaa",
            "back:first_name",
            "erase:now",
            "ask:gone",
            "pick",
            "go:",
        ),
        1,
    ):
        update = {
            "update_id": 10_000_000 + number,
            "callback_query": {
                "id": f"{number}",
                "chat_instance": "1",
                "from": {"id": amina.phone.id, "is_bot": False, "first_name": "Amina"},
                "data": data,
                "message": {
                    "message_id": asked.id,
                    "date": 1_700_000_000,
                    "chat": {"id": amina.phone.id, "type": "private"},
                    "text": asked.text,
                },
            },
        }
        before = (await amina.candidate(douceur)).status
        await house.door.handle(house.bot, update)
        assert (await amina.candidate(douceur)).status == before
    assert await Answer.all().count() == 0
    assert await KeptUpdate.all().count() == 0, "no press hit a bug"
    assert "Prénom" in (await amina.say("/start")).text


async def test_nothing_is_lost_between_two_days(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await answer_the_rest(amina)
    assert "Certificats de travail" in (await amina.say("/start")).text
    assert await Answer.all().count() == 10


@pytest.mark.parametrize("button", ["Garder cette réponse", "Retour"])
async def test_leaving_the_phone_question_takes_its_keyboard_away(
    amina: Person, douceur: Provider, button: str
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    await amina.press("Oui")
    await amina.say("06 12 34 56 78")
    assert not await amina.phone.keyboard()
    await amina.say("/infos")
    await amina.press("Téléphone")
    assert await amina.phone.keyboard()
    await amina.press(button)
    assert not await amina.phone.keyboard()


@pytest.mark.parametrize("command", ["/messages", "/documents", "/aide"])
async def test_wherever_one_goes_from_it_the_phones_keyboard_goes_too(
    amina: Person, douceur: Provider, command: str
) -> None:
    await at_question(amina, douceur, "phone")
    assert await amina.phone.keyboard()
    await amina.say(command)
    assert not await amina.phone.keyboard()


async def test_words_before_the_start_are_kept_and_the_start_stays_at_hand(
    amina: Person, douceur: Provider
) -> None:
    await amina.follow(await link(douceur))
    said = await amina.say("Bonjour")
    assert "touchez « Commencer »" in said.text
    assert said.labels == ["✉️ Oui, l’envoyer", "Commencer", "Aide"]
    assert "Prénom" in (await amina.press("Commencer", said.id)).text
