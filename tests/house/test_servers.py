"""The servers that other tests stand on do work."""

from __future__ import annotations

from email.message import EmailMessage

import aiosmtplib
import asyncpg
import pytest
from redis.asyncio import Redis

from tests.servers import Mailbox, PostgresServer, RedisServer, postgres_server, redis_server


def a_mail(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "douceur@example.org", to
    message["Subject"] = "Bienvenue, Amina « à bientôt »"
    message.set_content("Bonjour Amina\n")
    message.add_alternative("<p>Bonjour Amina</p>\n", subtype="html")
    return message


async def send(smtp: Mailbox, to: str) -> None:
    await aiosmtplib.send(a_mail(to), hostname="127.0.0.1", port=smtp.port)


async def test_postgres_answers(postgres_url: str) -> None:
    link = await asyncpg.connect(postgres_url)
    assert await link.fetchval("SELECT 'é' || 1") == "é1"
    await link.close()


async def test_a_killed_postgres_comes_back_with_its_rows() -> None:
    with postgres_server() as server:
        link = await asyncpg.connect(server.url)
        await link.execute("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7); CHECKPOINT")
        await link.close()
        server.kill()
        server.start()
        assert await rows(server) == 7


async def rows(server: PostgresServer) -> int:
    link = await asyncpg.connect(server.url)
    found: int = await link.fetchval("SELECT n FROM kept")
    await link.close()
    return found


async def test_redis_answers_on_its_port_and_its_socket(redis: RedisServer) -> None:
    for url in (redis.url, redis.socket_url):
        client = Redis.from_url(url)
        assert await client.ping()
        await client.aclose()


async def test_a_killed_redis_comes_back_empty() -> None:
    with redis_server() as server:
        client = Redis.from_url(server.url)
        await client.set("a", "b")
        await client.aclose()
        server.kill()
        assert not server.answers()
        server.start()
        client = Redis.from_url(server.url)
        assert await client.get("a") is None
        await client.aclose()


async def test_smtp_keeps_mails_with_both_parts(smtp: Mailbox) -> None:
    await send(smtp, "amina@example.org")
    (letter,) = await smtp.wait_for("amina@example.org")
    assert letter.subject == "Bienvenue, Amina « à bientôt »"
    assert letter.text == "Bonjour Amina\n"
    assert "<p>Bonjour Amina</p>" in letter.html
    assert letter.addresses("To") == ["amina@example.org"]
    assert smtp.for_("bruno@example.org") == []


async def test_smtp_refuses_what_it_was_told_to(smtp: Mailbox) -> None:
    smtp.refuse("450 later", "bruno@example.org", times=1)
    smtp.refuse("554 never", at="DATA", address="chloe@example.org")
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as first:
        await send(smtp, "bruno@example.org")
    assert first.value.recipients[0].code == 450
    await send(smtp, "bruno@example.org")
    with pytest.raises(aiosmtplib.SMTPDataError) as second:
        await send(smtp, "chloe@example.org")
    assert second.value.code == 554
    assert [letter.recipients for letter in smtp.messages] == [("bruno@example.org",)]


async def test_smtp_can_accept_a_mail_and_lose_the_line(smtp: Mailbox) -> None:
    smtp.lose_connection_after_data()
    with pytest.raises(aiosmtplib.SMTPServerDisconnected):
        await send(smtp, "amina@example.org")
    assert len(smtp.for_("amina@example.org")) == 1
