"""Documents that run out: asked for by mail and in the chat, and sent again from there."""

from __future__ import annotations

import asyncio
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from PIL import Image

from actions import reviews
from actions.deeds import Actor
from actions.renewals import ask_for_renewals
from actions.reviews import Judged
from bot.door import Answer, Door
from bot.routers import build_dispatcher
from bot.send import Sender
from jobs.messenger import Messenger
from models.reads.dossier import document_facts
from models.tables import (
    Candidate,
    Chat,
    Document,
    DocumentType,
    DocumentVersion,
    Event,
    Notice,
    Provider,
    Upload,
)
from rules.notices import NoticeKind
from rules.reviews import mark as rule
from rules.vocabulary import ActorKind, Channel
from sandbox.client import Phone
from tests.factories import an_operator
from tests.outbox.world import CORRECTIONS, House, journal
from tests.servers import Mailbox

TODAY = date(2026, 3, 2)
KIND = NoticeKind.DOCUMENT_EXPIRES


async def asks_for(house: House, key: str, label: str, **columns: object) -> None:
    """The provider asks for one more document, with an end."""
    await DocumentType.create(
        provider_id=house.provider.id,
        key=key,
        label={"fr": label, "en": label},
        position=9,
        asks_expiry=True,
        **({"stage": "admitted"} | columns),
    )


async def valid(person: Candidate, key: str, until: date, **columns: object) -> Document:
    """A document of theirs that an operator validated."""
    at = person.created_at - timedelta(days=200)
    facts = {"state": "validated", "sent_at": at, "reviewed_at": at, "expires_on": until}
    made = await Document.create(candidate_id=person.id, key=key, **(facts | columns))
    await DocumentVersion.create(document_id=made.id, number=made.version, sent_at=at)
    return made


@pytest.fixture
async def bruno(house: House) -> Candidate:
    """Bruno, admitted; his insurance runs out in 30 days."""
    await asks_for(house, "insurance", "Assurance")
    await asks_for(house, "permit", "Titre de séjour")
    person = await house.person("Bruno", status="accepted", admitted_at=house.clock.now)
    await valid(person, "insurance", TODAY + timedelta(days=30))
    return person


async def run(house: House) -> int:
    """The round of today."""
    return await ask_for_renewals(await Provider.get(id=house.provider.id), house.clock.now)


async def mails(house: House, smtp: Mailbox) -> list[str]:
    """Deliver; the text of every mail that was sent since the last time."""
    before = len(smtp.messages)
    await house.post(smtp.url).drain()
    return [one.text for one in smtp.messages[before:]]


async def test_asked_30_10_and_3_days_before_and_once_each(
    house: House, bruno: Candidate, smtp: Mailbox
) -> None:
    asked = []
    for day in range(33):
        for _ in range(2):
            await run(house)
        if texts := await mails(house, smtp):
            asked.append((day, len(texts)))
            assert "Assurance\n  Valable jusqu’au mercredi 1er avril 2026" in texts[0]
            assert f"?start=c-{bruno.id}-insurance" in texts[0]
        house.clock.forward(days=1)
    assert asked == [(0, 1), (20, 1), (27, 1)]
    assert (await journal(bruno)).count("document_expired") == 1
    assert await Candidate.exists(id=bruno.id), "nobody is deleted for that"


async def test_four_workers_at_once_ask_once(house: House, bruno: Candidate) -> None:
    await valid(bruno, "permit", TODAY - timedelta(days=1))
    await asyncio.gather(*(run(house) for _ in range(4)))
    assert await Notice.filter(kind=KIND, channel=Channel.MAIL).count() == 1
    assert await Notice.filter(kind=KIND, channel=Channel.CHAT).count() == 1
    assert await Event.filter(kind="document_expired").count() == 1


async def test_nothing_leaves_before_nine_in_the_morning(
    house: House, bruno: Candidate, smtp: Mailbox
) -> None:
    house.clock.forward(hours=-5)
    await run(house)
    assert await mails(house, smtp) == []
    house.clock.forward(hours=2, minutes=59)
    assert await mails(house, smtp) == []
    house.clock.forward(minutes=1)
    assert len(await mails(house, smtp)) == 1


