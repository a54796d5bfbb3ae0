"""The one door: every update, by webhook or by polling, has its effects once and gets an answer.

In order: a queue per chat in this process; one transaction with the ledger row, the locks and
the handler; commit; the screens; the mark that it was answered. A repeat finds the ledger.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum
from html import escape
from time import perf_counter
from typing import TYPE_CHECKING, Any

import structlog

from actions import updates as ledger
from actions.chats import touch
from actions.leases import lease_chat, release_chat
from actions.updates import Shown, Standing
from bot.arrival import Arrival, read
from bot.counts import UPDATE_FAULTS, UPDATES
from bot.send import Passing, Sender, SendError
from bot.visit import Visit
from models.database import TRANSIENT, is_passing, transaction
from models.ids import new_id
from models.reads.chats import place
from models.tables import Bot, Chat
from rules.bots import Met, TelegramAway, TokenRefused
from rules.errors import Refusal
from rules.faults import place_of
from words.chat.current import current
from words.language import known_language, sentence, translate
from words.screen import Reply, Screen

if TYPE_CHECKING:
    from aiogram import Dispatcher

log = structlog.get_logger()

LEASE_WAIT = 3.0
"""Seconds to wait for a worker that is sending to the same chat."""


class Answer(Enum):
    """What the door tells Telegram."""

    DONE = 200
    AGAIN = 503
    """Telegram keeps the update and sends it again."""


@dataclass(slots=True)
class Door:
    """The door of one process."""

    sender: Sender
    dispatcher: Callable[[], Dispatcher]
    """Builds the dispatcher on first use: importing aiogram takes seconds."""
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    holder: str = field(default_factory=lambda: f"door-{new_id()}")
    answered: Callable[[str], None] = lambda _bot_id: None
    """Told of each answer that leaves: news of the same bot make room for them."""
    _dispatcher: Dispatcher | None = None
    _queues: dict[tuple[str, int], tuple[asyncio.Lock, int]] = field(default_factory=dict)

    def warm_up(self) -> None:
        """Build the dispatcher now rather than at the first update."""
        if self._dispatcher is None:
            self._dispatcher = self.dispatcher()

    async def handle(self, bot: Bot, update: dict[str, Any]) -> Answer:
        """Handle one update of `bot`, as Telegram sent it."""
        arrival = read(update)
        if arrival is None:
            return Answer.DONE
        began = perf_counter()
        answer = await self._handle(bot, arrival)
        UPDATES.labels(answer.name.lower()).observe(perf_counter() - began)
        return answer

    async def _handle(self, bot: Bot, arrival: Arrival) -> Answer:
        async with self._queue(bot.id, arrival.person.user_id if arrival.person else 0):
            try:
                return await self._handle_in_turn(bot, arrival)
            except Exception as error:  # noqa: BLE001  # the edge of an update: keep the evidence
                return await self._settle(bot, arrival, error)

    async def meet(self, token: str) -> Met:
        """Whose token this is, as Telegram says.

        Raises:
            TokenRefused, TelegramAway.
        """
        try:
            return Met(*await self.sender.who_am_i(token))
        except Passing:
            raise TelegramAway from None
        except SendError:
            raise TokenRefused from None

    async def let_go(self, bot: Bot) -> None:
        """Have Telegram deliver nothing of this bot here any more; fine when it is refused.

        Raises:
            TelegramAway.
        """
        try:
            await self.sender.remove_webhook(bot)
        except Passing:
            raise TelegramAway from None
        except SendError as error:
            log.info("webhook stays", bot=bot.id, error=type(error).__name__)

    @asynccontextmanager
    async def _queue(self, bot_id: str, user_id: int) -> AsyncIterator[None]:
        """One update of a chat at a time in this process; the lock goes with the last one."""
        key = (bot_id, user_id)
        lock, waiting = self._queues.get(key, (asyncio.Lock(), 0))
        self._queues[key] = (lock, waiting + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiting = self._queues[key]
            if waiting == 1:
                del self._queues[key]
            else:
                self._queues[key] = (lock, waiting - 1)

    async def _handle_in_turn(self, bot: Bot, arrival: Arrival) -> Answer:
        try:
            standing, chat, reply = await self._effects(bot, arrival)
        except Refusal as refusal:
            standing, chat, reply = await self._explain(bot, arrival, refusal)
        if standing is Standing.ANSWERED:
            return Answer.DONE
        if standing is Standing.IN_HAND:
            return Answer.AGAIN
        return await self._answer(bot, arrival, chat, reply)

    async def _effects(self, bot: Bot, arrival: Arrival) -> tuple[Standing, Chat | None, Reply]:
        """The transaction of an update: ledger row, locks, handler."""
        now = self.clock()
        person = arrival.person
        async with transaction():
            standing = await ledger.enter(
                bot.id, arrival.update_id, person.user_id if person else None, now
            )
            if person is None or standing in (Standing.ANSWERED, Standing.IN_HAND):
                return standing, None, Reply()
            chat = await ledger.open_chat(
                bot.id, person, known_language(arrival.language_code), now
            )
            if standing is Standing.UNANSWERED:
                return standing, chat, await self._current(chat, now)
            if arrival.message_id is not None:
                await ledger.note_message(chat, arrival.message_id)
            visit = _visit(bot, chat, arrival, now)
            reply = _with_keyboard(chat, await self._feed(bot, arrival, visit))
            await ledger.close_chat(chat)
            return standing, chat, reply

    async def _feed(self, bot: Bot, arrival: Arrival, visit: Visit) -> Reply:
        """Let the handler of the right part of the space answer."""
        from aiogram.dispatcher.event.bases import UNHANDLED
        from aiogram.types import Update

        self.warm_up()
        assert self._dispatcher is not None
        client = self.sender.client(bot)
        event = Update.model_validate(arrival.raw, context={"bot": client})
        reply = await self._dispatcher.feed_update(client, event, visit=visit)
        if reply is UNHANDLED:
            return await self._current(visit.chat, visit.now)
        assert isinstance(reply, Reply), "a handler returns a Reply"
        return reply

    async def _current(self, chat: Chat, now: datetime) -> Reply:
        return Reply(current(await place(chat, now)))

    async def _explain(
        self, bot: Bot, arrival: Arrival, refusal: Refusal
    ) -> tuple[Standing, Chat | None, Reply]:
        """A refusal undid the handler's work: say why, and show where the person is."""
        now = self.clock()
        assert arrival.person is not None, "only a handler refuses"
        async with transaction():
            standing = await ledger.enter(bot.id, arrival.update_id, arrival.person.user_id, now)
            if standing in (Standing.ANSWERED, Standing.IN_HAND):
                return standing, None, Reply()
            chat = await ledger.open_chat(
                bot.id, arrival.person, known_language(arrival.language_code), now
            )
            if chat.candidate_id is not None:  # what is refused is an act all the same
                await touch(chat.candidate_id, min(arrival.at or now, now))
            why = sentence(refusal, chat.language)
            shown = await self._current(chat, now)
        toast = why if arrival.press_id else ""
        screens = shown.screens if toast else (Screen(escape(why, quote=False)), *shown.screens)
        return standing, chat, Reply(screens, toast)

    async def _settle(self, bot: Bot, arrival: Arrival, error: Exception) -> Answer:
        """The database is away: Telegram keeps the update. A bug: we keep it, and say sorry."""
        if is_passing(error):
            log.warning("update put off", bot=bot.id, error=type(error).__name__)
            return Answer.AGAIN
        try:
            return await self._apologise(bot, arrival, error)
        except TRANSIENT as another:
            log.warning("update put off", bot=bot.id, error=type(another).__name__)
            return Answer.AGAIN

    async def _apologise(self, bot: Bot, arrival: Arrival, error: Exception) -> Answer:
        """Keep the update, sealed, for a replay once the bug is gone."""
        UPDATE_FAULTS.inc()
        log.error("update failed", bot=bot.id, update=arrival.update_id, error=place_of(error))
        now, person = self.clock(), arrival.person
        await ledger.keep(
            bot.id,
            arrival.update_id,
            person.user_id if person else None,
            json.dumps(arrival.raw).encode(),
            place_of(error),
            now,
        )
        language = known_language(arrival.language_code)
        sorry = translate(
            language, "Something went wrong on our side. Nothing you sent is lost; please go on."
        )
        reply = Reply((Screen(sorry),))
        return await self._answer(bot, arrival, None, reply)

    async def _answer(self, bot: Bot, arrival: Arrival, chat: Chat | None, reply: Reply) -> Answer:
        """Show the screens under the chat's lease, then mark the update answered."""
        try:
            await self._show(bot, arrival, chat, reply)
        except Passing as error:
            log.info("answer put off", bot=bot.id, error=str(error))
            return Answer.AGAIN
        except SendError as error:
            log.info("answer refused", bot=bot.id, error=type(error).__name__)
        await ledger.mark_answered(bot.id, arrival.update_id, self.clock())
        return Answer.DONE

    async def _show(self, bot: Bot, arrival: Arrival, chat: Chat | None, reply: Reply) -> None:
        if arrival.press_id is not None:
            await self._answer_press(bot, arrival.press_id, reply.toast)
        if chat is None or not reply.screens:
            await self._show_without_chat(bot, arrival, reply)
            return
        leased = await self._leased(chat)
        try:
            shown = await self._show_each(bot, arrival, chat, reply)
            await ledger.note_shown(chat.id, shown)
        finally:
            if leased:
                await release_chat(chat.id, self.holder)

    async def _show_without_chat(self, bot: Bot, arrival: Arrival, reply: Reply) -> None:
        if arrival.person is not None:
            for screen in reply.screens:
                self.answered(bot.id)
                await self.sender.show(bot, arrival.person.user_id, screen)

    async def _leased(self, chat: Chat) -> bool:
        """Wait a little for a worker that is sending to this chat; then speak all the same.

        An answer out of order is better than silence: what a worker sends stands by itself.
        """
        waited = 0.0
        while not await lease_chat(chat.id, self.holder, self.clock()):
            if waited >= LEASE_WAIT:
                return False
            await asyncio.sleep(0.1)
            waited += 0.1
        return True

    async def _show_each(self, bot: Bot, arrival: Arrival, chat: Chat, reply: Reply) -> Shown:
        newest: int | None = None
        last: int | None = None
        card: int | None = None
        version = 0
        earlier = arrival.pressed_message or chat.screen_message_id
        for screen in reply.screens:
            edited = earlier if screen.edits else None
            self.answered(bot.id)
            newest = await self.sender.show(bot, chat.user_id, screen, edit_message_id=edited)
            if screen.card:
                card, version = newest, screen.card_version
            else:
                last = newest
        return Shown(newest, last, card, version)

    async def _answer_press(self, bot: Bot, press_id: str, toast: str) -> None:
        """An old press cannot be answered any more: that is no reason to stay silent."""
        try:
            await self.sender.answer_press(bot, press_id, toast)
        except Passing:
            raise
        except SendError as error:
            log.debug("press not answered", error=type(error).__name__)


def _with_keyboard(chat: Chat, reply: Reply) -> Reply:
    """The reply, below a line that takes the contact button away where it is no longer asked.

    Wherever somebody goes from the question about their phone: left there, a press would give a
    number that nobody asks for. Remembers whether the button is there.
    """
    if not reply.screens:
        return reply
    was, chat.contact_shown = chat.contact_shown, any(one.contact for one in reply.screens)
    if not was or chat.contact_shown or any(one.hide_keyboard for one in reply.screens):
        return reply
    note = translate(chat.language, "The button that shares your phone number is put away.")
    return replace(reply, screens=(Screen(note, hide_keyboard=True), *reply.screens))


def _visit(bot: Bot, chat: Chat, arrival: Arrival, now: datetime) -> Visit:
    at = min(arrival.at or now, now)
    return Visit(bot, chat, arrival.update_id, now, at, arrival.language_code)
