"""News in the chat: lease a chat, send its notices in order, refresh its card."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Protocol

import structlog

from actions import chat_outbox as outbox
from actions.apart import Apart
from actions.bots import note_disconnected
from actions.farewells import open_farewell
from actions.leases import lease_chat, release_chat
from actions.outbox import Accepted, Fate, Later, Refused, Void, settle_alone
from actions.reminders import note_said
from bot.send import Blocked, Disconnected, Passing, SendError
from bot.send import Refused as RefusedByTelegram
from jobs.archive import archives, parts
from jobs.beside import one_by_one
from jobs.counts import NOTICES
from jobs.halt import Halt
from jobs.pace import Pace
from jobs.post import bug
from jobs.settling import settled
from models.reads.chats import place
from models.reads.copy import personal_data
from models.reads.letters import Gone, telling
from models.reads.quiet import quiet_until
from models.tables import Bot, Candidate, Chat, Notice
from rules.letters import Sites
from rules.notices import TELLING_A_DATE, NoticeKind
from rules.place import answers_now
from store.room import StoreDown
from words.chat.card import card
from words.chat.news import Copy, copied, news
from words.screen import Screen

log = structlog.get_logger()

FAR_UP = 8
"""Messages below the card after which it is sent again instead of being edited."""
LOOK_EVERYWHERE = timedelta(minutes=5)
CARD_AGAIN = timedelta(seconds=20)
REST = timedelta(minutes=5)
"""So long a chat in which a bug was met is left alone, so that it does not come first again."""

SERVED_AT_ONCE = 16
"""Slow chats of one process; with so many, Telegram itself is slow."""
SHORT_WAIT = 0.2
"""Seconds that are waited for in place."""


class Shows(Protocol):
    """Puts a screen on a phone: `bot.send.Sender`."""

    async def show(
        self, bot: Bot, user_id: int, screen: Screen, *, edit_message_id: int | None = None
    ) -> int:
        """Returns the message's id; raises Passing, Blocked, Disconnected, Refused."""
        ...

    async def take_away(self, bot: Bot, user_id: int, message_id: int) -> None:
        """Deletes a message; raises Passing, Blocked, Disconnected, Refused."""
        ...


class Stop(Exception):
    """Nothing more is sent to this chat now; what is owed stays owed."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is about to be shown, and in place of which message."""

    screens: tuple[Screen, ...]
    edits: int | None = None


