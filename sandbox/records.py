"""What the sandbox remembers: plain records, each of which can be written to the state file."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.bell import Bell

Json = dict[str, Any]


@dataclass
class Webhook:
    """Where a bot wants its updates, and how the last deliveries went."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    ip_address: str | None = None
    has_certificate: bool = False
    last_error_date: int | None = None
    last_error_message: str | None = None


@dataclass
class Update:
    """One update that waits until the bot has taken it."""

    update_id: int
    kind: str
    chat_id: int
    payload: Json
    expires: float

    def as_json(self) -> Json:
        """The update as Telegram writes it."""
        return {"update_id": self.update_id, self.kind: self.payload}

    @property
    def lane(self) -> tuple[int, str]:
        """Updates of one lane go one after the other; a callback has a lane of its own."""
        special = self.kind in ("callback_query", "my_chat_member")
        return self.chat_id, self.kind if special else "message"


@dataclass
class Bot:
    """A bot, its profile and the updates it has not taken yet."""

    token: str
    id: int
    name: str
    username: str
    webhook: Webhook | None = None
    allowed_updates: list[str] | None = None
    pending: dict[int, Update] = field(default_factory=dict)
    commands: dict[str, list[Json]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "default"})
    revoked: bool = False
    bell: Bell = field(default_factory=Bell)

    def as_user(self) -> Json:
        """The bot as a User."""
        return {
            "id": self.id,
            "is_bot": True,
            "first_name": self.texts.get("name:") or self.name,
            "username": self.username,
        }


@dataclass
class Person:
    """Somebody with a phone."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None
    phone_number: str = ""
    deactivated: bool = False

    @property
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name or ''}".strip()

    def as_user(self) -> Json:
        """The person as a User."""
        user: Json = {"id": self.id, "is_bot": False, **self._names()}
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def as_chat(self) -> Json:
        """The private chat with this person."""
        return {"id": self.id, "type": "private", **self._names()}

    def _names(self) -> Json:
        names = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "username": self.username,
        }
        return {key: value for key, value in names.items() if value}


@dataclass
class ChatMessage:
    """A message of a chat as the Bot API shows it, and what only a phone shows."""

    message: Json
    from_bot: bool
    keyboard: Json | None = None
    """A reply markup other than an inline keyboard: the message can no longer be edited."""
    reaction: str = ""
    """The bot's reaction, an emoji."""
    changed: int = 0
    """The count of the chat's bell when this message last changed."""

    @property
    def id(self) -> int:
        """The message's number."""
        return int(self.message["message_id"])


@dataclass
class Chat:
    """The private chat of one person with one bot."""

    bot_id: int
    person_id: int
    messages: dict[int, ChatMessage] = field(default_factory=dict)
    keyboard: Json | None = None
    keyboard_hidden: bool = False
    pinned: list[int] = field(default_factory=list)
    blocked: bool = False
    started: bool = False
    start_payload: str | None = None
    menu_button: Json | None = None
    action: str | None = None
    action_until: float = 0.0
    notices: list[Json] = field(default_factory=list)
    """What pressed buttons made pop up: `{"text", "alert", "date"}`."""
    deleted: int = 0
    bell: Bell = field(default_factory=Bell)


@dataclass
class StoredFile:
    """Bytes that a bot may fetch by `file_id`."""

    file_id: str
    unique_id: str
    bot_id: int
    path: str
    data: bytes
    size: int
    """As told to the bot; a test may pretend a file is larger than its bytes."""
    kind: str
    name: str | None = None
    mime_type: str | None = None
    details: Json = field(default_factory=dict)
    siblings: list[str] = field(default_factory=list)
    """The `file_id`s of all sizes of a photo, smallest first."""


@dataclass
class Press:
    """A pressed inline button that waits for its answer."""

    id: str
    bot_id: int
    person_id: int
    expires: float
    answered: bool = False
    answer: Json = field(default_factory=dict)
