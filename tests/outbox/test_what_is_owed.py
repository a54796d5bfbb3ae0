"""What other rooms owe can be told: each kind as the deed itself writes its facts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actions import decisions, replies, reviews
from jobs.messenger import Messenger
from models.tables import Candidate, Chat, Notice
from rules.catalogue.reasons import ILLEGIBLE
from sandbox.client import Phone
from store.sealing import Keyring, use_keyring
from tests.decisions.conftest import House, make_house
from tests.outbox import world
from tests.servers import Mailbox


@pytest.fixture
async def office(database: str) -> House:
    """Douceur & Cie with Odile, who decides."""
    use_keyring(Keyring({"k1": b"k" * 32}))
    made = await make_house("douceur", "Douceur & Cie")
    await made.hires("Odile", "admin")
    return made


@pytest.fixture
def ways(office: House) -> world.House:
    """The same house, as those who deliver see it."""
    return world.House(office.provider, office.bot, world.Clock(office.now))


@pytest.fixture
async def messenger(ways: world.House, server: object) -> AsyncIterator[Messenger]:
    """A worker's way out for the chat."""
    made = ways.messenger(server.url)  # type: ignore[attr-defined]  # the sandbox's fixture
    yield made
    await made.sender.close()  # type: ignore[attr-defined]  # the real Sender here


async def move_in(person: Candidate, phone: Phone) -> None:
    """Let this phone be the person's."""
    await Candidate.filter(id=person.id).update(telegram_id=phone.id)
    await Chat.filter(candidate_id=person.id).update(user_id=phone.id)


@pytest.mark.parametrize(
    ("outcome", "mail", "news"),
    [
        ("accept", "activez votre compte", "votre candidature est acceptée"),
        ("reject", "ce qu’il faut corriger", "Quelques points sont à corriger"),
        ("bin", "la réponse à votre candidature", "nous ne pouvons pas l’accepter"),
    ],
)
async def test_a_decision_is_told_by_mail_and_in_the_chat(
    office: House,
    ways: world.House,
    messenger: Messenger,
    smtp: Mailbox,
    amina: Phone,
    outcome: str,
    mail: str,
    news: str,
) -> None:
    person = await office.candidate()
    await move_in(person, amina)
    await office.decides(person, outcome, comment="Merci Amina.", reason="tout est bon")
    await ways.post(smtp.url).drain()
    await messenger.drain()
    (letter,) = smtp.for_("amina@example.org")
    assert mail in letter.subject
    assert "Merci Amina." in letter.text
    said = [one.text for one in await amina.messages() if one.from_bot]
    assert any(news in text and "Merci Amina." in text for text in said)
    assert set(await Notice.all().values_list("state", flat=True)) == {"accepted"}


async def test_a_rejected_document_is_told_with_its_reason_and_how_to_do_better(
    office: House, messenger: Messenger, amina: Phone
) -> None:
    person = await office.candidate(status="to_correct")
    await move_in(person, amina)
    judged = await office.judged(person, "diploma")
    await reviews.reject(
        judged, office.actor(), office.now, reason_key=ILLEGIBLE.key, reason="Le bas est coupé."
    )
    await messenger.drain()
    (said,) = [one for one in await amina.messages() if "pas été accepté" in one.text]
    assert "Pièce diploma" in said.text
    assert ILLEGIBLE.advice["fr"] in said.text
    assert said.labels == ["📷 Renvoyer"]


async def test_an_operators_words_a_delay_and_a_restoration_are_told(
    office: House, messenger: Messenger, smtp: Mailbox, ways: world.House, amina: Phone
) -> None:
    person = await office.candidate()
    await move_in(person, amina)
    own = {"provider_id": office.provider.id}
    await replies.send(person.id, "Êtes-vous libre <mardi> ?", office.actor(), office.now, **own)
    await office.decides(person, "bin")
    await messenger.drain()
    await decisions.restore(person.id, office.actor(), office.now, **own)
    await messenger.drain()
    said = "\n".join(one.text for one in await amina.messages() if one.from_bot)
    for words in ("Êtes-vous libre <mardi> ?", "de nouveau ouvert"):
        assert words in said
    chat = await Notice.filter(channel="chat").values_list("state", flat=True)
    assert set(chat) == {"accepted"}


def test_the_folder_of_templates_has_one_file_for_each_piece_of_news() -> None:
    from rules.notices import CHANNELS
    from rules.vocabulary import Channel
    from words.templates import TEMPLATES

    files = {path.stem for path in (Path(TEMPLATES) / "chat" / "news").glob("*.html")}
    kinds = {str(kind) for kind, channels in CHANNELS.items() if Channel.CHAT in channels}
    assert files == kinds
