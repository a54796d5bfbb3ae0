"""Two well-known bot libraries run against the sandbox unchanged."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.app import Server
from sandbox.client import Phone, Sandbox
from tests.sandbox.conftest import TOKEN


async def converse(phone: Phone, picture: Path) -> None:
    """A talk with the echo bot that both libraries make."""
    await phone.open("douceur_bot", start="lien")
    hello = await phone.wait_for("Bonjour Amina (lien)")
    assert hello.labels == ["Oui", "Non"]
    await phone.press("Oui")
    await phone.wait_for("Vous avez dit yes")
    assert await phone.notices() == ["Merci"]
    await phone.send("Un <b>mot</b> & deux")
    await phone.wait_for("Un <b>mot</b> & deux")
    await phone.send_photo(picture)
    told = await phone.wait_for("octets")
    assert told.text == f"{(await phone.messages())[-2].file['file_size']} octets"  # type: ignore[index]  # a photo has a file


async def test_python_telegram_bot_runs_unchanged(
    server: Server, sandbox: Sandbox, picture: Path
) -> None:
    from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
    from telegram.ext import (
        Application,
        CallbackQueryHandler,
        CommandHandler,
        ContextTypes,
        MessageHandler,
        filters,
    )

    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        assert update.effective_user
        keys = [
            [
                InlineKeyboardButton("Oui", callback_data="yes"),
                InlineKeyboardButton("Non", callback_data="no"),
            ]
        ]
        await update.message.reply_html(
            f"<b>Bonjour</b> {update.effective_user.first_name} ({(context.args or [''])[0]})",
            reply_markup=InlineKeyboardMarkup(keys),
        )

    async def pressed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query
        await query.answer("Merci")
        await query.edit_message_text(f"Vous avez dit {query.data}")

    async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        await update.message.reply_text(update.message.text or "")

    async def photo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        file = await update.message.photo[-1].get_file()
        data = await file.download_as_bytearray()
        await update.message.reply_text(f"{len(data)} octets")

    app = (
        Application.builder()
        .token(TOKEN)
        .base_url(f"{server.url}/bot")
        .base_file_url(f"{server.url}/file/bot")
        .build()
    )
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(MessageHandler(filters.PHOTO, photo))
    app.add_handler(MessageHandler(filters.TEXT, echo))
    async with app:
        await app.start()
        assert app.updater
        await app.updater.start_polling(timeout=2)
        await converse(await sandbox.phone("Amina"), picture)
        await app.updater.stop()
        await app.stop()


@pytest.fixture
async def telebot(server: Server, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Any]:
    """A pyTelegramBotAPI bot with the same manners."""
    from telebot import asyncio_helper
    from telebot.async_telebot import AsyncTeleBot
    from telebot.types import InlineKeyboardButton, InlineKeyboardMarkup

    monkeypatch.setattr(asyncio_helper, "API_URL", server.url + "/bot{0}/{1}")
    monkeypatch.setattr(asyncio_helper, "FILE_URL", server.url + "/file/bot{0}/{1}")
    bot = AsyncTeleBot(TOKEN)

    @bot.message_handler(commands=["start"])
    async def start(message: Any) -> None:
        keys = InlineKeyboardMarkup()
        keys.row(
            InlineKeyboardButton("Oui", callback_data="yes"),
            InlineKeyboardButton("Non", callback_data="no"),
        )
        text = f"<b>Bonjour</b> {message.from_user.first_name} ({message.text.split()[-1]})"
        await bot.send_message(message.chat.id, text, parse_mode="HTML", reply_markup=keys)

    @bot.callback_query_handler(func=lambda call: True)
    async def pressed(call: Any) -> None:
        await bot.answer_callback_query(call.id, "Merci")
        where = {"chat_id": call.message.chat.id, "message_id": call.message.message_id}
        await bot.edit_message_text(f"Vous avez dit {call.data}", **where)

    @bot.message_handler(content_types=["photo"])
    async def photo(message: Any) -> None:
        file = await bot.get_file(message.photo[-1].file_id)
        data = await bot.download_file(file.file_path)
        await bot.reply_to(message, f"{len(data)} octets")

    @bot.message_handler(func=lambda message: True)
    async def echo(message: Any) -> None:
        await bot.reply_to(message, message.text)

    yield bot
    await bot.close_session()


async def test_py_telegram_bot_api_runs_unchanged(
    telebot: Any, sandbox: Sandbox, picture: Path
) -> None:
    import asyncio

    polling = asyncio.create_task(telebot.infinity_polling(timeout=2, request_timeout=5))
    await converse(await sandbox.phone("Amina"), picture)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
