"""Mails: what leaves, what waits, what fails, over a real mail server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from actions import outbox
from jobs.post import LINES, PAUSE
from jobs.transport import Line, SmtpTransport
from models.tables import Candidate, Notice, Token
from rules.notices import NoticeKind
from settings.parsing import smtp as parsed
from tests.outbox.world import House, fate, journal
from tests.servers import Mailbox


async def test_a_due_mail_leaves_once_and_is_written_in_the_journal(
    house: House, smtp: Mailbox
) -> None:
    amina = await house.person()
    (notice,) = await house.owe(amina)
    assert await house.post(smtp.url).drain() == 1
    assert await house.post(smtp.url).drain() == 0
    (mail,) = smtp.messages
    assert mail.recipients == ("amina@example.org",)
    assert mail.id == f"<{notice.message_id}@recrutement.example.org>"
    assert mail.sender == "robot@antichambre.example"
    assert "Douceur & Cie" in str(mail.message["From"])
    assert mail.addresses("Reply-To") == ["contact@douceur.example"]
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Content-Language"] == "fr"
    for part in (mail.text, mail.html):
        assert "Diplôme" in part
        assert "Flou" in part
        assert f"/t.me/douceur_bot?start=c-{amina.id}-diploma" in part
    assert (await fate(notice)).state == "accepted"
    assert await journal(amina) == ["mail_sent"]


async def test_sending_a_mail_outdates_no_form_of_an_operator(house: House, smtp: Mailbox) -> None:
    amina = await house.person()
    await house.owe(amina)
    before = (await Candidate.get(id=amina.id)).version
    await house.post(smtp.url).drain()
    assert (await Candidate.get(id=amina.id)).version == before


async def test_a_mail_whose_reason_vanished_never_leaves(house: House, smtp: Mailbox) -> None:
    amina = await house.person(status="accepted")
    (notice,) = await house.owe(amina, NoticeKind.ACTIVATION, {})
    await Candidate.filter(id=amina.id).update(account_confirmed_at=house.clock.now)
    await house.post(smtp.url).drain()
    assert smtp.messages == []
    assert (await fate(notice)).state == "void"
    assert await journal(amina) == []


async def test_without_a_mail_server_mails_stay_owed(house: House) -> None:
    (notice,) = await house.owe(await house.person())
    post = house.post("smtp://127.0.0.1:9")
    post.transport = None
    assert await post.drain() == 0
    assert (await fate(notice)).state == "owed"


async def test_the_next_mails_leave_beside_slow_ones_but_not_without_limit(
    house: House, smtp: Mailbox
) -> None:
    amina = await house.person()
    for _ in range(LINES + 1):
        await house.owe(amina)
    smtp.hold = 600
    post = house.post(smtp.url, lines=LINES, slow=0.2)
    draining = asyncio.create_task(post.drain())
    async with asyncio.timeout(30):
        while smtp.held < LINES:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.6)
    assert smtp.held == LINES
    assert await Notice.filter(lease_by__not_isnull=True).count() == LINES

    draining.cancel()
    await asyncio.gather(draining, return_exceptions=True)
    smtp.hold = 0
    house.clock.forward(minutes=2)
    await house.post(smtp.url, holder="w2").drain()
    assert len({one.id for one in smtp.messages}) == len(smtp.messages) == LINES + 1


async def test_a_server_that_went_away_from_several_mails_went_away_once(
    house: House, smtp: Mailbox
) -> None:
    amina = await house.person()
    for _ in range(LINES):
        await house.owe(amina)
    smtp.hold = 2
    smtp.refuse("421 closing", at="DATA")
    post = house.post(smtp.url, lines=LINES, slow=0.2)
    await post.drain()
    assert smtp.held == LINES
    assert await Notice.filter(state="owed", attempts=1).count() == LINES
    smtp.hold, smtp.refusals = 0, []
    house.clock.forward(seconds=PAUSE.total_seconds())
    assert not post._pausing(), "it is tried again after the first pause"


async def test_a_server_that_takes_two_connections_is_not_asked_for_a_third(house: House) -> None:
    amina = await house.person()
    for _ in range(6):
        await house.owe(amina)
    async with an_odd_server(most=2, hold=0.6) as odd:
        await house.post(odd.url, lines=3, slow=0.1).drain()
    assert (odd.mails, odd.turned_away) == (6, 1)
    assert await Notice.filter(state="accepted", attempts=1).count() == 6, "none had to wait"


async def test_a_crowd_of_our_own_is_nobodys_address_failing(house: House, smtp: Mailbox) -> None:
    amina = await house.person()
    await house.owe(amina)
    smtp.refuse("432 4.3.2 Concurrent connections limit exceeded")
    await house.post(smtp.url).drain()
    assert (await Candidate.get(id=amina.id)).email_failing_since is None
    smtp.refusals.clear()
    house.clock.forward(minutes=2)
    await house.post(smtp.url).drain()
    assert len(smtp.messages) == 1


async def test_an_answer_in_another_encoding_is_an_answer(house: House, smtp: Mailbox) -> None:
    amina, bruno = await house.person(), await house.person("Bruno", email="b@example.org")
    (odd,) = await house.owe(amina)
    (other,) = await house.owe(bruno)
    async with an_odd_server(rcpt=b"550 Bo\xeete inconnue\r\n") as server:
        await house.post(server.url).drain()
    for notice in (odd, other):
        failed = await fate(notice)
        assert (failed.state, failed.last_error) == ("failed", "550 Bote inconnue")


@dataclass
class OddServer:
    """Speaks as much SMTP as is needed to be odd."""

    rcpt: bytes
    most: int
    hold: float
    url: str = ""
    open: int = 0
    mails: int = 0
    turned_away: int = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        self.open += 1
        try:
            if self.open > self.most:
                self.turned_away += 1
                writer.write(b"421 too many connections\r\n")
            else:
                writer.write(b"220 odd\r\n")
                await self.listen(reader, writer)
        finally:
            self.open -= 1
            writer.close()

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until the other side has said all."""
        while line := await reader.readline():
            verb = line[:4].upper()
            writer.write(
                {b"RCPT": self.rcpt, b"DATA": b"354 go on\r\n"}.get(verb, b"250 fine\r\n")
            )
            if verb == b"DATA":
                await reader.readuntil(b"\r\n.\r\n")
                await asyncio.sleep(self.hold)
                self.mails += 1
                writer.write(b"250 kept\r\n")
            if verb == b"QUIT":
                return


