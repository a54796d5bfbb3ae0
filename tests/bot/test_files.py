"""Documents: photos, files, albums, out of the blue, refused, replaced."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from models.tables import (
    Document,
    DocumentVersion,
    Event,
    LooseMessage,
    Message,
    Provider,
    Upload,
)
from tests.bot.conftest import Person
from tests.bot.journeys import (
    answer_everything,
    begin,
    checked,
    say_who,
    send_documents,
    submitted,
)


async def test_more_pages_make_one_document_in_order(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    sent = [await amina.phone.send_photo(photo)]
    said = await amina.answered()
    assert "Reçu, 1 page." in said.text
    await amina.press("Ajouter une page")
    sent.append(await amina.phone.send_photo(photo))
    assert "Reçu, 2 pages." in (await amina.answered()).text
    sent.append(await amina.phone.send_document(photo, name="verso.jpg"))
    assert "Reçu, 3 pages." in (await amina.answered()).text
    document = await Document.get(key="work_certificates")
    assert document.version == 1
    uploads = await Upload.all().order_by("position")
    assert [row.position for row in uploads] == sent
    assert "Attestation de formation" in (await amina.press("C’est complet")).text


async def test_an_album_is_one_document_with_one_answer(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    before = len(await amina.bot_messages())
    await amina.phone.send_album([photo] * 4)
    await amina.answered()
    assert await Upload.all().count() == 4
    assert await DocumentVersion.all().count() == 1
    assert len(await amina.bot_messages()) == before + 1
    assert "Reçu, 4 pages." in (await amina.last()).text


async def test_words_beside_an_album_keep_their_button(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_album([photo] * 2, caption="Le verso est taché.")
    assert "Reçu, 2 pages." in (await amina.answered()).text
    await amina.press("Envoyer mon texte en message")
    assert (await Message.get()).text == "Le verso est taché."


async def test_late_items_of_an_album_join_it_although_one_went_on(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    sending = asyncio.create_task(amina.phone.send_album([photo] * 3, gap=1.5))
    while await Upload.all().count() < 1:
        await asyncio.sleep(0.1)
        await amina.answered()
    assert await Upload.all().count() == 1
    await amina.press("C’est complet")
    await sending
    await amina.answered()
    assert await Upload.all().count() == 3
    assert await Document.all().count() == 1
    assert "Attestation de formation" in (await amina.last()).text


async def test_too_many_pages_are_told_once(amina: Person, douceur: Provider, photo: Path) -> None:
    await answer_everything(amina, douceur)
    await amina.say("/documents")
    await amina.press("CV")
    before = len(await amina.bot_messages())
    await amina.phone.send_album([photo] * 9)
    await amina.answered()
    assert await Upload.all().count() == 5
    said = await amina.bot_messages()
    assert len(said) == before + 2
    assert said[-1].text.startswith("⚠️")


async def test_an_album_of_more_pages_has_one_answer_too(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_photo(photo)
    await amina.answered()
    before = len(await amina.bot_messages())
    await amina.phone.send_album([photo] * 4)
    assert "Reçu, 5 pages." in (await amina.answered()).text
    assert len(await amina.bot_messages()) == before + 1
    assert await DocumentVersion.all().count() == 1


async def test_pages_for_which_there_is_no_room_leave_the_others_and_can_begin_again(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.say("/documents")
    await amina.press("CV")
    await amina.phone.send_album([photo] * 5)
    await amina.answered()
    before = len(await amina.bot_messages())
    await amina.phone.send_album([photo] * 3)
    said = await amina.answered()
    assert len(await amina.bot_messages()) == before + 1
    assert said.text.startswith("⚠️ Il y a trop de pages")
    assert "Reçu, 5 pages." in said.text
    again = await amina.press("Recommencer")
    assert "remplace ce que vous aviez envoyé" in again.text
    await amina.phone.send_photo(photo)
    assert "Reçu, 1 page." in (await amina.answered()).text
    assert (await Document.get(key="cv")).version == 2


async def test_an_album_of_empty_files_is_told_once(
    amina: Person, douceur: Provider, photo: Path, tmp_path: Path
) -> None:
    await answer_everything(amina, douceur)
    empty = tmp_path / "empty.pdf"
    empty.write_bytes(b"")
    before = len(await amina.bot_messages())
    await amina.phone.send_album([empty, empty, photo], as_files=True)
    said = await amina.answered()
    assert "Reçu, 1 page." in said.text
    assert len(await amina.bot_messages()) == before + 2


async def test_another_page_is_announced_as_one_more(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_photo(photo)
    await amina.answered()
    said = await amina.press("Ajouter une page")
    assert "s’ajoute à celles que vous avez envoyées" in said.text
    assert "remplace" not in said.text


async def test_a_file_that_is_too_large_is_refused_with_what_to_do(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_document(photo, name="big.pdf", size=21_000_000)
    said = await amina.answered()
    assert "trop lourd" in said.text
    assert "Certificats de travail" in said.text
    assert await Upload.all().count() == 0


async def test_the_words_of_a_refused_file_are_kept_and_can_be_sent(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_document(
        photo, name="big.pdf", size=21_000_000, caption="Le reste suit demain"
    )
    said = await amina.answered()
    assert "trop lourd" in said.text
    assert (await LooseMessage.get()).text == "Le reste suit demain"
    await amina.press("Envoyer mon texte")
    assert (await Message.get()).text == "Le reste suit demain"


async def test_what_is_refused_after_a_refused_file_is_not_said_to_be_received(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_photo(photo)
    await amina.answered()
    await Upload.all().update(state="refused")
    await Document.all().update(state="unusable")
    await amina.phone.send_document(photo, name="big.pdf", size=21_000_000)
    said = await amina.answered()
    assert "trop lourd" in said.text
    assert "Reçu" not in said.text
    assert "C’est complet" not in " ".join(said.labels)


async def test_a_photo_out_of_the_blue_is_offered_to_the_documents_and_placed(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    await amina.phone.send_photo(photo)
    offer = await amina.answered()
    assert "De quel document s’agit-il ?" in offer.text
    assert offer.labels[:2] == ["📎 Certificats de travail", "📎 Attestation de formation"]
    assert await Document.all().count() == 0
    said = await amina.press("Attestation de formation")
    assert "Reçu, 1 page." in said.text
    assert (await Document.get()).key == "training_certificate"
    assert await LooseMessage.all().count() == 0
    assert "français couramment" in (await amina.press("C’est complet")).text


async def test_what_was_received_stays_said_when_one_goes_on(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_album([photo] * 2)
    await amina.answered()
    said = await amina.press("C’est complet")
    assert said.text.startswith("📥 Certificats de travail : reçu, 2 pages\n\n")
    assert "Attestation de formation" in said.text


@pytest.mark.parametrize("button", ["C’est complet", "Ajouter une page"])
async def test_a_file_that_the_check_refused_says_why_wherever_one_goes_from_its_receipt(
    amina: Person, douceur: Provider, photo: Path, button: str
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_photo(photo)
    receipt = await amina.answered()
    await Upload.all().update(state="refused", refusal="too_small")
    await Document.all().update(state="unusable")
    said = await amina.press(button, receipt.id)
    assert "ne peut pas servir : Cette image est trop petite" in said.text
    assert "Reçu" not in said.text
    assert "s’ajoute" not in said.text
    await amina.phone.send_photo(photo)
    assert "Reçu, 1 page." in (await amina.answered()).text
    assert (await Document.get()).version == 2


async def test_a_file_for_none_of_the_documents_goes_nowhere_and_that_is_said(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await begin(amina, douceur)
    await amina.phone.send_photo(photo)
    assert "documents vous seront demandés après les questions" in (await amina.answered()).text
    await say_who(amina)
    await amina.press("Salarié")
    await amina.phone.send_photo(photo)
    offer = await amina.answered()
    assert "Les autres documents vous seront demandés après les questions" in offer.text
    said = await amina.press("Aucun de ceux-là")
    assert "n’a été ajouté à aucun document" in said.text
    assert await Upload.all().count() == 0
    assert "Reçu, 1 page." in (await amina.press("CV", offer.id)).text, "it is still at hand"


async def test_a_file_without_a_place_is_asked_about_before_all_is_sent(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await send_documents(amina, photo, 2)
    await checked(amina, douceur)
    summary = await amina.say("/start")
    await amina.phone.send_photo(photo)
    await amina.answered()
    said = await amina.press("Envoyer ma candidature", summary.id)
    assert "n’est dans aucun document" in said.text
    assert (await amina.candidate(douceur)).status == "incomplete"
    await amina.press("CV", said.id)
    await checked(amina, douceur)
    await amina.press("Envoyer ma candidature", summary.id)
    assert (await amina.candidate(douceur)).status == "submitted"
    await amina.press("Reprendre")
    await amina.say("/aide")
    await amina.phone.send_photo(photo)
    await amina.answered()
    await amina.press("Envoyer ma candidature", summary.id)
    await amina.press("Envoyer sans lui")
    assert (await amina.candidate(douceur)).status == "submitted"
    assert await Upload.all().count() == 3


async def test_an_offer_says_what_would_be_replaced(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await send_documents(amina, photo, 2)
    await checked(amina, douceur)
    await amina.say("/infos")
    await amina.phone.send_photo(photo)
    offer = await amina.answered()
    assert offer.labels[:3] == [
        "📎 CV",
        "🔄 Remplacer\xa0: Certificats de travail",
        "🔄 Remplacer\xa0: Attestation de formation",
    ]
    assert "Il ne manque rien" not in (await amina.say("/documents")).text, "a CV may be added"
    await amina.press("CV", offer.id)
    await checked(amina, douceur)
    assert "Il ne manque rien" in (await amina.say("/documents")).text


async def test_a_photo_in_the_messages_is_said_not_to_be_passed_on_and_keeps_its_words(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    await amina.say("/messages")
    await amina.phone.send_photo(photo, caption="Voici ma carte.")
    said = await amina.answered()
    assert "seul le texte arrive à Douceur & Cie : votre fichier n’a pas été transmis" in said.text
    assert await Message.all().count() == 0, "words without their photo would mean nothing"
    await amina.press("Envoyer mon texte en message")
    assert (await Message.get()).text == "Voici ma carte."


async def test_an_album_out_of_the_blue_is_asked_about_once_and_placed_whole(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await begin(amina, douceur)
    await say_who(amina)
    await amina.press("Salarié")
    before = len(await amina.bot_messages())
    await amina.phone.send_album([photo] * 3)
    await amina.answered()
    assert len(await amina.bot_messages()) == before + 1
    assert "Reçu, 3 pages." in (await amina.press("Certificats")).text
    assert await DocumentVersion.all().count() == 1


async def test_a_placed_file_cannot_be_placed_twice(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await begin(amina, douceur)
    await amina.phone.send_photo(photo)
    offer = await amina.answered()
    await amina.say("/aide")
    await amina.press("CV", offer.id)
    said = await amina.press("CV", offer.id)
    assert "déjà été rangé" in said.text
    assert await Upload.all().count() == 1


async def test_words_beside_a_file_can_be_sent_as_a_message(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await amina.phone.send_photo(photo, caption="Je cherche encore le second.")
    said = await amina.answered()
    assert "n’est pas lu avec lui" in said.text
    assert await Message.all().count() == 0
    await amina.press("Envoyer mon texte en message")
    assert (await Message.get()).text == "Je cherche encore le second."


async def test_a_refused_document_comes_back_with_its_reason_and_is_sent_again(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await send_documents(amina, photo, 2)
    await checked(amina, douceur)
    await Document.filter(key="work_certificates").update(
        state="rejected", reason="Illisible <ou coupé>", reason_key="illegible"
    )
    said = await amina.say("/start")
    assert "Illisible <ou coupé>" in said.text
    await amina.phone.send_photo(photo)
    assert "Reçu, 1 page." in (await amina.answered()).text
    document = await Document.get(key="work_certificates")
    assert (document.version, document.state) == (2, "checking")
    assert document.earlier[0]["state"] == "rejected"
    assert await Event.filter(kind="document_replaced").count() == 1


async def test_once_sent_a_document_is_locked(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await submitted(amina, douceur, photo)
    await amina.phone.send_photo(photo)
    said = await amina.answered()
    assert "aucun document n’est demandé" in said.text
    assert await Upload.all().count() == 2
    assert "Remplacer" not in " ".join((await amina.say("/documents")).labels)


async def test_an_old_document_button_is_judged_again(
    amina: Person, douceur: Provider, photo: Path
) -> None:
    await answer_everything(amina, douceur)
    await send_documents(amina, photo, 2)
    listed = await amina.say("/documents")
    await checked(amina, douceur)
    await amina.say("/start")
    await amina.press("Envoyer ma candidature")
    said = await amina.press("Certificats", listed.id)
    assert "Votre candidature est envoyée" in said.text
    assert any(
        "ne peut plus être" in text or "envoyée" in text for text in await amina.phone.notices()
    )


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_a_text_while_a_document_is_asked_is_not_lost(
    amina: Person, douceur: Provider, language: str
) -> None:
    await answer_everything(amina, douceur)
    await amina.say("/langue")
    await amina.press("English" if language == "en" else "Français")
    await amina.say("Je n’en ai qu’un, cela suffit ?")
    await amina.press("Yes, send it" if language == "en" else "Oui, l’envoyer")
    assert (await Message.get()).text == "Je n’en ai qu’un, cela suffit ?"
    assert await LooseMessage.all().count() == 0