@dataclass(slots=True)
class Messenger:
    """The way of news out of one process."""

    sender: Shows
    sites: Sites
    clock: Callable[[], datetime]
    holder: str
    pace: Pace = field(default_factory=Pace)
    halt: Halt = field(default_factory=Halt)
    _looked_everywhere: datetime | None = None
    _asked_to_wait: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Bot's id: the chat that was last asked to wait, and until when."""

    async def drain(self) -> int:
        """Work until nothing is due; returns how many times a chat was taken in hand."""
        await outbox.give_up_blocked(self.clock())
        everywhere = self._is_time_to_look_everywhere()
        claim = partial(self.claim, everywhere=everywhere)
        return await one_by_one(claim, self._serve, self.halt, SERVED_AT_ONCE)

    def _is_time_to_look_everywhere(self) -> bool:
        now, last = self.clock(), self._looked_everywhere
        if last is not None and now - last < LOOK_EVERYWHERE:
            return False
        self._looked_everywhere = now
        return True

    async def claim(self, *, everywhere: bool = False) -> Chat | None:
        """Lease a chat with news, else one with an outdated card."""
        now = self.clock()
        chat = await outbox.claim_chat(self.holder, now)
        return chat or await outbox.claim_outdated(self.holder, now, everywhere=everywhere)

    async def _serve(self, chat: Chat) -> None:
        """Everything that one chat is owed, under its lease; after a bug it rests for a while."""
        apart = Apart()
        try:
            with apart.one(chat=chat.id), suppress(Stop):
                await self._tell_all(chat)
            if apart.left_out:
                await outbox.hold_chat(chat, self.holder, self.clock() + REST)
        finally:
            await release_chat(chat.id, self.holder)

    async def _tell_all(self, chat: Chat) -> None:
        for notice in await outbox.due_notices(chat, self.clock()):
            await self._renew(chat)
            if (until := await quiet_until(notice, self.clock())) is not None:
                await outbox.put_off(notice, until)
                continue
            await self._give_way(chat)
            if await outbox.take(notice, self.holder, self.clock()):
                await self._deliver(chat, notice)
        await self._renew(chat)
        await self._refresh_card(chat)

    async def _give_way(self, chat: Chat) -> None:
        """A chat that has to wait for its own pace, or a process that ends, lets others go on."""
        if self.halt.called:
            raise Stop
        wait = self.pace.wait_of(chat.id)
        if wait > SHORT_WAIT:
            await outbox.hold_chat(chat, self.holder, self.clock() + timedelta(seconds=wait))
            raise Stop

    async def _renew(self, chat: Chat) -> None:
        """The lease covers one send; a holder that lost it stops."""
        if not await lease_chat(chat.id, self.holder, self.clock()):
            raise Stop

    # One notice -----------------------------------------------------------------------------

    async def _deliver(self, chat: Chat, notice: Notice) -> None:
        try:
            fate = await self._tell(chat, notice)
        except Stop:
            raise
        except Exception as error:  # noqa: BLE001  # the edge of a job: the row keeps the evidence
            fate = bug(notice, error)
        await self.settle(chat, notice, fate)
        if isinstance(fate, Later):
            raise Stop

    async def _tell(self, chat: Chat, notice: Notice) -> Fate:
        if notice.kind == NoticeKind.EXPORT:
            return await self._send_copy(chat, notice)
        told = await self._told(chat, notice)
        return Void(told.why) if isinstance(told, Gone) else await self.send(chat, told)

    async def _send_copy(self, chat: Chat, notice: Notice) -> Fate:
        """A copy of one's data: one message for each archive."""
        told = await telling(notice, self.sites, self.clock())
        candidate = await Candidate.get_or_none(id=notice.candidate_id)
        if isinstance(told, Gone) or candidate is None:
            return Void("the candidate is gone")
        data = await personal_data(candidate)
        planned = parts(data.files)
        fate: Fate = Accepted(None)
        number = 0
        try:
            async for content in archives(data, planned):
                number += 1
                await self._renew(chat)
                copy = Copy(content, self.clock().date(), number, len(planned))
                elsewhere = chat.candidate_id != candidate.id
                screen = copied(told.facts, chat.language, copy, elsewhere=elsewhere)
                fate = await self.send(chat, Told((screen,)))
                if not isinstance(fate, Accepted):
                    return fate
        except StoreDown:
            return Later("the store is away")
        return fate

    async def _told(self, chat: Chat, notice: Notice) -> Told | Gone:
        """What the notice says now; a farewell says what was kept for it."""
        kind = NoticeKind(notice.kind)
        if notice.candidate_id is None:
            farewell = open_farewell(notice)
            if farewell is None:
                return Gone("wiped")
            facts = replace(farewell.facts, sites=self.sites)
            screen = news(kind, facts, farewell.language)
            return Told((screen,), edits=farewell.card_message_id)
        told = await telling(notice, self.sites, self.clock())
        if isinstance(told, Gone):
            return told
        if kind in TELLING_A_DATE and told.facts.day is not None:
            await note_said(notice, told.facts.day)
        elsewhere = chat.candidate_id != notice.candidate_id
        return Told((news(kind, told.facts, chat.language, elsewhere=elsewhere),))

    async def send(self, chat: Chat, told: Told) -> Fate:
        """Show it; Telegram's answer is its fate."""
        newest: int | None = None
        for screen in told.screens:
            try:
                newest = await self._show(chat, screen, told.edits)
            except Passing as error:
                return Later(str(error), wait=await self._wait_of(chat, error))
            except RefusedByTelegram as error:
                return Refused(str(error))
        return Accepted(newest)

    async def settle(self, chat: Chat, notice: Notice, fate: Fate) -> None:
        """Write down what became of it; when the lease was lost, somebody else does."""
        now = self.clock()
        write = partial(outbox.settle_news, notice, chat, self.holder, now, fate)
        alone = partial(settle_alone, notice, self.holder, now, fate)
        if not await settled(write, alone, notice=str(notice.id)):
            log.info("lease lost", notice=notice.id)
            raise Stop
        NOTICES.labels(notice.channel, type(fate).__name__.lower()).inc()

    async def _show(self, chat: Chat, screen: Screen, edits: int | None = None) -> int:
        """One call, at the pace that Telegram allows; ends with this chat when nobody hears."""
        await self.pace.wait(chat.bot_id, chat.id)
        try:
            return await self.sender.show(chat.bot, chat.user_id, screen, edit_message_id=edits)
        except Blocked:
            await outbox.mark_blocked(chat, self.holder, self.clock())
            raise Stop from None
        except Disconnected:
            log.error("bot disconnected", bot=chat.bot_id)
            await note_disconnected(chat.bot, self.clock())
            raise Stop from None

    async def _wait_of(self, chat: Chat, error: Passing) -> timedelta | None:
        """How long Telegram asked to wait; two chats asked at once means the whole bot."""
        if error.retry_after is None:
            return None
        now, wait = self.clock(), timedelta(seconds=error.retry_after)
        other, until = self._asked_to_wait.get(chat.bot_id, (chat.id, now))
        self._asked_to_wait[chat.bot_id] = (chat.id, now + wait)
        if other != chat.id and until > now:
            log.warning("bot asked to wait", bot=chat.bot_id, seconds=error.retry_after)
            await outbox.hold_bot(chat.bot, now + wait)
        return wait

    # The status card ------------------------------------------------------------------------

    async def _refresh_card(self, chat: Chat) -> None:
        """Bring the card up to date, and look again as long as the candidate moves on."""
        while True:
            fresh = await Chat.get(id=chat.id).select_related("bot", "candidate")
            if fresh.candidate is None or fresh.candidate.version == fresh.card_shown:
                return
            await self._show_card(fresh)

    async def _show_card(self, chat: Chat) -> None:
        spot = await place(chat, self.clock())
        drawn = card(spot)
        mark = sha256(repr((drawn.text, drawn.rows)).encode()).hexdigest()
        here = chat.card_message_id
        if not _near(chat) and not answers_now(spot):
            fresh = await self._draw(chat, drawn, None)
            if fresh is not None:
                await self._take_away(chat)
                here = fresh
        elif here is not None and mark != chat.card_digest:
            here = await self._draw(chat, drawn, here)
        shown = outbox.Card(drawn.card_version, here, mark)
        if not await outbox.note_card(chat, self.holder, shown):
            raise Stop

    async def _take_away(self, chat: Chat) -> None:
        """The card that a fresh one took the place of; Telegram deletes only recent messages."""
        if chat.card_message_id is None:
            return
        try:
            await self.sender.take_away(chat.bot, chat.user_id, chat.card_message_id)
        except SendError as error:
            log.info("old card stays", chat=chat.id, error=type(error).__name__)

    async def _draw(self, chat: Chat, drawn: Screen, here: int | None) -> int | None:
        try:
            return await self._show(chat, drawn, here)
        except Passing as error:
            wait = await self._wait_of(chat, error) or CARD_AGAIN
            await outbox.hold_chat(chat, self.holder, self.clock() + wait)
            raise Stop from None
        except RefusedByTelegram as error:
            log.error("card refused", chat=chat.id, error=type(error).__name__)
            return here


def _near(chat: Chat) -> bool:
    """Whether the card is still in sight, so that editing it is seen."""
    if chat.card_message_id is None:
        return False
    below: int = (chat.last_message_id or 0) - chat.card_message_id
    return below <= FAR_UP
