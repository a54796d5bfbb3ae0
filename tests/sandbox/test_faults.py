"""Faults on demand, records of calls, and the state file."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path

import aiohttp
import pytest

from sandbox.app import BotSpec, start
from sandbox.client import Phone, Sandbox
from tests.sandbox.conftest import TOKEN, BotHands


async def test_429_says_when_to_come_back(bot: BotHands, amina: Phone, sandbox: Sandbox) -> None:
    await sandbox.fault("429", chat=amina.id, retry_after=7, times=2)
    for _ in range(2):
        assert await bot.raw("sendMessage", chat_id=amina.id, text="a") == (
            429,
            {
                "ok": False,
                "error_code": 429,
                "description": "Too Many Requests: retry after 7",
                "parameters": {"retry_after": 7},
            },
        )
    await bot.call("sendMessage", chat_id=amina.id, text="a")


async def test_a_fault_of_one_chat_leaves_the_others_alone(
    bot: BotHands, amina: Phone, sandbox: Sandbox
) -> None:
    bruno = await sandbox.phone("Bruno")
    await bruno.open("douceur_bot")
    await sandbox.fault("500", chat=bruno.id, times=-1)
    await bot.call("sendMessage", chat_id=amina.id, text="a")
    status, _ = await bot.raw("sendMessage", chat_id=bruno.id, text="a")
    assert status == 500
    await sandbox.clear_faults()
    await bot.call("sendMessage", chat_id=bruno.id, text="a")


async def test_502_is_a_page_of_html(bot: BotHands, sandbox: Sandbox) -> None:
    await sandbox.fault("502", method="getMe")
    async with bot.session.get(f"{bot.url}/bot{TOKEN}/getMe") as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")


async def test_a_cut_connection_may_have_had_its_effect(
    bot: BotHands, amina: Phone, sandbox: Sandbox
) -> None:
    await sandbox.fault("reset", method="sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await bot.raw("sendMessage", chat_id=amina.id, text="lost")
    await sandbox.fault("reset", method="sendMessage", after=True)
    with pytest.raises(aiohttp.ClientError):
        await bot.raw("sendMessage", chat_id=amina.id, text="sent")
    assert [m.text for m in await amina.messages()] == ["/start", "sent"]


async def test_a_delay_keeps_the_call_waiting(bot: BotHands, sandbox: Sandbox) -> None:
    await sandbox.fault("delay", seconds=0.2)
    began = time.monotonic()
    await bot.call("getMe")
    assert time.monotonic() - began >= 0.2


async def test_a_revoked_token_is_unauthorized(bot: BotHands, sandbox: Sandbox) -> None:
    await sandbox.revoke("douceur_bot")
    assert await bot.refusal("getMe") == "Unauthorized"
    await sandbox.revoke("douceur_bot", False)
    await bot.call("getMe")


async def test_a_download_fails_on_demand(
    bot: BotHands, amina: Phone, sandbox: Sandbox, picture: Path
) -> None:
    await amina.send_document(picture)
    file_id = (await bot.take())[-1]["message"]["document"]["file_id"]
    file = await bot.call("getFile", file_id=file_id)
    await sandbox.fault("download")
    url = f"{bot.url}/file/bot{TOKEN}/{file['file_path']}"
    statuses = []
    for _ in range(2):
        async with bot.session.get(url) as answer:
            statuses.append(answer.status)
    assert statuses == [404, 200]


async def test_every_call_is_recorded(bot: BotHands, amina: Phone, sandbox: Sandbox) -> None:
    await sandbox.forget_records()
    await bot.call("sendMessage", chat_id=amina.id, text="a")
    await bot.refusal("sendMessage", chat_id=amina.id, text="")
    calls = await sandbox.calls(method="sendMessage", chat=amina.id)
    assert [call["status"] for call in calls] == [200, 400]
    assert calls[0]["arguments"]["text"] == "a"


async def test_the_world_survives_a_restart_and_numbers_go_on(
    tmp_path: Path, picture: Path
) -> None:
    state = tmp_path / "world"
    server = await start(bots=[BotSpec(TOKEN)], state_file=state)
    async with server, Sandbox(server.url) as sandbox:
        amina = await sandbox.phone("Amina")
        await amina.open("demo_bot", start="x")
        await amina.send_photo(picture)
    last = server.world.counters
    server = await start(bots=[BotSpec(TOKEN)], state_file=state)
    async with server, Sandbox(server.url) as sandbox, aiohttp.ClientSession() as session:
        amina = Phone(sandbox, {"id": amina.id, "first_name": "Amina", "phone_number": ""})
        await amina.look("demo_bot")
        await amina.send("encore")
        bot = BotHands(server.url, session)
        updates = await bot.take()
        file_id = updates[1]["message"]["photo"][-1]["file_id"]
        await bot.call("getFile", file_id=file_id)
    assert [u["message"].get("text") for u in updates] == ["/start x", None, "encore"]
    assert updates[-1]["update_id"] > last["update"]
    assert updates[-1]["message"]["message_id"] > last["message"]


async def test_the_command_prints_its_address_and_stops_when_told(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "sandbox", "--port", "0", "--bot", f"{TOKEN}:Douceur:douceur_bot"),
        *("--state-file", str(tmp_path / "world")),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    url = (await process.stdout.readline()).decode().strip()
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{url}/bot{TOKEN}/getMe") as answer,
    ):
        assert (await answer.json())["result"]["username"] == "douceur_bot"
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert (tmp_path / "world").exists()
