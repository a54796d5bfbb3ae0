"""The webhook: one request in flight per chat, again and again until it is answered with 2xx."""

import asyncio
import json
from collections import deque
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field

import aiohttp
from aiohttp import ClientResponse

from sandbox.api import run_reply
from sandbox.bell import Bell
from sandbox.errors import PhoneError
from sandbox.records import Bot, Json, Update, Webhook
from sandbox.world import World

Lane = tuple[int, str]


@dataclass
class Timing:
    """How long an answer may take, and how fast a delivery is repeated (seconds)."""

    first_retry: float = 0.2
    longest_retry: float = 10.0
    answer: float = 60.0


@dataclass
class _Round:
    """One bot's deliveries."""

    lanes: dict[Lane, deque[int]] = field(default_factory=dict)
    tasks: dict[Lane, asyncio.Task[None]] = field(default_factory=dict)
    settings: Bell = field(default_factory=Bell)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))
    slots_for: Webhook | None = None


class Courier:
    """Carries updates to webhooks. A button press has a lane of its own and may overtake."""

    def __init__(self, world: World, timing: Timing) -> None:
        self.world = world
        self.timing = timing
        self.rounds: dict[str, _Round] = {}
        self.session: aiohttp.ClientSession | None = None
        self.stopping = False

    async def start(self) -> None:
        """Begin, with what was left waiting."""
        self.session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.timing.answer),
            connector=aiohttp.TCPConnector(limit=0),
        )
        self.world.watchers.append(self.look)
        for bot in self.world.bots.values():
            self.look(bot, None)

    async def stop(self) -> None:
        """End every delivery; what was not answered stays pending."""
        self.stopping = True
        self.world.watchers.remove(self.look)
        tasks = [task for round_ in self.rounds.values() for task in round_.tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.session is not None:
            await self.session.close()

    def look(self, bot: Bot, update: Update | None) -> None:
        """A new update, or (None) other settings of the webhook."""
        round_ = self.rounds.setdefault(bot.token, _Round())
        if update is not None and bot.webhook is not None:
            self._line_up(bot, round_, update)
        elif update is None:
            round_.settings.ring()
            queued = {number for lane in round_.lanes.values() for number in lane}
            if bot.webhook is not None:
                for waiting in list(bot.pending.values()):
                    if waiting.update_id not in queued:
                        self._line_up(bot, round_, waiting)

    def _line_up(self, bot: Bot, round_: _Round, update: Update) -> None:
        lane = update.lane
        round_.lanes.setdefault(lane, deque()).append(update.update_id)
        if lane not in round_.tasks:
            round_.tasks[lane] = asyncio.create_task(self._drive(bot, round_, lane))

    async def _drive(self, bot: Bot, round_: _Round, lane: Lane) -> None:
        """Deliver one lane in order until it is empty or the webhook is gone."""
        queue = round_.lanes[lane]
        try:
            while queue and bot.webhook is not None:
                update = bot.pending.get(queue[0])
                if update is not None:
                    await self._deliver(bot, round_, update)
                if bot.webhook is not None:
                    queue.popleft()
        finally:
            del round_.lanes[lane], round_.tasks[lane]
            if queue and not self.stopping:
                # Settings changed, or a bug ended this lane: what is left must not be forgotten.
                asyncio.get_running_loop().call_soon(self.look, bot, None)

    async def _deliver(self, bot: Bot, round_: _Round, update: Update) -> None:
        """Repeat one update until it is taken, expired, or the webhook is gone."""
        delay = self.timing.first_retry
        while update.update_id in bot.pending and bot.webhook is not None:
            if update.expires < self.world.now():
                self.world.drop(bot, update.update_id)
                return
            seen = round_.settings.count
            async with self._slots(round_, bot.webhook):
                wait = await self._attempt(bot, bot.webhook, update)
            if wait is None:
                return
            await round_.settings.wait(seen, wait or delay)
            delay = min(delay * 2, self.timing.longest_retry)

    def _slots(self, round_: _Round, hook: Webhook) -> asyncio.Semaphore:
        if round_.slots_for is not hook:
            round_.slots_for = hook
            round_.slots = asyncio.Semaphore(hook.max_connections)
        return round_.slots

    async def _attempt(self, bot: Bot, hook: Webhook, update: Update) -> float | None:
        """One request. None when it was taken, else the seconds that the answer asks to wait."""
        record = self._record(bot, update)
        wait = ""
        try:
            async with self._request(hook, update.as_json()) as answer:
                record["status"] = answer.status
                taken = 200 <= answer.status < 300
                if taken and not self._unheard(bot, update):
                    await run_reply(self.world, bot, answer)
                    self.world.drop(bot, update.update_id)
                    return None
                error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
                error = "Webhook connection closed" if taken else error
                wait = answer.headers.get("Retry-After", "")
        except TimeoutError:
            error = "Read timeout expired"
        except aiohttp.ClientConnectorError:
            error = "Connection refused"
        except aiohttp.ClientError:
            error = "Webhook connection closed"
        record["error"] = error
        hook.last_error_date, hook.last_error_message = int(self.world.now()), error
        return min(float(wait), 3600.0) if wait.isdigit() else 0.0

    def _request(self, hook: Webhook, update: Json) -> AbstractAsyncContextManager[ClientResponse]:
        assert self.session is not None
        headers = {"Content-Type": "application/json"}
        if hook.secret_token:
            headers["X-Telegram-Bot-Api-Secret-Token"] = hook.secret_token
        body = json.dumps(update).encode()
        return self.session.post(hook.url, data=body, headers=headers, allow_redirects=False)

    def _unheard(self, bot: Bot, update: Update) -> bool:
        """Whether a fault makes Telegram miss this answer, and so send the update again."""
        for fault in self.world.faults:
            if fault.hits("unheard", bot.token, update.chat_id):
                fault.spend()
                return True
        return False

    async def repeat(self, bot: Bot, update_id: int | None, times: int) -> list[int]:
        """Send an update that was sent before (by default the last) again, all at once.

        The answers' statuses come back; 0 stands for no answer. Queues stay as they are.
        """
        sent = [one["update"] for one in self.world.attempts if one["bot"] == bot.username]
        found = [one for one in sent if update_id in (None, one["update_id"])]
        if not found or bot.webhook is None:
            raise PhoneError("this update was never sent to a webhook", 404)
        hook = bot.webhook

        async def once() -> int:
            try:
                async with self._request(hook, found[-1]) as answer:
                    return answer.status
            except (aiohttp.ClientError, TimeoutError):
                return 0

        return await asyncio.gather(*(once() for _ in range(times)))

    def _record(self, bot: Bot, update: Update) -> Json:
        record: Json = {
            "time": self.world.now(),
            "bot": bot.username,
            "chat": update.chat_id,
            "update": update.as_json(),
            "status": 0,
        }
        self.world.attempts.append(record)
        return record