@asynccontextmanager
async def an_odd_server(
    *, rcpt: bytes = b"250 fine\r\n", most: int = 99, hold: float = 0
) -> AsyncIterator[OddServer]:
    """With this answer to recipients, so many connections at most, and so long for each mail."""
    odd = OddServer(rcpt, most, hold)
    server = await asyncio.start_server(odd.talk, "127.0.0.1", 0)
    odd.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield odd
    finally:
        server.close()


async def test_5xx_fails_once_and_marks_the_address(house: House, smtp: Mailbox) -> None:
    amina = await house.person()
    (notice,) = await house.owe(amina)
    smtp.refuse("550 5.1.1 <amina@example.org> unknown")
    await house.post(smtp.url).drain()
    house.clock.forward(days=1)
    await house.post(smtp.url).drain()
    failed = await fate(notice)
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert failed.last_error == "550 5.1.1 … unknown"
    assert (await Candidate.get(id=amina.id)).email_refused_at is not None
    assert await journal(amina) == ["mail_failed"]


async def test_a_greylisted_mail_is_tried_again_by_schedule(house: House, smtp: Mailbox) -> None:
    amina = await house.person()
    (notice,) = await house.owe(amina)
    smtp.refuse("450 4.2.0 greylisted, come back in 5 minutes", times=3)
    waits = []
    for _ in range(3):
        await house.post(smtp.url).drain()
        row = await fate(notice)
        assert row.state == "owed"
        waits.append(row.not_before - house.clock.now)
        assert await house.post(smtp.url).drain() == 0
        house.clock.now = row.not_before
    assert waits[0] < waits[1] < waits[2] < timedelta(minutes=3)
    assert (await Candidate.get(id=amina.id)).email_failing_since is not None
    await house.post(smtp.url).drain()
    assert (await fate(notice)).state == "accepted"
    assert (await Candidate.get(id=amina.id)).email_failing_since is None
    assert await journal(amina) == ["mail_sent"]


