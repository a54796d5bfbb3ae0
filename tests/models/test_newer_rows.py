"""F23: what a newer release has written is understood, left alone, and sent by that release."""

from __future__ import annotations

import pytest

from jobs.messenger import Messenger
from models.reads.backlog import backlog
from models.reads.candidate_journal import notices
from models.reads.dossier import dossier
from models.tables import Candidate, Document, Notice, Provider
from rules.notices import NoticeKind
from rules.vocabulary import Channel, DocumentState, NoticeState, UploadState, known
from sandbox.client import Phone
from tests.outbox.conftest import amina, house, messenger, sandbox, server
from tests.outbox.world import House, fate
from tests.servers import Mailbox

__all__ = ["amina", "house", "messenger", "sandbox", "server"]

TOMORROW = "of_tomorrow"


async def test_a_mail_of_a_newer_release_waits_for_its_worker(house: House, smtp: Mailbox) -> None:
    person = await house.person("Amina")
    (newer,) = await house.owe(person)
    (ours,) = await house.owe(await house.person("Bruno"))
    await Notice.filter(id=newer.id).update(kind=TOMORROW)
    for _ in range(3):
        await house.post(smtp.url).drain()
        house.clock.forward(hours=1)
    assert (await fate(ours)).state == NoticeState.ACCEPTED
    waits = await fate(newer)
    assert (waits.state, waits.attempts, waits.last_error) == (NoticeState.OWED, 0, "")
    assert [one.kind for one in await notices(house.provider.id, person.id)] == [TOMORROW]
    found = await backlog(house.clock.now)
    assert (found.unknown, found.notices["mail"].due) == (1, 0)

    await Notice.filter(id=newer.id).update(kind=NoticeKind.CORRECTIONS)  # the newer worker
    await house.post(smtp.url).drain()
    assert (await fate(newer)).state == NoticeState.ACCEPTED
    assert (await backlog(house.clock.now)).unknown == 0


async def test_news_of_a_newer_release_keep_no_other_news_of_their_chat_waiting(
    house: House, messenger: Messenger, amina: Phone
) -> None:
    person = await house.person("Amina", user_id=amina.id)
    (newer,) = await house.owe(person, channels=(Channel.CHAT,))
    (ours,) = await house.owe(person, channels=(Channel.CHAT,))
    await Notice.filter(id=newer.id).update(kind=TOMORROW)
    await messenger.drain()
    assert (await fate(ours)).state == NoticeState.ACCEPTED
    assert ((await fate(newer)).state, (await fate(newer)).attempts) == (NoticeState.OWED, 0)
    assert await messenger.drain() == 0, "it does not turn in circles"

    await Notice.filter(id=newer.id).update(kind=NoticeKind.CORRECTIONS)
    await messenger.drain()
    assert (await fate(newer)).state == NoticeState.ACCEPTED


async def test_a_document_in_a_newer_state_is_in_nobodys_hands(house: House) -> None:
    person = await house.person("Amina")
    await Document.create(
        candidate_id=person.id, key="diploma", state=TOMORROW[:10], sent_at=house.clock.now
    )
    read = await dossier(await Candidate.get(id=person.id), await Provider.get())
    assert read.documents["diploma"].state is DocumentState.CHECKING


@pytest.mark.parametrize(
    ("word", "read"), [("kept", UploadState.KEPT), (TOMORROW, UploadState.WAITING)]
)
def test_a_word_of_a_newer_release_reads_as_told(word: str, read: UploadState) -> None:
    assert known(UploadState, word, UploadState.WAITING) is read