async def test_after_an_outage_only_the_newest_leaves(
    house: House, bruno: Candidate, smtp: Mailbox
) -> None:
    await run(house)
    house.clock.forward(days=20)
    await run(house)
    assert len(await mails(house, smtp)) == 1
    states = await Notice.filter(channel=Channel.MAIL).order_by("id").values_list("state")
    assert states == [("void",), ("accepted",)]


async def test_the_same_week_is_one_message(house: House, bruno: Candidate, smtp: Mailbox) -> None:
    await valid(bruno, "permit", TODAY + timedelta(days=34))
    await run(house)
    (text,) = await mails(house, smtp)
    assert text.index("Assurance") < text.index("Titre de séjour")
    house.clock.forward(days=4)
    assert await run(house) == 0


@pytest.mark.parametrize(
    "columns",
    [
        {"status": "to_correct"},
        {"status": "binned", "former_status": "accepted"},
        {"status": "incomplete"},
        {"ended_at": "now"},
    ],
    ids=str,
)
async def test_only_people_who_are_admitted_are_asked(
    house: House, bruno: Candidate, smtp: Mailbox, columns: dict[str, object]
) -> None:
    """Neither at the round, nor when it changes before the mail leaves."""
    await run(house)
    now = {name: house.clock.now if one == "now" else one for name, one in columns.items()}
    await Candidate.filter(id=bruno.id).update(**now)
    assert await mails(house, smtp) == []
    assert set(await Notice.filter(channel="mail").values_list("state", flat=True)) == {"void"}
    house.clock.forward(days=20)
    assert await run(house) == 0


async def test_another_provider_s_people_are_left_alone(house: House, bruno: Candidate) -> None:
    other = await Provider.create(slug="vert", name="Vert Jardin", created_at=house.clock.now)
    assert await ask_for_renewals(other, house.clock.now) == 0
    assert not await Notice.exists()


async def test_a_later_date_stops_it_before_it_leaves(
    house: House, bruno: Candidate, smtp: Mailbox
) -> None:
    odile = await an_operator(house.provider)
    await run(house)
    judged = Judged(
        provider_id=house.provider.id,
        candidate_id=bruno.id,
        key="insurance",
        seen=await mark(bruno),
    )
    actor = Actor(ActorKind.OPERATOR, odile.id, odile.name)
    later = TODAY + timedelta(days=365)
    await reviews.set_expiry(judged, actor, house.clock.now, expires_on=later)
    assert await mails(house, smtp) == []
    house.clock.forward(days=28)
    assert await run(house) == 0


async def mark(person: Candidate) -> str:
    """What an operator's page shows of the insurance."""
    return rule((await document_facts(person.id)).get("insurance"))


async def test_a_type_asked_no_more_and_one_without_days_are_not_asked_for(
    house: House, bruno: Candidate
) -> None:
    await DocumentType.filter(key="insurance").update(until=1)
    await Provider.filter(id=house.provider.id).update(settings_version=99)
    assert await run(house) == 0
    await DocumentType.filter(key="insurance").update(until=None, remind_days=[])
    await Provider.filter(id=house.provider.id).update(settings_version=100)
    assert await run(house) == 0


async def test_whom_nothing_reaches_is_asked_once_something_does(
    house: House, bruno: Candidate, smtp: Mailbox
) -> None:
    now = house.clock.now
    await Chat.filter(candidate_id=bruno.id).update(blocked_at=now)
    await Candidate.filter(id=bruno.id).update(email_refused_at=now)
    assert await run(house) == 0
    house.clock.forward(days=2)
    await Candidate.filter(id=bruno.id).update(email_refused_at=None)
    assert await run(house) == 1
    assert len(await mails(house, smtp)) == 1


