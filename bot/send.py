"""Screens to Telegram: one call each, its failures told apart; aiogram comes on first use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from models.database import refuse_inside_transaction
from models.tables import Bot
from store.room import FileMissing, StoreDown, room
from store.sealing import BOT_TOKEN, CannotOpen, keyring
from words.screen import Button, Screen, Stored

if TYPE_CHECKING:
    from aiogram import Bot as Client
    from aiogram.types import (
        InlineKeyboardMarkup,
        ReplyKeyboardMarkup,
        ReplyKeyboardRemove,
    )

TIMEOUT = 20.0
"""Seconds for one call, but long polling and files."""
UPLOAD_TIMEOUT = 27
"""For a call with a file of up to 20 MB: shorter than the lease on a chat."""


class SendError(Exception):
    """Telegram did not take it; the text names no address and no token."""


class Passing(SendError):
    """Worth another try: network, 5xx, or asked to wait.

    retry_after: seconds that Telegram asked for; None when it asked for nothing.
    """

    def __init__(self, why: str, retry_after: int | None = None) -> None:
        super().__init__(why)
        self.retry_after = retry_after


class Blocked(SendError):
    """The person blocked the bot, or the account is gone."""


class Disconnected(SendError):
    """The bot's token is no longer accepted."""


class Refused(SendError):
    """Refused for good: the message itself is at fault."""


class Sender:
    """Calls of the Bot API, for every bot of the installation."""

    def __init__(self, api_url: str, shared_token: str) -> None:
        self.api_url = api_url.rstrip("/")
        self.shared_token = shared_token
        self._clients: dict[str, Client] = {}

    def token(self, bot: Bot) -> str:
        """The bot's token: its own, else the shared one.

        Raises:
            Disconnected: its provider took it back.
        """
        if bot.token:
            return keyring().open_text(bot.token, BOT_TOKEN)
        if bot.provider_id is not None:
            raise Disconnected("taken back")
        return self.shared_token

    def client(self, bot: Bot) -> Client:
        """aiogram's client of one bot, kept for the life of this sender."""
        token = self.token(bot)
        if token not in self._clients:
            self._clients[token] = _new_client(self.api_url, token)
        return self._clients[token]

    async def close(self) -> None:
        """Close every connection."""
        for client in self._clients.values():
            await _close(client)
        self._clients.clear()

    async def show(
        self, bot: Bot, user_id: int, screen: Screen, *, edit_message_id: int | None = None
    ) -> int:
        """Send a screen, or put it in place of an earlier message; returns the message's id.

        Raises:
            Passing, Blocked, Disconnected, Refused.
        """
        refuse_inside_transaction("Telegram")
        if screen.stored is not None:
            screen = await _from_store(screen, screen.stored)
        if edit_message_id is not None and await self._edit(bot, user_id, screen, edit_message_id):
            return edit_message_id
        async with told_apart():
            if screen.media is not None:
                return await self._send_media(bot, user_id, screen)
            sent = await self.client(bot).send_message(
                user_id, screen.text, reply_markup=_keyboard(screen)
            )
            return sent.message_id

    async def _edit(self, bot: Bot, user_id: int, screen: Screen, message_id: int) -> bool:
        """False when that message can no longer be edited."""
        from aiogram.exceptions import TelegramBadRequest

        try:
            async with told_apart(but=TelegramBadRequest):
                await self.client(bot).edit_message_text(
                    screen.text,
                    chat_id=user_id,
                    message_id=message_id,
                    reply_markup=_inline(screen.rows),
                )
        except TelegramBadRequest as error:
            return "not modified" in error.message
        return True

    async def _send_media(self, bot: Bot, user_id: int, screen: Screen) -> int:
        from aiogram.types import BufferedInputFile

        assert screen.media is not None
        name, content = screen.media
        sent = await self.client(bot).send_document(
            user_id,
            BufferedInputFile(content, name),
            caption=screen.text,
            reply_markup=_keyboard(screen),
            request_timeout=UPLOAD_TIMEOUT,
        )
        return sent.message_id

    async def take_away(self, bot: Bot, user_id: int, message_id: int) -> None:
        """Delete a message of the bot's own.

        Raises:
            Passing, Blocked, Disconnected, Refused: `Refused` when it is older than 48 hours.
        """
        refuse_inside_transaction("Telegram")
        async with told_apart():
            await self.client(bot).delete_message(user_id, message_id)

    async def answer_press(self, bot: Bot, press_id: str, toast: str = "") -> None:
        """Answer a button press, so that the phone stops waiting.

        Raises:
            Passing, Disconnected, Refused: `Refused` when the press is too old.
        """
        refuse_inside_transaction("Telegram")
        async with told_apart():
            await self.client(bot).answer_callback_query(press_id, text=toast[:200] or None)

    async def pending_updates(self, bot: Bot) -> int:
        """How many updates wait at Telegram for this bot."""
        refuse_inside_transaction("Telegram")
        async with told_apart():
            return (await self.client(bot).get_webhook_info()).pending_update_count

    async def who_am_i(self, token: str) -> tuple[int, str]:
        """Telegram id and username behind a token."""
        refuse_inside_transaction("Telegram")
        client = _new_client(self.api_url, token)
        try:
            async with told_apart():
                me = await client.get_me()
                return me.id, me.username or ""
        finally:
            await _close(client)

    async def set_webhook(self, bot: Bot, url: str, secret: str) -> None:
        """Have updates delivered to `url`; those that wait stay."""
        refuse_inside_transaction("Telegram")
        async with told_apart():
            await self.client(bot).set_webhook(
                url, secret_token=secret, allowed_updates=list(ALLOWED_UPDATES)
            )

    async def remove_webhook(self, bot: Bot) -> None:
        """Go back to long polling; updates that wait stay."""
        refuse_inside_transaction("Telegram")
        async with told_apart():
            await self.client(bot).delete_webhook()

    async def updates(self, bot: Bot, offset: int, wait: int) -> list[dict[str, Any]]:
        """Updates from `offset` on, as Telegram sent them; waits up to `wait` seconds."""
        refuse_inside_transaction("Telegram")
        async with told_apart():
            found = await self.client(bot).get_updates(
                offset=offset,
                timeout=wait,
                allowed_updates=list(ALLOWED_UPDATES),
                request_timeout=wait + int(TIMEOUT),
            )
        return [one.model_dump(mode="json", exclude_none=True, by_alias=True) for one in found]

    async def set_commands(
        self, bot: Bot, commands: Mapping[str, Sequence[tuple[str, str]]], default: str
    ) -> None:
        """The bot's menu by language: command without slash, description."""
        from aiogram.types import BotCommand

        refuse_inside_transaction("Telegram")
        async with told_apart():
            for language, menu in commands.items():
                listed = [BotCommand(command=name, description=text) for name, text in menu]
                await self.client(bot).set_my_commands(listed, language_code=language)
                if language == default:
                    await self.client(bot).set_my_commands(listed)


ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")


