"""A screen of the chat as a plain value: what is shown, not how it is sent."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: `data` (at most 64 bytes) comes back when pressed, or `url` opens."""

    text: str
    data: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A file of the store, taken out when the screen is sent.

    key: its sealed key. otherwise: the text in its place when it cannot be had.
    """

    id: str
    key: str = field(repr=False)
    name: str
    otherwise: str


@dataclass(frozen=True, slots=True)
class Screen:
    """One message to the candidate.

    text: Telegram HTML, at most 4096 characters after parsing.
    rows: inline buttons, row by row.
    contact: label of the reply-keyboard button that shares one's own phone number.
    hide_keyboard: removes a reply keyboard left by an earlier screen; without rows only.
    edits: instead of sending a new message, replace the one that carried the pressed button, or,
        where no button was pressed, the screen before this one.
    card: the status card: one message, edited in place (see Chat.card_message_id).
    card_version: the candidate's version that the card shows.
    media: a file's name and its bytes, 50 MB at most; sent as a document, the text its caption.
    stored: the same, from the store.
    """

    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    contact: str | None = None
    hide_keyboard: bool = False
    edits: bool = False
    card: bool = False
    card_version: int = 0
    media: tuple[str, bytes] | None = field(default=None, repr=False)
    stored: Stored | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What an update is answered with.

    toast: short plain text over the chat, when a button was pressed.
    """

    screens: tuple[Screen, ...] = ()
    toast: str = ""
