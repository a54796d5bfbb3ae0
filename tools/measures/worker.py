"""What a worker does: mails, news in chats, checks of photos."""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import UTC, datetime
from typing import Any

from actions.deeds import SYSTEM, Actor, deed
from actions.documents import SentFile, receive
from bot.send import Sender
from jobs import check, deliver
from jobs.context import Workshop
from jobs.messenger import Messenger
from jobs.pace import Pace
from models import database
from models.database import transaction
from models.tables import Bot, Candidate, Chat, DocumentType, Message, Notice, Upload
from rules.notices import NoticeKind
from rules.vocabulary import ActorKind, Channel
from store.room import Room, use_room
from store.sealing import Keyring, use_keyring
from tools.measures.figures import Rows, Run, tell
from tools.measures.site import FIRST_USER, PEOPLE, TALKERS, Site

MAILS = 300
CHATS = TALKERS
NEWS = 12
"""For each of the chats."""
PHOTOS = 5
FACTS: dict[str, Any] = {
    "comment": "Merci !",
    "items": [{"key": "diploma", "label": {"fr": "Diplôme"}, "state": "rejected", "reason": ""}],
}


async def mails(workshop: Workshop) -> str:
    """Letters that ask for corrections, to a real SMTP server."""
    to_correct = await Candidate.filter(status="to_correct").order_by("id").limit(MAILS)
    for one in to_correct:
        await owe(one, NoticeKind.CORRECTIONS, FACTS, Channel.MAIL)
    before = time.monotonic()
    tried = await deliver.drain_mail(workshop)
    wall = time.monotonic() - before
    assert tried == await Notice.filter(channel="mail", state="accepted").count() == MAILS
    return f"{MAILS / wall:,.1f}/s"


async def news(workshop: Workshop) -> str:
    """Messages to chats, without the pace that Telegram asks for."""
    talkers = FIRST_USER + PEOPLE - CHATS
    people = await Candidate.filter(telegram_id__gte=talkers).order_by("id")
    for one in people:
        message = await Message.create(candidate_id=one.id, text="Bonjour", at=workshop.clock())
        for number in range(NEWS):
            facts = {"message_id": message.id}
            await owe(one, NoticeKind.MESSAGE, facts, Channel.CHAT, str(number))
    for one in await Candidate.filter(telegram_id__gte=talkers):  # this is about notices
        await Chat.filter(candidate_id=one.id).update(card_shown=one.version)
    quick = Pace(per_bot=1_000_000, per_chat=1_000_000)
    way = Messenger(
        workshop.sender,
        deliver.sites_of(workshop.settings),
        workshop.clock,
        workshop.holder,
        quick,
    )
    before = time.monotonic()
    await way.drain()
    wall = time.monotonic() - before
    sent = await Notice.filter(channel="chat", kind="message", state="accepted").count()
    assert sent == CHATS * NEWS, sent
    return f"{sent / wall:,.1f}/s"


async def owe(
    one: Candidate, kind: NoticeKind, facts: dict[str, Any], channel: Channel, once: str = ""
) -> None:
    """Owe something, as deeds do."""
    async with transaction(), deed(one.id, SYSTEM, datetime.now(UTC)) as doing:
        await doing.owe(kind, facts, once=f"measured{once}", channels=(channel,))


async def photos(workshop: Workshop) -> Rows:
    """Photos of 12 megapixels: first one by one, then all at once."""
    bot, kind = await Bot.get(), await DocumentType.all().order_by("position").first()
    person = await Candidate.filter(telegram_id__gte=FIRST_USER + PEOPLE - CHATS).first()
    assert person is not None
    assert kind is not None
    await DocumentType.filter(id=kind.id).update(max_pages=1000)
    actor, took = Actor(ActorKind.CANDIDATE, person.id), []

    async def send(number: int) -> None:
        now = workshop.clock()
        file = SentFile("f", 9_000_000_000 + number, bot.id, name="photo.jpg")
        await receive(person.id, kind.key, file, actor, now, now, new_version=False)

    for number in range(PHOTOS):
        await send(number)
        before = time.monotonic()
        await check.drain(workshop)
        took.append(time.monotonic() - before)
    for number in range(PHOTOS):
        await send(PHOTOS + number)
    before = time.monotonic()
    await check.drain(workshop)
    together = time.monotonic() - before
    kept = await Upload.filter(state="kept").count()
    assert kept == 2 * PHOTOS, await Upload.filter(state="refused").values_list("refusal")
    return {
        "photo checked, one at a time": str(Run(took, sum(took))),
        "photos checked, several in hand": f"{PHOTOS / together:,.1f}/s",
    }


async def measure(site: Site) -> Rows:
    """Everything that a worker sends and checks."""
    settings = site.settings
    ring = Keyring(dict(settings.encryption_keys))
    use_keyring(ring)
    use_room(Room(settings.storage_url, ring, database.refuse_inside_transaction))
    await database.connect(site.database_url)
    workshop = Workshop(settings, Sender(settings.telegram_api_url, settings.telegram_token))
    try:
        rows = {"mail to a local SMTP server": await mails(workshop)}
        rows["news in a chat"] = await news(workshop)
        return rows | await photos(workshop)
    finally:
        await workshop.sender.close()
        await database.close()


if __name__ == "__main__":
    tell(asyncio.run(measure(Site.read(sys.argv[1]))))
