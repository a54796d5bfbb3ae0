"""Messages, words without a place, and everything that is not words."""

from __future__ import annotations

import pytest

from models.tables import (
    Answer,
    Candidate,
    Chat,
    Event,
    LooseMessage,
    Message,
    Notice,
    Provider,
    Tombstone,
)
from tests.bot.conftest import Person
from tests.bot.journeys import begin, say_who


async def test_a_message_reaches_the_operator_and_waits_for_a_reply(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await amina.say("/messages")
    said = await amina.say("Bonjour, <b>quand</b> ?")
    assert "a été remis" in said.text
    assert "Bonjour, <b>quand</b> ?" in said.text
    message = await Message.get()
    assert message.operator_id is None
    candidate = await amina.candidate(douceur)
    assert candidate.awaiting_reply_since is not None
    first = candidate.awaiting_reply_since
    await amina.say("Et aussi : où ?")
    assert await Message.all().count() == 2
    assert (await amina.candidate(douceur)).awaiting_reply_since == first
    assert await Event.filter(kind="message_from_candidate").count() == 2
    assert "Prénom" in (await amina.press("Revenir à mon dossier")).text


async def test_an_edited_message_keeps_the_earlier_text(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await amina.say("/messages")
    number = await amina.phone.send("Je suis libre lundi.")
    await amina.answered()
    await amina.phone.edit(number, "Je suis libre mardi.")
    assert "Votre message à Douceur & Cie a été modifié" in (await amina.answered()).text
    message = await Message.get()
    assert message.text == "Je suis libre mardi."
    assert [one["text"] for one in message.earlier] == ["Je suis libre lundi."]
    assert message.edited_at is not None
    assert await Event.filter(kind="message_edited").count() == 1


async def test_an_edited_answer_is_sent_to_the_list(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    number = await amina.phone.send("Amina")
    await amina.answered()
    await amina.phone.edit(number, "Aminata")
    assert "Mes infos" in (await amina.answered()).text
    assert (await Answer.get(key="first_name")).value == "Amina"
    await Candidate.all().update(status="submitted")
    await amina.phone.edit(number, "Aminatou")
    assert "seules vos coordonnées peuvent encore changer" in (await amina.answered()).text


@pytest.mark.parametrize("text", ["Bonjour ?", "asdf qwer", "🙂", "<b>", "x" * 4000])
async def test_words_that_nobody_asked_for_can_be_sent_to_the_operator(
    amina: Person, douceur: Provider, text: str
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await Candidate.all().update(status="submitted")
    await amina.say("/start")
    said = await amina.say(text)
    assert "Voulez-vous envoyer ce message à Douceur & Cie ?" in said.text
    assert await Message.all().count() == 0
    await amina.press("Oui, l’envoyer")
    assert (await Message.get()).text == text
    assert await LooseMessage.all().count() == 0


async def test_words_that_wait_can_still_be_edited(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await Candidate.all().update(status="submitted")
    number = await amina.phone.send("Bonjour")
    await amina.answered()
    await amina.phone.edit(number, "Bonsoir")
    await amina.answered()
    await amina.press("Oui, l’envoyer")
    assert (await Message.get()).text == "Bonsoir"


@pytest.mark.parametrize(
    ("send", "says"),
    [
        ("send_voice", "vocaux"),
        ("send_sticker", "autocollants"),
        ("send_location", "position"),
    ],
)
async def test_other_kinds_get_a_helpful_answer_and_the_question_again(
    amina: Person, douceur: Provider, send: str, says: str
) -> None:
    await begin(amina, douceur)
    await getattr(amina.phone, send)()
    last = await amina.answered()
    assert "Prénom" in last.text
    assert says in last.text
    assert await Answer.all().count() == 0


async def test_a_poll_gets_a_helpful_answer(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await amina.phone.send_poll("On y va ?", ["Oui", "Non"])
    assert "sondages" in (await amina.answered()).text


async def test_an_unknown_command_shows_what_there_is(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    said = await amina.say("/bonjour")
    assert said.text.startswith("Cette commande n’existe pas ici.")
    assert "✉️ Nous écrire" in said.labels
    assert await Answer.all().count() == 0


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("/infos", "Mes infos"),
        ("/details", "Mes infos"),
        ("/documents", "Mes documents"),
        ("/messages", "Messages avec"),
        ("/aide", "Aide"),
        ("/help", "Aide"),
        ("/langue", "quelle langue"),
        ("/language", "quelle langue"),
        ("/mesdonnees", "Mes données"),
        ("/mydata", "Mes données"),
        ("/INFOS", "Mes infos"),
        ("/infos@douceur_bot", "Mes infos"),
    ],
)
async def test_commands_are_understood_in_both_languages(
    amina: Person, douceur: Provider, written: str, says: str
) -> None:
    await begin(amina, douceur)
    assert says in (await amina.say(written)).text


async def test_blocking_the_bot_is_noted_and_undone(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await amina.phone.block()
    await amina.house.work()
    assert (await amina.chat()).blocked_at is not None
    await amina.phone.unblock()
    await amina.house.work()
    assert (await amina.chat()).blocked_at is None
    kinds = [row.kind for row in await Event.all().order_by("id")]
    assert kinds[-2:] == ["bot_blocked", "bot_unblocked"]


async def test_a_copy_of_everything_is_owed_once_and_said_to_come(
    amina: Person, douceur: Provider
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.say("/mesdonnees")
    said = await amina.press("Recevoir une copie")
    assert "Elle arrive ici dans un instant" in said.text
    await amina.say("/mesdonnees")
    await amina.press("Recevoir une copie")
    owed = await Notice.filter(kind="export")
    assert [(one.state, one.channel) for one in owed] == [("owed", "chat")]
    assert await Event.filter(kind="data_exported").count() == 1


async def test_everything_is_erased_once_confirmed_twice(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    candidate = await amina.candidate(douceur)
    await amina.say("/mesdonnees")
    await amina.press("Tout effacer")
    await amina.press("Effacer mon dossier")
    assert await Candidate.all().count() == 1
    said = await amina.press("tout effacer pour toujours")
    assert "a été effacé" in said.text
    assert await Candidate.all().count() == 0
    tombstone = await Tombstone.get(candidate_id=candidate.id)
    assert tombstone.reason == "own_wish"
    chat = await Chat.get(user_id=amina.phone.id)
    assert (chat.candidate_id, chat.asking) == (None, "")
    assert "lien personnel" in (await amina.say("/infos")).text


async def test_an_old_button_erases_nobody(amina: Person, douceur: Provider) -> None:
    await begin(amina, douceur)
    await amina.say("/mesdonnees")
    await amina.press("Tout effacer")
    last = await amina.press("Effacer mon dossier")
    await amina.press("Non, le garder")
    await amina.say("/aide")
    with pytest.raises(Exception, match="no button"):
        await amina.press("tout effacer pour toujours", last.id)
    assert await Candidate.all().count() == 1