async def test_the_chat_asks_with_a_button_and_takes_the_new_one(
    house: House, messenger: Messenger, amina: Phone, tmp_path: Path
) -> None:
    """An application document too: admitted with it, one has to renew it."""
    await asks_for(house, "sirene", "Avis SIRENE", stage="application")
    person = await house.person(user_id=amina.id, status="accepted", admitted_at=house.clock.now)
    await valid(person, "sirene", TODAY + timedelta(days=10))
    await run(house)
    await messenger.drain()
    card = next(one for one in await amina.messages() if "Votre dossier" in one.text)
    assert "⏳ Avis SIRENE" in card.text
    assert "valable jusqu’au 12/03/2026, à renouveler" in card.text
    assert "1 élément à donner" in card.text.replace("\u00a0", " ")
    (asked,) = [one for one in await amina.messages() if "nouvelle version" in one.text]
    assert asked.labels == ["📷 Avis SIRENE", "Mon espace"]
    assert isinstance(messenger.sender, Sender)
    door = Door(messenger.sender, build_dispatcher)
    await amina.press("📷 Avis SIRENE", asked.id)
    await work(door, house)
    shown = (await amina.last()).text  # at today's date, which the door does not get from a test
    assert "Celui que nous avons" in shown
    assert "12/03/2026" in shown
    await amina.send_photo(a_photo(tmp_path))
    await work(door, house)
    assert "Reçu, 1 page" in (await amina.last()).text.replace("\u00a0", " ")
    sent = await Document.get(key="sirene")
    assert (sent.version, sent.state, sent.expires_on) == (2, "checking", None)
    await Upload.all().update(state="kept", due_at=None)
    await Document.all().update(state="rejected", reason="Flou")
    house.clock.forward(days=7)
    assert await run(house) == 0, "the former one is not asked for any more"


async def test_a_refused_renewal_is_told_at_once(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    await asks_for(house, "insurance", "Assurance", stage="application")
    person = await house.person(user_id=amina.id, status="accepted", admitted_at=house.clock.now)
    await valid(person, "insurance", TODAY, state="to_review", expires_on=None)
    odile = await an_operator(house.provider)
    judged = Judged(
        provider_id=house.provider.id,
        candidate_id=person.id,
        key="insurance",
        seen=await mark(person),
    )
    actor = Actor(ActorKind.OPERATOR, odile.id, odile.name)
    await reviews.reject(judged, actor, house.clock.now, reason_key=None, reason="Flou")
    await messenger.drain()
    (told,) = [one for one in await amina.messages() if "pas été accepté" in one.text]
    assert told.labels == ["📷 Renvoyer"]


async def test_expired_is_said_on_the_card_the_day_after(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    await asks_for(house, "insurance", "Assurance")
    person = await house.person(user_id=amina.id, status="accepted", admitted_at=house.clock.now)
    await valid(person, "insurance", TODAY)
    await run(house)
    await messenger.drain()
    assert not await Event.exists(kind="document_expired")
    house.clock.forward(days=1)
    for _ in range(2):
        await run(house)
    await messenger.drain()
    assert await Event.filter(kind="document_expired").count() == 1
    cards = [one.text for one in await amina.messages() if "Votre dossier" in one.text]
    assert "❌ Assurance" in cards[-1]
    assert "expiré le 02/03/2026, à renvoyer" in cards[-1]


async def test_other_notices_of_the_same_person_are_no_obstacle(
    house: House, bruno: Candidate
) -> None:
    await house.owe(bruno, NoticeKind.CORRECTIONS, CORRECTIONS)
    assert await run(house) == 1


async def work(door: Door, house: House) -> None:
    """Take what waits at Telegram through the door."""
    last = 0
    while batch := await door.sender.updates(house.bot, last, 0):
        for update in batch:
            assert await door.handle(house.bot, update) is Answer.DONE
            last = update["update_id"] + 1


def a_photo(folder: Path) -> Path:
    """A picture of a document."""
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "JPEG")
    path = folder / "page.jpg"
    path.write_bytes(out.getvalue())
    return path