def _new_client(api_url: str, token: str) -> Client:
    from aiogram import Bot as Client
    from aiogram.client.default import DefaultBotProperties
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer

    session = AiohttpSession(api=TelegramAPIServer.from_base(api_url), timeout=TIMEOUT)
    properties = DefaultBotProperties(parse_mode="HTML", link_preview_is_disabled=True)
    return Client(token, session=session, default=properties)


async def _close(client: Client) -> None:
    """Close a client's connections.

    Not by aiogram's own `close`, which then sleeps 0.25 s for TLS: aiohttp's waits for that.
    """
    from aiogram.client.session.aiohttp import AiohttpSession

    assert isinstance(client.session, AiohttpSession)
    await (await client.session.create_session()).close()


@asynccontextmanager
async def told_apart(
    but: type[Exception] | tuple[type[Exception], ...] = (),
) -> AsyncIterator[None]:
    """Turn aiogram's errors into ours; those in `but` go through as they are."""
    from aiogram import exceptions as telegram

    try:
        yield
    except but:
        raise
    except telegram.TelegramRetryAfter as error:
        raise Passing("asked to wait", error.retry_after) from None
    except telegram.TelegramUnauthorizedError:
        raise Disconnected("401") from None
    except telegram.TelegramForbiddenError as error:
        raise Blocked(error.message) from None
    except telegram.TelegramAPIError as error:
        raise _other(error) from None
    except (telegram.ClientDecodeError, TimeoutError, OSError) as error:
        raise Passing(type(error).__name__) from None


def _other(error: Any) -> SendError:
    """Server, network and decoding errors pass; a gone account counts as blocked."""
    from aiogram import exceptions as telegram

    final = (
        telegram.TelegramBadRequest,
        telegram.TelegramEntityTooLarge,
        telegram.TelegramMigrateToChat,
        telegram.TelegramNotFound,
        telegram.TelegramConflictError,
    )
    if isinstance(error, telegram.TelegramConflictError):
        return Passing("another process polls this bot, or a webhook is set")
    if not isinstance(error, final):  # network, 5xx, a proxy's HTML page
        return Passing(type(error).__name__)
    if "chat not found" in error.message or "user is deactivated" in error.message:
        return Blocked(error.message)
    return Refused(error.message)


async def _from_store(screen: Screen, wanted: Stored) -> Screen:
    """The screen with its file; nobody is held up by a store that is away."""
    try:
        content = await room().get(wanted.id, wanted.key)
    except (StoreDown, FileMissing, CannotOpen):
        return replace(screen, stored=None, text=wanted.otherwise)
    return replace(screen, stored=None, media=(wanted.name, content))


def _keyboard(
    screen: Screen,
) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | None:
    from aiogram.types import KeyboardButton, ReplyKeyboardMarkup, ReplyKeyboardRemove

    if screen.contact is not None:
        button = KeyboardButton(text=screen.contact, request_contact=True)
        return ReplyKeyboardMarkup(
            keyboard=[[button]], resize_keyboard=True, one_time_keyboard=True
        )
    if screen.hide_keyboard and not screen.rows:
        return ReplyKeyboardRemove(remove_keyboard=True)
    return _inline(screen.rows)


def _inline(rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

    if not rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=one.text, callback_data=one.data, url=one.url)
                for one in row
            ]
            for row in rows
        ]
    )