async def test_72_hours_of_4xx_are_a_refusal(house: House, smtp: Mailbox) -> None:
    amina = await house.person()
    (notice,) = await house.owe(amina)
    smtp.refuse("452 4.2.2 mailbox full")
    started, tries = house.clock.now, 0
    while (await fate(notice)).state == "owed":
        await house.post(smtp.url).drain()
        tries += 1
        house.clock.now = max((await fate(notice)).not_before, house.clock.now)
    assert house.clock.now - started >= timedelta(hours=72)
    assert (await fate(notice)).state == "failed"
    assert 72 <= tries <= 120
    assert (await Candidate.get(id=amina.id)).email_refused_at is not None
    assert await journal(amina) == ["mail_failed"]


async def test_hours_without_a_try_prove_nothing_against_an_address(
    house: House, smtp: Mailbox
) -> None:
    amina = await house.person()
    first = house.clock.now
    await Candidate.filter(id=amina.id).update(email_failing_since=first)
    house.clock.forward(days=10)
    (notice,) = await house.owe(amina)
    smtp.refuse("450 later")
    await house.post(smtp.url).drain()
    assert (await fate(notice)).state == "owed"


async def test_days_on_which_our_server_was_away_prove_nothing_against_an_address(
    house: House, smtp: Mailbox
) -> None:
    amina = await house.person()
    (notice,) = await house.owe(amina)
    smtp.refuse("450 later")
    await house.post(smtp.url).drain()
    while house.clock.now - notice.owed_at <= timedelta(hours=72):
        house.clock.now = (await fate(notice)).not_before
        await house.post("smtp://127.0.0.1:9").drain()
    house.clock.now = (await fate(notice)).not_before
    await house.post(smtp.url).drain()
    assert (await fate(notice)).state == "owed"
    assert (await Candidate.get(id=amina.id)).email_refused_at is None


async def test_days_on_which_no_worker_tried_prove_nothing_against_an_address(
    house: House, smtp: Mailbox
) -> None:
    amina = await house.person()
    (notice,) = await house.owe(amina)
    smtp.refuse("450 later")
    await house.post(smtp.url).drain()
    house.clock.forward(days=4)
    await house.post(smtp.url).drain()
    assert (await fate(notice)).state == "owed"
    assert (await Candidate.get(id=amina.id)).email_refused_at is None


async def test_a_server_that_is_away_harms_no_address_and_is_left_in_peace(
    house: House, free_port: object
) -> None:
    amina = await house.person()
    bruno = await house.person("Bruno")
    (first,), (second,) = await house.owe(amina), await house.owe(bruno)
    post = house.post(f"smtp://127.0.0.1:{free_port()}")  # type: ignore[operator]  # a fixture
    assert await post.drain() == 1
    assert await post.drain() == 0, "it pauses"
    assert {(await fate(one)).state for one in (first, second)} == {"owed"}
    assert (await Candidate.get(id=amina.id)).email_failing_since is None
    assert "cannot be reached" in (await fate(first)).last_error


async def test_a_server_that_never_answers_is_given_up_in_time(house: House) -> None:
    waiting = asyncio.Event()

    async def say_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await waiting.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    (notice,) = await house.owe(await house.person())
    slow = SmtpTransport(parsed(f"smtp://127.0.0.1:{port}"), step=0.2, patience=1)
    async with asyncio.timeout(30):
        assert await house.post(transport=slow).drain() == 1
    assert (await fate(notice)).state == "owed"
    waiting.set()
    server.close()
    await server.wait_closed()


