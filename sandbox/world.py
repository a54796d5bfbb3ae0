"""The world: bots, people, their chats and files, and the queues of updates."""

import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.bell import Bell
from sandbox.errors import PhoneError, bad_request
from sandbox.faults import Fault
from sandbox.records import Bot, Chat, ChatMessage, Json, Person, Press, StoredFile, Update

EPOCH = 1_767_225_600
"""1 January 2026: numbers grow from the time since then, so that a restart never reuses one."""
UPDATE_LIFE = 24 * 3600
FOLDERS = {"photo": "photos", "voice": "voice", "sticker": "stickers"}
DEFAULT_HIDDEN = {"chat_member", "message_reaction", "message_reaction_count"}
"""Kinds of update that a bot receives only when it asks for them."""


class World:
    """Everything the sandbox knows. `clock` gives the seconds since 1970."""

    def __init__(
        self, clock: Callable[[], float] = time.time, callback_life: float = 150.0
    ) -> None:
        self.clock = clock
        self.offset = 0.0
        self.callback_life = callback_life
        self.bots: dict[str, Bot] = {}
        self.people: dict[int, Person] = {}
        self.chats: dict[tuple[int, int], Chat] = {}
        self.files: dict[str, StoredFile] = {}
        self.paths: dict[tuple[int, str], StoredFile] = {}
        self.presses: dict[str, Press] = {}
        self.faults: list[Fault] = []
        self.calls: deque[Json] = deque(maxlen=50_000)
        self.attempts: deque[Json] = deque(maxlen=50_000)
        self.bell = Bell()
        self.watchers: list[Callable[[Bot, Update | None], None]] = []
        self.counters: dict[str, int] = {}
        self.raise_counters()

    def now(self) -> float:
        """The time in this world, moved by `offset` seconds."""
        return self.clock() + self.offset

    def raise_counters(self) -> None:
        """Let every number start above those of any earlier run."""
        since = max(int(self.clock()) - EPOCH, 1)
        starts = {
            "update": since * 8,
            "message": since * 4,
            "person": 5_000_000_000 + since * 8,
            "file": since,
        }
        for name, start in starts.items():
            self.counters[name] = max(start, self.counters.get(name, 0))

    def next(self, counter: str) -> int:
        """The next number of a series."""
        self.counters[counter] += 1
        return self.counters[counter]

    # Bots

    def add_bot(self, token: str, name: str, username: str) -> Bot:
        """Register a bot; a token that is known already keeps its bot."""
        if token not in self.bots:
            number = token.partition(":")[0]
            if not number.isdigit():
                raise PhoneError("a token looks like 123456:letters")
            self.bots[token] = Bot(token, int(number), name, username)
        return self.bots[token]

    def bot(self, key: str) -> Bot:
        """A bot by token, username or id."""
        wanted = key.removeprefix("@").lower()
        for bot in self.bots.values():
            if key == bot.token or wanted in (bot.username.lower(), str(bot.id)):
                return bot
        raise PhoneError(f"there is no bot {key!r}", 404)

    # People and chats

    def add_person(self, **fields: Any) -> Person:
        """Give somebody a phone."""
        number = self.next("person")
        fields.setdefault("phone_number", "")
        person = Person(number, **fields)
        if not person.phone_number:
            person.phone_number = f"+336{number % 100_000_000:08d}"
        self.people[person.id] = person
        self.bell.ring()
        return person

    def person(self, person_id: int) -> Person:
        """A person by id."""
        if person_id not in self.people:
            raise PhoneError(f"there is no person {person_id}", 404)
        return self.people[person_id]

    def chat(self, bot: Bot, person: Person) -> Chat:
        """The chat of a person with a bot, made when first opened."""
        return self.chats.setdefault((bot.id, person.id), Chat(bot.id, person.id))

    def chats_of(self, person: Person) -> Iterator[tuple[Bot, Chat]]:
        """All chats of a person, the latest message first."""
        own = [
            (bot, self.chats[bot.id, person.id])
            for bot in self.bots.values()
            if (bot.id, person.id) in self.chats
        ]
        return iter(sorted(own, key=lambda pair: -max(pair[1].messages, default=0)))

    def touch(self, chat: Chat, message: ChatMessage | None = None) -> None:
        """Tell the page and the tests that a chat, or one message in it, looks different."""
        chat.bell.ring()
        if message is not None:
            message.changed = chat.bell.count
        self.bell.ring()

    # Updates

    def push(self, bot: Bot, kind: str, person: Person, payload: Json) -> Update | None:
        """Put an update into the bot's queue, when the bot wants this kind."""
        allowed = bot.allowed_updates
        if (allowed and kind not in allowed) or (not allowed and kind in DEFAULT_HIDDEN):
            return None
        number = self.next("update")
        update = Update(number, kind, person.id, payload, self.now() + UPDATE_LIFE)
        bot.pending[number] = update
        self.wake(bot, update)
        return update

    def drop(self, bot: Bot, update_id: int) -> None:
        """Forget an update: it was taken, or nobody ever will."""
        bot.pending.pop(update_id, None)
        bot.bell.ring()
        self.bell.ring()

    def wake(self, bot: Bot, update: Update | None = None) -> None:
        """Tell long polls and the webhook about a new update, or about other settings."""
        bot.bell.ring()
        for watcher in self.watchers:
            watcher(bot, update)

    # Files

    def add_file(
        self, bot: Bot, kind: str, data: bytes, extension: str, **more: Any
    ) -> StoredFile:
        """Keep bytes for one bot under a new `file_id`."""
        folder = FOLDERS.get(kind, "documents")
        stored = StoredFile(
            file_id=f"{kind[:1].upper()}gACAgQ{secrets.token_urlsafe(40)}",
            unique_id=f"AQAD{secrets.token_urlsafe(9)}",
            bot_id=bot.id,
            path=f"{folder}/file_{self.next('file')}{extension}",
            data=data,
            size=more.pop("size", None) or len(data),
            kind=kind,
            **more,
        )
        self.keep_file(stored)
        return stored

    def keep_file(self, stored: StoredFile) -> None:
        """Make a file known by its id and by its path."""
        self.files[stored.file_id] = stored
        self.paths[stored.bot_id, stored.path] = stored

    def file(self, bot: Bot, file_id: str) -> StoredFile:
        """A file by its id; ids of another bot are unknown to this one."""
        stored = self.files.get(file_id)
        if stored is None or stored.bot_id != bot.id:
            raise bad_request("invalid file_id")
        return stored
