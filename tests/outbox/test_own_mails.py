"""A provider's own words on their way: over a real mail server, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from actions.deeds import Actor
from actions.erasure import erase
from actions.farewells import Reason, open_farewell
from actions.mail_texts import MailSender, change_sender, owe_sample, put_back, save_mail
from actions.throttle import Throttle
from models.tables import MailText, Membership, Notice, Operator, Provider
from rules.mails import MailName, OwnText
from rules.notices import NoticeKind
from rules.vocabulary import ActorKind
from tests.outbox.world import House, fate, journal
from tests.servers import Mailbox

ODILE = Actor(ActorKind.OPERATOR, "odile", "Odile")
FR = OwnText("{{ prenom }}, encore un effort", "{{ bonjour }}\n\nTout sera bientôt prêt !")
EN = OwnText("{{ prenom }}, nearly there", "{{ bonjour }}\n\nIt will soon be ready!")


async def rewrite(
    house: House, text: OwnText, language: str = "fr", name: MailName = MailName.CORRECTIONS
) -> None:
    await save_mail(house.provider.id, name, language, text, 0, ODILE, house.clock.now)


async def an_odile(house: House) -> Operator:
    odile = await Operator.create(
        name="Odile", email="odile@douceur.example", created_at=house.clock.now
    )
    await Membership.create(
        provider_id=house.provider.id,
        operator_id=odile.id,
        role="admin",
        created_at=house.clock.now,
    )
    return odile


@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_providers_words_leave_in_the_candidates_language(
    house: House, smtp: Mailbox, language: str
) -> None:
    await rewrite(house, FR)
    await rewrite(house, EN, "en")
    amina = await house.person(language=language)
    await house.owe(amina)
    await house.post(smtp.url).drain()
    (mail,) = smtp.messages
    words = {"fr": "Tout sera bientôt prêt !", "en": "It will soon be ready!"}
    subject = {"fr": "Amina, encore un effort", "en": "Amina, nearly there"}
    assert mail.message["Subject"] == subject[language]
    assert mail.message["Content-Language"] == language
    for part in (mail.text, mail.html):
        assert words[language] in part
        assert "Diplôme" in part
        assert "Flou" in part
        assert f"/t.me/douceur_bot?start=c-{amina.id}-diploma" in part
    assert await journal(amina) == ["mail_sent"]


async def test_a_language_without_own_words_keeps_ours(house: House, smtp: Mailbox) -> None:
    await rewrite(house, FR)
    await house.owe(await house.person(language="en"))
    await house.post(smtp.url).drain()
    (mail,) = smtp.messages
    assert "A few things are to be put right" in mail.text


async def test_an_activation_keeps_its_link(house: House, smtp: Mailbox) -> None:
    await rewrite(house, OwnText("Bravo", "Bravo !"), name=MailName.ACTIVATION)
    await house.owe(await house.person(status="accepted"), NoticeKind.ACTIVATION, {})
    await house.post(smtp.url).drain()
    (mail,) = smtp.messages
    (link,) = {word for word in mail.text.split() if "/activate/" in word}
    assert link in mail.html
    assert "Bravo !" in mail.text


async def test_another_providers_words_are_not_ours(house: House, smtp: Mailbox) -> None:
    other = await Provider.create(slug="vert", name="Vert Jardin", created_at=house.clock.now)
    await save_mail(other.id, MailName.CORRECTIONS, "fr", FR, 0, ODILE, house.clock.now)
    await house.owe(await house.person())
    await house.post(smtp.url).drain()
    assert "encore un effort" not in smtp.messages[0].message["Subject"]


async def test_a_text_that_broke_stops_no_mail(house: House, smtp: Mailbox) -> None:
    await rewrite(house, FR)
    await MailText.all().update(body="{{ bonjour }} {{ a_tag_of_an_older_release }}")
    (notice,) = await house.owe(await house.person())
    await house.post(smtp.url).drain()
    assert (await fate(notice)).state == "accepted"
    assert "ce qu’il faut corriger" in smtp.messages[0].message["Subject"]
    assert "older_release" not in smtp.messages[0].text


async def test_sender_and_signature_are_on_every_mail(house: House, smtp: Mailbox) -> None:
    wanted = MailSender("Odile de Douceur & Cie", {"fr": "Odile\n01 23 45 67 89", "en": ""})
    await change_sender(house.provider.id, wanted, 1, ODILE, house.clock.now)
    await house.owe(await house.person())
    await house.owe(await house.person("Bruno", status="accepted"), NoticeKind.ACTIVATION, {})
    await house.post(smtp.url).drain()
    assert len(smtp.messages) == 2
    for mail in smtp.messages:
        (sender,) = mail.message["From"].addresses
        assert (sender.display_name, sender.addr_spec) == (
            "Odile de Douceur & Cie",
            "robot@antichambre.example",
        )
        assert "Odile\n01 23 45 67 89\n" in mail.text.replace("\r\n", "\n")
        assert "01 23 45 67 89" in mail.html
        assert len(mail.recipients) == 1


async def test_last_words_are_the_providers_too(house: House, smtp: Mailbox) -> None:
    text = OwnText("Adieu {{ prenom }}", "Merci d’être passée.\n\n{{ suite }}")
    await rewrite(house, text, name=MailName.FINAL_REJECTION)
    wanted = MailSender("Odile", {"fr": "Odile Martin"})
    await change_sender(house.provider.id, wanted, 1, ODILE, house.clock.now)
    amina = await house.person(status="binned", binned_at=house.clock.now)
    (notice,) = await house.owe(amina, NoticeKind.FINAL_REJECTION, {"comment": "Bonne route"})
    await erase(amina.id, Reason.BIN, ODILE, house.clock.now)
    assert open_farewell(await fate(notice)) is not None
    await house.post(smtp.url).drain()
    (mail,) = smtp.messages
    assert mail.message["Subject"] == "Adieu Amina"
    for part in (mail.text, mail.html):
        assert "Merci d’être passée." in part
        assert "Votre candidature a été supprimée" in part
        assert "Bonne route" in part
        assert "Odile Martin" in part


async def test_a_trial_goes_to_its_operator_and_to_nobody_else(
    house: House, smtp: Mailbox
) -> None:
    odile = await an_odile(house)
    amina = await house.person()
    about = (house.provider.id, odile.id, MailName.CORRECTIONS, "fr")
    await owe_sample(*about, FR, Throttle(), house.clock.now)
    await house.post(smtp.url).drain()
    (mail,) = smtp.messages
    assert mail.recipients == ("odile@douceur.example",)
    assert mail.message["Subject"] == "[Essai] Camille, encore un effort"
    assert "Tout sera bientôt prêt" in mail.html
    assert amina.email not in mail.message.as_string()
    assert await journal(amina) == []
    assert not await MailText.exists()
    assert (await Notice.get()).state == "accepted"


async def test_a_trial_of_somebody_who_left_or_of_yesterday_never_leaves(
    house: House, smtp: Mailbox
) -> None:
    odile = await an_odile(house)
    about = (house.provider.id, odile.id, MailName.CORRECTIONS, "fr")
    await owe_sample(*about, FR, Throttle(), house.clock.now)
    house.clock.now += timedelta(hours=2)
    await house.post(smtp.url).drain()
    await owe_sample(*about, FR, Throttle(), house.clock.now)
    await Membership.all().update(suspended_at=house.clock.now)
    await house.post(smtp.url).drain()
    assert smtp.messages == []
    assert {one.state for one in await Notice.all()} == {"void"}


async def test_put_back_means_our_words_again(house: House, smtp: Mailbox) -> None:
    await rewrite(house, FR)
    about = (house.provider.id, MailName.CORRECTIONS, "fr")
    await put_back(*about, 1, ODILE, house.clock.now)
    await house.owe(await house.person())
    await house.post(smtp.url).drain()
    assert "encore un effort" not in smtp.messages[0].message["Subject"]