async def test_mails_share_one_connection_and_survive_its_end(house: House, smtp: Mailbox) -> None:
    lines = 0
    transport = SmtpTransport(parsed(smtp.url))
    connect = transport._connected

    async def counted() -> Line:
        nonlocal lines
        lines += 1
        return await connect()

    transport._connected = counted  # type: ignore[method-assign]  # counts, then connects
    people = [await house.person(email=f"a{number}@example.org") for number in range(4)]
    for person in people:
        await house.owe(person)
    smtp.refuse("550 no such user", address="a1@example.org")
    smtp.refuse("421 too many mails on this line", address="a2@example.org", times=1)
    post = house.post(transport=transport)
    assert await post.drain() == 3
    house.clock.forward(minutes=2)
    assert await post.drain() == 2
    assert lines == 2
    assert sorted(mail.recipients[0][:2] for mail in smtp.messages) == ["a0", "a2", "a3"]
    assert await Candidate.filter(email_failing_since__not_isnull=True).count() == 0


async def test_a_line_lost_after_data_means_the_same_mail_again(
    house: House, smtp: Mailbox
) -> None:
    (notice,) = await house.owe(await house.person())
    smtp.lose_connection_after_data()
    post = house.post(smtp.url)
    await post.drain()
    assert (await fate(notice)).state == "owed"
    house.clock.forward(minutes=2)
    await post.drain()
    assert (await fate(notice)).state == "accepted"
    assert len(smtp.messages) == 2
    assert len({mail.id for mail in smtp.messages}) == 1
    assert smtp.messages[0].text == smtp.messages[1].text


async def test_a_double_carries_the_same_link(house: House, smtp: Mailbox) -> None:
    amina = await house.person(status="accepted")
    await house.owe(amina, NoticeKind.ACTIVATION, {})
    smtp.lose_connection_after_data()
    post = house.post(smtp.url)
    await post.drain()
    house.clock.forward(minutes=2)
    await post.drain()
    links = {link for mail in smtp.messages for link in mail.text.split() if "/activate/" in link}
    assert len(smtp.messages) == 2
    assert len(links) == 1
    assert await Token.all().count() == 1


async def test_whoever_lost_the_lease_marks_nothing(house: House) -> None:
    amina = await house.person()
    await house.owe(amina)
    (mine,) = await outbox.claim_mails("w1", house.clock.now)
    house.clock.forward(minutes=2)
    (theirs,) = await outbox.claim_mails("w2", house.clock.now)
    assert mine.id == theirs.id
    assert not await outbox.settle_mail(mine, "w1", house.clock.now, outbox.Accepted(), "a@b.org")
    assert (await fate(mine)).state == "owed"
    assert await outbox.settle_mail(theirs, "w2", house.clock.now, outbox.Accepted(), "a@b.org")
    assert await journal(amina) == ["mail_sent"]


async def test_two_workers_never_claim_the_same_mail(house: House) -> None:
    for name in ("Amina", "Bruno", "Chloé"):
        await house.owe(await house.person(name, email="x@example.org"))
    claimed = [
        one.id
        for by in ("w1", "w2", "w1", "w2")
        for one in await outbox.claim_mails(by, house.clock.now)
    ]
    assert len(claimed) == len(set(claimed)) == 3


async def test_one_mail_that_cannot_be_written_stops_no_other(house: House, smtp: Mailbox) -> None:
    broken = await house.person("Bruno")
    (bad,) = await house.owe(broken, facts={"items": [{"no": "key"}]})
    (good,) = await house.owe(await house.person())
    post = house.post(smtp.url)
    for _ in range(9):
        await post.drain()
        house.clock.forward(hours=2)
    assert (await fate(good)).state == "accepted"
    assert (await fate(bad)).state == "failed"
    assert (await fate(bad)).last_error == "could not be written (KeyError)"
    assert await journal(broken) == ["mail_failed"]
    assert (await Candidate.get(id=broken.id)).email_refused_at is None


async def test_an_address_that_no_server_takes_is_refused_for_good(
    house: House, smtp: Mailbox
) -> None:
    amina = await house.person(email="amina@example.org\nBcc: all@example.org")
    (notice,) = await house.owe(amina)
    await house.post(smtp.url).drain()
    assert smtp.messages == []
    assert (await Notice.get(id=notice.id)).state == "failed"
